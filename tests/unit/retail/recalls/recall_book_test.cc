// What a book of recalls says of a shop's goods: what came after its shelves were cleared, lots
// that are written otherwise, several recalls of the same goods, and rows that cannot be read.
#include "common/retail/recalls/recall_book.h"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/retail/recalls/lines.h"
#include "common/retail/stock/lots.h"
#include "tests/unit/retail/recalls/recalls_fixture.h"

namespace comptoir::retail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int64_t kHourMs = 3'600'000;

class RecallBookTest : public RecallsTest {
 protected:
  std::string RecallMonday() { return Recall(OfDeliveries(kMonday.value(), kMonday.value())); }
  v1::WasteReason TakenBack(const PrintedSale& sale) {
    shop::v1::RecordReturnRequest request;
    request.set_number(sale.number);
    request.add_lines()->set_product("lait");
    request.mutable_lines(0)->set_quantity_milli(1'000);
    return Must(BuildReturned(*world_.Snapshot(), sale, request)).lines(0).wasted();
  }
  std::vector<std::string> MarksOf(const std::string& lot) {
    shop::v1::ListStockRequest request;
    request.set_by_lot(true);
    const auto stock = Must(ListStockOn(*world_.Snapshot(), "herstal", kMonday, request));
    for (const shop::v1::StockRow& row : stock.rows()) {
      if (row.lot() == lot) return {row.recalls().begin(), row.recalls().end()};
    }
    ADD_FAILURE() << "no lot " << lot;
    return {};
  }
  // What no gate let in.
  void PutRecallRow(const std::string& key, const std::string& row) {
    const auto batch = world_.Begin();
    batch->Put(kRecalls, key, row);
    world_.Commit(batch);
  }
};

TEST_F(RecallBookTest, WhatComesBackAfterTheShelvesWereClearedIsStillWasted) {
  world_.Receive(shop_, "lait", 5'000, "");
  const PrintedSale sale = {world_.Sell(shop_, "lait", 2'000), "herstal-261123-k7qm2w-0001"};
  const std::string code = RecallMonday();
  EXPECT_EQ(TakenBack(sale), v1::WASTE_REASON_RECALLED);
  ExpectRecalled(LotsSold(1'000).status(), code);
  Confirm(code);
  EXPECT_EQ(TakenBack(sale), v1::WASTE_REASON_RECALLED);
  EXPECT_THAT(Must(LotsSold(1'000)), ElementsAre("")) << "the shelves are clear of it";
  EXPECT_THAT(MarksOf(""), ElementsAre(code));
  Lift(code);
  EXPECT_EQ(TakenBack(sale), v1::WASTE_REASON_UNSPECIFIED);
}

TEST_F(RecallBookTest, WhatComesBackWithoutALotMayBeOfOneThatIsRecalled) {
  const PrintedSale sale = {world_.Sell(shop_, "lait", 2'000), "herstal-261123-k7qm2w-0001"};
  EXPECT_EQ(TakenBack(sale), v1::WASTE_REASON_UNSPECIFIED);
  const std::string code = Recall(OfLot("lait", "L47"));
  EXPECT_EQ(TakenBack(sale), v1::WASTE_REASON_RECALLED);
  Confirm(code);
  EXPECT_EQ(TakenBack(sale), v1::WASTE_REASON_RECALLED);
}

TEST_F(RecallBookTest, WhatComesAfterAConfirmationIsNotCleared) {
  world_.Receive(shop_, "lait", 5'000, "");
  const std::string code = RecallMonday();
  Confirm(code);
  EXPECT_TRUE(LotsSold(1'000).ok());
  world_.wall_ms += kHourMs;
  world_.Receive(shop_, "lait", 5'000, "");
  ExpectRecalled(LotsSold(1'000).status(), code);
  EXPECT_THAT(std::string(LotsSold(1'000).status().message()),
              HasSubstr("'comptoir recall confirm " + code + "' again: more of it came since"));
  Confirm(code);
  EXPECT_TRUE(LotsSold(1'000).ok());
}

TEST_F(RecallBookTest, ALotThatComesAgainIsNotCleared) {
  world_.Receive(shop_, "lait", 5'000, "L47");
  const std::string code = Recall(OfLot("lait", "L47"));
  Confirm(code);
  EXPECT_TRUE(LotsSold(1'000).ok());
  world_.wall_ms += kHourMs;
  world_.Receive(shop_, "lait", 5'000, "L47");
  ExpectRecalled(LotsSold(1'000).status(), code);
  Confirm(code);
  EXPECT_TRUE(LotsSold(1'000).ok());
}

TEST_F(RecallBookTest, AClockInDoubtClearsNothing) {
  world_.Receive(shop_, "lait", 5'000, "");
  const std::string code = RecallMonday();
  world_.doubtful = true;
  world_.wall_ms += kHourMs;
  Confirm(code);
  ExpectRecalled(LotsSold(1'000).status(), code);
  world_.doubtful = false;
  Confirm(code);
  EXPECT_TRUE(LotsSold(1'000).ok());
}

TEST_F(RecallBookTest, WhatAClockInDoubtWroteMayBeOfAnyDayAndIsNotCleared) {
  world_.doubtful = true;
  world_.wall_ms -= 400 * 24 * kHourMs;
  world_.Receive(shop_, "lait", 5'000, "L47");
  world_.Receive(shop_, "lait", 5'000, "");
  world_.doubtful = false;
  world_.wall_ms = kMondayMs;
  const std::string code = RecallMonday();
  ExpectRecalled(LotsSold(1'000, "L47").status(), code);
  ExpectRecalled(LotsSold(1'000).status(), code);
  Confirm(code);
  ExpectRecalled(LotsSold(1'000).status(), code);
  EXPECT_THAT(std::string(LotsSold(1'000).status().message()),
              testing::AllOf(HasSubstr("in doubt"), Not(HasSubstr("recall confirm"))));
  Lift(code);
  EXPECT_TRUE(LotsSold(1'000).ok());
}

TEST_F(RecallBookTest, ALotWrittenOtherwiseIsTheSame) {
  world_.Receive(shop_, "lait", 5'000, "l 47");
  const std::string code = Recall(OfLot("lait", "L47"));
  for (const char* lot : {"L47", "l47", "L 47", "l 47"}) {
    ExpectRecalled(LotsSold(1'000, lot).status(), code);
  }
  EXPECT_TRUE(LotsSold(1'000, "L-47").ok());
  ExpectRecalled(LotsSold(1'000).status(), code);
  EXPECT_THAT(MarksOf("l 47"), ElementsAre(code));
}

TEST_F(RecallBookTest, ALotThatNeverCameIsNotKnown) {
  world_.Receive(other_, "lait", 5'000, "L47");
  world_.Receive(shop_, "pain", 5'000, "L48");
  v1::Recalled recall;
  recall.set_product("lait");
  const auto is_known = [&](const std::string& lot, const std::string& shop) {
    recall.set_lot(lot);
    recall.set_shop(shop);
    return Must(IsLotKnown(*world_.Snapshot(), recall));
  };
  EXPECT_TRUE(is_known("L47", ""));
  EXPECT_TRUE(is_known("l 47", "seraing"));
  EXPECT_FALSE(is_known("L47", "herstal"));
  EXPECT_FALSE(is_known("L48", ""));
  EXPECT_FALSE(is_known("L48", "seraing"));
  EXPECT_TRUE(is_known("", "herstal")) << "all of it";
}

TEST_F(RecallBookTest, OfTwoRecallsTheOneThatIsNotConfirmedGoesFirst) {
  world_.Receive(shop_, "lait", 5'000, "L47");
  world_.Receive(shop_, "lait", 5'000, "");
  const std::string first = Recall(OfLot("lait", "L47"));
  const std::string second = Recall(OfLot("lait", "L47"));
  EXPECT_THAT(MarksOf("L47"), ElementsAre(first, second));
  Confirm(first);
  EXPECT_THAT(MarksOf("L47"), ElementsAre(second, first));
  ExpectRecalled(LotsSold(1'000, "L47").status(), second);
  ExpectRecalled(LotsSold(6'000).status(), second);
  Confirm(second);
  EXPECT_TRUE(LotsSold(6'000).ok());
  // Of the whole product, the same.
  const std::string whole = Recall(OfLot("lait", ""));
  Confirm(whole);
  const std::string third = Recall(OfLot("lait", "L47"));
  ExpectRecalled(LotsSold(1'000, "L47").status(), third);
  ExpectRecalled(LotsSold(1'000, "L48").status(), whole);
}

// Passes on what is read, fails where it is told to, and keeps what it is told.
class FailingSnapshot final : public store::Snapshot {
 public:
  explicit FailingSnapshot(std::unique_ptr<store::Snapshot> below) : below_(std::move(below)) {}
  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    return below_->Get(table, key);
  }
  std::unique_ptr<store::Iterator> Scan(store::TableId table, std::string_view first,
                                        std::string_view limit) const override {
    if (table == broken) return std::make_unique<BrokenOff>(failure);
    return below_->Scan(table, first, limit);
  }
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      store::TableId table, std::string_view first, std::string_view limit) const override {
    return below_->Last(table, first, limit);
  }
  void TellUnreadable(store::TableId table, std::string_view key) const override {
    told.emplace_back(table, std::string(key));
  }

  std::optional<store::TableId> broken;
  absl::Status failure = absl::DataLossError("a block has rotted");
  mutable std::vector<std::pair<store::TableId, std::string>> told;

 private:
  class BrokenOff final : public store::Iterator {
   public:
    explicit BrokenOff(absl::Status failure) : failure_(std::move(failure)) {}
    bool Valid() const override { return false; }
    void Next() override {}
    std::string_view key() const override { return ""; }
    std::string_view value() const override { return ""; }
    absl::Status status() const override { return failure_; }

   private:
    const absl::Status failure_;
  };

  const std::unique_ptr<store::Snapshot> below_;
};

TEST_F(RecallBookTest, ARowThatSaysNothingIsLeftOutAndTold) {
  const std::string code = Recall(OfLot("lait", "L47"));
  PutRecallRow("\x01 what no fold wrote", "\xff\xff");
  FailingSnapshot snapshot(world_.Snapshot());
  RecallBook book;
  ASSERT_TRUE(book.Open(snapshot, "herstal").ok());
  EXPECT_NE(Must(book.Find(snapshot, "lait")).Find("L47"), nullptr);
  EXPECT_THAT(snapshot.told,
              ElementsAre(std::pair(kRecalls, std::string("\x01 what no fold wrote"))));
  // The shop goes on, and status says that something is missing.
  ExpectRecalled(LotsSold(1'000, "L47").status(), code);
  EXPECT_THAT(Must(LotsSold(1'000, "L48")), ElementsAre("L48"));
  EXPECT_EQ(Listed(code).code(), code);
  int unreadable = 0;
  const auto open = Must(OpenRecalls(snapshot, "herstal", &unreadable));
  EXPECT_EQ(open.size(), 1u);
  EXPECT_EQ(unreadable, 1);
}

TEST_F(RecallBookTest, ATableThatBreaksOffLeavesTheBookAsItWas) {
  Recall(OfLot("lait", "L47"));
  RecallBook book;
  ASSERT_TRUE(book.Open(*world_.Snapshot(), "herstal").ok());
  Recall(OfLot("lait", "L48"));
  FailingSnapshot snapshot(world_.Snapshot());
  snapshot.broken = kRecalls;
  EXPECT_TRUE(book.Open(snapshot, "herstal").ok()) << "sales go on";
  EXPECT_NE(Must(book.Find(snapshot, "lait")).Find("L47"), nullptr);
  snapshot.failure = absl::UnavailableError("too many open files");
  EXPECT_TRUE(absl::IsUnavailable(book.Open(snapshot, "herstal")));
  EXPECT_NE(Must(book.Find(snapshot, "lait")).Find("L47"), nullptr);
  snapshot.broken.reset();
  ASSERT_TRUE(book.Open(snapshot, "herstal").ok());
  EXPECT_NE(Must(book.Find(snapshot, "lait")).Find("L48"), nullptr) << "read anew, once it can be";
  RecallBook fresh;
  snapshot.broken = kRecalls;
  snapshot.failure = absl::DataLossError("a block has rotted");
  EXPECT_TRUE(fresh.Open(snapshot, "herstal").ok());
  EXPECT_TRUE(fresh.empty());
}

}  // namespace
}  // namespace comptoir::retail
