// Global trade item numbers: the check digit that catches a mistyped one.
#pragma once

#include <string_view>

namespace comptoir::retail {

// 8, 12, 13 or 14 digits whose last is the check digit: weights 3, 1, 3, …
// from the right, starting beside it, bring the sum to a multiple of ten.
constexpr bool IsGtin(std::string_view text) {
  if (text.size() != 8 && (text.size() < 12 || text.size() > 14)) return false;
  int sum = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char digit = text[text.size() - 1 - i];
    if (digit < '0' || digit > '9') return false;
    sum += (digit - '0') * (i % 2 == 0 ? 1 : 3);
  }
  return sum % 10 == 0;
}

}  // namespace comptoir::retail
