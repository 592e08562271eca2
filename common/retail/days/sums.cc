#include "common/retail/days/sums.h"

#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/payments.h"
#include "common/retail/quantity.h"
#include "common/retail/returns/admit.h"
#include "common/retail/sales/amounts.h"

namespace comptoir::retail {

namespace {

int64_t GrossOf(const SaleAmounts& amounts) {
  return amounts.gross().value() + amounts.deposits().value() + amounts.empties().value();
}

int64_t GrossOf(const RefundAmounts& amounts) {
  return amounts.goods.value() + amounts.deposits.value() + amounts.empties.value();
}

// What a fact may add to any sum, but for the rounding of its cash. Of an admitted one at
// most kMoneyCentsMax.
int64_t GrossOf(const Fact& fact) {
  switch (fact.kind) {
    case v1::FACT_KIND_SOLD:
      return GrossOf(SaleAmounts(static_cast<const v1::Sold&>(*fact.fact)));
    case v1::FACT_KIND_RETURNED:
    case v1::FACT_KIND_VOIDED:
      return GrossOf(RefundAmounts(static_cast<const v1::Returned&>(*fact.fact)));
    case v1::FACT_KIND_DAY_OPENED:
      return static_cast<const v1::DayOpened&>(*fact.fact).float_cents();
    case v1::FACT_KIND_CASH_MOVED: {
      const int64_t cents = static_cast<const v1::CashMoved&>(*fact.fact).amount_cents();
      return cents < 0 ? -cents : cents;
    }
    default:
      return -1;
  }
}

}  // namespace

template <typename Receipt>
void DayCounter::AddPayments(const Receipt& receipt, int64_t total_cents, int64_t times) {
  PaymentList payments = receipt.payments();
  FillLastAmount(Cents(total_cents), receipt.cash_rounding_cents(), &payments);
  for (const v1::Payment& payment : payments) {
    payments_[payment.method()] += times * payment.amount_cents();
  }
  rounding_cents_ += times * receipt.cash_rounding_cents();
}

void DayCounter::AddSold(const v1::Sold& sold, int64_t times) {
  const SaleAmounts amounts(sold);
  VatBreakdown vat;
  for (int i = 0; i < sold.lines_size(); ++i) {
    vat.Add(sold.lines(i).vat_basis_points(), amounts.PaidFor(i));
  }
  for (const VatPart& part : vat.parts()) {
    vat_[part.basis_points].total_cents += times * part.total.value();
    vat_[part.basis_points].vat_cents += times * part.vat.value();
  }
  sales_ += times;
  sold_cents_ += times * amounts.goods().value();
  discounts_cents_ += times * amounts.discounts().value();
  charged_cents_ += times * amounts.deposits().value();
  deposits_returned_cents_ += times * amounts.empties().value();
  AddPayments(sold, amounts.total().value(), times);
}

void DayCounter::AddReturned(const v1::Returned& returned, v1::FactKind kind, int64_t times) {
  VatBreakdown vat;
  for (const v1::ReturnedLine& line : returned.lines()) {
    vat.Add(line.vat_basis_points(), Cents(line.refund_cents()));
  }
  for (const VatPart& part : vat.parts()) {
    vat_[part.basis_points].total_cents -= times * part.total.value();
    vat_[part.basis_points].vat_cents -= times * part.vat.value();
  }
  const RefundAmounts amounts(returned);
  (kind == v1::FACT_KIND_VOIDED ? voids_ : returns_) += times;
  refunded_cents_ += times * amounts.goods.value();
  deposits_returned_cents_ += times * amounts.deposits.value();
  charged_cents_ += times * amounts.empties.value();
  AddPayments(returned, amounts.total().value(), -times);
}

bool DayCounter::Add(const Fact& fact, int64_t times) {
  COMPTOIR_CHECK(times >= 1 && times <= kTimesClosedMax);
  const int64_t gross_cents = GrossOf(fact);
  if (gross_cents < 0) return true;
  // Rounding may add its few cents to each payment.
  const int64_t with_rounding_cents = (gross_cents + kCashRoundingCentsMax) * times;
  if (gross_cents_ > kMoneyCentsMax - with_rounding_cents) return false;
  gross_cents_ += with_rounding_cents;
  ++facts_;
  switch (fact.kind) {
    case v1::FACT_KIND_SOLD:
      AddSold(static_cast<const v1::Sold&>(*fact.fact), times);
      break;
    case v1::FACT_KIND_DAY_OPENED:
      float_cents_ += times * gross_cents;
      break;
    case v1::FACT_KIND_CASH_MOVED: {
      const bool in = static_cast<const v1::CashMoved&>(*fact.fact).amount_cents() > 0;
      (in ? in_cents_ : out_cents_) += times * gross_cents;
      break;
    }
    default:
      AddReturned(static_cast<const v1::Returned&>(*fact.fact), fact.kind, times);
  }
  return true;
}

void DayCounter::Add(const v1::DaySums& sums, int64_t sign) {
  sales_ += sign * static_cast<int64_t>(sums.sales());
  returns_ += sign * static_cast<int64_t>(sums.returns());
  voids_ += sign * static_cast<int64_t>(sums.voids());
  sold_cents_ += sign * sums.sold_cents();
  refunded_cents_ += sign * sums.refunded_cents();
  rounding_cents_ += sign * sums.cash_rounding_cents();
  discounts_cents_ += sign * sums.discounts_cents();
  charged_cents_ += sign * sums.deposits_charged_cents();
  deposits_returned_cents_ += sign * sums.deposits_returned_cents();
  float_cents_ += sign * sums.float_cents();
  in_cents_ += sign * sums.cash_in_cents();
  out_cents_ += sign * sums.cash_out_cents();
  for (const v1::PaymentSum& payment : sums.payments()) {
    payments_[payment.method()] += sign * payment.amount_cents();
  }
  for (const v1::VatSum& vat : sums.vat()) {
    vat_[vat.basis_points()].total_cents += sign * vat.total_cents();
    vat_[vat.basis_points()].vat_cents += sign * vat.vat_cents();
  }
}

v1::DaySums DayCounter::sums() const {
  v1::DaySums sums;
  sums.set_sales(sales_);
  sums.set_returns(returns_);
  sums.set_voids(voids_);
  sums.set_sold_cents(sold_cents_);
  sums.set_refunded_cents(refunded_cents_);
  sums.set_cash_rounding_cents(rounding_cents_);
  sums.set_discounts_cents(discounts_cents_);
  sums.set_deposits_charged_cents(charged_cents_);
  sums.set_deposits_returned_cents(deposits_returned_cents_);
  sums.set_float_cents(float_cents_);
  sums.set_cash_in_cents(in_cents_);
  sums.set_cash_out_cents(out_cents_);
  for (const auto& [method, cents] : payments_) {
    v1::PaymentSum* payment = sums.add_payments();
    payment->set_method(method);
    payment->set_amount_cents(cents);
  }
  for (const auto& [basis_points, vat] : vat_) {
    v1::VatSum* sum = sums.add_vat();
    sum->set_basis_points(basis_points);
    sum->set_total_cents(vat.total_cents);
    sum->set_vat_cents(vat.vat_cents);
  }
  return sums;
}

int64_t DrawerOf(const v1::DaySums& sums) {
  int64_t cents = sums.float_cents() + sums.cash_in_cents() - sums.cash_out_cents();
  for (const v1::PaymentSum& payment : sums.payments()) {
    if (payment.method() == v1::PAYMENT_METHOD_CASH) cents += payment.amount_cents();
  }
  return cents;
}

}  // namespace comptoir::retail
