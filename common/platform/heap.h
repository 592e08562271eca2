// How the process's heap behaves.
#pragma once

namespace comptoir::platform {

// Gives memory back to the system soon after a burst, at the price of asking for it
// again: a daemon beside a till on a small box peaks rarely. Call first thing in main.
void KeepHeapSmall();

}  // namespace comptoir::platform
