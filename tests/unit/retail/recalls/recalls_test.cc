// Builders, lists and what tills refuse of recalls; that their folds commute is the laws'
// (tests/laws).
#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/retail/deliveries/build.h"
#include "common/retail/recalls/admit.h"
#include "common/retail/recalls/build.h"
#include "common/retail/recalls/code.h"
#include "common/retail/recalls/lines.h"
#include "common/retail/recalls/list.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/returns/build.h"
#include "common/retail/sales/build.h"
#include "common/retail/stock/lots.h"
#include "tests/unit/retail/recalls/recalls_fixture.h"

namespace comptoir::retail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(RecallsTest, ANamedLotIsRefusedFromThenOnUntilItIsLifted) {
  world_.Receive(shop_, "lait", 5'000, "L47");
  EXPECT_THAT(Must(LotsSold(1'000, "L47")), ElementsAre("L47"));
  const std::string code = Recall(OfLot("lait", "L47"));
  ExpectRecalled(LotsSold(1'000, "L47").status(), code);
  EXPECT_THAT(Must(LotsSold(1'000, "L48")), ElementsAre("L48"));
  Confirm(code);
  ExpectRecalled(LotsSold(1'000, "L47").status(), code);
  Lift(code);
  EXPECT_THAT(Must(LotsSold(1'000, "L47")), ElementsAre("L47"));
}

TEST_F(RecallsTest, PicksLeaveRecalledLotsWhereTheyAre) {
  world_.Receive(shop_, "lait", 5'000, "L47", v1::UNIT_PIECE, Day(kMonday.value() + 1));
  world_.Receive(shop_, "lait", 3'000, "L48", v1::UNIT_PIECE, Day(kMonday.value() + 9));
  EXPECT_THAT(Must(LotsSold(1'000)), ElementsAre("L47"));
  const std::string code = Recall(OfLot("lait", "L47"));
  EXPECT_THAT(Must(LotsSold(3'000)), ElementsAre("L48"));
  // Past what is known of other lots it would be of what is recalled.
  ExpectRecalled(LotsSold(4'000).status(), code);
  world_.Receive(shop_, "lait", 1'000, "");
  EXPECT_THAT(Must(LotsSold(4'000)), ElementsAre("L48", ""));
  ExpectRecalled(LotsSold(5'000).status(), code);
  EXPECT_THAT(Must(LotsSold(5'000, "L49")), ElementsAre("L49")) << "named, and not recalled";
  Confirm(code);
  EXPECT_THAT(Must(LotsSold(5'000)), ElementsAre("L48", "")) << "the shelves are clear of it";
}

TEST_F(RecallsTest, WhereAllThatIsKnownIsRecalledNothingIsSold) {
  world_.Receive(shop_, "lait", 5'000, "L47");
  const std::string code = Recall(OfLot("lait", "L47"));
  ExpectRecalled(LotsSold(1'000).status(), code);
  EXPECT_THAT(std::string(LotsSold(1'000).status().message()),
              HasSubstr("'comptoir recall confirm " + code + "'"));
}

TEST_F(RecallsTest, AShelfThatIsEmptyByTheBooksSellsOn) {
  Recall(OfLot("lait", "L47"));
  EXPECT_THAT(Must(LotsSold(1'000)), ElementsAre("")) << "none of it ever came";
}

TEST_F(RecallsTest, AWholeProductIsRefusedWhateverItsLot) {
  world_.Receive(shop_, "lait", 5'000, "L47");
  const std::string code = Recall(OfLot("lait", ""));
  ExpectRecalled(LotsSold(1'000).status(), code);
  ExpectRecalled(LotsSold(1'000, "L47").status(), code);
  ExpectRecalled(LotsSold(1'000, "L99").status(), code);
  Confirm(code);
  ExpectRecalled(LotsSold(1'000).status(), code);
}

TEST_F(RecallsTest, WhatAProducerDeliveredOnSomeDaysIs) {
  world_.Receive(shop_, "lait", 5'000, "L47");  // on Monday
  world_.wall_ms += 86'400'000;
  world_.Receive(shop_, "lait", 5'000, "L48");  // on Tuesday
  const std::string code = Recall(OfDeliveries(kMonday.value() - 2, kMonday.value()));
  ExpectRecalled(LotsSold(1'000, "L47").status(), code);
  EXPECT_THAT(Must(LotsSold(1'000)), ElementsAre("L48"));
  EXPECT_THAT(Must(LotsSold(1'000, "L48")), ElementsAre("L48"));
  // What came without a lot on those days may be any that has none.
  world_.wall_ms -= 86'400'000;
  world_.Receive(shop_, "lait", 1'000, "");
  EXPECT_THAT(Must(LotsSold(5'000)), ElementsAre("L48"));
  ExpectRecalled(LotsSold(6'000).status(), code);
  Confirm(code);
  EXPECT_THAT(Must(LotsSold(6'000)), ElementsAre("L48", ""));
  ExpectRecalled(LotsSold(1'000, "L47").status(), code);
}

// Passes on, and counts what is read.
class CountingSnapshot final : public store::Snapshot {
 public:
  explicit CountingSnapshot(std::unique_ptr<store::Snapshot> below) : below_(std::move(below)) {}
  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    ++gets;
    return below_->Get(table, key);
  }
  std::unique_ptr<store::Iterator> Scan(store::TableId table, std::string_view first,
                                        std::string_view limit) const override {
    ++scans;
    ++scans_of[table];
    return below_->Scan(table, first, limit);
  }
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      store::TableId table, std::string_view first, std::string_view limit) const override {
    ++scans;
    return below_->Last(table, first, limit);
  }

  mutable int gets = 0;
  mutable int scans = 0;
  mutable std::map<store::TableId, int> scans_of;

 private:
  const std::unique_ptr<store::Snapshot> below_;
};

TEST_F(RecallsTest, ASaleReadsOneRowForThemWhetherAnyStandOrNot) {
  shop::v1::RecordSaleRequest request;
  request.add_lines()->set_product("pain");
  const auto reads = [&] {
    const CountingSnapshot snapshot(world_.Snapshot());
    EXPECT_TRUE(BuildSold(snapshot, memory_, "herstal", kMonday, request).ok());
    return std::pair(snapshot.gets, snapshot.scans);
  };
  reads();
  // Of edits: the catalogue's, the lots', the recalls'.
  EXPECT_EQ(reads(), std::pair(3, 0));
  Recall(OfLot("lait", "L47"));
  EXPECT_GT(reads().second, 0) << "read anew";
  EXPECT_EQ(reads(), std::pair(3, 0));
}

TEST_F(RecallsTest, AnotherShopsRecallIsItsOwn) {
  v1::Recalled recalled = Must(BuildRecalled(*world_.Snapshot(), "seraing", OfLot("lait", "")));
  world_.Write(other_, v1::FACT_KIND_RECALLED, recalled);
  EXPECT_THAT(Must(LotsSold(1'000)), ElementsAre(""));
  // Nor does one shop lift what the hub said.
  const std::string code = Recall(OfLot("lait", ""));
  shop::v1::LiftRecallsRequest request;
  request.add_codes(code);
  request.set_reason("not for us");
  v1::RecallLifted lifted = Must(BuildRecallLifted(*world_.Snapshot(), request)).lifted;
  world_.Write(shop_, v1::FACT_KIND_RECALL_LIFTED, lifted);
  ExpectRecalled(LotsSold(1'000).status(), code);
}

TEST_F(RecallsTest, ALiftThatCameFirstLiftsAndOneWrittenAgainStands) {
  const v1::Recalled recalled = Must(BuildRecalled(*world_.Snapshot(), "", OfLot("lait", "")));
  v1::RecallLifted lifted;
  lifted.set_reason("a false alarm");
  v1::NamedFact* named = lifted.add_recalls();
  named->mutable_reference()->set_journal(2);
  named->mutable_reference()->set_sequence(1);
  named->mutable_reference()->set_hash_prefix(7'001);
  world_.Write(hub_, v1::FACT_KIND_RECALL_LIFTED, lifted);
  const JournalContext next = CoopJournal(2);
  world_.Write(next, v1::FACT_KIND_RECALLED, recalled);
  EXPECT_TRUE(LotsSold(1'000).ok());
  const std::string code = Recall(OfLot("lait", ""));
  ExpectRecalled(LotsSold(1'000).status(), code);
}

TEST_F(RecallsTest, CodesThatAreTakenGetLonger) {
  const shop::v1::AddRecallRequest request = OfLot("lait", "L47");
  const std::string first = Recall(request);
  const std::string second = Recall(request);
  EXPECT_EQ(first.size(), kRecallCodeLetters);
  EXPECT_EQ(second.size(), kRecallCodeLetters + 1);
  EXPECT_EQ(second.substr(0, kRecallCodeLetters), first);
}

TEST_F(RecallsTest, WhatCannotBeIsRefused) {
  const auto snapshot = world_.Snapshot();
  EXPECT_EQ(BuildRecalled(*snapshot, "", OfLot("navets", "")).status().code(),
            absl::StatusCode::kNotFound);
  ExpectRefused(BuildRecalled(*snapshot, "", OfLot("", "")).status(), kBadRecall);
  shop::v1::LiftRecallsRequest lift;
  ExpectRefused(BuildRecallLifted(*snapshot, lift).status(), kBadLines);
  lift.add_codes("k7qm2w");
  EXPECT_EQ(ReasonOf(BuildRecallLifted(*snapshot, lift).status()), kUnknownRecall);
  shop::v1::ConfirmRecallRequest confirm;
  confirm.set_code("nothing of the kind");
  EXPECT_EQ(ReasonOf(BuildRecallConfirmed(*snapshot, confirm).status()), kUnknownRecall);

  const std::string code = Recall(OfLot("lait", "L47"));
  const auto after = world_.Snapshot();
  confirm.set_code(code);
  ExpectRefused(BuildRecallConfirmed(*after, confirm).status(), kBadCode);  // by whom?
  confirm.set_staff("marie");
  confirm.add_found()->set_product("pain");
  ExpectRefused(BuildRecallConfirmed(*after, confirm).status(), kBadRecall);
  confirm.mutable_found(0)->set_product("lait");
  confirm.mutable_found(0)->set_quantity_milli(2'000);
  EXPECT_EQ(Must(BuildRecallConfirmed(*after, confirm)).found(0).lot(), "L47");
  confirm.mutable_found(0)->set_lot("L48");
  EXPECT_EQ(Must(BuildRecallConfirmed(*after, confirm)).found(0).lot(), "L48");
  confirm.mutable_found(0)->set_product("du lait");
  ExpectRefused(BuildRecallConfirmed(*after, confirm).status(), kBadCode);
  confirm.mutable_found(0)->set_product("lait");
  confirm.mutable_found(0)->set_quantity_milli(-1);
  ExpectRefused(BuildRecallConfirmed(*after, confirm).status(), kBadQuantity);
  confirm.mutable_found(0)->set_quantity_milli(2'000);
  for (int i = 0; i < kFoundGoodsMax; ++i) *confirm.add_found() = confirm.found(0);
  ExpectRefused(BuildRecallConfirmed(*after, confirm).status(), kBadLines);
  confirm.mutable_found()->DeleteSubrange(1, kFoundGoodsMax);
  Lift(code);
  EXPECT_EQ(ReasonOf(BuildRecallConfirmed(*world_.Snapshot(), confirm).status()), kAlreadyLifted);
  lift.set_codes(0, code);
  EXPECT_EQ(ReasonOf(BuildRecallLifted(*world_.Snapshot(), lift).status()), kAlreadyLifted);
}

TEST_F(RecallsTest, WhatIsLiftedAtOnceIsOfOneScopeAndNamedOnce) {
  shop::v1::LiftRecallsRequest lift;
  lift.add_codes(Recall(OfLot("lait", "L47")));
  lift.add_codes(lift.codes(0));
  ExpectRefused(BuildRecallLifted(*world_.Snapshot(), lift).status(), kBadText);  // why?
  lift.set_reason("a false alarm");
  EXPECT_EQ(Must(BuildRecallLifted(*world_.Snapshot(), lift)).lifted.recalls_size(), 1);
  const v1::Recalled own = Must(BuildRecalled(*world_.Snapshot(), "herstal", OfLot("pain", "L1")));
  world_.Write(shop_, v1::FACT_KIND_RECALLED, own);
  lift.add_codes(own.code());
  ExpectRefused(BuildRecallLifted(*world_.Snapshot(), lift).status(), kBadRecall);
  lift.clear_codes();
  for (int i = 0; i <= kLiftedRecallsMax; ++i) lift.add_codes(own.code());
  ExpectRefused(BuildRecallLifted(*world_.Snapshot(), lift).status(), kBadLines);
}

TEST_F(RecallsTest, TwoThatStandUnderOneCodeAreCalledByTheirNames) {
  const v1::Recalled recalled = Must(BuildRecalled(*world_.Snapshot(), "", OfLot("lait", "L47")));
  world_.Write(hub_, v1::FACT_KIND_RECALLED, recalled);
  world_.Write(hub_, v1::FACT_KIND_RECALLED, recalled);
  ExpectRefused(FindRecall(*world_.Snapshot(), recalled.code()).status(), kAmbiguous);
}

TEST_F(RecallsTest, StockOfOneShopIsListedUpToALimit) {
  v1::GoodsReceived received;
  received.set_producer("moulin");
  for (int lot = 0; lot <= kRecalledStockMax; ++lot) {
    v1::ReceivedLine* line = received.add_lines();
    line->set_product("lait");
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(1'000);
    line->set_lot("L" + std::to_string(lot));
  }
  world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
  const shop::v1::Recall listed = Listed(Recall(OfLot("lait", "")), "herstal");
  EXPECT_EQ(listed.shops(0).stock_size(), kRecalledStockMax);
  EXPECT_TRUE(listed.shops(0).more_stock());
}

TEST_F(RecallsTest, ListsSayWhoConfirmedAndWhatIsStillThere) {
  world_.Receive(shop_, "lait", 5'000, "L47");
  world_.Receive(other_, "lait", 2'000, "L47");
  world_.Sell(other_, "lait", 2'000, 250, "L47");
  const std::string code = Recall(OfLot("lait", "L47"));
  Confirm(code);
  const shop::v1::Recall recall = Listed(code);
  EXPECT_THAT(recall.name(), ::testing::StartsWith("coop-261123-hubhub/"));
  EXPECT_EQ(Listed(recall.name()).code(), code) << "by the name of its fact, too";
  ASSERT_EQ(recall.shops_size(), 2);
  EXPECT_EQ(recall.shops(0).shop(), "herstal");
  EXPECT_EQ(recall.shops(0).confirmed().staff(), "marie");
  ASSERT_EQ(recall.shops(0).stock_size(), 1);
  EXPECT_EQ(recall.shops(0).stock(0).quantity_milli(), 5'000);
  EXPECT_FALSE(recall.shops(1).has_confirmed());
  EXPECT_EQ(recall.shops(1).stock_size(), 0) << "all of it was sold";
  // A node knows of itself alone.
  EXPECT_EQ(Listed(code, "seraing").shops_size(), 1);
  const auto open = Must(OpenRecalls(*world_.Snapshot(), ""));
  ASSERT_EQ(open.size(), 1u);
  EXPECT_EQ(open[0].what, "lot L47 of lait");
  EXPECT_THAT(open[0].shops, ElementsAre("seraing"));
  EXPECT_THAT(Must(OpenRecalls(*world_.Snapshot(), "herstal")), IsEmpty());
  Lift(code);
  EXPECT_THAT(Must(OpenRecalls(*world_.Snapshot(), "")), IsEmpty());
  EXPECT_EQ(Must(ListRecalls(*world_.Snapshot(), "", {})).recalls_size(), 0);
  shop::v1::ListRecallsRequest all;
  all.set_lifted(true);
  EXPECT_EQ(Must(ListRecalls(*world_.Snapshot(), "", all)).recalls_size(), 1);
}

TEST_F(RecallsTest, ListsComeInPages) {
  for (const char* lot : {"A", "B", "C"}) Recall(OfLot("lait", lot));
  shop::v1::ListRecallsRequest request;
  request.set_page_size(2);
  const auto first = Must(ListRecalls(*world_.Snapshot(), "", request));
  ASSERT_EQ(first.recalls_size(), 2);
  request.set_cursor(first.next_cursor());
  const auto second = Must(ListRecalls(*world_.Snapshot(), "", request));
  ASSERT_EQ(second.recalls_size(), 1);
  EXPECT_EQ(second.recalls(0).lot(), "C");
  EXPECT_EQ(second.next_cursor(), "");
  request.set_cursor("nonsense");
  ExpectRefused(ListRecalls(*world_.Snapshot(), "", request).status(), kBadCursor);
}

TEST_F(RecallsTest, AListLooksForShopsOnceAndForWhatCameOnceAShop) {
  // Of days on which nothing came: no product is looked at.
  const auto scans = [&](store::TableId table) {
    const CountingSnapshot snapshot(world_.Snapshot());
    EXPECT_TRUE(ListRecalls(snapshot, "", {}).ok());
    return snapshot.scans_of[table];
  };
  Recall(OfDeliveries(1, 2));
  const int of_shops = scans(kSeries);
  EXPECT_EQ(scans(kLots), 2);
  for (int i = 0; i < 4; ++i) Recall(OfDeliveries(1, 2));
  EXPECT_EQ(scans(kSeries), of_shops);
  EXPECT_EQ(scans(kLots), 2);
  const CountingSnapshot status(world_.Snapshot());
  EXPECT_EQ(Must(OpenRecalls(status, "")).size(), 5u);
  EXPECT_EQ(status.scans_of[kSeries], of_shops);
}

TEST_F(RecallsTest, StockByLotAndWhatComesAreMarked) {
  world_.Receive(shop_, "lait", 5'000, "L47");
  world_.Receive(shop_, "lait", 5'000, "L48");
  const std::string code = Recall(OfLot("lait", "L47"));
  shop::v1::ListStockRequest request;
  request.set_by_lot(true);
  const auto stock = Must(ListStockOn(*world_.Snapshot(), "herstal", kMonday, request));
  ASSERT_EQ(stock.rows_size(), 2);
  EXPECT_THAT(stock.rows(0).recalls(), ElementsAre(code));
  EXPECT_THAT(stock.rows(1).recalls(), IsEmpty());
  v1::GoodsReceived received;
  received.set_producer("moulin");
  for (const char* lot : {"L48", "L47", "L47"}) {
    v1::ReceivedLine* line = received.add_lines();
    line->set_product("lait");
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(1'000);
    line->set_lot(lot);
  }
  const Fact fact = world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
  const auto lines = Must(RecalledLinesOf(*world_.Snapshot(), "herstal", fact));
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_EQ(lines[0].lot(), "L47");
  EXPECT_EQ(lines[0].code(), code);
}

TEST_F(RecallsTest, WhatComesBackOfItIsWasted) {
  const PrintedSale sale = {world_.Sell(shop_, "lait", 2'000, 250, "L47"),
                            "herstal-261123-k7qm2w-0001"};
  shop::v1::RecordReturnRequest request;
  request.set_number(sale.number);
  request.add_lines()->set_product("lait");
  request.mutable_lines(0)->set_quantity_milli(1'000);
  const auto wasted = [&] {
    return Must(BuildReturned(*world_.Snapshot(), sale, request)).lines(0).wasted();
  };
  EXPECT_EQ(wasted(), v1::WASTE_REASON_UNSPECIFIED);
  Recall(OfLot("lait", "L47"));
  EXPECT_EQ(wasted(), v1::WASTE_REASON_RECALLED);
  request.mutable_lines(0)->set_wasted(v1::WASTE_REASON_DAMAGED);
  EXPECT_EQ(wasted(), v1::WASTE_REASON_DAMAGED);
  // Rung up by mistake, it never left the shelf.
  EXPECT_EQ(Must(BuildVoided(*world_.Snapshot(), sale, {})).lines(0).wasted(),
            v1::WASTE_REASON_UNSPECIFIED);
}

TEST_F(RecallsTest, ALotThatCameWithAnotherDayIsNoted) {
  world_.Receive(shop_, "lait", 5'000, "L47", v1::UNIT_PIECE, Day(20'790));
  v1::GoodsReceived received;
  v1::ReceivedLine* line = received.add_lines();
  line->set_product("lait");
  line->set_unit(v1::UNIT_PIECE);
  line->set_lot("L47");
  line->set_use_by_day(20'790);
  EXPECT_THAT(Must(OtherDaysOf(*world_.Snapshot(), "herstal", received)), IsEmpty());
  line->set_use_by_day(0);
  EXPECT_THAT(Must(OtherDaysOf(*world_.Snapshot(), "herstal", received)), IsEmpty());
  line->set_use_by_day(20'791);
  const auto others = Must(OtherDaysOf(*world_.Snapshot(), "herstal", received));
  ASSERT_EQ(others.size(), 1u);
  EXPECT_EQ(others[0].use_by_day(), 20'790);
  EXPECT_THAT(Must(OtherDaysOf(*world_.Snapshot(), "seraing", received)), IsEmpty());
}

TEST_F(RecallsTest, LotsSoldPastTheirDayAreNotedForTheTill) {
  world_.Receive(shop_, "lait", 2'000, "old", v1::UNIT_PIECE, Day(kMonday.value() - 1));
  EXPECT_THAT(Must(LotsSold(1'000)), ElementsAre("old"));
  ASSERT_EQ(memory_.past_use_by.size(), 1u);
  EXPECT_EQ(memory_.past_use_by[0].lot(), "old");
  EXPECT_THAT(Must(LotsSold(1'000, "old")), ElementsAre("old"));
  EXPECT_EQ(memory_.past_use_by.size(), 1u);
  EXPECT_THAT(Must(LotsSold(1'000, "other")), ElementsAre("other"));
  EXPECT_THAT(memory_.past_use_by, IsEmpty());
}

TEST_F(RecallsTest, EachLotPastItsDayIsNotedOnce) {
  for (const char* product : {"lait", "pain"}) {
    world_.Receive(shop_, product, 9'000, "old", v1::UNIT_PIECE, Day(kMonday.value() - 1));
  }
  world_.Receive(shop_, "lait", 9'000, "older", v1::UNIT_PIECE, Day(kMonday.value() - 2));
  shop::v1::RecordSaleRequest request;
  const auto add = [&](const char* product, const char* lot) {
    request.add_lines()->set_product(product);
    request.mutable_lines()->rbegin()->set_lot(lot);
  };
  add("lait", "old");
  add("lait", "older");
  add("lait", "old");
  add("pain", "old");
  ASSERT_TRUE(BuildSold(*world_.Snapshot(), memory_, "herstal", kMonday, request).ok());
  EXPECT_EQ(memory_.past_use_by.size(), 3u);
}

TEST_F(RecallsTest, OfDeliveriesIsNoRecallOfAProduct) {
  v1::Recalled recalled;
  recalled.set_product("lait");
  v1::LotRow row;
  EXPECT_FALSE(IsDeliveryRecalled(recalled, row));
  recalled.clear_product();
  recalled.set_producer("moulin");
  EXPECT_FALSE(IsDeliveryRecalled(recalled, row)) << "of another producer";
  row.set_producer("moulin");
  EXPECT_TRUE(IsDeliveryRecalled(recalled, row)) << "of which nobody says the day";
}

}  // namespace
}  // namespace comptoir::retail
