#include "common/retail/sales/admit.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/payments.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

absl::Status TooLarge(std::string_view what) {
  return Refuse(kTotalTooLarge,
                absl::StrCat(absl::string_view(what.data(), what.size()), " comes to more than ",
                             kMoneyCentsMax / 100, ": check quantity and price"));
}

}  // namespace

absl::StatusOr<Cents> CheckSoldLine(const v1::SoldLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", line.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckUnit(line.unit()));
  COMPTOIR_RETURN_IF_ERROR(CheckQuantity(QuantityOf(line).value()));
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.unit_price_cents()));
  COMPTOIR_RETURN_IF_ERROR(CheckVat(line.vat_basis_points()));
  COMPTOIR_RETURN_IF_ERROR(CheckLot(line.lot()));
  const std::optional<Cents> total = LineTotal(QuantityOf(line), Cents(line.unit_price_cents()));
  if (!total.has_value()) return TooLarge("the line");
  return *total;
}

absl::StatusOr<Cents> CheckLines(const v1::Sold& sold) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(sold.lines_size()));
  int64_t quantity_milli = 0;  // neither can pass 64 bits: at most 1,000 lines of 10^12
  int64_t total_cents = 0;
  for (int i = 0; i < sold.lines_size(); ++i) {
    const absl::StatusOr<Cents> line_total = CheckSoldLine(sold.lines(i));
    if (!line_total.ok()) return AtLine(line_total.status(), i + 1);
    quantity_milli += QuantityOf(sold.lines(i)).value();
    total_cents += line_total->value();
  }
  if (total_cents > kMoneyCentsMax) return TooLarge("the sale");
  if (quantity_milli <= kQuantityMilliMax) return Cents(total_cents);
  return Refuse(kBadQuantity,
                absl::StrCat("the lines come to a quantity over ", kQuantityMilliMax / 1000));
}

absl::Status CheckSold(const v1::Sold& sold) {
  COMPTOIR_ASSIGN_OR_RETURN(const Cents total, CheckLines(sold));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("till", sold.till()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", sold.staff()));
  return CheckPayments(sold.payments(), sold.cash_rounding_cents(), total);
}

absl::Status AdmitSold(const Fact& fact, const v1::Sold& sold) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckSold(sold);
}

Cents LineTotalOf(const v1::SoldLine& line) {
  const std::optional<Cents> total = LineTotal(QuantityOf(line), Cents(line.unit_price_cents()));
  COMPTOIR_CHECK(total.has_value());
  return *total;
}

Cents TotalOf(const v1::Sold& sold) {
  int64_t total_cents = 0;
  for (const v1::SoldLine& line : sold.lines()) total_cents += LineTotalOf(line).value();
  return Cents(total_cents);
}

}  // namespace comptoir::retail
