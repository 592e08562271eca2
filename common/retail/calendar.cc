#include "common/retail/calendar.h"

#include <charconv>
#include <chrono>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace comptoir::retail {
namespace {

// All of `text`, which has some, must be digits.
std::optional<int> ParseDigits(std::string_view text) {
  if (text.front() < '0' || text.front() > '9') return std::nullopt;
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

}  // namespace

std::optional<Day> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const std::optional<int> year = ParseDigits(text.substr(0, 4));
  const std::optional<int> month = ParseDigits(text.substr(5, 2));
  const std::optional<int> day = ParseDigits(text.substr(8, 2));
  if (!year || !month || !day || *year < 1970) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Day(static_cast<int32_t>(std::chrono::sys_days(date).time_since_epoch().count()));
}

std::string FormatDay(Day day) {
  if (day < Day(0) || day > kDayMax) return absl::StrCat("day ", day.value());
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day.value()))};
  return absl::StrFormat("%04d-%02d-%02d", static_cast<int>(date.year()),
                         static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

}  // namespace comptoir::retail
