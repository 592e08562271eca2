#include "common/retail/sales/admit.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

absl::Status TooLarge(std::string_view what) {
  return Refuse(kTotalTooLarge,
                absl::StrCat(absl::string_view(what.data(), what.size()), " comes to more than ",
                             kMoneyCentsMax / 100, ": check quantity and price"));
}

absl::StatusOr<Cents> CheckLine(const v1::SoldLine& line) {
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

absl::Status CheckPayment(const v1::Payment& payment, bool last) {
  switch (payment.method()) {
    case v1::PAYMENT_METHOD_CASH:
    case v1::PAYMENT_METHOD_CARD:
    case v1::PAYMENT_METHOD_VOUCHER:
      break;
    default:
      return Refuse(kBadPayment, absl::StrCat("payment method ", static_cast<int>(payment.method()),
                                              " is none: say cash, card or voucher"));
  }
  if (!payment.has_amount_cents()) {
    return last ? absl::OkStatus()
                : Refuse(kBadPayment, "only the last payment may leave its amount out");
  }
  if (payment.amount_cents() >= 0 && payment.amount_cents() <= kMoneyCentsMax) {
    return absl::OkStatus();
  }
  return Refuse(kBadPayment,
                absl::StrCat("a payment of ", FormatCents(Cents(payment.amount_cents())),
                             " cannot be: it must be from 0 to ", kMoneyCentsMax / 100));
}

absl::Status CheckRounding(const v1::Sold& sold) {
  const int32_t rounding = sold.cash_rounding_cents();
  if (rounding == 0) return absl::OkStatus();
  if (rounding < -kCashRoundingCentsMax || rounding > kCashRoundingCentsMax) {
    return Refuse(kBadPayment, absl::StrCat("a cash rounding of ", rounding,
                                            " cents cannot be: it is from -2 to 2"));
  }
  for (const v1::Payment& payment : sold.payments()) {
    if (payment.method() == v1::PAYMENT_METHOD_CASH) return absl::OkStatus();
  }
  return Refuse(kBadPayment, "a total is rounded for cash only, and no cash was paid");
}

}  // namespace

absl::StatusOr<Cents> CheckLines(const v1::Sold& sold) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(sold.lines_size()));
  int64_t quantity_milli = 0;  // neither can pass 64 bits: at most 1,000 lines of 10^12
  int64_t total_cents = 0;
  for (int i = 0; i < sold.lines_size(); ++i) {
    const absl::StatusOr<Cents> line_total = CheckLine(sold.lines(i));
    if (!line_total.ok()) return AtLine(line_total.status(), i + 1);
    quantity_milli += QuantityOf(sold.lines(i)).value();
    total_cents += line_total->value();
  }
  if (total_cents > kMoneyCentsMax) return TooLarge("the sale");
  if (quantity_milli <= kQuantityMilliMax) return Cents(total_cents);
  return Refuse(kBadQuantity,
                absl::StrCat("the lines come to a quantity over ", kQuantityMilliMax / 1000));
}

absl::Status CheckPaymentList(const v1::Sold& sold) {
  const int count = sold.payments_size();
  if (count < 1 || static_cast<size_t>(count) > kPaymentsMax) {
    return Refuse(kBadPayment, absl::StrCat("there are ", count, " payments: 1 to ", kPaymentsMax,
                                            " are taken"));
  }
  for (int i = 0; i < count; ++i) {
    COMPTOIR_RETURN_IF_ERROR(CheckPayment(sold.payments(i), i == count - 1));
  }
  return absl::OkStatus();
}

absl::Status CheckPayments(const v1::Sold& sold, Cents total) {
  COMPTOIR_RETURN_IF_ERROR(CheckPaymentList(sold));
  COMPTOIR_RETURN_IF_ERROR(CheckRounding(sold));
  const int64_t due_cents = total.value() + sold.cash_rounding_cents();
  int64_t rest_cents = due_cents;
  for (const v1::Payment& payment : sold.payments()) rest_cents -= payment.amount_cents();
  const bool rest_is_last = !sold.payments().rbegin()->has_amount_cents();
  if (rest_is_last ? rest_cents >= 0 : rest_cents == 0) return absl::OkStatus();
  return Refuse(kBadPayment,
                absl::StrCat("the payments come to ", FormatCents(Cents(due_cents - rest_cents)),
                             ", and ", FormatCents(Cents(due_cents)), " is to be paid"));
}

absl::Status CheckSold(const v1::Sold& sold) {
  COMPTOIR_ASSIGN_OR_RETURN(const Cents total, CheckLines(sold));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("till", sold.till()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", sold.staff()));
  return CheckPayments(sold, total);
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
