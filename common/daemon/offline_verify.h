// `verify` on the data folder of a daemon that is stopped.
#pragma once

#include "common/daemon/host.h"

namespace comptoir::daemon {

// Prints the report; kExitOk, 4 when something differs, or the exit code of what
// keeps it from being checked.
int VerifyDataFolder(const Host::Options& options);

}  // namespace comptoir::daemon
