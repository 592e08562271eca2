// How barcodes are read that a shop prints itself: on the labels of scales, which say what is
// weighed and how much of it there is, or what it costs. An ordered list of patterns, by
// configuration, since each make of scale has its own:
//
//   rules    pattern { ' ' pattern }         the first that fits reads the barcode
//   pattern  13 signs: digits that must be there, 02 or 20 to 29 first; then in any order
//            I  number of the item, 1 to 6 digits side by side
//            W  grams, 3 to 6 digits side by side   } one of the two
//            P  cents, 3 to 6 digits side by side   }
//            -  a digit that says nothing
//            C  the check digit, last
//
// `21IIIIIWWWWWC 23IIIIIPPPPPC`: 21, five digits of item, five of grams; 23, item and cents.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace comptoir::retail {

inline constexpr char kUsualBarcodeRules[] = "21IIIIIWWWWWC 23IIIIIPPPPPC";
inline constexpr size_t kBarcodeRulesMax = 32;

struct BarcodeRule {
  std::string pattern;

  bool operator==(const BarcodeRule&) const = default;
};
using BarcodeRules = std::vector<BarcodeRule>;

// INVALID_ARGUMENT with a sentence that names the pattern, also where an earlier one, which it
// names, too, leaves it nothing to read; empty text: no rules.
absl::StatusOr<BarcodeRules> ParseBarcodeRules(std::string_view text);

// What a label says.
struct Label {
  std::string item;  // WholeItem
  std::optional<int64_t> grams;
  std::optional<int64_t> cents;
  std::string rule;  // the pattern that read it

  bool operator==(const Label&) const = default;
};
// Of a barcode of 8, 12, 13 or 14 digits whose check digit is right: nullopt where no rule
// fits it. Zeros before 13 digits, or missing there, say nothing.
std::optional<Label> ReadLabel(const BarcodeRules& rules, std::string_view barcode);

}  // namespace comptoir::retail
