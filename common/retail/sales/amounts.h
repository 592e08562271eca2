// What an admitted sale comes to, line by line. The one place that says how much of a
// discount on the whole receipt each line bears, and so each VAT rate: its part by what the
// lines come to after their own discounts, as SpreadCents has it. Whoever reads a sale's money
// (receipts, sales by day, VAT, closings, refunds) reads it here.
//
// Deposits (vidanges) are no price of goods: outside VAT, and no discount is taken off them.
#pragma once

#include <vector>

#include "common/retail/quantity.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// A line's quantity: one unit where it says none.
inline Quantity QuantityOf(const v1::SoldLine& line) {
  return line.has_quantity_milli() ? Quantity(line.quantity_milli()) : kOneUnit;
}

// What it costs before discounts: quantity × price, or what its label says.
Cents GrossOf(const v1::SoldLine& line);
// Quantity × price, whatever its label says.
Cents ReckonedOf(const v1::SoldLine& line);
// What it costs less its own discount.
Cents LineTotalOf(const v1::SoldLine& line);
// Charged besides, for all of its pieces.
Cents DepositOf(const v1::SoldLine& line);
// What is given back for them.
Cents DepositOf(const v1::Empties& empties);

class SaleAmounts {
 public:
  // `sold` is kept by reference.
  explicit SaleAmounts(const v1::Sold& sold);

  // What of the receipt's discount the line bears; lines are counted from 0.
  Cents ReceiptDiscountOf(int line) const {
    return parts_.empty() ? Cents() : parts_[static_cast<size_t>(line)];
  }
  // Paid for its goods: VAT included, after all discounts.
  Cents PaidFor(int line) const;

  // Over all lines: before discounts, and after.
  Cents gross() const { return gross_; }
  Cents goods() const { return goods_; }
  Cents discounts() const { return Cents(gross_.value() - goods_.value()); }
  // Charged with all lines, and given back for empties.
  Cents deposits() const { return deposits_; }
  Cents empties() const { return empties_; }
  // To pay, before cash is rounded; below zero: to give back.
  Cents total() const { return Cents(goods_.value() + deposits_.value() - empties_.value()); }

 private:
  const v1::Sold& sold_;
  Cents gross_;
  Cents goods_;
  Cents deposits_;
  Cents empties_;
  std::vector<Cents> parts_;  // of the receipt's discount, by line; empty where there is none
};

// To pay, before cash is rounded; below zero: to give back.
inline Cents TotalOf(const v1::Sold& sold) { return SaleAmounts(sold).total(); }

}  // namespace comptoir::retail
