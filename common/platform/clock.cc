#include "common/platform/clock.h"

#include <sys/timex.h>
#include <time.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace comptoir::platform {
namespace {

int64_t ReadMillis(clockid_t clock) {
  timespec now{};
  // Fails only for a clock that the kernel does not have.
  COMPTOIR_CHECK(clock_gettime(clock, &now) == 0);
  return int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace

absl::StatusOr<std::unique_ptr<SystemClock>> SystemClock::Create(std::string_view time_zone) {
  const std::string name(time_zone);
  absl::TimeZone zone;
  if (name.empty() || !absl::LoadTimeZone(name, &zone)) {
    return absl::InvalidArgumentError(
        absl::StrCat("this machine knows no time zone '", name,
                     "': use a name such as Europe/Brussels, and install tzdata"));
  }
  return std::unique_ptr<SystemClock>(new SystemClock(zone));
}

int64_t SystemClock::WallMillis() { return ReadMillis(CLOCK_REALTIME); }

// Not CLOCK_MONOTONIC, which stands still while a laptop till sleeps.
int64_t SystemClock::BootMillis() { return ReadMillis(CLOCK_BOOTTIME); }

bool SaysSynchronised(int answer, int status) {
  return answer >= 0 && answer != TIME_ERROR && (status & STA_UNSYNC) == 0;
}

bool SystemClock::IsSynchronised() {
  timex answer{};  // asks, sets nothing
  const int said = adjtimex(&answer);
  return SaysSynchronised(said, answer.status);
}

int SystemClock::UtcOffsetMinutes(int64_t wall_millis) {
  return time_zone_.At(absl::FromUnixMillis(wall_millis)).offset / 60;
}

}  // namespace comptoir::platform
