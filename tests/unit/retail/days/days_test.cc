// Sums, gates and folds of a shop's days.
#include <string>

#include "common/retail/days/admit.h"
#include "common/retail/days/queries.h"
#include "common/retail/days/sums.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

// Half a kilo at 2.99 (6 %) and two breads at 3.15 (6 %), a bottle at 9.90 (21 %), all in
// cash but 5.00 by voucher.
v1::Sold SaleOfThreeLines() {
  v1::Sold sold;
  const auto add = [&sold](const char* product, int64_t milli, int64_t cents, uint32_t vat) {
    v1::SoldLine* line = sold.add_lines();
    line->set_product(product);
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(milli);
    line->set_unit_price_cents(cents);
    line->set_vat_basis_points(vat);
  };
  add("carottes", 500, 299, 600);
  add("pain-gris", 2'000, 315, 600);
  add("biere", 1'000, 990, 2'100);
  v1::Payment* voucher = sold.add_payments();
  voucher->set_method(v1::PAYMENT_METHOD_VOUCHER);
  voucher->set_amount_cents(500);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CASH);
  return sold;  // 1.50 + 6.30 + 9.90 = 17.70
}

v1::Returned ReturnOfOneBread() {
  v1::Returned returned;
  returned.mutable_sale()->mutable_reference()->set_journal(2);
  returned.mutable_sale()->mutable_reference()->set_sequence(2);
  returned.set_sale_number("herstal-261123-k7qm2w-0001");
  v1::ReturnedLine* line = returned.add_lines();
  line->set_sale_line(2);
  line->set_product("pain-gris");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(1'000);
  line->set_sold_milli(2'000);
  line->set_unit_price_cents(315);
  line->set_refund_cents(315);
  line->set_vat_basis_points(600);
  returned.add_payments()->set_method(v1::PAYMENT_METHOD_CASH);
  return returned;
}

class DaysTest : public ::testing::Test {
 protected:
  void Count(v1::FactKind kind, google::protobuf::Message& message) {
    counter_.Add(FactIn(herstal_, kind, message));
  }
  // A closing that adds up.
  v1::DayClosed Closing() {
    v1::Sold sold = SaleOfThreeLines();
    Count(v1::FACT_KIND_SOLD, sold);
    v1::DayClosed closed;
    closed.set_node("herstal-1");
    closed.set_number(1);
    v1::ClosedRange* range = closed.add_covers();
    range->set_journal(2);
    range->set_series("261123-k7qm2w");
    range->set_first(1);
    range->set_last(2);
    range->set_hash(std::string(32, 'h'));
    range->set_first_receipt(1);
    range->set_last_receipt(1);
    *closed.mutable_sums() = counter_.sums();
    closed.set_drawer_cents(DrawerOf(closed.sums()));
    return closed;
  }

  const JournalContext herstal_ = ShopJournal("herstal", 2);
  DayCounter counter_;
};

TEST_F(DaysTest, SumsAreThoseOfTheReceipts) {
  v1::DayOpened opened;
  opened.set_float_cents(15'000);
  Count(v1::FACT_KIND_DAY_OPENED, opened);
  v1::Sold sold = SaleOfThreeLines();
  Count(v1::FACT_KIND_SOLD, sold);
  Count(v1::FACT_KIND_SOLD, sold);
  v1::Returned returned = ReturnOfOneBread();
  Count(v1::FACT_KIND_RETURNED, returned);
  Count(v1::FACT_KIND_VOIDED, returned);
  v1::CashMoved moved;
  moved.set_amount_cents(2'000);
  Count(v1::FACT_KIND_CASH_MOVED, moved);
  moved.set_amount_cents(-700);
  Count(v1::FACT_KIND_CASH_MOVED, moved);
  v1::Wasted wasted;
  Count(v1::FACT_KIND_WASTED, wasted);  // no money stands behind it

  const v1::DaySums sums = counter_.sums();
  EXPECT_EQ(sums.sales(), 2);
  EXPECT_EQ(sums.returns(), 1);
  EXPECT_EQ(sums.voids(), 1);
  EXPECT_EQ(sums.sold_cents(), 2 * 1'770);
  EXPECT_EQ(sums.refunded_cents(), 2 * 315);
  ASSERT_EQ(sums.payments_size(), 2);
  EXPECT_EQ(sums.payments(0).method(), v1::PAYMENT_METHOD_CASH);
  EXPECT_EQ(sums.payments(0).amount_cents(), 2 * 1'270 - 2 * 315);
  EXPECT_EQ(sums.payments(1).method(), v1::PAYMENT_METHOD_VOUCHER);
  EXPECT_EQ(sums.payments(1).amount_cents(), 1'000);
  ASSERT_EQ(sums.vat_size(), 2);
  EXPECT_EQ(sums.vat(0).basis_points(), 600U);
  EXPECT_EQ(sums.vat(0).total_cents(), 2 * 780 - 2 * 315);
  EXPECT_EQ(sums.vat(0).vat_cents(), 2 * 44 - 2 * 18);  // 780 less 780 / 1.06; 315 the same
  EXPECT_EQ(sums.vat(1).basis_points(), 2'100U);
  EXPECT_EQ(sums.vat(1).vat_cents(), 2 * 172);
  EXPECT_EQ(sums.float_cents(), 15'000);
  EXPECT_EQ(sums.cash_in_cents(), 2'000);
  EXPECT_EQ(sums.cash_out_cents(), 700);
  EXPECT_EQ(DrawerOf(sums), 15'000 + 2'000 - 700 + 2 * 1'270 - 2 * 315);

  DayCounter twice;
  twice.Add(sums, 1);
  twice.Add(sums, 1);
  twice.Add(sums, -1);
  EXPECT_EQ(twice.sums().SerializeAsString(), sums.SerializeAsString());
}

TEST_F(DaysTest, WhatWouldComeOverTheLimitIsLeftOut) {
  v1::Sold sold = SaleOfThreeLines();
  sold.mutable_lines(2)->set_quantity_milli(kQuantityMilliMax);
  sold.mutable_lines(2)->set_unit_price_cents(900);
  const Fact large = FactIn(herstal_, v1::FACT_KIND_SOLD, sold);
  EXPECT_FALSE(counter_.Add(large, 2));
  EXPECT_TRUE(counter_.empty());
  EXPECT_TRUE(counter_.Add(large, 1));
  EXPECT_FALSE(counter_.Add(large, 1));
  EXPECT_EQ(counter_.sums().sales(), 1);
  v1::Sold small = SaleOfThreeLines();
  EXPECT_TRUE(counter_.Add(FactIn(herstal_, v1::FACT_KIND_SOLD, small), 1'000));
  EXPECT_EQ(counter_.sums().sales(), 1'001);
  v1::DayClosed closed;
  *closed.mutable_sums() = counter_.sums();
  EXPECT_LE(closed.sums().sold_cents(), kMoneyCentsMax);
}

TEST_F(DaysTest, CashRoundingIsAmongThem) {
  v1::Sold sold = SaleOfThreeLines();
  sold.mutable_lines(2)->set_unit_price_cents(992);
  sold.set_cash_rounding_cents(-2);
  Count(v1::FACT_KIND_SOLD, sold);
  EXPECT_EQ(counter_.sums().sold_cents(), 1'772);
  EXPECT_EQ(counter_.sums().cash_rounding_cents(), -2);
  EXPECT_EQ(counter_.sums().payments(0).amount_cents(), 1'270);
}

TEST_F(DaysTest, DiscountsAreTakenOffWhatWasSoldAndSaid) {
  v1::Sold sold = SaleOfThreeLines();
  sold.mutable_lines(2)->set_discount_cents(90);
  sold.set_discount_cents(168);  // a tenth of 16.80, of which 0.90 of the bottle's 9.00
  Count(v1::FACT_KIND_SOLD, sold);
  const v1::DaySums sums = counter_.sums();
  EXPECT_EQ(sums.sold_cents(), 1'512);
  EXPECT_EQ(sums.discounts_cents(), 258);
  EXPECT_EQ(sums.vat(0).total_cents(), 702);
  EXPECT_EQ(sums.vat(1).total_cents(), 810);
  EXPECT_EQ(sums.payments(0).amount_cents(), 1'012);
  DayCounter twice;
  twice.Add(sums, 1);
  twice.Add(sums, 1);
  EXPECT_EQ(twice.sums().discounts_cents(), 516);
}

TEST_F(DaysTest, DiscountsCannotComeOverTheLimitEither) {
  v1::Sold sold = SaleOfThreeLines();
  sold.mutable_lines(2)->set_quantity_milli(1'000);
  sold.mutable_lines(2)->set_unit_price_cents(kMoneyCentsMax * 9 / 10);
  sold.mutable_lines(2)->set_discount_cents(kMoneyCentsMax * 9 / 10);
  const Fact large = FactIn(herstal_, v1::FACT_KIND_SOLD, sold);
  EXPECT_TRUE(counter_.Add(large, 1));
  EXPECT_FALSE(counter_.Add(large, 1));
}

TEST_F(DaysTest, DepositsAreApart) {
  v1::Sold sold = SaleOfThreeLines();
  sold.mutable_lines(2)->set_deposit_cents(30);
  v1::Empties* empties = sold.add_empties();
  empties->set_product("biere");
  empties->set_pieces(4);
  empties->set_deposit_cents(30);
  Count(v1::FACT_KIND_SOLD, sold);
  v1::Returned returned = ReturnOfOneBread();
  returned.mutable_lines(0)->set_deposit_cents(10);
  returned.mutable_lines(0)->set_deposit_refund_cents(10);
  Count(v1::FACT_KIND_RETURNED, returned);
  v1::UndoneEmpties* undone = returned.add_empties();
  undone->set_sale_empties(1);
  *undone->mutable_empties() = *empties;
  Count(v1::FACT_KIND_VOIDED, returned);
  const v1::DaySums sums = counter_.sums();
  EXPECT_EQ(sums.sold_cents(), 1'770);
  EXPECT_EQ(sums.refunded_cents(), 630);
  EXPECT_EQ(sums.deposits_charged_cents(), 30 + 120);
  EXPECT_EQ(sums.deposits_returned_cents(), 120 + 10 + 10);
  EXPECT_EQ(TakenOf(sums), 1'770 - 630 + 150 - 140);
  EXPECT_EQ(sums.payments(0).amount_cents() + sums.payments(1).amount_cents(), TakenOf(sums));
  EXPECT_EQ(sums.vat(0).total_cents() + sums.vat(1).total_cents(), 1'770 - 630);
  DayCounter none;
  none.Add(sums, 1);
  none.Add(sums, -1);
  EXPECT_EQ(none.sums().deposits_charged_cents(), 0);
  EXPECT_EQ(none.sums().deposits_returned_cents(), 0);
}

TEST_F(DaysTest, AClosingThatAddsUpIsAdmitted) {
  v1::DayClosed closed = Closing();
  const Fact fact = FactIn(herstal_, v1::FACT_KIND_DAY_CLOSED, closed);
  EXPECT_TRUE(AdmitDayClosed(fact, closed).ok()) << AdmitDayClosed(fact, closed);
  closed.set_node("herstal-2");  // which was revoked, and cannot
  EXPECT_TRUE(AdmitDayClosed(fact, closed).ok());
  closed.set_node("");
  ExpectRefused(AdmitDayClosed(fact, closed), kBadCode);
}

TEST_F(DaysTest, AClosingThatDoesNotAddUpIsRefused) {
  const v1::DayClosed good = Closing();
  const auto expect = [&good](const auto& spoil) {
    v1::DayClosed closed = good;
    spoil(closed);
    ExpectRefused(CheckDayClosed(closed), kBadClosing);
  };
  expect([](v1::DayClosed& closed) { closed.set_number(0); });
  expect([](v1::DayClosed& closed) { closed.set_drawer_cents(closed.drawer_cents() + 1); });
  expect([](v1::DayClosed& closed) { closed.mutable_sums()->set_sold_cents(1'771); });
  expect([](v1::DayClosed& closed) { closed.mutable_sums()->set_cash_rounding_cents(1); });
  expect([](v1::DayClosed& closed) { closed.mutable_sums()->set_sales(-1); });
  expect([](v1::DayClosed& closed) { closed.mutable_sums()->set_discounts_cents(-1); });
  expect([](v1::DayClosed& closed) { closed.mutable_sums()->set_deposits_charged_cents(1); });
  expect([](v1::DayClosed& closed) { closed.mutable_sums()->set_deposits_returned_cents(1); });
  expect([](v1::DayClosed& closed) {
    closed.mutable_sums()->set_deposits_charged_cents(-1);
    closed.mutable_sums()->set_deposits_returned_cents(-1);
  });
  expect([](v1::DayClosed& closed) { closed.mutable_sums()->set_float_cents(INT64_MIN); });
  expect([](v1::DayClosed& closed) {
    closed.mutable_sums()->mutable_payments(0)->set_amount_cents(INT64_MAX);
  });
  expect(
      [](v1::DayClosed& closed) { closed.mutable_sums()->mutable_payments()->SwapElements(0, 1); });
  expect([](v1::DayClosed& closed) {
    closed.mutable_sums()->mutable_vat(0)->set_basis_points(10'001);
  });
  expect([](v1::DayClosed& closed) { closed.mutable_sums()->mutable_vat()->SwapElements(0, 1); });
  expect([](v1::DayClosed& closed) { closed.mutable_taken_back()->set_sold_cents(5); });
  for (const int64_t cents : {int64_t{-1}, kMoneyCentsMax + 1}) {
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_sold_cents(cents); });
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_refunded_cents(cents); });
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_float_cents(cents); });
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_cash_in_cents(cents); });
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_cash_out_cents(cents); });
  }
  for (const int64_t cents : {-kMoneyCentsMax - 1, kMoneyCentsMax + 1}) {
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_cash_rounding_cents(cents); });
    expect([=](v1::DayClosed& closed) {
      closed.mutable_sums()->mutable_vat(0)->set_total_cents(cents);
    });
    expect([=](v1::DayClosed& closed) {
      closed.mutable_sums()->mutable_vat(0)->set_vat_cents(cents);
    });
  }
  for (const int64_t count : {int64_t{-1}, int64_t{1'000'000'000'001}}) {
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_sales(count); });
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_returns(count); });
    expect([=](v1::DayClosed& closed) { closed.mutable_sums()->set_voids(count); });
  }
  expect([](v1::DayClosed& closed) {
    closed.mutable_sums()->mutable_vat(0)->set_total_cents(closed.sums().vat(0).total_cents() + 1);
  });
  expect([](v1::DayClosed& closed) {
    for (size_t i = 0; i < kLinesMax; ++i) closed.mutable_sums()->add_vat();
  });
  expect([](v1::DayClosed& closed) {
    closed.mutable_sums()->mutable_payments(1)->set_method(static_cast<v1::PaymentMethod>(99));
  });
  expect([](v1::DayClosed& closed) { closed.set_number(1'000'000'000'001); });
  expect([](v1::DayClosed& closed) { closed.mutable_covers(0)->set_first(0); });
  expect([](v1::DayClosed& closed) {
    closed.mutable_covers(0)->set_series(std::string(kSeriesBytesMax + 1, 's'));
  });
  expect([](v1::DayClosed& closed) { closed.mutable_covers(0)->set_first_receipt(2); });
  expect([](v1::DayClosed& closed) { closed.mutable_covers(0)->set_journal(0); });
  expect([](v1::DayClosed& closed) { closed.mutable_covers(0)->set_first(3); });
  expect([](v1::DayClosed& closed) { closed.mutable_covers(0)->set_last(UINT64_MAX); });
  expect([](v1::DayClosed& closed) { closed.mutable_covers(0)->set_hash("short"); });
  expect([](v1::DayClosed& closed) { closed.mutable_covers(0)->set_times(1'001); });
  expect([](v1::DayClosed& closed) { closed.mutable_covers(0)->set_last_receipt(0); });
  expect([](v1::DayClosed& closed) { *closed.add_covers() = closed.covers(0); });
  expect([](v1::DayClosed& closed) {
    for (int i = 0; i < 2; ++i) *closed.add_takes_back() = closed.covers(0);
  });
  expect([](v1::DayClosed& closed) {
    for (size_t i = 0; i < kClosedRangesMax; ++i) *closed.add_covers() = closed.covers(0);
  });
}

TEST_F(DaysTest, RangesFollowOneAnother) {
  v1::DayClosed closed = Closing();
  v1::ClosedRange* later = closed.add_covers();
  *later = closed.covers(0);
  later->set_first(3);
  later->set_last(4);
  v1::ClosedRange* of_another = closed.add_covers();
  *of_another = closed.covers(0);
  of_another->set_journal(3);
  EXPECT_TRUE(CheckDayClosed(closed).ok()) << CheckDayClosed(closed);
  closed.mutable_covers()->SwapElements(0, 2);
  ExpectRefused(CheckDayClosed(closed), kBadClosing);
}

TEST_F(DaysTest, WhatIsOnlyTakenBackIsADay) {
  v1::DayClosed closed = Closing();
  closed.mutable_takes_back()->Swap(closed.mutable_covers());
  closed.mutable_taken_back()->Swap(closed.mutable_sums());
  closed.set_drawer_cents(-closed.drawer_cents());
  EXPECT_TRUE(CheckDayClosed(closed).ok()) << CheckDayClosed(closed);
}

TEST_F(DaysTest, NothingIsNoDay) {
  v1::DayClosed closed = Closing();
  closed.clear_covers();
  const absl::Status status = CheckDayClosed(closed);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), kNothingToClose);
}

TEST_F(DaysTest, CashThatCannotBeIsRefused) {
  v1::DayOpened opened;
  for (const int64_t cents : {int64_t{-1}, kMoneyCentsMax + 1, INT64_MIN}) {
    opened.set_float_cents(cents);
    ExpectRefused(CheckDayOpened(opened), kBadCash);
  }
  v1::CashMoved moved;
  moved.set_reason("change");
  for (const int64_t cents : {int64_t{0}, kMoneyCentsMax + 1, -kMoneyCentsMax - 1, INT64_MIN}) {
    moved.set_amount_cents(cents);
    ExpectRefused(CheckCashMoved(moved), kBadCash);
  }
  moved.set_amount_cents(-500);
  EXPECT_TRUE(CheckCashMoved(moved).ok());
  for (const std::string& reason : {std::string(), std::string(257, 'x'), std::string("a\nb")}) {
    moved.set_reason(reason);
    ExpectRefused(CheckCashMoved(moved), kBadText);
  }
  v1::DayClosed closed = Closing();
  closed.set_counted_cents(-1);
  ExpectRefused(CheckDayClosed(closed), kBadCash);
}

TEST_F(DaysTest, OnlyANodeOfTheShopWritesThem) {
  const JournalContext hub = CoopJournal();
  v1::DayOpened opened;
  EXPECT_FALSE(AdmitDayOpened(FactIn(hub, v1::FACT_KIND_DAY_OPENED, opened), opened).ok());
  v1::CashMoved moved;
  moved.set_amount_cents(5);
  moved.set_reason("change");
  EXPECT_FALSE(AdmitCashMoved(FactIn(hub, v1::FACT_KIND_CASH_MOVED, moved), moved).ok());
  v1::DayClosed closed = Closing();
  EXPECT_FALSE(AdmitDayClosed(FactIn(hub, v1::FACT_KIND_DAY_CLOSED, closed), closed).ok());
}

TEST_F(DaysTest, FoldsAreListedAndWhatDoesNotCountIsNamed) {
  RetailWorld world;
  v1::DayOpened opened;
  opened.set_float_cents(100);
  const Fact first = world.Write(herstal_, v1::FACT_KIND_DAY_OPENED, opened);
  const Fact closing = world.Write(herstal_, v1::FACT_KIND_DAY_CLOSED, Closing());
  auto facts = Must(ListDayFacts(*world.Snapshot(), "herstal"));
  ASSERT_EQ(facts.size(), 2U);
  EXPECT_EQ(facts[0].place.sequence, first.reference.sequence);
  EXPECT_EQ(facts[0].row.kind(), v1::FACT_KIND_DAY_OPENED);
  EXPECT_EQ(facts[1].place.sequence, closing.reference.sequence);
  EXPECT_EQ(facts[1].row.day(), kMonday.value());
  EXPECT_EQ(facts[1].row.node(), "herstal-1");
  EXPECT_TRUE(facts[1].row.counted());
  EXPECT_TRUE(Must(ListUncounted(*world.Snapshot(), "herstal")).empty());

  const Fact sale =
      world.Write(herstal_, v1::FACT_KIND_SOLD, SaleOfThreeLines(), Direction::kUncount);
  const UncountedEntries uncounted = Must(ListUncounted(*world.Snapshot(), "herstal"));
  ASSERT_EQ(uncounted.size(), 1U);
  EXPECT_EQ(uncounted.begin()->second, std::set<Sequence>{sale.reference.sequence});
  EXPECT_TRUE(Must(ListUncounted(*world.Snapshot(), "hers")).empty());
  const auto receipts = Must(ReceiptsIn(*world.Snapshot(), herstal_.journal));
  EXPECT_EQ(receipts.at(sale.reference.sequence), sale.receipt_ordinal);
}

}  // namespace
}  // namespace comptoir::retail
