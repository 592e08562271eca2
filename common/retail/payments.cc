#include "common/retail/payments.h"

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

constexpr int64_t kSmallestCoinCents = 5;

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

absl::Status CheckRounding(const PaymentList& payments, int32_t rounding) {
  if (rounding == 0) return absl::OkStatus();
  if (rounding < -kCashRoundingCentsMax || rounding > kCashRoundingCentsMax) {
    return Refuse(kBadPayment, absl::StrCat("a cash rounding of ", rounding,
                                            " cents cannot be: it is from -2 to 2"));
  }
  for (const v1::Payment& payment : payments) {
    if (payment.method() == v1::PAYMENT_METHOD_CASH) return absl::OkStatus();
  }
  return Refuse(kBadPayment, "a total is rounded for cash only, and no cash was paid");
}

// The rounding that payments with all amounts said show: what they come to over
// the total, where that can be one.
int32_t RoundingShown(const PaymentList& payments, Cents total) {
  int64_t paid_cents = 0;
  int64_t cash_cents = 0;
  for (const v1::Payment& payment : payments) {
    paid_cents += payment.amount_cents();
    if (payment.method() == v1::PAYMENT_METHOD_CASH) cash_cents += payment.amount_cents();
  }
  const int64_t over_cents = paid_cents - total.value();
  const bool rounded = cash_cents % kSmallestCoinCents == 0 &&
                       over_cents >= -kCashRoundingCentsMax && over_cents <= kCashRoundingCentsMax;
  return rounded ? static_cast<int32_t>(over_cents) : 0;
}

// What is left for the last payment, which says no amount, is rounded for cash.
int32_t RoundingOfRest(const PaymentList& payments, Cents total) {
  int64_t rest_cents = total.value();
  for (const v1::Payment& payment : payments) rest_cents -= payment.amount_cents();
  const bool cash = payments.rbegin()->method() == v1::PAYMENT_METHOD_CASH;
  const bool rest_is_all = payments.size() == 1;  // which may be below zero
  return cash && (rest_cents >= 0 || rest_is_all)
             ? static_cast<int32_t>(CashRounding(Cents(rest_cents)).value())
             : 0;
}

// A total below zero is money that goes the other way: whole, and one way.
absl::Status CheckPaidTheOtherWay(const PaymentList& payments, int64_t due_cents) {
  if (payments.size() == 1 && !payments[0].has_amount_cents() && due_cents <= 0) {
    return absl::OkStatus();
  }
  return Refuse(kBadPayment,
                absl::StrCat("it comes to ", FormatCents(Cents(due_cents)),
                             ", which goes the other way: say one method, and no amount"));
}

}  // namespace

absl::Status CheckPaymentList(const PaymentList& payments) {
  const int count = payments.size();
  if (count < 1 || static_cast<size_t>(count) > kPaymentsMax) {
    return Refuse(kBadPayment, absl::StrCat("there are ", count, " payments: 1 to ", kPaymentsMax,
                                            " are taken"));
  }
  for (int i = 0; i < count; ++i) {
    COMPTOIR_RETURN_IF_ERROR(CheckPayment(payments[i], i == count - 1));
  }
  return absl::OkStatus();
}

absl::Status CheckPayments(const PaymentList& payments, int32_t cash_rounding_cents, Cents total) {
  COMPTOIR_RETURN_IF_ERROR(CheckPaymentList(payments));
  COMPTOIR_RETURN_IF_ERROR(CheckRounding(payments, cash_rounding_cents));
  const int64_t due_cents = total.value() + cash_rounding_cents;
  if (total.value() < 0) return CheckPaidTheOtherWay(payments, due_cents);
  int64_t rest_cents = due_cents;
  for (const v1::Payment& payment : payments) rest_cents -= payment.amount_cents();
  const bool rest_is_last = !payments.rbegin()->has_amount_cents();
  if (rest_is_last ? rest_cents >= 0 : rest_cents == 0) return absl::OkStatus();
  return Refuse(kBadPayment,
                absl::StrCat("the payments come to ", FormatCents(Cents(due_cents - rest_cents)),
                             ", and ", FormatCents(Cents(due_cents)), " is to be paid"));
}

absl::StatusOr<int32_t> CompletePayments(Cents total, PaymentList* payments) {
  if (payments->empty()) payments->Add()->set_method(v1::PAYMENT_METHOD_CASH);
  // First, so that the sums below fit.
  COMPTOIR_RETURN_IF_ERROR(CheckPaymentList(*payments));
  v1::Payment& last = *payments->rbegin();
  const int32_t rounding =
      last.has_amount_cents() ? RoundingShown(*payments, total) : RoundingOfRest(*payments, total);
  COMPTOIR_RETURN_IF_ERROR(CheckPayments(*payments, rounding, total));
  last.clear_amount_cents();
  return rounding;
}

void FillLastAmount(Cents total, int32_t cash_rounding_cents, PaymentList* payments) {
  v1::Payment& last = *payments->rbegin();
  if (last.has_amount_cents()) return;
  int64_t rest_cents = total.value() + cash_rounding_cents;
  for (const v1::Payment& payment : *payments) rest_cents -= payment.amount_cents();
  last.set_amount_cents(rest_cents);
}

}  // namespace comptoir::retail
