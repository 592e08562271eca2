// A daemon's life as its service manager sees it.
#pragma once

#include <string>
#include <string_view>

namespace comptoir::daemon {

// Blocks SIGTERM and SIGINT in this thread and those it starts from now on.
// Call first thing in main.
void BlockTerminationSignals();
// Waits for one of them; its number.
int WaitForTermination();
// From now on the process ends after `milliseconds`, however far its drain is, with
// kExitTemporary and a word in the log: what was acknowledged is on disk (R5), and
// nothing may hold a stop for ever.
void LimitDrain(int milliseconds);
// Stops a daemon from within, as a signal would.
void RequestTermination();

// Tells systemd, where it listens (sd_notify's protocol): "READY=1", "STOPPING=1",
// "WATCHDOG=1", "STATUS=…". A state is one line.
void NotifyServiceManager(std::string_view state);
// Whether it will end this process unless it hears "WATCHDOG=1" in time.
bool ServiceManagerWatches();

// "ready key=value …" on standard output, one line, flushed: what scripts wait for.
void AnnounceReady(std::string_view line);

}  // namespace comptoir::daemon
