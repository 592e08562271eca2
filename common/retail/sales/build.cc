#include "common/retail/sales/build.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"
#include "common/retail/sales/admit.h"
#include "common/retail/text.h"

namespace comptoir::retail {
namespace {

// Cash that is not rounded is a multiple of this.
constexpr int64_t kSmallestCoinCents = 5;

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

// The rounding that payments with all amounts said show: what they come to over
// the total, where that can be one.
int32_t RoundingShown(const v1::Sold& sold, Cents total) {
  int64_t paid_cents = 0;
  int64_t cash_cents = 0;
  for (const v1::Payment& payment : sold.payments()) {
    paid_cents += payment.amount_cents();
    if (payment.method() == v1::PAYMENT_METHOD_CASH) cash_cents += payment.amount_cents();
  }
  const int64_t over_cents = paid_cents - total.value();
  const bool rounded = cash_cents % kSmallestCoinCents == 0 &&
                       over_cents >= -kCashRoundingCentsMax && over_cents <= kCashRoundingCentsMax;
  return rounded ? static_cast<int32_t>(over_cents) : 0;
}

// What is left for the last payment, which says no amount, is rounded for cash.
int32_t RoundingOfRest(const v1::Sold& sold, Cents total) {
  int64_t rest_cents = total.value();
  for (const v1::Payment& payment : sold.payments()) rest_cents -= payment.amount_cents();
  const bool cash = sold.payments().rbegin()->method() == v1::PAYMENT_METHOD_CASH;
  return cash && rest_cents >= 0 ? static_cast<int32_t>(CashRounding(Cents(rest_cents)).value())
                                 : 0;
}

absl::Status BuildPayments(const shop::v1::RecordSaleRequest& request, Cents total,
                           v1::Sold* sold) {
  if (request.payments().empty()) {
    sold->add_payments()->set_method(v1::PAYMENT_METHOD_CASH);
  } else {
    *sold->mutable_payments() = request.payments();
  }
  // First, so that the sums below fit.
  COMPTOIR_RETURN_IF_ERROR(CheckPaymentList(*sold));
  v1::Payment& last = *sold->mutable_payments()->rbegin();
  sold->set_cash_rounding_cents(last.has_amount_cents() ? RoundingShown(*sold, total)
                                                        : RoundingOfRest(*sold, total));
  COMPTOIR_RETURN_IF_ERROR(CheckPayments(*sold, total));
  last.clear_amount_cents();
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
  COMPTOIR_RETURN_IF_ERROR(BuildPayments(request, total, &sold));
  return sold;
}

absl::StatusOr<v1::Sold> BuildSold(const store::Snapshot& snapshot, std::string_view shop,
                                   Day today, const shop::v1::RecordSaleRequest& request) {
  PriceBook prices;
  return BuildSold(snapshot, prices, shop, today, request);
}

}  // namespace comptoir::retail
