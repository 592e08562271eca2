#include "common/retail/sales/build.h"

#include <string>

#include "common/retail/sales/admit.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class SoldBuildTest : public ::testing::Test {
 protected:
  SoldBuildTest() {
    world_.SetProduct(hub_, "carottes", "Carottes", v1::UNIT_KILOGRAM);
    world_.SetPrice(hub_, "carottes", 240);
    world_.SetVat(hub_, "carottes", 600);
    world_.SetProduct(hub_, "pain", "Pain");
    world_.SetPrice(hub_, "pain", 251);
  }
  shop::v1::SaleLine& AddLine(const std::string& product) {
    shop::v1::SaleLine* line = request_.add_lines();
    line->set_product(product);
    return *line;
  }
  v1::Payment& Pay(v1::PaymentMethod method) {
    v1::Payment* payment = request_.add_payments();
    payment->set_method(method);
    return *payment;
  }
  void Pay(v1::PaymentMethod method, int64_t cents) { Pay(method).set_amount_cents(cents); }
  absl::StatusOr<v1::Sold> Build() {
    auto sold = BuildSold(*world_.Snapshot(), memory_, "herstal", kMonday, request_);
    if (sold.ok()) {
      EXPECT_TRUE(CheckSold(*sold).ok()) << CheckSold(*sold);
    }
    const auto again = BuildSold(*world_.Snapshot(), "herstal", kMonday, request_);
    EXPECT_EQ(again.status(), sold.status());
    return sold;
  }
  void ExpectAtLine(int line, std::string_view reason) {
    const absl::Status status = Build().status();
    ExpectRefused(status, reason);
    EXPECT_EQ(status.message().find("line " + std::to_string(line) + ": "), 0u) << status;
  }

  const JournalContext hub_ = CoopJournal(1);
  RetailWorld world_;
  TillMemory memory_;
  shop::v1::RecordSaleRequest request_;
};

TEST_F(SoldBuildTest, FillsInUnitPriceAndVat) {
  AddLine("carottes").set_quantity_milli(1'250);
  request_.mutable_lines(0)->set_lot("L47");
  request_.set_till("caisse-1");
  request_.set_staff("mb");
  const v1::Sold sold = Must(Build());
  ASSERT_EQ(sold.lines_size(), 1);
  EXPECT_EQ(sold.lines(0).product(), "carottes");
  EXPECT_EQ(sold.lines(0).unit(), v1::UNIT_KILOGRAM);
  EXPECT_EQ(sold.lines(0).quantity_milli(), 1'250);
  EXPECT_EQ(sold.lines(0).unit_price_cents(), 240);
  EXPECT_EQ(sold.lines(0).vat_basis_points(), 600u);
  EXPECT_EQ(sold.lines(0).lot(), "L47");
  EXPECT_EQ(sold.till(), "caisse-1");
  EXPECT_EQ(sold.staff(), "mb");
}

TEST_F(SoldBuildTest, APriceOnTheLineGoesBefore) {
  AddLine("carottes").set_unit_price_cents(0);
  EXPECT_EQ(Must(Build()).lines(0).unit_price_cents(), 0);
}

TEST_F(SoldBuildTest, OneUnitIsNotWritten) {
  AddLine("carottes").set_quantity_milli(1'000);
  AddLine("carottes");
  const v1::Sold sold = Must(Build());
  EXPECT_FALSE(sold.lines(0).has_quantity_milli());
  EXPECT_FALSE(sold.lines(1).has_quantity_milli());
}

TEST_F(SoldBuildTest, WithoutPaymentsAllIsCashRounded) {
  AddLine("pain");  // 2.51
  const v1::Sold sold = Must(Build());
  ASSERT_EQ(sold.payments_size(), 1);
  EXPECT_EQ(sold.payments(0).method(), v1::PAYMENT_METHOD_CASH);
  EXPECT_FALSE(sold.payments(0).has_amount_cents());
  EXPECT_EQ(sold.cash_rounding_cents(), -1);
}

TEST_F(SoldBuildTest, CardsAreNotRounded) {
  AddLine("pain");
  Pay(v1::PAYMENT_METHOD_CARD);
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), 0);
}

TEST_F(SoldBuildTest, AnAmountThatCoversAllIsNotWritten) {
  AddLine("pain");
  Pay(v1::PAYMENT_METHOD_CARD, 251);
  EXPECT_FALSE(Must(Build()).payments(0).has_amount_cents());
}

TEST_F(SoldBuildTest, CashInFullShowsItsRounding) {
  AddLine("pain");
  Pay(v1::PAYMENT_METHOD_CASH, 250);
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), -1);
  request_.mutable_payments(0)->set_amount_cents(251);  // to the cent: nothing rounded
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), 0);
  request_.mutable_payments(0)->set_amount_cents(252);  // no such coins, and not the total
  ExpectRefused(Build().status(), kBadPayment);
  request_.mutable_payments(0)->set_amount_cents(255);
  ExpectRefused(Build().status(), kBadPayment);
}

TEST_F(SoldBuildTest, CardShortOfTheTotalIsNotRounding) {
  AddLine("pain");
  Pay(v1::PAYMENT_METHOD_CARD, 250);
  ExpectRefused(Build().status(), kBadPayment);
}

TEST_F(SoldBuildTest, TheRestIsRoundedWhereItIsCash) {
  AddLine("pain");
  Pay(v1::PAYMENT_METHOD_VOUCHER, 100);
  Pay(v1::PAYMENT_METHOD_CASH);
  v1::Sold sold = Must(Build());
  EXPECT_EQ(sold.payments(0).amount_cents(), 100);
  EXPECT_EQ(sold.cash_rounding_cents(), -1);  // 1.51 left
  request_.mutable_payments(0)->set_method(v1::PAYMENT_METHOD_CASH);
  request_.mutable_payments(1)->set_method(v1::PAYMENT_METHOD_CARD);
  sold = Must(Build());
  EXPECT_EQ(sold.cash_rounding_cents(), 0);
}

TEST_F(SoldBuildTest, MixedPaymentsThatSayAllComeToTheRoundedTotal) {
  AddLine("pain");
  Pay(v1::PAYMENT_METHOD_CARD, 150);
  Pay(v1::PAYMENT_METHOD_CASH, 100);
  const v1::Sold sold = Must(Build());
  EXPECT_EQ(sold.cash_rounding_cents(), -1);
  EXPECT_TRUE(sold.payments(0).has_amount_cents());
  EXPECT_FALSE(sold.payments(1).has_amount_cents());
}

TEST_F(SoldBuildTest, MoreThanTheTotalIsRefused) {
  AddLine("pain");
  Pay(v1::PAYMENT_METHOD_VOUCHER, 300);
  Pay(v1::PAYMENT_METHOD_CASH);
  ExpectRefused(Build().status(), kBadPayment);
}

TEST_F(SoldBuildTest, AmountsThatWouldOverflowAreRefused) {
  AddLine("pain");
  Pay(v1::PAYMENT_METHOD_CARD, INT64_MAX);
  Pay(v1::PAYMENT_METHOD_CASH, INT64_MAX);
  ExpectRefused(Build().status(), kBadPayment);
  request_.clear_payments();
  for (size_t i = 0; i <= kPaymentsMax; ++i) Pay(v1::PAYMENT_METHOD_CARD, 1);
  ExpectRefused(Build().status(), kBadPayment);
}

TEST_F(SoldBuildTest, NothingLeftToPay) {
  AddLine("pain").set_unit_price_cents(0);
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), 0);
  request_.mutable_lines(0)->set_unit_price_cents(2);  // too little for a coin
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), -2);
}

TEST_F(SoldBuildTest, AnUnknownProductIsNamedWithItsLine) {
  AddLine("pain");
  AddLine("brioche");
  const absl::Status status = Build().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), kUnknownProduct);
  EXPECT_EQ(status.message().find("line 2: unknown product \"brioche\": "), 0u) << status;
}

TEST_F(SoldBuildTest, WithoutAPriceTheLineMustSayOne) {
  world_.SetProduct(hub_, "brioche", "Brioche");
  AddLine("brioche");
  const absl::Status status = Build().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), kNoPrice);
  EXPECT_EQ(status.message().find("line 1: "), 0u) << status;
  request_.mutable_lines(0)->set_unit_price_cents(300);
  EXPECT_TRUE(Build().ok());
}

TEST_F(SoldBuildTest, BadLinesAreNamed) {
  AddLine("pain");
  AddLine("Pain");
  ExpectAtLine(2, kBadCode);
  shop::v1::SaleLine& line = *request_.mutable_lines(1);
  line.set_product("pain");
  for (const int64_t milli : {int64_t{0}, int64_t{-1}, kQuantityMilliMax + 1}) {
    line.set_quantity_milli(milli);
    ExpectAtLine(2, kBadQuantity);
  }
  line.set_quantity_milli(1);
  for (const int64_t cents : {int64_t{-1}, kMoneyCentsMax + 1}) {
    line.set_unit_price_cents(cents);
    ExpectAtLine(2, kBadPrice);
  }
  line.set_unit_price_cents(kMoneyCentsMax);
  line.set_quantity_milli(kQuantityMilliMax);
  ExpectAtLine(2, kTotalTooLarge);
  line.clear_unit_price_cents();
  line.set_quantity_milli(1);
  line.set_lot("a\nb");
  ExpectAtLine(2, kBadLot);
}

TEST_F(SoldBuildTest, OneTo1000Lines) {
  ExpectRefused(Build().status(), kBadLines);
  for (size_t i = 0; i <= kLinesMax; ++i) AddLine("pain");
  ExpectRefused(Build().status(), kBadLines);
  request_.mutable_lines()->RemoveLast();
  EXPECT_EQ(Must(Build()).lines_size(), static_cast<int>(kLinesMax));
}

TEST_F(SoldBuildTest, TillAndStaffAreCodes) {
  AddLine("pain");
  request_.set_till("Caisse 1");
  ExpectRefused(Build().status(), kBadCode);
  request_.clear_till();
  request_.set_staff("Marie");
  ExpectRefused(Build().status(), kBadCode);
}

class SoldOfLotsTest : public SoldBuildTest {
 protected:
  SoldOfLotsTest() {
    world_.Receive(shop_, "pain", 2'000, "A", v1::UNIT_PIECE, kMonday);
    world_.Receive(shop_, "pain", 2'000, "B", v1::UNIT_PIECE, Day(kMonday.value() + 1));
  }
  // "A=2000 B=1000", in the order of the lines.
  std::string Lots() {
    std::string lots;
    const v1::Sold sold = Must(Build());
    for (const v1::SoldLine& line : sold.lines()) {
      lots += line.lot() + "=" + std::to_string(QuantityOf(line).value()) + " ";
    }
    return lots;
  }

  const JournalContext shop_ = ShopJournal("herstal", 2);
};

TEST_F(SoldOfLotsTest, ALineIsWrittenAsOneALot) {
  AddLine("pain").set_quantity_milli(3'000);
  AddLine("carottes");
  EXPECT_EQ(Lots(), "A=2000 B=1000 =1000 ");
  const v1::Sold sold = Must(Build());
  EXPECT_FALSE(sold.lines(1).has_quantity_milli()) << "one unit is not written";
  EXPECT_EQ(sold.lines(1).unit_price_cents(), 251);
  EXPECT_EQ(TotalOf(sold).value(), 3 * 251 + 240);
}

TEST_F(SoldOfLotsTest, WhatTheTillSaysIsLeftAloneAndCounted) {
  AddLine("pain").set_quantity_milli(1'000);
  AddLine("pain").set_quantity_milli(2'000);
  request_.mutable_lines(1)->set_lot("A");
  EXPECT_EQ(Lots(), "B=1000 A=2000 ");
}

TEST_F(SoldOfLotsTest, ARefusalNamesTheLineThatWasAskedFor) {
  AddLine("pain").set_quantity_milli(3'000);
  AddLine("carottes").set_quantity_milli(0);
  ExpectAtLine(2, kBadQuantity);
  request_.mutable_lines(1)->set_quantity_milli(INT64_MAX);
  request_.mutable_lines(1)->set_lot("A");
  *request_.add_lines() = request_.lines(1);
  ExpectAtLine(2, kBadQuantity);
}

TEST_F(SoldOfLotsTest, AsManyLinesAsASaleMayHave) {
  AddLine("pain").set_quantity_milli(3'000);
  while (request_.lines_size() < static_cast<int>(kLinesMax)) AddLine("carottes");
  EXPECT_EQ(Must(Build()).lines_size(), static_cast<int>(kLinesMax));
  EXPECT_EQ(Must(Build()).lines(0).lot(), "") << "no lot has three, and there is no room for two";
  request_.mutable_lines()->RemoveLast();
  EXPECT_EQ(Must(Build()).lines_size(), static_cast<int>(kLinesMax));
  EXPECT_EQ(Must(Build()).lines(0).lot(), "A");
}

TEST_F(SoldBuildTest, DiscountsAreWrittenAsAmounts) {
  AddLine("pain").set_discount_basis_points(1'000);  // a tenth of 2.51
  AddLine("pain").set_discount_cents(51);
  AddLine("carottes");
  request_.set_discount_basis_points(500);
  const v1::Sold sold = Must(Build());
  EXPECT_EQ(sold.lines(0).discount_cents(), 25);
  EXPECT_EQ(sold.lines(1).discount_cents(), 51);
  EXPECT_EQ(sold.lines(2).discount_cents(), 0);
  EXPECT_EQ(sold.discount_cents(), 33);  // a twentieth of 2.26 + 2.00 + 2.40
  EXPECT_EQ(TotalOf(sold), Cents(633));
  EXPECT_EQ(sold.cash_rounding_cents(), 2);
  request_.clear_discount_basis_points();
  request_.set_discount_cents(666);
  EXPECT_EQ(TotalOf(Must(Build())), Cents(0));
}

TEST_F(SoldBuildTest, DiscountsThatCannotBeAreRefused) {
  AddLine("pain");
  shop::v1::SaleLine& line = AddLine("pain");
  for (const int64_t cents : {int64_t{-1}, int64_t{252}, INT64_MIN}) {
    line.set_discount_cents(cents);
    ExpectAtLine(2, kBadDiscount);
  }
  line.set_discount_cents(1);
  line.set_discount_basis_points(1);
  ExpectAtLine(2, kBadDiscount);
  line.clear_discount_cents();
  line.set_discount_basis_points(10'001);
  ExpectAtLine(2, kBadDiscount);
  line.set_discount_basis_points(10'000);
  EXPECT_EQ(Must(Build()).lines(1).discount_cents(), 251);
  request_.set_discount_cents(252);
  ExpectRefused(Build().status(), kBadDiscount);
  request_.set_discount_cents(-1);
  ExpectRefused(Build().status(), kBadDiscount);
  request_.set_discount_cents(1);
  request_.set_discount_basis_points(1);
  ExpectRefused(Build().status(), kBadDiscount);
}

TEST_F(SoldOfLotsTest, EachLotBearsItsPartOfALinesDiscount) {
  AddLine("pain").set_quantity_milli(3'000);
  request_.mutable_lines(0)->set_discount_cents(100);
  EXPECT_EQ(Lots(), "A=2000 B=1000 ");
  const v1::Sold sold = Must(Build());
  EXPECT_EQ(sold.lines(0).discount_cents(), 67);
  EXPECT_EQ(sold.lines(1).discount_cents(), 33);
  EXPECT_EQ(TotalOf(sold).value(), 3 * 251 - 100);
}

class SoldWithDepositsTest : public SoldBuildTest {
 protected:
  SoldWithDepositsTest() {
    SetDeposit("pain", 10);
    SetDeposit("carottes", 10);  // which are sold by the kilogram
  }
  void SetDeposit(const std::string& product, int64_t cents) {
    v1::ProductEdited edited;
    edited.set_product(product);
    edited.mutable_deposit_cents()->set_value(cents);
    world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  }
  shop::v1::EmptiesLine& BringBack(const std::string& product, int64_t pieces) {
    shop::v1::EmptiesLine* line = request_.add_empties();
    line->set_product(product);
    line->set_pieces(pieces);
    return *line;
  }
  void ExpectAtEmpties(absl::StatusCode code, std::string_view reason) {
    const absl::Status status = Build().status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_EQ(status.message().find("empties 1: "), 0u) << status;
  }
};

TEST_F(SoldWithDepositsTest, AreChargedWithWhatBearsThem) {
  AddLine("pain").set_quantity_milli(6'000);
  AddLine("carottes");
  const v1::Sold sold = Must(Build());
  EXPECT_EQ(sold.lines(0).deposit_cents(), 10);
  EXPECT_EQ(sold.lines(1).deposit_cents(), 0);
  EXPECT_EQ(TotalOf(sold), Cents(6 * 251 + 240 + 60));
  SetDeposit("pain", 0);
  EXPECT_EQ(TotalOf(Must(Build())), Cents(6 * 251 + 240));
}

TEST_F(SoldWithDepositsTest, AreGivenBackForEmpties) {
  BringBack("pain", 12);
  BringBack("carottes", 1).set_deposit_cents(330);
  const v1::Sold sold = Must(Build());
  EXPECT_TRUE(sold.lines().empty());
  EXPECT_EQ(sold.empties(0).deposit_cents(), 10);
  EXPECT_EQ(sold.empties(1).deposit_cents(), 330);
  EXPECT_EQ(TotalOf(sold), Cents(-450));
  EXPECT_EQ(sold.payments(0).method(), v1::PAYMENT_METHOD_CASH);
}

TEST_F(SoldWithDepositsTest, CashThatIsGivenBackIsRoundedToo) {
  BringBack("pain", 1).set_deposit_cents(8);
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), -2);
  request_.mutable_empties(0)->set_deposit_cents(7);
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), 2);
  request_.mutable_empties(0)->set_deposit_cents(1);
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), 1);
  Pay(v1::PAYMENT_METHOD_CARD);
  EXPECT_EQ(Must(Build()).cash_rounding_cents(), 0);
  Pay(v1::PAYMENT_METHOD_CASH);
  ExpectRefused(Build().status(), kBadPayment);
}

TEST_F(SoldWithDepositsTest, NoDiscountIsTakenOffThem) {
  AddLine("pain");
  request_.set_discount_basis_points(10'000);
  EXPECT_EQ(TotalOf(Must(Build())), Cents(10));
}

TEST_F(SoldWithDepositsTest, EmptiesThatCannotBeTakenAreNamed) {
  BringBack("carottes", 1);
  ExpectAtEmpties(absl::StatusCode::kFailedPrecondition, kNoDeposit);
  request_.mutable_empties(0)->set_product("brioche");
  ExpectAtEmpties(absl::StatusCode::kNotFound, kUnknownProduct);
  request_.mutable_empties(0)->set_product("pain");
  request_.mutable_empties(0)->set_pieces(0);
  ExpectAtEmpties(absl::StatusCode::kInvalidArgument, kBadQuantity);
  request_.mutable_empties(0)->set_pieces(1);
  request_.mutable_empties(0)->set_deposit_cents(-1);
  ExpectAtEmpties(absl::StatusCode::kInvalidArgument, kBadDeposit);
  while (request_.empties_size() <= 1'000) BringBack("pain", 1);
  ExpectRefused(Build().status(), kBadLines);
}

}  // namespace
}  // namespace comptoir::retail
