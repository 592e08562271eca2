// The machine's clocks.
#pragma once

#include <memory>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/base/clock.h"

namespace comptoir::platform {

// Of the co-op's shops, unless the configuration names another.
inline constexpr std::string_view kDefaultTimeZone = "Europe/Brussels";

// What adjtimex answered, and the status that it gave, as a promise that the wall clock
// is right (R10). A system that does not let us ask promises nothing.
bool SaysSynchronised(int answer, int status);

class SystemClock final : public Clock {
 public:
  // `time_zone` is a name of the IANA database. INVALID_ARGUMENT when the
  // machine does not know it.
  static absl::StatusOr<std::unique_ptr<SystemClock>> Create(
      std::string_view time_zone = kDefaultTimeZone);

  int64_t WallMillis() override;
  int64_t BootMillis() override;
  int UtcOffsetMinutes(int64_t wall_millis) override;
  bool IsSynchronised() override;

 private:
  explicit SystemClock(absl::TimeZone time_zone) : time_zone_(time_zone) {}

  const absl::TimeZone time_zone_;
};

}  // namespace comptoir::platform
