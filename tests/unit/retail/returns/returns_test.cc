// Gate and builder of returns and voids; their fold's sums are the laws' (tests/laws).
#include <algorithm>
#include <map>
#include <string>

#include "common/base/bytes.h"
#include "common/base/limits.h"
#include "common/retail/calendar.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/returns/admit.h"
#include "common/retail/returns/build.h"
#include "common/retail/sales/amounts.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/stock/movement_list.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class ReturnsTest : public ::testing::Test {
 protected:
  ReturnsTest() {
    world_.OpenSeries(shop_);
    world_.OpenSeries(sibling_);
    world_.SetProduct(hub_, "pommes", "Pommes", v1::UNIT_PIECE);
    // 3 at 0.33: parts round otherwise than the whole.
    sale_ = {world_.Sell(shop_, "pommes", 3'000, 33), "outremeuse-261123-k7qm2w-0001"};
    request_.set_number(sale_.number);
    request_.add_lines()->set_product("pommes");
    request_.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  }
  absl::StatusOr<v1::Returned> Build(int64_t milli) {
    request_.mutable_lines(0)->set_quantity_milli(milli);
    return BuildReturned(*world_.Snapshot(), sale_, request_);
  }
  // In the journal of the node, or of its sibling, that builds on what it knows.
  Fact Return(const JournalContext& journal, int64_t milli) {
    return world_.Write(journal, v1::FACT_KIND_RETURNED, Must(Build(milli)));
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext shop_ = ShopJournal("outremeuse", 3);
  const JournalContext sibling_ = ShopJournal("outremeuse", 4, "261123-aaaaaa");
  RetailWorld world_;
  PrintedSale sale_;
  shop::v1::RecordReturnRequest request_;
};

TEST_F(ReturnsTest, PartsAddUpToWhatTheLineCost) {
  int64_t refunded_cents = 0;
  for (const int64_t milli : {500, 500, 1'250, 750}) {
    const v1::Returned returned = Must(Build(milli));
    refunded_cents += RefundOf(returned).value();
    world_.Write(shop_, v1::FACT_KIND_RETURNED, returned);
  }
  EXPECT_EQ(refunded_cents, 99);
  EXPECT_EQ(ReasonOf(Build(1).status()), kNothingLeft);
}

TEST_F(ReturnsTest, TakesLinesOfAProductInTheirOrder) {
  v1::Sold sold;
  for (const int64_t cents : {100, 200}) {
    v1::SoldLine* line = sold.add_lines();
    line->set_product("pommes");
    line->set_unit(v1::UNIT_PIECE);
    line->set_unit_price_cents(cents);
  }
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  sale_.fact = world_.Write(shop_, v1::FACT_KIND_SOLD, sold);
  const v1::Returned returned = Must(Build(1'500));
  ASSERT_EQ(returned.lines_size(), 2);
  EXPECT_EQ(returned.lines(0).sale_line(), 1u);
  EXPECT_EQ(returned.lines(0).refund_cents(), 100);
  EXPECT_EQ(returned.lines(1).sale_line(), 2u);
  EXPECT_EQ(returned.lines(1).quantity_milli(), 500);
  EXPECT_EQ(RefundOf(returned).value(), 200);
}

TEST_F(ReturnsTest, SiblingsThatWereCutOffAreListed) {
  const v1::Returned by_one = Must(Build(2'000));
  const v1::Returned by_other = Must(Build(2'000));
  world_.Write(shop_, v1::FACT_KIND_RETURNED, by_one);
  EXPECT_EQ(Must(ListDiscrepancies(*world_.Snapshot(), "")).discrepancies_size(), 0);
  const Fact last = world_.Write(sibling_, v1::FACT_KIND_RETURNED, by_other);
  for (const char* shop : {"", "outremeuse"}) {
    const auto listed = Must(ListDiscrepancies(*world_.Snapshot(), shop));
    ASSERT_EQ(listed.discrepancies_size(), 1);
    EXPECT_EQ(listed.discrepancies(0).kind(), shop::v1::DISCREPANCY_KIND_RETURNED_TOO_MUCH);
    EXPECT_EQ(listed.discrepancies(0).quantity_milli(), 4'000);
    EXPECT_EQ(listed.discrepancies(0).sold_milli(), 3'000);
    EXPECT_EQ(listed.discrepancies(0).fact(),
              "outremeuse-261123-aaaaaa/" + std::to_string(last.reference.sequence.value()));
  }
  EXPECT_EQ(Must(ListDiscrepancies(*world_.Snapshot(), "herstal")).discrepancies_size(), 0);
  EXPECT_EQ(ReasonOf(Build(1).status()), kNothingLeft);
  shop::v1::VoidReceiptRequest request;
  EXPECT_EQ(ReasonOf(BuildVoided(*world_.Snapshot(), sale_, request).status()), kNothingLeft);
}

TEST_F(ReturnsTest, GateRefusesWhatCannotBe) {
  const v1::Returned good = Must(Build(2'000));
  EXPECT_TRUE(CheckReturned(good).ok());
  const auto expect = [&](std::string_view reason, auto change) {
    v1::Returned bad = good;
    change(bad);
    ExpectRefused(CheckReturned(bad), reason);
  };
  expect(kBadReference, [](auto& bad) { bad.mutable_sale()->clear_reference(); });
  expect(kBadReference, [](auto& bad) { bad.mutable_sale()->set_request_id("short"); });
  expect(kBadReceiptNumber, [](auto& bad) { bad.set_sale_number("hier"); });
  expect(kBadLines, [](auto& bad) { bad.clear_lines(); });
  expect(kBadLines, [](auto& bad) { bad.mutable_lines(0)->set_sale_line(0); });
  expect(kBadLines, [](auto& bad) { bad.mutable_lines(0)->set_sale_line(1'001); });
  expect(kReturnedTooMuch, [](auto& bad) { bad.mutable_lines(0)->set_sold_milli(1'999); });
  expect(kBadQuantity, [](auto& bad) { bad.mutable_lines(0)->set_quantity_milli(0); });
  expect(kBadPrice, [](auto& bad) { bad.mutable_lines(0)->set_refund_cents(68); });
  expect(kBadPrice, [](auto& bad) { bad.mutable_lines(0)->set_refund_cents(64); });
  expect(kBadPrice, [](auto& bad) { bad.mutable_lines(0)->set_unit_price_cents(kMoneyCentsMax); });
  expect(kBadWasteReason,
         [](auto& bad) { bad.mutable_lines(0)->set_wasted(static_cast<v1::WasteReason>(99)); });
  expect(kTotalTooLarge, [](auto& bad) {
    v1::ReturnedLine* line = bad.mutable_lines(0);
    line->set_quantity_milli(kQuantityMilliMax);
    line->set_sold_milli(kQuantityMilliMax);
    line->set_unit_price_cents(0);
    line->set_refund_cents(0);
    *bad.add_lines() = bad.lines(0);
  });
  expect(kTotalTooLarge, [](auto& bad) {
    v1::ReturnedLine* line = bad.mutable_lines(0);
    line->set_quantity_milli(1'000);
    line->set_unit_price_cents(kMoneyCentsMax);
    line->set_refund_cents(kMoneyCentsMax);
    *bad.add_lines() = bad.lines(0);
  });
  expect(kBadPrice, [](auto& bad) { bad.mutable_lines(0)->set_unit_price_cents(-1); });
  expect(kBadPrice, [](auto& bad) { bad.mutable_lines(0)->set_refund_cents(-1); });
  expect(kBadCode, [](auto& bad) { bad.mutable_lines(0)->set_product("des pommes"); });
  expect(kBadUnit, [](auto& bad) { bad.mutable_lines(0)->clear_unit(); });
  expect(kBadVat, [](auto& bad) { bad.mutable_lines(0)->set_vat_basis_points(10'001); });
  expect(kBadLot, [](auto& bad) { bad.mutable_lines(0)->set_lot(std::string(33, 'L')); });
  expect(kBadCode, [](auto& bad) { bad.set_till("La caisse"); });
  expect(kBadPayment, [](auto& bad) { bad.clear_payments(); });
  expect(kBadPayment, [](auto& bad) { bad.mutable_payments(0)->set_amount_cents(1); });
  expect(kBadCode, [](auto& bad) { bad.set_staff("Jean Dupont"); });
  Fact fact;
  fact.journal = &hub_;
  ExpectRefused(AdmitReturned(fact, good), kWrongScope);
  fact.journal = &shop_;
  EXPECT_TRUE(AdmitReturned(fact, good).ok());
}

TEST_F(ReturnsTest, WhatCannotBeTakenBackIsRefused) {
  const auto snapshot = world_.Snapshot();
  request_.mutable_lines(0)->set_product("poires");
  const absl::Status other = BuildReturned(*snapshot, sale_, request_).status();
  EXPECT_EQ(other.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(other), kNotOnReceipt);
  request_.mutable_lines(0)->set_product("pommes");
  EXPECT_EQ(ReasonOf(Build(3'001).status()), kReturnedTooMuch);
  ExpectRefused(Build(0).status(), kBadQuantity);
  request_.mutable_lines(0)->set_product("des pommes");
  ExpectRefused(Build(1'000).status(), kBadCode);
  request_.clear_lines();
  ExpectRefused(BuildReturned(*snapshot, sale_, request_).status(), kBadLines);
}

TEST_F(ReturnsTest, ARefundIsNoSale) {
  const PrintedSale refund = {Return(shop_, 1'000), "outremeuse-261123-k7qm2w-0002"};
  const auto snapshot = world_.Snapshot();
  request_.mutable_lines(0)->set_quantity_milli(1'000);
  EXPECT_EQ(ReasonOf(BuildReturned(*snapshot, refund, request_).status()), kNotASale);
  EXPECT_EQ(ReasonOf(BuildVoided(*snapshot, refund, {}).status()), kNotASale);
}

TEST_F(ReturnsTest, AllThatIsLeftIsTakenBackWhereNoQuantityIsSaid) {
  Return(shop_, 500);
  request_.mutable_lines(0)->clear_quantity_milli();
  const v1::Returned returned = Must(BuildReturned(*world_.Snapshot(), sale_, request_));
  EXPECT_EQ(returned.lines(0).quantity_milli(), 2'500);
}

TEST_F(ReturnsTest, WhatIsLeftIsSaidInItsUnit) {
  for (const auto& [unit, text] : std::map<v1::Unit, std::string>{
           {v1::UNIT_KILOGRAM, "only 1.500 kg of"}, {v1::UNIT_LITRE, "only 1.500 litre of"}}) {
    sale_.fact = world_.Sell(shop_, "pommes", 1'500, 33, "", unit);
    const absl::Status status = Build(2'000).status();
    EXPECT_NE(std::string(status.message()).find(text), std::string::npos) << status;
  }
}

TEST_F(ReturnsTest, AVoidGivesTheMoneyBackAsItCameOrAsItSays) {
  shop::v1::VoidReceiptRequest request;
  const auto method = [&] {
    return Must(BuildVoided(*world_.Snapshot(), sale_, request)).payments(0).method();
  };
  EXPECT_EQ(method(), v1::PAYMENT_METHOD_CARD);
  request.add_payments()->set_method(v1::PAYMENT_METHOD_VOUCHER);
  EXPECT_EQ(method(), v1::PAYMENT_METHOD_VOUCHER);
  request.clear_payments();
  Return(shop_, 1'000);
  EXPECT_EQ(method(), v1::PAYMENT_METHOD_CARD) << "of what is left";
}

TEST_F(ReturnsTest, RowsOfLinesThatTheSaleHasNotAreLeftOut) {
  // By who moves the goods of another receipt under this one's name.
  v1::Returned returned = Must(Build(1'000));
  returned.mutable_lines(0)->set_sale_line(7);
  world_.Write(shop_, v1::FACT_KIND_RETURNED, returned);
  EXPECT_EQ(Must(Build(3'000)).lines(0).quantity_milli(), 3'000);
}

TEST_F(ReturnsTest, ARowThatCannotBeIsDamage) {
  std::string key = NamedKey("outremeuse", sale_.fact.name());
  AppendBigEndian32(1, &key);
  v1::ReturnRow row;
  for (const int64_t milli : {int64_t{0}, int64_t{-1}, kQuantityMilliMax + 1}) {
    row.set_returned_milli(milli);
    const auto batch = world_.Begin();
    batch->Put(kReturns, key, row.SerializeAsString());
    world_.Commit(batch);
    EXPECT_EQ(Build(1'000).status().code(), absl::StatusCode::kDataLoss) << milli;
  }
  row.set_returned_milli(1'000);
  for (const int64_t cents : {int64_t{-1}, kMoneyCentsMax + 1}) {
    row.set_refund_cents(cents);
    const auto batch = world_.Begin();
    batch->Put(kReturns, key, row.SerializeAsString());
    world_.Commit(batch);
    EXPECT_EQ(Build(1'000).status().code(), absl::StatusCode::kDataLoss) << cents;
  }
  row.clear_refund_cents();
  const auto with_deposit = [&](uint32_t line, int64_t cents) {
    std::string row_key = NamedKey("outremeuse", sale_.fact.name());
    AppendBigEndian32(line, &row_key);
    row.set_deposit_refund_cents(cents);
    const auto batch = world_.Begin();
    batch->Put(kReturns, row_key, row.SerializeAsString());
    world_.Commit(batch);
    return Build(1'000).status().code();
  };
  // With goods a deposit is given back, with empties it is taken back.
  const auto of_empties = static_cast<uint32_t>(kLinesMax) + 1;
  for (const int64_t cents : {INT64_MIN, int64_t{-1}, kMoneyCentsMax + 1, INT64_MAX}) {
    EXPECT_EQ(with_deposit(1, cents), absl::StatusCode::kDataLoss) << cents;
  }
  EXPECT_EQ(with_deposit(1, kMoneyCentsMax), absl::StatusCode::kOk);
  for (const int64_t cents : {INT64_MIN, -kMoneyCentsMax - 1, int64_t{1}, INT64_MAX}) {
    EXPECT_EQ(with_deposit(of_empties, cents), absl::StatusCode::kDataLoss) << cents;
  }
  EXPECT_EQ(with_deposit(of_empties, -kMoneyCentsMax), absl::StatusCode::kOk);
}

TEST_F(ReturnsTest, PrintsARefund) {
  const Fact refund = Return(shop_, 1'000);
  const auto receipt = Must(MakeReceipt(*world_.Snapshot(), refund, false));
  EXPECT_EQ(receipt.number(), "outremeuse-261123-k7qm2w-0002");
  EXPECT_EQ(receipt.refers_to(), sale_.number);
  EXPECT_EQ(receipt.kind(), shop::v1::RECEIPT_KIND_RETURN);
  EXPECT_EQ(receipt.total_cents(), -33);
  EXPECT_EQ(receipt.payments(0).amount_cents(), -33);
  ASSERT_EQ(receipt.vat_size(), 1);
  EXPECT_EQ(receipt.vat(0).total_cents(), -33);
  EXPECT_EQ(receipt.vat(0).vat_cents(), -2);
}

TEST_F(ReturnsTest, PartsOfADiscountedLineAddUpToWhatWasPaid) {
  uint32_t step = 1;  // through parts of all sizes
  for (const int64_t discount_cents : {1, 33, 50, 98, 99}) {
    v1::Sold sold;
    for (int i = 0; i < 2; ++i) {
      v1::SoldLine* line = sold.add_lines();
      line->set_product(i == 0 ? "pommes" : "poires");
      line->set_unit(v1::UNIT_PIECE);
      line->set_quantity_milli(3'000);
      line->set_unit_price_cents(33);
      line->set_discount_cents(i == 0 ? 17 : 0);
    }
    sold.set_discount_cents(discount_cents);
    sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
    sale_.fact = world_.Write(shop_, v1::FACT_KIND_SOLD, sold);
    const int64_t paid_cents = SaleAmounts(sold).PaidFor(0).value();
    int64_t refunded_cents = 0;
    for (int64_t left = 3'000; left > 0;) {
      step = step * 1'103'515'245u + 12'345u;
      const int64_t milli = std::min<int64_t>(left, 1 + step / 65'536 % 900);
      const v1::Returned returned = Must(Build(milli));
      EXPECT_EQ(returned.lines(0).paid_cents(), paid_cents);
      refunded_cents += RefundOf(returned).value();
      world_.Write(shop_, v1::FACT_KIND_RETURNED, returned);
      left -= milli;
    }
    EXPECT_EQ(refunded_cents, paid_cents) << discount_cents;
    EXPECT_EQ(ReasonOf(Build(1).status()), kNothingLeft);
  }
}

TEST_F(ReturnsTest, AVoidGivesBackWhatWasPaidAfterDiscounts) {
  v1::Sold sold;
  v1::SoldLine* line = sold.add_lines();
  line->set_product("pommes");
  line->set_unit(v1::UNIT_PIECE);
  line->set_unit_price_cents(300);
  line->set_discount_cents(100);
  sold.set_discount_cents(50);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  sale_.fact = world_.Write(shop_, v1::FACT_KIND_SOLD, sold);
  const auto voided = Must(BuildVoided(*world_.Snapshot(), sale_, {}));
  EXPECT_EQ(RefundOf(voided), Cents(150));
  EXPECT_TRUE(CheckReturned(voided).ok()) << CheckReturned(voided);
}

TEST_F(ReturnsTest, GateHoldsARefundToWhatWasPaid) {
  v1::Returned returned = Must(Build(2'000));
  v1::ReturnedLine& line = *returned.mutable_lines(0);
  line.set_paid_cents(60);  // of 99: two of three cost 40
  for (const int64_t cents : {39, 40, 41}) {
    line.set_refund_cents(cents);
    EXPECT_TRUE(CheckReturned(returned).ok()) << cents;
  }
  for (const int64_t cents : {38, 42, 66}) {
    line.set_refund_cents(cents);
    ExpectRefused(CheckReturned(returned), kBadPrice);
  }
  line.set_paid_cents(0);  // nothing, and so are its parts
  line.set_refund_cents(1);
  ExpectRefused(CheckReturned(returned), kBadPrice);
  line.set_refund_cents(0);
  EXPECT_TRUE(CheckReturned(returned).ok());
  line.set_paid_cents(-1);
  ExpectRefused(CheckReturned(returned), kBadPrice);
  line.set_paid_cents(kMoneyCentsMax + 1);
  ExpectRefused(CheckReturned(returned), kBadPrice);
}

class ReturnsOfDepositsTest : public ReturnsTest {
 protected:
  ReturnsOfDepositsTest() {
    v1::SoldLine* line = sold_.add_lines();
    line->set_product("pommes");
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(3'000);
    line->set_unit_price_cents(100);
    line->set_deposit_cents(15);
    sold_.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  }
  void BringBack(int64_t pieces) {
    v1::Empties* empties = sold_.add_empties();
    empties->set_product("pommes");
    empties->set_pieces(pieces);
    empties->set_deposit_cents(15);
  }
  void Sell() { sale_.fact = world_.Write(shop_, v1::FACT_KIND_SOLD, sold_); }
  absl::StatusOr<v1::Returned> BuildVoid() {
    return BuildVoided(*world_.Snapshot(), sale_, void_request_);
  }

  v1::Sold sold_;
  shop::v1::VoidReceiptRequest void_request_;
};

TEST_F(ReturnsOfDepositsTest, GoBackWithTheGoodsTheyWereChargedWith) {
  Sell();
  const v1::Returned returned = Must(Build(2'000));
  EXPECT_EQ(returned.lines(0).deposit_cents(), 15);
  EXPECT_EQ(returned.lines(0).deposit_refund_cents(), 30);
  EXPECT_EQ(RefundOf(returned), Cents(230));
  const Fact refund = world_.Write(shop_, v1::FACT_KIND_RETURNED, returned);
  const auto receipt = Must(MakeReceipt(*world_.Snapshot(), refund, false));
  EXPECT_EQ(receipt.total_cents(), -230);
  EXPECT_EQ(receipt.deposit_cents(), -30);
  EXPECT_EQ(receipt.lines(0).total_cents(), -200);
  EXPECT_EQ(receipt.vat(0).total_cents(), -200);
}

TEST_F(ReturnsOfDepositsTest, PartsOfPiecesAddUpToo) {
  Sell();
  int64_t deposit_cents = 0;
  for (const int64_t milli : {500, 500, 100, 1'900}) {
    const v1::Returned returned = Must(Build(milli));
    deposit_cents += returned.lines(0).deposit_refund_cents();
    world_.Write(shop_, v1::FACT_KIND_RETURNED, returned);
  }
  EXPECT_EQ(deposit_cents, 45);
}

TEST_F(ReturnsOfDepositsTest, AVoidTakesBackWhatWasGivenForEmptiesOnce) {
  BringBack(2);
  Sell();
  const v1::Returned voided = Must(BuildVoid());
  ASSERT_EQ(voided.empties_size(), 1);
  EXPECT_EQ(voided.empties(0).sale_empties(), 1u);
  EXPECT_EQ(RefundOf(voided), TotalOf(sold_));
  const Fact refund = world_.Write(shop_, v1::FACT_KIND_VOIDED, voided);
  const auto receipt = Must(MakeReceipt(*world_.Snapshot(), refund, false));
  EXPECT_EQ(receipt.empties(0).pieces(), -2);
  EXPECT_EQ(receipt.empties(0).total_cents(), 30);
  EXPECT_EQ(receipt.total_cents(), -315);
  EXPECT_EQ(receipt.deposit_cents(), -15);
  EXPECT_EQ(ReasonOf(BuildVoid().status()), kNothingLeft);
}

TEST_F(ReturnsOfDepositsTest, EmptiesAloneMayBeVoided) {
  sold_.clear_lines();
  BringBack(2);
  BringBack(4);
  Sell();
  const v1::Returned voided = Must(BuildVoid());
  EXPECT_TRUE(voided.lines().empty());
  EXPECT_EQ(RefundOf(voided), Cents(-90));
  world_.Write(shop_, v1::FACT_KIND_VOIDED, voided);
  EXPECT_EQ(ReasonOf(BuildVoid().status()), kNothingLeft);
  EXPECT_EQ(Must(ListDiscrepancies(*world_.Snapshot(), "")).discrepancies_size(), 0);
  world_.Write(sibling_, v1::FACT_KIND_VOIDED, voided);  // which was cut off
  EXPECT_EQ(Must(ListDiscrepancies(*world_.Snapshot(), "")).discrepancies_size(), 2);
}

TEST_F(ReturnsOfDepositsTest, AfterGoodsCameBackAVoidMayCostTheCustomer) {
  BringBack(2);
  Sell();
  world_.Write(shop_, v1::FACT_KIND_RETURNED, Must(Build(3'000)));
  const v1::Returned voided = Must(BuildVoid());
  EXPECT_TRUE(voided.lines().empty());
  EXPECT_EQ(RefundOf(voided), Cents(-30));
  void_request_.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  void_request_.mutable_payments(0)->set_amount_cents(30);
  EXPECT_EQ(ReasonOf(BuildVoid().status()), kBadPayment);
}

TEST_F(ReturnsOfDepositsTest, GateHoldsThemToWhatWasCharged) {
  BringBack(2);
  Sell();
  const v1::Returned good = Must(BuildVoid());
  EXPECT_TRUE(CheckReturned(good).ok()) << CheckReturned(good);
  const auto expect = [&](std::string_view reason, auto change) {
    v1::Returned bad = good;
    bad.mutable_payments(0)->clear_amount_cents();
    change(bad);
    ExpectRefused(CheckReturned(bad), reason);
  };
  expect(kBadDeposit, [](auto& bad) { bad.mutable_lines(0)->set_deposit_refund_cents(47); });
  expect(kBadDeposit, [](auto& bad) { bad.mutable_lines(0)->set_deposit_refund_cents(43); });
  expect(kBadDeposit, [](auto& bad) { bad.mutable_lines(0)->set_deposit_refund_cents(-1); });
  expect(kBadDeposit, [](auto& bad) { bad.mutable_lines(0)->set_deposit_cents(-1); });
  expect(kBadDeposit, [](auto& bad) {
    bad.mutable_lines(0)->clear_deposit_cents();
    bad.mutable_lines(0)->set_deposit_refund_cents(1);
  });
  expect(kBadDeposit, [](auto& bad) { bad.mutable_lines(0)->set_unit(v1::UNIT_LITRE); });
  expect(kBadLines, [](auto& bad) { bad.mutable_empties(0)->set_sale_empties(0); });
  expect(kBadLines, [](auto& bad) { bad.mutable_empties(0)->set_sale_empties(1'001); });
  expect(kBadLines, [](auto& bad) { *bad.add_empties() = bad.empties(0); });
  expect(kBadQuantity, [](auto& bad) { bad.mutable_empties(0)->mutable_empties()->set_pieces(0); });
  expect(kTotalTooLarge, [](auto& bad) {
    bad.mutable_empties(0)->mutable_empties()->set_pieces(1);
    bad.mutable_empties(0)->mutable_empties()->set_deposit_cents(kMoneyCentsMax);
  });
  Fact fact;
  fact.journal = &shop_;
  fact.kind = v1::FACT_KIND_VOIDED;
  EXPECT_TRUE(AdmitReturned(fact, good).ok());
  fact.kind = v1::FACT_KIND_RETURNED;
  ExpectRefused(AdmitReturned(fact, good), kBadLines);
}

TEST_F(ReturnsTest, PartsOfALabelledLineAddUpToWhatItsLabelSaid) {
  v1::Sold sold;
  v1::SoldLine* line = sold.add_lines();
  line->set_product("pommes");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(173);
  line->set_unit_price_cents(2'000);
  line->set_label_cents(345);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  sale_.fact = world_.Write(shop_, v1::FACT_KIND_SOLD, sold);
  int64_t refunded_cents = 0;
  for (const int64_t milli : {50, 50, 73}) {
    const v1::Returned returned = Must(Build(milli));
    EXPECT_EQ(returned.lines(0).paid_cents(), 345);
    refunded_cents += RefundOf(returned).value();
    world_.Write(shop_, v1::FACT_KIND_RETURNED, returned);
  }
  EXPECT_EQ(refunded_cents, 345);
}

// A rate that changed since takes nothing back that it did not charge.
TEST_F(ReturnsTest, GiveBackTheVatOfTheDayOfTheSale) {
  world_.SetVat(hub_, "pommes", 2'100, Day(kMonday.value() + 1));
  world_.wall_ms += 2 * kMillisPerDay;
  const v1::Returned returned = Must(Build(1'000));
  EXPECT_EQ(returned.lines(0).vat_basis_points(), 600u);
}

}  // namespace
}  // namespace comptoir::retail
