// Traces: what a lot's says, by recall, and back from a receipt. That nothing is left out and
// the totals meet stock is the law's (tests/laws).
#include <gmock/gmock.h>

#include <map>
#include <string>

#include "common/retail/recalls/build.h"
#include "common/retail/trace/queries.h"
#include "comptoir/retail/v1/recall_rows.pb.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "tests/unit/retail/altered_rows.h"

namespace comptoir::retail {
namespace {

using ::testing::StartsWith;

class TraceTest : public ::testing::Test, private FactSource {
 protected:
  TraceTest() {
    world_.OpenSeries(shop_);
    world_.OpenSeries(other_);
    world_.SetProduct(hub_, "lait", "Lait");
    world_.Receive(shop_, "lait", 10'000, "L47", v1::UNIT_PIECE, Day(20'790));
    world_.Receive(other_, "lait", 4'000, "L47");
    sale_ = Keep(world_.Sell(shop_, "lait", 3'000, 250, "L47"));
    Keep(world_.Sell(shop_, "lait", 1'000));
  }
  Fact Keep(Fact fact) {
    facts_[{fact.reference.journal, fact.reference.sequence}] = fact;
    return fact;
  }
  absl::StatusOr<Fact> Read(JournalId journal, Sequence sequence,
                            google::protobuf::Arena*) const override {
    const auto found = facts_.find({journal, sequence});
    if (found == facts_.end()) return absl::NotFoundError("no such fact");
    return found->second;
  }
  absl::StatusOr<shop::v1::TraceResponse> Ask(const shop::v1::TraceRequest& request) {
    const auto snapshot = world_.Snapshot();
    return Trace({*snapshot, *this, "", kMonday}, request);
  }
  absl::Status CountUnknown(size_t* budget, shop::v1::TraceUnknown* unknown) {
    const auto snapshot = world_.Snapshot();
    return CountUnknownLots({*snapshot, *this, "", kMonday}, budget, unknown);
  }
  static shop::v1::TraceRequest OfLot(const std::string& product, const std::string& lot) {
    shop::v1::TraceRequest request;
    request.set_product(product);
    request.set_lot(lot);
    return request;
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext shop_ = ShopJournal("herstal", 3);
  const JournalContext other_ = ShopJournal("seraing", 4, "261123-aaaaaa");
  RetailWorld world_;
  Fact sale_;
  std::map<std::pair<JournalId, Sequence>, Fact> facts_;
};

TEST_F(TraceTest, SaysWhereALotCameFromAndWentInEachShop) {
  const auto trace = Must(Ask(OfLot("lait", "L47")));
  ASSERT_EQ(trace.movements_size(), 3);
  EXPECT_EQ(trace.movements(0).kind(), shop::v1::TRACE_KIND_DELIVERED);
  EXPECT_EQ(trace.movements(0).producer(), "moulin");
  EXPECT_EQ(trace.movements(0).use_by_day(), 20'790);
  EXPECT_THAT(trace.movements(0).name(), StartsWith("herstal-261123-k7qm2w/"));
  EXPECT_EQ(trace.movements(1).kind(), shop::v1::TRACE_KIND_SOLD);
  EXPECT_EQ(trace.movements(1).name(), "herstal-261123-k7qm2w-0001");
  EXPECT_EQ(trace.movements(2).shop(), "seraing");
  ASSERT_EQ(trace.totals_size(), 2);
  EXPECT_EQ(trace.totals(0).delivered_milli(), 10'000);
  EXPECT_EQ(trace.totals(0).sold_milli(), 3'000);
  EXPECT_EQ(trace.totals(0).on_shelf_milli(), 7'000);
  EXPECT_TRUE(trace.totals(0).reconciles());
  ASSERT_EQ(trace.unknown_size(), 1);
  EXPECT_EQ(trace.unknown(0).shop(), "herstal");
  EXPECT_EQ(trace.unknown(0).receipts(), 1u);
  EXPECT_FALSE(trace.unknown(0).at_least());
}

TEST_F(TraceTest, OneShopsAlone) {
  auto request = OfLot("lait", "L47");
  request.set_shop("seraing");
  const auto trace = Must(Ask(request));
  ASSERT_EQ(trace.movements_size(), 1);
  EXPECT_EQ(trace.movements(0).shop(), "seraing");
  EXPECT_EQ(trace.totals_size(), 1);
}

TEST_F(TraceTest, ALotThatNeverMovedIsEmpty) {
  const auto trace = Must(Ask(OfLot("lait", "L99")));
  EXPECT_EQ(trace.movements_size(), 0);
  EXPECT_EQ(trace.totals_size(), 0);
}

TEST_F(TraceTest, ByRecall) {
  shop::v1::AddRecallRequest recall;
  recall.set_request_id("0123456789abcdef");
  recall.set_product("lait");
  recall.set_reason("salmonella");
  world_.Receive(shop_, "lait", 1'000, "L48");
  const v1::Recalled whole = Must(BuildRecalled(*world_.Snapshot(), "", recall));
  world_.Write(hub_, v1::FACT_KIND_RECALLED, whole);
  shop::v1::TraceRequest request;
  request.set_recall(whole.code());
  const auto of_product = Must(Ask(request));
  EXPECT_EQ(of_product.movements_size(), 4);
  EXPECT_EQ(of_product.recall().code(), whole.code());
  recall.set_request_id("0123456789abcdeg");
  recall.clear_product();
  recall.set_producer("moulin");
  recall.set_first_day(kMonday.value());
  recall.set_last_day(kMonday.value());
  const v1::Recalled of_deliveries = Must(BuildRecalled(*world_.Snapshot(), "", recall));
  world_.Write(hub_, v1::FACT_KIND_RECALLED, of_deliveries);
  request.set_recall(of_deliveries.code());
  EXPECT_EQ(Must(Ask(request)).movements_size(), 4);
  request.set_recall("zzzzzz");
  EXPECT_EQ(ReasonOf(Ask(request).status()), kUnknownRecall);
}

TEST_F(TraceTest, ARecallFindsWhatCameWithoutALot) {
  world_.wall_ms -= 3 * 86'400'000;  // on Friday
  world_.SetProduct(hub_, "pain", "Pain");
  world_.Receive(shop_, "pain", 2'000, "");
  world_.wall_ms = kMondayMs;
  world_.Receive(shop_, "pain", 5'000, "");
  world_.Receive(other_, "pain", 6'000, "");
  Keep(world_.Sell(shop_, "pain", 1'000));
  shop::v1::AddRecallRequest recall;
  recall.set_request_id("0123456789abcdef");
  recall.set_producer("moulin");
  recall.set_first_day(kMonday.value());
  recall.set_last_day(kMonday.value());
  recall.set_reason("glass");
  const v1::Recalled of_days = Must(BuildRecalled(*world_.Snapshot(), "", recall));
  world_.Write(hub_, v1::FACT_KIND_RECALLED, of_days);
  shop::v1::TraceRequest request;
  request.set_recall(of_days.code());
  const auto trace = Must(Ask(request));
  ASSERT_EQ(trace.movements_size(), 5) << "three of lot L47, and two of no lot";
  const shop::v1::TraceMovement& first = trace.movements(3);
  EXPECT_EQ(first.product(), "pain");
  EXPECT_EQ(first.lot(), "");
  EXPECT_EQ(first.kind(), shop::v1::TRACE_KIND_DELIVERED);
  EXPECT_EQ(first.quantity_milli(), 5'000);
  EXPECT_EQ(first.wall_ms(), kMondayMs);
  EXPECT_EQ(first.utc_offset_minutes(), 60);
  EXPECT_EQ(first.producer(), "moulin");
  EXPECT_THAT(first.name(), StartsWith("herstal-261123-k7qm2w/"));
  EXPECT_EQ(trace.movements(4).shop(), "seraing");
  ASSERT_EQ(trace.unknown_size(), 2) << "of each product, where it was sold without a lot";
  EXPECT_EQ(trace.unknown(1).product(), "pain");
  EXPECT_EQ(trace.unknown(1).first_day(), kMonday.value());
  EXPECT_EQ(trace.unknown(1).receipts(), 1u);
  // Page by page it is the same, and the recall is told once.
  request.set_page_size(4);
  const auto page = Must(Ask(request));
  EXPECT_TRUE(page.has_recall());
  request.set_cursor(page.next_cursor());
  const auto last = Must(Ask(request));
  EXPECT_FALSE(last.has_recall());
  ASSERT_EQ(last.movements_size(), 1);
  EXPECT_EQ(last.movements(0).quantity_milli(), 6'000);
  EXPECT_EQ(last.next_cursor(), "");
  // Of the whole product, from when any of it came.
  recall.set_request_id("0123456789abcdeg");
  recall.clear_producer();
  recall.clear_first_day();
  recall.clear_last_day();
  recall.set_product("pain");
  const v1::Recalled whole = Must(BuildRecalled(*world_.Snapshot(), "", recall));
  world_.Write(hub_, v1::FACT_KIND_RECALLED, whole);
  request.clear_cursor();
  request.set_recall(whole.code());
  request.set_shop("herstal");
  const auto of_product = Must(Ask(request));
  EXPECT_EQ(of_product.movements_size(), 2);
  ASSERT_EQ(of_product.unknown_size(), 1);
  EXPECT_EQ(of_product.unknown(0).first_day(), kMonday.value() - 3);
}

TEST_F(TraceTest, LookingForReceiptsEndsWithItsBudget) {
  shop::v1::TraceUnknown unknown;
  unknown.set_shop("herstal");
  unknown.set_product("lait");
  unknown.set_first_day(kMonday.value() - 100);
  unknown.set_last_day(kMonday.value());
  size_t budget = 50;
  ASSERT_TRUE(CountUnknown(&budget, &unknown).ok());
  EXPECT_EQ(budget, 0u);
  EXPECT_TRUE(unknown.at_least());
  EXPECT_EQ(unknown.receipts(), 0u) << "days without sales are work, too";
}

TEST_F(TraceTest, RowsThatNoFoldWritesAreDamage) {
  const auto expect_damage = [this] {
    EXPECT_EQ(Ask(OfLot("lait", "L47")).status().code(), absl::StatusCode::kDataLoss);
  };
  using Row = v1::TraceRow;
  for (const int64_t milli : {int64_t{-1}, kQuantityMilliMax + 1}) {
    WithLastRowAltered<Row>(
        world_, kTrace, [=](Row& row) { row.set_quantity_milli(milli); }, expect_damage);
  }
  for (const int64_t milli : {int64_t{-1}, int64_t{4'001}}) {
    WithLastRowAltered<Row>(
        world_, kTrace, [=](Row& row) { row.set_to_waste_milli(milli); }, expect_damage);
  }
  EXPECT_TRUE(Ask(OfLot("lait", "L47")).ok());
}

TEST_F(TraceTest, DeliveriesWithoutALotThatCannotBeAreDamage) {
  world_.Receive(other_, "lait", 1'000);
  v1::Recalled whole;
  whole.set_product("lait");
  const auto read = [&] {
    return UnlottedDeliveries(*world_.Snapshot(), whole, "lait", "seraing").status();
  };
  const auto move_last = [this](auto change) {
    // The first row of the shop is that without a lot.
    const auto snapshot = world_.Snapshot();
    std::string prefix("seraing\0lait\0\0", 14);
    const auto row = snapshot->Scan(kLots, prefix, PrefixLimit(prefix));
    v1::LotRow changed;
    ASSERT_TRUE(row->Valid() && changed.ParseFromString(std::string(row->value())));
    change(changed);
    const auto batch = world_.Begin();
    batch->Put(kLots, row->key(), changed.SerializeAsString());
    world_.Commit(batch);
  };
  EXPECT_TRUE(read().ok()) << read();
  for (const int64_t milli : {int64_t{-1}, kQuantityMilliMax + 1}) {
    move_last([=](v1::LotRow& row) { row.set_received_milli(milli); });
    EXPECT_EQ(read().code(), absl::StatusCode::kDataLoss);
  }
  move_last([](v1::LotRow& row) {
    row.set_received_milli(1'000);
    row.set_wall_ms(INT64_MAX);
  });
  EXPECT_EQ(read().code(), absl::StatusCode::kDataLoss);
}

TEST_F(TraceTest, AProductOfVeryManyLotsIsAskedLotByLot) {
  v1::GoodsReceived received;
  received.set_producer("moulin");
  for (size_t lot = 0; lot < kTraceItemsMax; ++lot) {
    v1::ReceivedLine* line = received.add_lines();
    line->set_product("lait");
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(1'000);
    line->set_lot("M" + std::to_string(lot));
  }
  world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
  v1::Recalled whole;
  whole.set_product("lait");
  EXPECT_EQ(ReasonOf(ItemsOfRecall(*world_.Snapshot(), whole, "").status()), kBadRecall);
  v1::Recalled deliveries;
  deliveries.set_producer("moulin");
  deliveries.set_first_day(kMonday.value());
  deliveries.set_last_day(kMonday.value());
  EXPECT_EQ(ReasonOf(ItemsOfRecall(*world_.Snapshot(), deliveries, "").status()), kBadRecall);
}

TEST_F(TraceTest, ARefundIsNoSale) {
  v1::Returned returned;
  *returned.mutable_sale() = sale_.name();
  returned.set_sale_number("herstal-261123-k7qm2w-0001");
  v1::ReturnedLine* line = returned.add_lines();
  line->set_sale_line(1);
  line->set_product("lait");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(1'000);
  line->set_sold_milli(3'000);
  line->set_unit_price_cents(250);
  line->set_refund_cents(250);
  line->set_vat_basis_points(600);
  returned.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  Keep(world_.Write(shop_, v1::FACT_KIND_RETURNED, returned));
  shop::v1::TraceRequest request;
  request.set_receipt("herstal-261123-k7qm2w-0003");
  EXPECT_EQ(ReasonOf(Ask(request).status()), kNotASale);
}

TEST_F(TraceTest, WhatLiesTooFarBackIsNotLookedFor) {
  shop::v1::TraceUnknown unknown;
  unknown.set_shop("herstal");
  unknown.set_product("lait");
  unknown.set_first_day(kMonday.value() - 1'000);
  unknown.set_last_day(kMonday.value());
  size_t budget = 10'000;
  ASSERT_TRUE(CountUnknown(&budget, &unknown).ok());
  EXPECT_TRUE(unknown.at_least());
  EXPECT_EQ(unknown.receipts(), 1u);
}

TEST_F(TraceTest, BackFromAReceipt) {
  shop::v1::TraceRequest request;
  request.set_receipt("herstal-261123-k7qm2w-0001");
  const auto trace = Must(Ask(request));
  EXPECT_EQ(trace.receipt(), "herstal-261123-k7qm2w-0001");
  ASSERT_EQ(trace.receipt_lines_size(), 1);
  EXPECT_EQ(trace.receipt_lines(0).lot(), "L47");
  ASSERT_EQ(trace.movements_size(), 1) << "of its own shop alone";
  EXPECT_EQ(trace.movements(0).kind(), shop::v1::TRACE_KIND_DELIVERED);
  request.set_receipt("herstal-261123-k7qm2w-0002");
  EXPECT_EQ(Must(Ask(request)).movements_size(), 0) << "it says no lot";
  request.set_receipt("herstal-261123-k7qm2w-0009");
  EXPECT_EQ(ReasonOf(Ask(request).status()), kUnknownReceipt);
}

TEST_F(TraceTest, WhatCannotBeAskedIsRefused) {
  ExpectRefused(Ask({}).status(), kBadSubject);
  ExpectRefused(Ask(OfLot("lait", "")).status(), kBadLot);
  ExpectRefused(Ask(OfLot("", "L47")).status(), kBadCode);
  auto request = OfLot("lait", "L47");
  request.set_recall("k7qm2w");
  ExpectRefused(Ask(request).status(), kBadSubject);
  request.clear_recall();
  request.set_page_size(10'001);
  ExpectRefused(Ask(request).status(), kBadPageSize);
  request.set_page_size(0);
  request.set_cursor("nonsense");
  ExpectRefused(Ask(request).status(), kBadCursor);
}

TEST_F(TraceTest, WhatIsUndoneIsNotInIt) {
  v1::Wasted wasted;
  wasted.set_reason(v1::WASTE_REASON_RECALLED);
  v1::WastedLine* line = wasted.add_lines();
  line->set_product("lait");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(7'000);
  line->set_lot("L47");
  const Fact fact = world_.Write(shop_, v1::FACT_KIND_WASTED, wasted);
  EXPECT_EQ(Must(Ask(OfLot("lait", "L47"))).totals(0).on_shelf_milli(), 0);
  world_.Fold(fact, Direction::kUncount);
  const auto trace = Must(Ask(OfLot("lait", "L47")));
  EXPECT_EQ(trace.movements_size(), 3);
  EXPECT_EQ(trace.totals(0).on_shelf_milli(), 7'000);
}

}  // namespace
}  // namespace comptoir::retail
