// How our programs end: the codes of <sysexits.h>, so that a service manager
// can tell what is worth restarting.
#pragma once

#include "absl/status/status.h"

namespace comptoir::daemon {

inline constexpr int kExitOk = 0;
inline constexpr int kExitUsage = 64;        // wrong flags
inline constexpr int kExitData = 65;         // a damaged data folder
inline constexpr int kExitUnavailable = 69;  // port in use, nobody answers
inline constexpr int kExitSoftware = 70;
inline constexpr int kExitInput = 74;          // the disk failed
inline constexpr int kExitTemporary = 75;      // too much at once: try again
inline constexpr int kExitDenied = 77;         // token or certificate refused
inline constexpr int kExitConfiguration = 78;  // data folder in use or another's among them

// `status`, as of a disk that failed: ExitCodeOf gives kExitInput.
absl::Status OfDisk(absl::Status status);
int ExitCodeOf(const absl::Status& status);

}  // namespace comptoir::daemon
