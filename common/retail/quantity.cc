#include "common/retail/quantity.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"

namespace comptoir::retail {
namespace {

// Products of a quantity and a price pass 64 bits.
__extension__ using Int128 = __int128;

// `divisor` above zero.
Int128 DivideHalfAwayFromZero(Int128 value, Int128 divisor) {
  const Int128 half = divisor / 2;
  return value >= 0 ? (value + half) / divisor : -((-value + half) / divisor);
}

// Without its sign; right for the lowest value too.
uint64_t SizeOf(int64_t value) {
  const auto bits = static_cast<uint64_t>(value);
  return value < 0 ? 0 - bits : bits;
}

// Digits of `text` as an integer in units of 10^−decimals_max, or nullopt.
std::optional<int64_t> ParseDecimal(std::string_view text, int decimals_max, int64_t size_max) {
  const bool negative = !text.empty() && text.front() == '-';
  if (negative) text.remove_prefix(1);
  int64_t value = 0;
  int decimals = -1;  // digits after the separator; −1 before it
  bool digits = false;
  for (const char c : text) {
    if ((c == '.' || c == ',') && decimals < 0 && digits) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9' || decimals == decimals_max) return std::nullopt;
    digits = true;
    value = value * 10 + (c - '0');
    if (value > size_max) return std::nullopt;
    if (decimals >= 0) ++decimals;
  }
  if (!digits || decimals == 0) return std::nullopt;
  for (int i = std::max(decimals, 0); i < decimals_max; ++i) {
    value *= 10;
    if (value > size_max) return std::nullopt;
  }
  return negative ? -value : value;
}

}  // namespace

std::optional<Cents> LineTotal(Quantity quantity, Cents unit_price) {
  const Int128 total = DivideHalfAwayFromZero(
      static_cast<Int128>(quantity.value()) * unit_price.value(), kOneUnit.value());
  if (total > kMoneyCentsMax || total < -kMoneyCentsMax) return std::nullopt;
  return Cents(static_cast<int64_t>(total));
}

Cents PartOf(Cents whole, int64_t part, int64_t of) {
  COMPTOIR_CHECK(of > 0);
  return Cents(
      static_cast<int64_t>(DivideHalfAwayFromZero(static_cast<Int128>(whole.value()) * part, of)));
}

std::vector<Cents> SpreadCents(Cents amount, const std::vector<Cents>& weights) {
  Int128 sum = 0;
  for (const Cents weight : weights) sum += weight.value();
  COMPTOIR_CHECK(amount.value() >= 0 && amount.value() <= sum);
  std::vector<Cents> parts(weights.size());
  if (amount.value() == 0) return parts;
  std::vector<std::pair<Int128, size_t>> lost;  // by rounding down, times `sum`; and by whom
  int64_t left = amount.value();
  for (size_t i = 0; i < weights.size(); ++i) {
    const Int128 product = static_cast<Int128>(amount.value()) * weights[i].value();
    parts[i] = Cents(static_cast<int64_t>(product / sum));
    left -= parts[i].value();
    lost.emplace_back(product % sum, i);
  }
  std::stable_sort(lost.begin(), lost.end(),
                   [](const auto& one, const auto& other) { return one.first > other.first; });
  for (size_t i = 0; static_cast<int64_t>(i) < left; ++i) {
    Cents& part = parts[lost[i].second];
    part = Cents(part.value() + 1);
  }
  return parts;
}

Cents CashRounding(Cents total) {
  constexpr int64_t kStep = 5;
  const int64_t below = ((total.value() % kStep) + kStep) % kStep;  // 0 to 4
  return Cents(below <= kStep / 2 ? -below : kStep - below);
}

Cents VatIn(Cents total, uint32_t basis_points) {
  return Cents(
      static_cast<int64_t>(DivideHalfAwayFromZero(static_cast<Int128>(total.value()) * basis_points,
                                                  kVatBasisPointsMax + Int128{basis_points})));
}

void VatBreakdown::Add(uint32_t basis_points, Cents line_total) {
  auto place = std::lower_bound(
      parts_.begin(), parts_.end(), basis_points,
      [](const VatPart& part, uint32_t wanted) { return part.basis_points < wanted; });
  if (place == parts_.end() || place->basis_points != basis_points) {
    place = parts_.insert(place, VatPart{basis_points, Cents(), Cents()});
  }
  place->total = Cents(place->total.value() + line_total.value());
}

std::vector<VatPart> VatBreakdown::parts() const {
  std::vector<VatPart> parts = parts_;
  for (VatPart& part : parts) part.vat = VatIn(part.total, part.basis_points);
  return parts;
}

absl::StatusOr<Quantity> ParseQuantity(std::string_view text) {
  const std::optional<int64_t> milli = ParseDecimal(text, 3, kQuantityMilliMax);
  if (milli.has_value()) return Quantity(*milli);
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(text),
                   " is not a quantity: write it like 3, 1.250 or 1,25, with at most three "
                   "decimals, and at most ",
                   kQuantityMilliMax / 1000));
}

absl::StatusOr<Cents> ParseCents(std::string_view text) {
  const std::optional<int64_t> cents = ParseDecimal(text, 2, kMoneyCentsMax);
  if (cents.has_value()) return Cents(*cents);
  return absl::InvalidArgumentError(
      absl::StrCat(Quoted(text),
                   " is not an amount: write it like 2, 2.40 or 2,40, with at most two decimals, "
                   "and at most ",
                   kMoneyCentsMax / 100));
}

std::string FormatQuantity(Quantity quantity) {
  const uint64_t size = SizeOf(quantity.value());
  const char* const sign = quantity.value() < 0 ? "-" : "";
  if (size % 1000 == 0) return absl::StrCat(sign, size / 1000);
  return absl::StrFormat("%s%d.%03d", sign, size / 1000, size % 1000);
}

std::string FormatCents(Cents cents) {
  const uint64_t size = SizeOf(cents.value());
  return absl::StrFormat("%s%d.%02d", cents.value() < 0 ? "-" : "", size / 100, size % 100);
}

}  // namespace comptoir::retail
