// Quantities and money as integers with a name, and the roundings that receipts
// need. Never floating point.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"

namespace comptoir::retail {

// Thousandths of a product's unit.
using Quantity = StrongInt<struct QuantityTag, int64_t>;
// Euro cents.
using Cents = StrongInt<struct CentsTag, int64_t>;

inline constexpr Quantity kOneUnit{1000};
inline constexpr uint32_t kVatBasisPointsMax = 10'000;

// Quantity × price of one whole unit, rounded half away from zero to the cent;
// nullopt when that is over kMoneyCentsMax in size.
std::optional<Cents> LineTotal(Quantity quantity, Cents unit_price);

// `whole` × `part` / `of`, rounded half away from zero: at most `whole` for a part of 0 to `of`,
// which is above zero.
Cents PartOf(Cents whole, int64_t part, int64_t of);

// `amount`, 0 to the sum of `weights`, in as many parts: each weight's is amount × weight / sum,
// rounded down, and the cents that are left go one each to the parts that lost most by that, of
// equals to the earlier. So the parts come to `amount` to the cent, none is more than its
// weight, and the order of the weights decides no more than who of equals bears a cent.
// Weights are 0 or above; all of nothing is spread over nothing.
std::vector<Cents> SpreadCents(Cents amount, const std::vector<Cents>& weights);

// What must be added to `total` to reach the nearest multiple of 5 cents (Belgian
// law for cash): −2 to 2.
Cents CashRounding(Cents total);

// The VAT in a total that includes it, rounded half away from zero.
Cents VatIn(Cents total, uint32_t basis_points);

// One rate's part of a receipt.
struct VatPart {
  uint32_t basis_points = 0;
  Cents total;  // VAT included
  Cents vat;    // of which VAT

  bool operator==(const VatPart&) const = default;
};

// Gathers line totals by rate. The VAT is computed on each rate's sum, not on
// each line, so that it does not depend on how goods were split over lines.
class VatBreakdown {
 public:
  void Add(uint32_t basis_points, Cents line_total);
  // By rising rate.
  std::vector<VatPart> parts() const;

 private:
  std::vector<VatPart> parts_;  // by rising rate; `vat` unset
};

// "1.250", "1,25", "3", "-0.5": at most three decimals. INVALID_ARGUMENT with a
// sentence otherwise, and for over kQuantityMilliMax.
absl::StatusOr<Quantity> ParseQuantity(std::string_view text);
// "2.40", "2,4", "2": at most two decimals; at most kMoneyCentsMax.
absl::StatusOr<Cents> ParseCents(std::string_view text);
// With a decimal point; a whole quantity without decimals, others with three.
std::string FormatQuantity(Quantity quantity);
// Always two decimals.
std::string FormatCents(Cents cents);

}  // namespace comptoir::retail
