// How far long work is, on a terminal: one line that is written over.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "cli/settings.h"
#include "common/base/mutex.h"

namespace comptoir::cli {

// "1200 of 30000 baskets, 400 a second, 1 min 12 s left"; what is left and the
// rate come once there is something to tell them from. Pure.
std::string ProgressText(uint64_t done, uint64_t total, std::chrono::milliseconds elapsed,
                         std::string_view what);

// Writes nothing unless the settings show progress; takes its line away at the end.
//
// Thread use: any.
class ProgressLine {
 public:
  using Clock = std::chrono::steady_clock;

  // `what` in the plural: "baskets".
  ProgressLine(const Settings& settings, std::string what);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  // Shown at most ten times a second, and at the end.
  void Show(uint64_t done, uint64_t total) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  const bool is_shown_;
  const std::string what_;
  const Clock::time_point start_;
  Mutex mutex_;
  std::ostream& err_ ABSL_GUARDED_BY(mutex_);
  Clock::time_point next_ ABSL_GUARDED_BY(mutex_);
  bool was_written_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace comptoir::cli
