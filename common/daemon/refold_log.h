// Says in the log, and to the service manager, how far a start is that folds all views
// anew: else a daemon that is silent for minutes looks like one that hangs.
#pragma once

#include <cstdint>

#include "common/base/clock.h"

namespace comptoir::daemon {

inline constexpr int64_t kRefoldLogMillis = 5'000;  // between two lines

// Thread use: one.
class RefoldLog {
 public:
  explicit RefoldLog(Clock& clock) : clock_(clock) {}

  // Entries folded, of those to fold; rising, from 0 on. Nothing is said of none.
  void Tell(uint64_t done, uint64_t total);

 private:
  Clock& clock_;
  int64_t started_ms_ = 0;  // of the boot clock
  int64_t told_ms_ = 0;
};

}  // namespace comptoir::daemon
