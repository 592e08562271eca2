// How the process's heap behaves.
#pragma once

namespace comptoir::platform {

// Gives memory back to the system after a burst, but for a few MiB at the end of each
// arena that the next one takes again, and for holes below what is in use: a daemon
// beside a till on a small box peaks rarely. Call first thing in main.
void KeepHeapSmall();

}  // namespace comptoir::platform
