#include "common/retail/sales/admit.h"

#include <string>

#include "common/retail/check.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class SoldAdmitTest : public ::testing::Test {
 protected:
  SoldAdmitTest() {
    AddLine(1'250, 240);  // 3.00
    Pay(v1::PAYMENT_METHOD_CARD);
  }
  v1::SoldLine& AddLine(int64_t milli, int64_t cents) {
    v1::SoldLine* line = sold_.add_lines();
    line->set_product("carottes");
    line->set_unit(v1::UNIT_KILOGRAM);
    line->set_quantity_milli(milli);
    line->set_unit_price_cents(cents);
    line->set_vat_basis_points(600);
    return *line;
  }
  v1::SoldLine& line() { return *sold_.mutable_lines(0); }
  v1::Payment& Pay(v1::PaymentMethod method) {
    v1::Payment* payment = sold_.add_payments();
    payment->set_method(method);
    return *payment;
  }
  void Pay(v1::PaymentMethod method, int64_t cents) { Pay(method).set_amount_cents(cents); }
  void ExpectBad(std::string_view reason) { ExpectRefused(CheckSold(sold_), reason); }
  void ExpectBadLine(std::string_view reason) {
    ExpectBad(reason);
    EXPECT_EQ(CheckSold(sold_).message().find("line 1: "), 0u) << CheckSold(sold_);
  }
  void ExpectGood() { EXPECT_TRUE(CheckSold(sold_).ok()) << CheckSold(sold_); }

  v1::Sold sold_;
};

TEST_F(SoldAdmitTest, ASaleIsAdmitted) {
  ExpectGood();
  sold_.set_till("caisse-1");
  sold_.set_staff("mb");
  line().set_lot("L47");
  ExpectGood();
}

TEST_F(SoldAdmitTest, AnAbsentQuantityIsOne) {
  line().clear_quantity_milli();
  ExpectGood();
  EXPECT_EQ(QuantityOf(line()), kOneUnit);
  EXPECT_EQ(TotalOf(sold_), Cents(240));
}

TEST_F(SoldAdmitTest, ATotalIsTheSumOfRoundedLines) {
  sold_.clear_lines();
  AddLine(500, 1);
  AddLine(500, 1);  // half a cent each: one each
  EXPECT_EQ(TotalOf(sold_), Cents(2));
  EXPECT_EQ(Must(CheckAmounts(sold_)), Cents(2));
}

TEST_F(SoldAdmitTest, OneTo1000Lines) {
  while (sold_.lines_size() < 1'000) AddLine(1'000, 1);
  ExpectGood();
  AddLine(1'000, 1);
  ExpectBad(kBadLines);
  sold_.clear_lines();
  ExpectBad(kBadLines);
}

TEST_F(SoldAdmitTest, Products) {
  line().set_product("Carottes");
  ExpectBadLine(kBadCode);
  line().clear_product();
  ExpectBadLine(kBadCode);
}

TEST_F(SoldAdmitTest, Units) {
  line().set_unit(v1::UNIT_UNSPECIFIED);
  ExpectBadLine(kBadUnit);
  line().set_unit(static_cast<v1::Unit>(9));
  ExpectBadLine(kBadUnit);
}

TEST_F(SoldAdmitTest, Quantities) {
  line().set_unit_price_cents(0);
  line().set_quantity_milli(kQuantityMilliMax);
  ExpectGood();
  for (const int64_t milli : {int64_t{0}, int64_t{-1}, kQuantityMilliMax + 1, INT64_MAX}) {
    line().set_quantity_milli(milli);
    ExpectBadLine(kBadQuantity);
  }
}

TEST_F(SoldAdmitTest, TheSumOfQuantitiesIsLimitedToo) {
  line().set_unit_price_cents(0);
  line().set_quantity_milli(kQuantityMilliMax);
  AddLine(1, 0);
  ExpectBad(kBadQuantity);
}

TEST_F(SoldAdmitTest, Prices) {
  line().clear_quantity_milli();
  line().set_unit_price_cents(kMoneyCentsMax);
  ExpectGood();
  for (const int64_t cents : {int64_t{-1}, kMoneyCentsMax + 1, INT64_MIN}) {
    line().set_unit_price_cents(cents);
    ExpectBadLine(kBadPrice);
  }
}

TEST_F(SoldAdmitTest, TotalsThatPassTheirLimit) {
  line().set_quantity_milli(kQuantityMilliMax);
  line().set_unit_price_cents(kMoneyCentsMax);
  ExpectBadLine(kTotalTooLarge);
  line().set_quantity_milli(1'000);
  ExpectGood();
  AddLine(1'000, 1);
  ExpectBad(kTotalTooLarge);
}

TEST_F(SoldAdmitTest, VatRates) {
  line().set_vat_basis_points(10'000);
  ExpectGood();
  line().set_vat_basis_points(10'001);
  ExpectBadLine(kBadVat);
}

TEST_F(SoldAdmitTest, Lots) {
  line().set_lot(std::string(kLotBytesMax + 1, 'L'));
  ExpectBadLine(kBadLot);
}

TEST_F(SoldAdmitTest, TillAndStaffAreCodes) {
  sold_.set_till("Caisse 1");
  ExpectBad(kBadCode);
  sold_.clear_till();
  sold_.set_staff("Marie Dupont");
  ExpectBad(kBadCode);
}

TEST_F(SoldAdmitTest, OneTo16Payments) {
  sold_.clear_payments();
  ExpectBad(kBadPayment);
  for (size_t i = 1; i < kPaymentsMax; ++i) Pay(v1::PAYMENT_METHOD_VOUCHER, 10);
  Pay(v1::PAYMENT_METHOD_CARD);
  ExpectGood();
  sold_.mutable_payments(kPaymentsMax - 1)->set_amount_cents(10);
  Pay(v1::PAYMENT_METHOD_CARD);
  ExpectBad(kBadPayment);
}

TEST_F(SoldAdmitTest, PaymentMethods) {
  sold_.mutable_payments(0)->set_method(v1::PAYMENT_METHOD_UNSPECIFIED);
  ExpectBad(kBadPayment);
  sold_.mutable_payments(0)->set_method(static_cast<v1::PaymentMethod>(9));
  ExpectBad(kBadPayment);
}

TEST_F(SoldAdmitTest, OnlyTheLastPaymentIsTheRest) {
  Pay(v1::PAYMENT_METHOD_CASH, 100);
  ExpectBad(kBadPayment);
  sold_.mutable_payments(0)->set_amount_cents(200);
  ExpectGood();
}

TEST_F(SoldAdmitTest, PaymentsComeToTheTotal) {
  sold_.mutable_payments(0)->set_amount_cents(299);
  ExpectBad(kBadPayment);
  sold_.mutable_payments(0)->set_amount_cents(301);
  ExpectBad(kBadPayment);
  sold_.mutable_payments(0)->set_amount_cents(300);
  ExpectGood();
}

TEST_F(SoldAdmitTest, TheRestIsNotBelowZero) {
  sold_.clear_payments();
  Pay(v1::PAYMENT_METHOD_VOUCHER, 300);
  Pay(v1::PAYMENT_METHOD_CARD);
  ExpectGood();
  sold_.mutable_payments(0)->set_amount_cents(301);
  ExpectBad(kBadPayment);
}

TEST_F(SoldAdmitTest, AmountsAreWithinLimits) {
  sold_.clear_payments();
  Pay(v1::PAYMENT_METHOD_VOUCHER, -1);
  Pay(v1::PAYMENT_METHOD_CARD);
  ExpectBad(kBadPayment);
  sold_.mutable_payments(0)->set_amount_cents(kMoneyCentsMax + 1);
  ExpectBad(kBadPayment);
  sold_.mutable_payments(0)->set_amount_cents(INT64_MAX);
  ExpectBad(kBadPayment);
}

TEST_F(SoldAdmitTest, CashIsRoundedByAtMostTwoCents) {
  sold_.mutable_payments(0)->set_method(v1::PAYMENT_METHOD_CASH);
  for (const int32_t cents : {-2, 2}) {
    sold_.set_cash_rounding_cents(cents);
    ExpectGood();
  }
  for (const int32_t cents : {-3, 3, INT32_MIN}) {
    sold_.set_cash_rounding_cents(cents);
    ExpectBad(kBadPayment);
  }
}

TEST_F(SoldAdmitTest, PaymentsComeToTheRoundedTotal) {
  sold_.mutable_payments(0)->set_method(v1::PAYMENT_METHOD_CASH);
  sold_.set_cash_rounding_cents(-1);
  sold_.mutable_payments(0)->set_amount_cents(299);
  ExpectGood();
  sold_.mutable_payments(0)->set_amount_cents(300);
  ExpectBad(kBadPayment);
}

TEST_F(SoldAdmitTest, OnlyCashIsRounded) {
  sold_.set_cash_rounding_cents(-1);
  ExpectBad(kBadPayment);
  sold_.clear_payments();
  Pay(v1::PAYMENT_METHOD_CASH, 100);
  Pay(v1::PAYMENT_METHOD_CARD);
  ExpectGood();
}

TEST_F(SoldAdmitTest, IsWrittenByTheShopItself) {
  JournalContext journal = ShopJournal("herstal", 2);
  const Fact fact = FactIn(journal, v1::FACT_KIND_SOLD, sold_);
  EXPECT_TRUE(AdmitSold(fact, sold_).ok());
  journal.writer = CoopJournal().writer;
  ExpectRefused(AdmitSold(fact, sold_), kNotAllowed);
  journal.writer = ShopJournal("outremeuse", 2).writer;
  ExpectRefused(AdmitSold(fact, sold_), kNotAllowed);
  journal = CoopJournal();
  ExpectRefused(AdmitSold(fact, sold_), kWrongScope);
  journal = ShopJournal("herstal", 2);
  sold_.clear_payments();
  ExpectRefused(AdmitSold(fact, sold_), kBadPayment);
}

TEST_F(SoldAdmitTest, DiscountsOfALineAreWithinIt) {
  for (const int64_t cents : {0, 1, 300}) {
    line().set_discount_cents(cents);
    ExpectGood();
    EXPECT_EQ(Must(CheckAmounts(sold_)), Cents(300 - cents));
  }
  for (const int64_t cents : {int64_t{-1}, int64_t{301}, INT64_MIN, INT64_MAX}) {
    line().set_discount_cents(cents);
    ExpectBadLine(kBadDiscount);
  }
}

TEST_F(SoldAdmitTest, DiscountsOfTheReceiptAreWithinWhatLinesComeTo) {
  AddLine(1'000, 100).set_discount_cents(40);
  for (const int64_t cents : {0, 1, 360}) {
    sold_.set_discount_cents(cents);
    ExpectGood();
    EXPECT_EQ(Must(CheckAmounts(sold_)), Cents(360 - cents));
  }
  for (const int64_t cents : {int64_t{-1}, int64_t{361}, INT64_MIN, INT64_MAX}) {
    sold_.set_discount_cents(cents);
    ExpectBad(kBadDiscount);
  }
}

// So that the discounts of a day cannot come over what sums may.
TEST_F(SoldAdmitTest, DiscountsDoNotRaiseTheLimitOfASale) {
  line().set_quantity_milli(1'000);
  line().set_unit_price_cents(kMoneyCentsMax);
  line().set_discount_cents(kMoneyCentsMax);
  ExpectGood();
  AddLine(1'000, 1).set_discount_cents(1);
  ExpectBad(kTotalTooLarge);
}

TEST_F(SoldAdmitTest, PaymentsComeToWhatIsLeftAfterDiscounts) {
  line().set_discount_cents(50);
  sold_.set_discount_cents(50);
  sold_.mutable_payments(0)->set_amount_cents(200);
  ExpectGood();
  sold_.mutable_payments(0)->set_amount_cents(300);
  ExpectBad(kBadPayment);
}

TEST_F(SoldAdmitTest, DepositsAreOfPieces) {
  line().set_deposit_cents(10);
  ExpectBadLine(kBadDeposit);
  line().set_unit(v1::UNIT_PIECE);
  ExpectGood();
  EXPECT_EQ(TotalOf(sold_), Cents(313));  // a piece and a quarter of one
  for (const int64_t cents : {int64_t{-1}, kMoneyCentsMax + 1, INT64_MIN}) {
    line().set_deposit_cents(cents);
    ExpectBadLine(kBadDeposit);
  }
  line().set_deposit_cents(kMoneyCentsMax);
  ExpectBadLine(kTotalTooLarge);
  line().set_quantity_milli(1'000);
  ExpectBad(kTotalTooLarge);  // with the goods
  line().set_unit_price_cents(0);
  ExpectGood();
}

v1::Empties EmptiesOf(int64_t pieces, int64_t cents) {
  v1::Empties empties;
  empties.set_product("biere");
  empties.set_pieces(pieces);
  empties.set_deposit_cents(cents);
  return empties;
}

TEST_F(SoldAdmitTest, EmptiesAreGivenBackFor) {
  *sold_.add_empties() = EmptiesOf(12, 10);
  ExpectGood();
  EXPECT_EQ(TotalOf(sold_), Cents(180));
  sold_.mutable_payments(0)->set_amount_cents(180);
  ExpectGood();
  sold_.mutable_payments(0)->set_amount_cents(300);
  ExpectBad(kBadPayment);
}

TEST_F(SoldAdmitTest, EmptiesAloneAreASaleThatGivesBack) {
  sold_.clear_lines();
  *sold_.add_empties() = EmptiesOf(12, 10);
  ExpectGood();
  EXPECT_EQ(TotalOf(sold_), Cents(-120));
  while (sold_.empties_size() < 1'000) *sold_.add_empties() = EmptiesOf(1, 1);
  ExpectGood();
  *sold_.add_empties() = EmptiesOf(1, 1);
  ExpectBad(kBadLines);
}

TEST_F(SoldAdmitTest, WhatIsGivenBackHasOneWay) {
  sold_.clear_lines();
  *sold_.add_empties() = EmptiesOf(12, 11);  // 1.32
  sold_.mutable_payments(0)->set_method(v1::PAYMENT_METHOD_CASH);
  sold_.set_cash_rounding_cents(2);
  ExpectGood();
  sold_.mutable_payments(0)->set_amount_cents(-130);
  ExpectBad(kBadPayment);
  sold_.mutable_payments(0)->set_amount_cents(130);
  ExpectBad(kBadPayment);
  sold_.mutable_payments(0)->clear_amount_cents();
  Pay(v1::PAYMENT_METHOD_CARD);
  ExpectBad(kBadPayment);
  sold_.clear_payments();
  ExpectBad(kBadPayment);
  Pay(v1::PAYMENT_METHOD_CARD);
  ExpectBad(kBadPayment);  // and only cash is rounded
  sold_.clear_cash_rounding_cents();
  ExpectGood();
  *sold_.mutable_empties(0) = EmptiesOf(1, 1);
  sold_.mutable_payments(0)->set_method(v1::PAYMENT_METHOD_CASH);
  sold_.set_cash_rounding_cents(2);
  ExpectBad(kBadPayment);  // rounding turns no money round
}

TEST_F(SoldAdmitTest, EmptiesThatCannotBe) {
  const auto expect = [&](std::string_view reason, const v1::Empties& empties) {
    sold_.clear_empties();
    *sold_.add_empties() = empties;
    ExpectBad(reason);
    EXPECT_EQ(CheckSold(sold_).message().find("empties 1: "), 0u) << CheckSold(sold_);
  };
  for (const int64_t pieces : {int64_t{0}, int64_t{-1}, kEmptiesPiecesMax + 1, INT64_MIN}) {
    expect(kBadQuantity, EmptiesOf(pieces, 10));
  }
  for (const int64_t cents : {int64_t{0}, int64_t{-1}, kMoneyCentsMax + 1}) {
    expect(kBadDeposit, EmptiesOf(1, cents));
  }
  expect(kTotalTooLarge, EmptiesOf(2, kMoneyCentsMax));
  v1::Empties other = EmptiesOf(1, 10);
  other.set_product("Bière");
  expect(kBadCode, other);
  sold_.clear_empties();
  *sold_.add_empties() = EmptiesOf(1, kMoneyCentsMax);
  ExpectBad(kTotalTooLarge);  // with the goods
}

TEST_F(SoldAdmitTest, ALabelSaysWhatALineCosts) {
  line().set_label_cents(299);
  ExpectGood();
  EXPECT_EQ(TotalOf(sold_), Cents(299));
  line().set_discount_cents(300);
  ExpectBadLine(kBadDiscount);
  line().clear_discount_cents();
  for (const int64_t cents : {int64_t{-1}, kMoneyCentsMax + 1, INT64_MIN}) {
    line().set_label_cents(cents);
    ExpectBadLine(kBadPrice);
  }
  line().set_label_cents(kMoneyCentsMax);
  ExpectGood();
  AddLine(1'000, 1);
  ExpectBad(kTotalTooLarge);
}

}  // namespace
}  // namespace comptoir::retail
