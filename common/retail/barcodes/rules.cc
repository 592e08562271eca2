#include "common/retail/barcodes/rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/barcode.h"

namespace comptoir::retail {
namespace {

constexpr size_t kPatternSigns = 13;
constexpr size_t kAmountDigitsMin = 3;
constexpr size_t kAmountDigitsMax = 6;

absl::Status BadPattern(std::string_view pattern, std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat(
      Quoted(pattern), " is no rule for barcodes: ", View(why),
      ". It is written like 21IIIIIWWWWWC: 13 signs, 02 or 20 to 29 first, I for the item, W for "
      "grams or P for cents, - for what says nothing, C for the check digit"));
}

bool IsDigitSign(char sign) { return sign >= '0' && sign <= '9'; }

// How many there are of `sign`; nullopt where others stand between them.
std::optional<size_t> CountTogether(std::string_view pattern, char sign) {
  const size_t first = pattern.find(sign);
  if (first == std::string_view::npos) return 0;
  const size_t count = pattern.rfind(sign) - first + 1;
  const auto run = pattern.substr(first, count);
  const bool together = std::ranges::all_of(run, [sign](char c) { return c == sign; });
  return together ? std::optional<size_t>(count) : std::nullopt;
}

// Barcodes that shops print themselves begin so; others are somebody's.
bool IsOwnPrefix(std::string_view text) {
  if (text.size() < 2 || !IsDigitSign(text[1])) return false;
  return text[0] == '2' || (text[0] == '0' && text[1] == '2');
}

absl::Status CheckPattern(std::string_view pattern) {
  if (pattern.size() != kPatternSigns) return BadPattern(pattern, "it has not 13 signs");
  if (!IsOwnPrefix(pattern)) return BadPattern(pattern, "it does not begin with 02 or 20 to 29");
  if (pattern.back() != 'C' || pattern.find('C') != kPatternSigns - 1) {
    return BadPattern(pattern, "its check digit is not its last sign");
  }
  const bool known = std::ranges::all_of(pattern, [](char sign) {
    return IsDigitSign(sign) || std::string_view("IWPC-").find(sign) != std::string_view::npos;
  });
  if (!known) return BadPattern(pattern, "it has another sign");
  const auto items = CountTogether(pattern, 'I');
  const auto grams = CountTogether(pattern, 'W');
  const auto cents = CountTogether(pattern, 'P');
  if (!items || !grams || !cents) return BadPattern(pattern, "its parts are not each together");
  if (*items < 1 || *items > kItemDigitsMax) {
    return BadPattern(pattern, "its item has not 1 to 6 digits");
  }
  if ((*grams == 0) == (*cents == 0)) return BadPattern(pattern, "it has not one of W and P");
  const size_t digits = *grams + *cents;
  if (digits >= kAmountDigitsMin && digits <= kAmountDigitsMax) return absl::OkStatus();
  return BadPattern(pattern, "its amount has not 3 to 6 digits");
}

// Another pattern in the barcode's place: all that it fits fits this one, too.
bool Fits(std::string_view pattern, std::string_view barcode) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (IsDigitSign(pattern[i]) && pattern[i] != barcode[i]) return false;
  }
  return true;
}

// Does a rule before it leave `pattern` anything to read?
absl::Status CheckReadsAnything(const BarcodeRules& before, std::string_view pattern) {
  for (const BarcodeRule& rule : before) {
    if (!Fits(rule.pattern, pattern)) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        "the rule for barcodes ", Quoted(pattern), " never reads one: ", Quoted(rule.pattern),
        " before it reads all that fits it. Move it before that "
        "one, or leave it out"));
  }
  return absl::OkStatus();
}

std::string_view SignsOf(std::string_view pattern, std::string_view barcode, char sign) {
  const size_t first = pattern.find(sign);
  if (first == std::string_view::npos) return {};
  return barcode.substr(first, pattern.rfind(sign) - first + 1);
}

// At most 6 digits.
std::optional<int64_t> NumberOf(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  int64_t number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  return number;
}

}  // namespace

absl::StatusOr<BarcodeRules> ParseBarcodeRules(std::string_view text) {
  BarcodeRules rules;
  for (const std::string_view pattern : WordsOf(text)) {
    COMPTOIR_RETURN_IF_ERROR(CheckPattern(pattern));
    COMPTOIR_RETURN_IF_ERROR(CheckReadsAnything(rules, pattern));
    rules.push_back({std::string(pattern)});
  }
  if (rules.size() <= kBarcodeRulesMax) return rules;
  return absl::InvalidArgumentError(absl::StrCat(
      "there are ", rules.size(), " rules for barcodes: at most ", kBarcodeRulesMax, " are taken"));
}

std::optional<Label> ReadLabel(const BarcodeRules& rules, std::string_view barcode) {
  // 12 digits are 13 with a zero before them, and so 13 are 14.
  if (barcode.size() == kPatternSigns + 1 && barcode.front() == '0') barcode.remove_prefix(1);
  const std::string digits =
      barcode.size() == 12 ? Padded(barcode, kPatternSigns) : std::string(barcode);
  if (digits.size() != kPatternSigns) return std::nullopt;
  const auto rule = std::ranges::find_if(
      rules, [&](const BarcodeRule& each) { return Fits(each.pattern, digits); });
  if (rule == rules.end()) return std::nullopt;
  Label label;
  label.item = WholeItem(SignsOf(rule->pattern, digits, 'I'));
  label.grams = NumberOf(SignsOf(rule->pattern, digits, 'W'));
  label.cents = NumberOf(SignsOf(rule->pattern, digits, 'P'));
  label.rule = rule->pattern;
  return label;
}

}  // namespace comptoir::retail
