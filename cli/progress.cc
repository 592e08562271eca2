#include "cli/progress.h"

#include <utility>

namespace comptoir::cli {
namespace {

constexpr std::chrono::milliseconds kRedrawPause{100};
constexpr char kClearLine[] = "\r\033[K";

std::string DurationText(uint64_t seconds) {
  const auto two = [](uint64_t large, const char* unit, uint64_t small, const char* small_unit) {
    return std::to_string(large) + unit + std::to_string(small) + small_unit;
  };
  if (seconds >= 3600) return two(seconds / 3600, " h ", seconds / 60 % 60, " min");
  if (seconds >= 60) return two(seconds / 60, " min ", seconds % 60, " s");
  return std::to_string(seconds) + " s";
}

}  // namespace

std::string ProgressText(uint64_t done, uint64_t total, std::chrono::milliseconds elapsed,
                         std::string_view what) {
  std::string text = std::to_string(done) + " of " + std::to_string(total) + " ";
  text += what;
  if (done == 0 || elapsed.count() <= 0) return text;
  const double per_second = static_cast<double>(done) * 1000 / static_cast<double>(elapsed.count());
  // Slow work is told to the tenth.
  const auto tenths = static_cast<uint64_t>(per_second * 10);
  text += ", " + std::to_string(tenths / 10);
  if (tenths < 100) text += "." + std::to_string(tenths % 10);
  text += " a second";
  if (done >= total) return text;
  const auto seconds_left = static_cast<uint64_t>(static_cast<double>(total - done) / per_second);
  return text + ", " + DurationText(seconds_left) + " left";
}

ProgressLine::ProgressLine(const Settings& settings, std::string what)
    : is_shown_(settings.shows_progress),
      what_(std::move(what)),
      start_(Clock::now()),
      err_(*settings.err),
      next_(start_) {}

ProgressLine::~ProgressLine() {
  const MutexLock lock(&mutex_);
  if (was_written_) err_ << kClearLine << std::flush;
}

void ProgressLine::Show(uint64_t done, uint64_t total) {
  if (!is_shown_) return;
  const MutexLock lock(&mutex_);
  const Clock::time_point now = Clock::now();
  if (now < next_ && done < total) return;
  next_ = now + kRedrawPause;
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_);
  err_ << kClearLine << ProgressText(done, total, elapsed, what_) << std::flush;
  was_written_ = true;
}

}  // namespace comptoir::cli
