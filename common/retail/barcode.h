// What barcodes are made of: global trade item numbers, with the check digit that catches a
// mistyped one, and the numbers of products on labels that a shop's scales print.
#pragma once

#include <string>
#include <string_view>
#include <vector>

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

// A product may have so many.
inline constexpr size_t kGtinsMax = 16;
inline constexpr size_t kItemDigitsMax = 6;

// 1 to 6 digits: what a scale calls a product.
constexpr bool IsItem(std::string_view text) {
  if (text.empty() || text.size() > kItemDigitsMax) return false;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
  }
  return true;
}

// A number that several spellings share, by one of them: a GTIN with zeros before it has the same
// check digit and means the same, and so does an item's number.
inline std::string Padded(std::string_view digits, size_t length) {
  const size_t zeros = digits.size() < length ? length - digits.size() : 0;
  return std::string(zeros, '0').append(digits);
}
inline std::string WholeGtin(std::string_view gtin) { return Padded(gtin, 14); }
inline std::string WholeItem(std::string_view item) { return Padded(item, kItemDigitsMax); }

// Words of `text` that one blank parts; an empty one where two do.
inline std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t blank = text.find(' ');
    words.push_back(text.substr(0, blank));
    if (blank == std::string_view::npos) break;
    text.remove_prefix(blank + 1);
    if (text.empty()) words.emplace_back();
  }
  return words;
}

}  // namespace comptoir::retail
