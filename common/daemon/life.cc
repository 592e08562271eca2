#include "common/daemon/life.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/identity/authority.h"

namespace comptoir::daemon {
namespace {

int64_t UnitMs(char unit) {
  switch (unit) {
    case 'd':
      return 86'400'000;
    case 'h':
      return 3'600'000;
    case 'm':
      return 60'000;
    case 's':
      return 1'000;
    default:
      return 0;
  }
}

}  // namespace

absl::StatusOr<int64_t> ParseLife(std::string_view what, const std::string& text) {
  const int64_t unit_ms = text.empty() ? 0 : UnitMs(text.back());
  const std::string digits = text.substr(0, text.empty() ? 0 : text.size() - 1);
  int64_t count = 0;
  const bool is_number =
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }) &&
      absl::SimpleAtoi(digits, &count);
  if (unit_ms == 0 || !is_number) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(what), " \"", text, "\" is no time: write 400d, 36h, 45m or 30s"));
  }
  if (count > identity::kLifeMsMost / unit_ms || count * unit_ms < identity::kLifeMsLeast) {
    return absl::InvalidArgumentError(
        absl::StrCat(std::string(what), " ", text, ": a certificate lives 10s to 3650d"));
  }
  return count * unit_ms;
}

}  // namespace comptoir::daemon
