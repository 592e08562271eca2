#include "common/retail/sales/amounts.h"

#include <optional>

#include "common/base/status.h"

namespace comptoir::retail {

Cents GrossOf(const v1::SoldLine& line) {
  return line.has_label_cents() ? Cents(line.label_cents()) : ReckonedOf(line);
}

Cents ReckonedOf(const v1::SoldLine& line) {
  const std::optional<Cents> gross = LineTotal(QuantityOf(line), Cents(line.unit_price_cents()));
  COMPTOIR_CHECK(gross.has_value());
  return *gross;
}

Cents LineTotalOf(const v1::SoldLine& line) {
  return Cents(GrossOf(line).value() - line.discount_cents());
}

Cents DepositOf(const v1::SoldLine& line) {
  const std::optional<Cents> deposit = LineTotal(QuantityOf(line), Cents(line.deposit_cents()));
  COMPTOIR_CHECK(deposit.has_value());
  return *deposit;
}

Cents DepositOf(const v1::Empties& empties) {
  return Cents(empties.pieces() * empties.deposit_cents());
}

SaleAmounts::SaleAmounts(const v1::Sold& sold) : sold_(sold) {
  int64_t gross_cents = 0;
  int64_t lines_cents = 0;
  for (const v1::SoldLine& line : sold.lines()) {
    const int64_t line_cents = GrossOf(line).value();
    gross_cents += line_cents;
    lines_cents += line_cents - line.discount_cents();
  }
  for (const v1::SoldLine& line : sold.lines()) {
    if (line.deposit_cents() == 0) continue;
    deposits_ = Cents(deposits_.value() + DepositOf(line).value());
  }
  for (const v1::Empties& empties : sold.empties()) {
    empties_ = Cents(empties_.value() + DepositOf(empties).value());
  }
  gross_ = Cents(gross_cents);
  goods_ = Cents(lines_cents - sold.discount_cents());
  if (sold.discount_cents() == 0) return;
  std::vector<Cents> totals;
  totals.reserve(static_cast<size_t>(sold.lines_size()));
  for (const v1::SoldLine& line : sold.lines()) totals.push_back(LineTotalOf(line));
  parts_ = SpreadCents(Cents(sold.discount_cents()), totals);
}

Cents SaleAmounts::PaidFor(int line) const {
  return Cents(LineTotalOf(sold_.lines(line)).value() - ReceiptDiscountOf(line).value());
}

}  // namespace comptoir::retail
