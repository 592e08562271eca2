#include "common/retail/sales/amounts.h"

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

// 3.33 at 6 %, 2.00 at 21 % less 0.50, 0.99 at 6 %: 5.82 after the line's discount.
v1::Sold SaleAtTwoRates() {
  v1::Sold sold;
  const auto add = [&sold](int64_t cents, uint32_t vat, int64_t discount_cents) {
    v1::SoldLine* line = sold.add_lines();
    line->set_product("pain");
    line->set_unit(v1::UNIT_PIECE);
    line->set_unit_price_cents(cents);
    line->set_vat_basis_points(vat);
    line->set_discount_cents(discount_cents);
  };
  add(333, 600, 0);
  add(200, 2'100, 50);
  add(99, 600, 0);
  return sold;
}

TEST(SaleAmountsTest, WithoutDiscountsALineCostsQuantityTimesPrice) {
  v1::Sold sold = SaleAtTwoRates();
  sold.mutable_lines(1)->clear_discount_cents();
  sold.mutable_lines(0)->set_quantity_milli(500);
  const SaleAmounts amounts(sold);
  EXPECT_EQ(amounts.PaidFor(0), Cents(167));
  EXPECT_EQ(amounts.PaidFor(1), Cents(200));
  EXPECT_EQ(amounts.goods(), Cents(466));
  EXPECT_EQ(amounts.gross(), Cents(466));
  EXPECT_EQ(amounts.discounts(), Cents(0));
  EXPECT_EQ(amounts.ReceiptDiscountOf(2), Cents(0));
}

TEST(SaleAmountsTest, ALinesOwnDiscountIsItsAlone) {
  const v1::Sold sold = SaleAtTwoRates();
  const SaleAmounts amounts(sold);
  EXPECT_EQ(GrossOf(sold.lines(1)), Cents(200));
  EXPECT_EQ(LineTotalOf(sold.lines(1)), Cents(150));
  EXPECT_EQ(amounts.PaidFor(1), Cents(150));
  EXPECT_EQ(amounts.PaidFor(0), Cents(333));
  EXPECT_EQ(amounts.total(), Cents(582));
  EXPECT_EQ(amounts.discounts(), Cents(50));
}

TEST(SaleAmountsTest, AReceiptsDiscountIsBornByWhatLinesComeToAfterTheirOwn) {
  v1::Sold sold = SaleAtTwoRates();
  sold.set_discount_cents(100);
  const SaleAmounts amounts(sold);
  // 57.2, 25.8 and 17.0 of 100: the cent that is left goes to the second.
  EXPECT_EQ(amounts.ReceiptDiscountOf(0), Cents(57));
  EXPECT_EQ(amounts.ReceiptDiscountOf(1), Cents(26));
  EXPECT_EQ(amounts.ReceiptDiscountOf(2), Cents(17));
  EXPECT_EQ(amounts.PaidFor(1), Cents(124));
  EXPECT_EQ(amounts.goods(), Cents(482));
  EXPECT_EQ(amounts.discounts(), Cents(150));
  EXPECT_EQ(TotalOf(sold), Cents(482));
}

TEST(SaleAmountsTest, AllOfItMayBeTakenOff) {
  v1::Sold sold = SaleAtTwoRates();
  sold.set_discount_cents(582);
  const SaleAmounts amounts(sold);
  for (int i = 0; i < sold.lines_size(); ++i) EXPECT_EQ(amounts.PaidFor(i), Cents(0)) << i;
  EXPECT_EQ(amounts.total(), Cents(0));
  EXPECT_EQ(amounts.discounts(), amounts.gross());
}

TEST(SaleAmountsTest, DepositsAreApartAndNoDiscountIsTakenOffThem) {
  v1::Sold sold = SaleAtTwoRates();
  sold.mutable_lines(0)->set_quantity_milli(6'000);
  sold.mutable_lines(0)->set_deposit_cents(10);
  sold.set_discount_cents(2'247);  // 19.98 + 1.50 + 0.99: all of it
  v1::Empties* empties = sold.add_empties();
  empties->set_pieces(24);
  empties->set_deposit_cents(10);
  const SaleAmounts amounts(sold);
  EXPECT_EQ(DepositOf(sold.lines(0)), Cents(60));
  EXPECT_EQ(DepositOf(sold.lines(1)), Cents(0));
  EXPECT_EQ(DepositOf(*empties), Cents(240));
  EXPECT_EQ(amounts.goods(), Cents(0));
  EXPECT_EQ(amounts.deposits(), Cents(60));
  EXPECT_EQ(amounts.empties(), Cents(240));
  EXPECT_EQ(amounts.total(), Cents(-180));
  sold.mutable_lines(0)->set_quantity_milli(500);
  sold.mutable_lines(0)->set_deposit_cents(15);
  EXPECT_EQ(DepositOf(sold.lines(0)), Cents(8)) << "half away from zero";
}

}  // namespace
}  // namespace comptoir::retail
