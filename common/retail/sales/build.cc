#include "common/retail/sales/build.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/check.h"
#include "common/retail/payments.h"
#include "common/retail/reasons.h"
#include "common/retail/sales/admit.h"

namespace comptoir::retail {
namespace {

absl::Status BuildLine(const store::Snapshot& snapshot, PriceBook& prices,
                       const shop::v1::SaleLine& request, v1::SoldLine* line) {
  COMPTOIR_ASSIGN_OR_RETURN(const SaleTerms terms, prices.Find(snapshot, request.product()));
  if (!request.has_unit_price_cents() && !terms.price_cents.has_value()) {
    return WithReason(absl::FailedPreconditionError(absl::StrCat(
                          "product ", Quoted(request.product()),
                          " has no price in force: set one, or say the price on the line")),
                      kNoPrice);
  }
  line->set_product(request.product());
  line->set_unit(terms.unit);
  if (request.has_quantity_milli() && Quantity(request.quantity_milli()) != kOneUnit) {
    line->set_quantity_milli(request.quantity_milli());
  }
  line->set_unit_price_cents(request.has_unit_price_cents() ? request.unit_price_cents()
                                                            : *terms.price_cents);
  line->set_vat_basis_points(terms.vat_basis_points);
  line->set_lot(request.lot());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Sold> BuildSold(const store::Snapshot& snapshot, PriceBook& prices,
                                   std::string_view shop, Day today,
                                   const shop::v1::RecordSaleRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(request.lines_size()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("till", request.till()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", request.staff()));
  COMPTOIR_RETURN_IF_ERROR(prices.Open(snapshot, shop, today));
  v1::Sold sold;
  sold.mutable_lines()->Reserve(request.lines_size());
  for (int i = 0; i < request.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(
        AtLine(BuildLine(snapshot, prices, request.lines(i), sold.add_lines()), i + 1));
  }
  sold.set_till(request.till());
  sold.set_staff(request.staff());
  COMPTOIR_ASSIGN_OR_RETURN(const Cents total, CheckLines(sold));
  *sold.mutable_payments() = request.payments();
  COMPTOIR_ASSIGN_OR_RETURN(const int32_t rounding,
                            CompletePayments(total, sold.mutable_payments()));
  sold.set_cash_rounding_cents(rounding);
  return sold;
}

absl::StatusOr<v1::Sold> BuildSold(const store::Snapshot& snapshot, std::string_view shop,
                                   Day today, const shop::v1::RecordSaleRequest& request) {
  PriceBook prices;
  return BuildSold(snapshot, prices, shop, today, request);
}

}  // namespace comptoir::retail
