#include "common/daemon/refold_log.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/daemon/lifecycle.h"
#include "common/platform/logging.h"

namespace comptoir::daemon {

using platform::Log;
using platform::LogLevel;

void RefoldLog::Tell(uint64_t done, uint64_t total) {
  if (total == 0) return;
  const int64_t now_ms = clock_.BootMillis();
  if (done == 0) {
    started_ms_ = told_ms_ = now_ms;
    Log(LogLevel::kInfo, "folding the views anew: serving begins after it", {{"entries", total}});
    return;
  }
  const int64_t elapsed_ms = now_ms - started_ms_;
  if (done == total) {
    Log(LogLevel::kInfo, "the views are folded anew",
        {{"entries", total}, {"milliseconds", elapsed_ms}});
    return;
  }
  if (now_ms - told_ms_ < kRefoldLogMillis) return;
  told_ms_ = now_ms;
  const uint64_t per_second =
      std::max<uint64_t>(1, done * 1'000 / static_cast<uint64_t>(elapsed_ms));
  const uint64_t seconds_left = (total - done) / per_second;
  Log(LogLevel::kInfo, "folding the views anew",
      {{"done_entries", done},
       {"entries", total},
       {"entries_per_second", per_second},
       {"seconds_left", seconds_left}});
  NotifyServiceManager(absl::StrCat("STATUS=folding the views anew: ", done, " of ", total,
                                    " entries, ", seconds_left, " s left"));
}

}  // namespace comptoir::daemon
