// Days as numbers and as people write them, in the Gregorian calendar. No time
// zones here: an entry carries its offset from UTC.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/ids.h"

namespace comptoir::retail {

inline constexpr int64_t kMillisPerMinute = 60'000;
inline constexpr int64_t kMillisPerHour = 3'600'000;
inline constexpr int64_t kMillisPerDay = 86'400'000;
inline constexpr int32_t kHoursPerDay = 24;
// 9999-12-31: the last day a fact may name; the first is 1970-01-01.
inline constexpr Day kDayMax{2'932'896};

// Rounds down, also below zero. `divisor` above zero.
constexpr int64_t FloorDivide(int64_t value, int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// "2026-12-05"; nullopt for anything else, and for days that no month has.
std::optional<Day> ParseDay(std::string_view text);
// `day` from 1970-01-01 to kDayMax, else its number.
std::string FormatDay(Day day);

}  // namespace comptoir::retail
