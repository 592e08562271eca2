// How long something lives, as a setting says it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace comptoir::daemon {

// Milliseconds of "400d", "36h", "45m" or "30s". INVALID_ARGUMENT, beginning with
// `what`, for anything else, and for less than 10 seconds or more than 3,650 days.
absl::StatusOr<int64_t> ParseLife(std::string_view what, const std::string& text);

}  // namespace comptoir::daemon
