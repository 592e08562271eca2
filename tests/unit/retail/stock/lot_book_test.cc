#include "common/retail/stock/lot_book.h"

#include <gmock/gmock.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using ::testing::ElementsAre;
using Picks = std::vector<LotPick>;

constexpr Day InDays(int days) { return Day(kMonday.value() + days); }

class LotBookTest : public ::testing::Test {
 protected:
  // The lots of one sale of one line.
  Picks Pick(int64_t milli, int64_t unit_price_cents = 250, size_t parts_max = 10,
             v1::Unit unit = v1::UNIT_PIECE) {
    const auto snapshot = world_.Snapshot();
    EXPECT_TRUE(book_.Open(*snapshot, "herstal", today_).ok());
    return PickMore(milli, unit_price_cents, parts_max, unit);
  }
  // Those of its next line.
  Picks PickMore(int64_t milli, int64_t unit_price_cents = 250, size_t parts_max = 10,
                 v1::Unit unit = v1::UNIT_PIECE) {
    return Must(book_.Pick(*world_.Snapshot(), "lait", unit, Quantity(milli),
                           Cents(unit_price_cents), parts_max));
  }
  void Receive(int64_t milli, const std::string& lot, Day use_by = Day(), Day best_before = Day(),
               v1::Unit unit = v1::UNIT_PIECE) {
    world_.Receive(shop_, "lait", milli, lot, unit, use_by, best_before);
  }
  void Sell(int64_t milli, const std::string& lot) { world_.Sell(shop_, "lait", milli, 250, lot); }

  const JournalContext shop_ = ShopJournal("herstal", 2);
  const JournalContext other_ = ShopJournal("seraing", 3);
  Day today_ = kMonday;
  RetailWorld world_;
  LotBook book_;
};

TEST_F(LotBookTest, WithoutLotsItIsUnknown) {
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"", Quantity(1000)}));
  Receive(5000, "");
  world_.Receive(other_, "lait", 5000, "A");
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"", Quantity(1000)}));
}

TEST_F(LotBookTest, WhatExpiresFirstGoesFirst) {
  Receive(2000, "none");
  Receive(2000, "later", InDays(9));
  Receive(2000, "best-before", Day(), InDays(5));
  Receive(2000, "sooner", InDays(3));
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"sooner", Quantity(1000)}));
  EXPECT_THAT(Pick(9000),
              ElementsAre(LotPick{"sooner", Quantity(2000)}, LotPick{"best-before", Quantity(2000)},
                          LotPick{"later", Quantity(2000)}, LotPick{"none", Quantity(2000)},
                          LotPick{"", Quantity(1000)}));
}

TEST_F(LotBookTest, WhatIsPastItsUseByDayGoesLast) {
  Receive(1000, "past", InDays(-1));
  Receive(1000, "none");
  Receive(1000, "today", InDays(0));
  Receive(1000, "old-but-good", Day(), InDays(-30));
  EXPECT_THAT(Pick(4000),
              ElementsAre(LotPick{"old-but-good", Quantity(1000)}, LotPick{"today", Quantity(1000)},
                          LotPick{"none", Quantity(1000)}, LotPick{"past", Quantity(1000)}));
  today_ = InDays(1);
  EXPECT_THAT(Pick(2000), ElementsAre(LotPick{"old-but-good", Quantity(1000)},
                                      LotPick{"none", Quantity(1000)}));
}

TEST_F(LotBookTest, TheEarliestDayOfALotCounts) {
  Receive(1000, "two", InDays(9));
  Receive(1000, "one", InDays(5));
  Receive(1000, "two", InDays(2));
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"two", Quantity(1000)}));
}

TEST_F(LotBookTest, SalesAndDeliveriesAreSeen) {
  Receive(2000, "A", InDays(2));
  Receive(2000, "B", InDays(3));
  Sell(2000, "A");
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"B", Quantity(1000)}));
  Receive(1000, "C", InDays(1));
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"C", Quantity(1000)}));
  Sell(1000, "C");
  Receive(1000, "A", InDays(2));
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"A", Quantity(1000)}));
}

// Counts how often the store is asked.
class AskedSnapshot final : public store::Snapshot {
 public:
  explicit AskedSnapshot(std::unique_ptr<store::Snapshot> below) : below_(std::move(below)) {}
  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    ++asked;
    return below_->Get(table, key);
  }
  std::unique_ptr<store::Iterator> Scan(store::TableId table, std::string_view first,
                                        std::string_view limit) const override {
    ++asked;
    return below_->Scan(table, first, limit);
  }
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      store::TableId table, std::string_view first, std::string_view limit) const override {
    ++asked;
    return below_->Last(table, first, limit);
  }

  mutable int asked = 0;

 private:
  const std::unique_ptr<store::Snapshot> below_;
};

TEST_F(LotBookTest, WhatIsFoundEmptyIsNotLookedAtAgainWhereverItStands) {
  Receive(9000, "A", InDays(2));  // recalled: it stays where it is
  for (int i = 0; i < 20; ++i) {
    const std::string lot = "B" + std::to_string(i);
    Receive(1000, lot, InDays(3));
    Sell(1000, lot);
  }
  Receive(9000, "C", InDays(4));
  StandingRecall standing;
  standing.recall.set_code("k7qm2w");
  RecalledGoods recalled;
  recalled.lots["a"].recalls.push_back({&standing, false, false});
  const auto asked = [&] {
    const AskedSnapshot snapshot(world_.Snapshot());
    EXPECT_TRUE(book_.Open(snapshot, "herstal", today_).ok());
    const auto picks =
        book_.Pick(snapshot, "lait", v1::UNIT_PIECE, Quantity(1000), Cents(250), 10, recalled);
    EXPECT_THAT(Must(picks), ElementsAre(LotPick{"C", Quantity(1000)}));
    return snapshot.asked;
  };
  EXPECT_GT(asked(), 20);
  EXPECT_LT(asked(), 10);
}

TEST_F(LotBookTest, ADeliveryThatDoesNotCountAnyMoreIsForgotten) {
  v1::GoodsReceived received;
  received.set_producer("moulin");
  v1::ReceivedLine* line = received.add_lines();
  line->set_product("lait");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(1000);
  line->set_lot("A");
  const Fact fact = world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"A", Quantity(1000)}));
  world_.Fold(fact, Direction::kUncount);
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"", Quantity(1000)}));
}

TEST_F(LotBookTest, WhatComesBackIsSeen) {
  Receive(1000, "A", InDays(1));
  Receive(5000, "B", InDays(2));
  Sell(1000, "A");
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"B", Quantity(1000)}));
  v1::Counted counted;
  v1::CountedLine* line = counted.add_lines();
  line->set_product("lait");
  line->set_unit(v1::UNIT_PIECE);
  v1::LotQuantity* seen = line->add_lots();
  seen->set_lot("A");
  seen->set_quantity_milli(1000);
  world_.Write(shop_, v1::FACT_KIND_COUNTED, counted);
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"A", Quantity(1000)}));
}

TEST_F(LotBookTest, WhatTheTillNamesIsTakenFirst) {
  Receive(2000, "A", InDays(1));
  Receive(2000, "B", InDays(2));
  EXPECT_TRUE(book_.Open(*world_.Snapshot(), "herstal", today_).ok());
  book_.Take("lait", "A", Quantity(1000));
  EXPECT_THAT(PickMore(2000),
              ElementsAre(LotPick{"A", Quantity(1000)}, LotPick{"B", Quantity(1000)}));
}

TEST_F(LotBookTest, LinesOfOneSaleShareWhatIsThere) {
  Receive(3000, "A", InDays(2));
  Receive(3000, "B", InDays(3));
  EXPECT_THAT(Pick(2000), ElementsAre(LotPick{"A", Quantity(2000)}));
  EXPECT_THAT(PickMore(2000),
              ElementsAre(LotPick{"A", Quantity(1000)}, LotPick{"B", Quantity(1000)}));
  EXPECT_THAT(Pick(2000), ElementsAre(LotPick{"A", Quantity(2000)})) << "the next sale";
}

TEST_F(LotBookTest, PartsCostWhatTheWholeDoes) {
  Receive(437, "A", InDays(2), Day(), v1::UNIT_KILOGRAM);
  Receive(5000, "B", InDays(3), Day(), v1::UNIT_KILOGRAM);
  for (int64_t price = 1; price < 2000; price += 7) {
    for (const int64_t milli : {500, 1003, 2719}) {
      const Picks picks = Pick(milli, price, 10, v1::UNIT_KILOGRAM);
      ASSERT_EQ(picks.back().lot, "B");
      int64_t all = 0;
      int64_t cents = 0;
      for (const LotPick& pick : picks) {
        all += pick.quantity.value();
        cents += LineTotal(pick.quantity, Cents(price))->value();
      }
      EXPECT_EQ(all, milli);
      EXPECT_EQ(cents, LineTotal(Quantity(milli), Cents(price))->value())
          << milli << " at " << price;
    }
  }
}

TEST_F(LotBookTest, CrumbsAreNoneLeft) {
  Receive(4, "A", InDays(1), Day(), v1::UNIT_KILOGRAM);
  Receive(1000, "B", InDays(2), Day(), v1::UNIT_KILOGRAM);
  EXPECT_THAT(Pick(500, 250, 10, v1::UNIT_KILOGRAM), ElementsAre(LotPick{"B", Quantity(500)}));
}

TEST_F(LotBookTest, NoMorePartsThanThereIsRoomFor) {
  Receive(1000, "A", InDays(1));
  Receive(1000, "B", InDays(2));
  EXPECT_THAT(Pick(3000, 250, 2),
              ElementsAre(LotPick{"A", Quantity(1000)}, LotPick{"", Quantity(2000)}));
  EXPECT_THAT(Pick(3000, 250, 1), ElementsAre(LotPick{"", Quantity(3000)}));
  Receive(5000, "C", InDays(3));
  EXPECT_THAT(Pick(3000, 250, 1), ElementsAre(LotPick{"C", Quantity(3000)}));
}

TEST_F(LotBookTest, OtherUnitsAreOtherGoods) {
  Receive(1000, "A", InDays(1), Day(), v1::UNIT_KILOGRAM);
  Receive(1000, "B", InDays(2));
  EXPECT_THAT(Pick(1000), ElementsAre(LotPick{"B", Quantity(1000)}));
  EXPECT_THAT(Pick(1000, 250, 10, v1::UNIT_KILOGRAM), ElementsAre(LotPick{"A", Quantity(1000)}));
}

}  // namespace
}  // namespace comptoir::retail
