// Gate and builder of counts, and what is listed beside them; what they make of stock
// is the laws' (tests/laws).
#include <map>
#include <optional>
#include <string>

#include "common/base/limits.h"
#include "common/retail/calendar.h"
#include "common/retail/counts/admit.h"
#include "common/retail/counts/build.h"
#include "common/retail/counts/placing.h"
#include "common/retail/reasons.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using Lots = std::map<std::string, int64_t>;

class CountsTest : public ::testing::Test {
 protected:
  CountsTest() {
    world_.OpenSeries(shop_);
    world_.OpenSeries(sibling_);
    world_.SetProduct(hub_, "lait", "Lait", v1::UNIT_PIECE);
    request_.add_lines()->set_product("lait");
    request_.mutable_lines(0)->set_quantity_milli(5'000);
  }
  absl::StatusOr<v1::Counted> Build() {
    return BuildCounted(*world_.Snapshot(), "outremeuse", journals_, clock_, request_);
  }
  void Receive(const std::string& lot, int64_t milli, int32_t use_by_day) {
    v1::GoodsReceived received;
    received.set_producer("moulin");
    v1::ReceivedLine* line = received.add_lines();
    line->set_product("lait");
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(milli);
    line->set_lot(lot);
    line->set_use_by_day(use_by_day);
    world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
  }
  Fact Count(const JournalContext& journal) {
    return world_.Write(journal, v1::FACT_KIND_COUNTED, Must(Build()));
  }
  static Lots LotsOf(const v1::CountedLine& line) {
    Lots lots;
    for (const auto& lot : line.lots()) lots[lot.lot()] = lot.quantity_milli();
    return lots;
  }
  Lots Stock() {
    shop::v1::ListStockRequest request;
    request.set_by_lot(true);
    Lots lots;
    const auto stock = Must(ListStock(*world_.Snapshot(), "outremeuse", request));
    for (const auto& row : stock.rows()) lots[row.lot()] = row.quantity_milli();
    return lots;
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext shop_ = ShopJournal("outremeuse", 3);
  static JournalContext OfSibling(JournalContext journal) {
    journal.writer.node = "outremeuse-2";
    return journal;
  }
  const JournalContext sibling_ = OfSibling(ShopJournal("outremeuse", 4, "261123-aaaaaa"));
  RetailWorld world_;
  std::vector<HeldJournal> journals_;
  CountClock clock_{kMondayMs, false};
  shop::v1::RecordCountRequest request_;
};

TEST_F(CountsTest, WholeProductIsSplitOverTheLotsThatKeepLongest) {
  Receive("L1", 4'000, 20'785);
  Receive("L2", 3'000, 20'790);
  Receive("L3", 2'000, 0);
  world_.Sell(shop_, "lait", 1'000);  // of no known lot
  v1::Counted counted = Must(Build());
  ASSERT_EQ(counted.lines_size(), 1);
  EXPECT_TRUE(counted.lines(0).whole());
  EXPECT_EQ(counted.lines(0).expected_milli(), 8'000);
  EXPECT_EQ(LotsOf(counted.lines(0)), (Lots{{"L2", 3'000}, {"L1", 2'000}}));
  // More than the books have is of no known lot.
  request_.mutable_lines(0)->set_quantity_milli(12'000);
  EXPECT_EQ(LotsOf(Must(Build()).lines(0)),
            (Lots{{"", 3'000}, {"L1", 4'000}, {"L2", 3'000}, {"L3", 2'000}}));
  request_.mutable_lines(0)->set_quantity_milli(5'000);
  Count(shop_);
  EXPECT_EQ(Stock(), (Lots{{"L1", 2'000}, {"L2", 3'000}}));
}

TEST_F(CountsTest, WhatIsRecalledIsTakenToBeGone) {
  Receive("L1", 4'000, 20'785);
  Receive("L2", 3'000, 20'790);
  v1::Recalled recalled;
  recalled.set_code("k7qm2w");
  recalled.set_product("lait");
  recalled.set_lot("L2");
  recalled.set_reason("salmonella");
  world_.Write(hub_, v1::FACT_KIND_RECALLED, recalled);
  EXPECT_EQ(LotsOf(Must(Build()).lines(0)), (Lots{{"L1", 4'000}, {"L2", 1'000}}));
  request_.mutable_lines(0)->set_quantity_milli(4'000);
  EXPECT_EQ(LotsOf(Must(Build()).lines(0)), (Lots{{"L1", 4'000}}));
}

TEST_F(CountsTest, OneLotLeavesTheOthersAlone) {
  Receive("L1", 4'000, 20'785);
  Receive("L2", 3'000, 20'790);
  request_.mutable_lines(0)->set_lot("L1");
  const v1::Counted counted = Must(Build());
  EXPECT_FALSE(counted.lines(0).whole());
  EXPECT_EQ(counted.lines(0).expected_milli(), 4'000);
  Count(shop_);
  EXPECT_EQ(Stock(), (Lots{{"L1", 5'000}, {"L2", 3'000}}));
  // The whole product, seen later, goes before it.
  request_.mutable_lines(0)->clear_lot();
  request_.mutable_lines(0)->set_quantity_milli(0);
  ASSERT_EQ(Must(Build()).lines(0).replaces_size(), 1);
  Count(shop_);
  EXPECT_EQ(Stock(), Lots());
}

TEST_F(CountsTest, WhatCameInAnotherUnitIsCountedInIt) {
  Receive("L1", 4'000, 0);
  world_.SetProduct(hub_, "lait", "Lait", v1::UNIT_LITRE);
  EXPECT_EQ(Must(Build()).lines(0).expected_milli(), 0) << "of the unit that it has now";
  request_.mutable_lines(0)->set_unit(v1::UNIT_PIECE);
  request_.mutable_lines(0)->set_quantity_milli(0);
  const v1::Counted counted = Must(Build());
  EXPECT_EQ(counted.lines(0).unit(), v1::UNIT_PIECE);
  EXPECT_EQ(counted.lines(0).expected_milli(), 4'000);
  Count(shop_);
  EXPECT_EQ(Stock(), Lots());
  // Both in one, each by itself; but not one of them twice.
  shop::v1::CountLine& litres = *request_.add_lines();
  litres.set_product("lait");
  litres.set_quantity_milli(1'500);
  EXPECT_EQ(Must(Build()).lines_size(), 2);
  // The unit that it has now, said or not, is the same.
  litres.set_lot("L1");
  shop::v1::CountLine& more = *request_.add_lines();
  more = litres;
  more.set_lot("L2");
  more.set_unit(v1::UNIT_LITRE);
  EXPECT_EQ(Must(Build()).lines_size(), 2);
  request_.mutable_lines()->RemoveLast();
  litres.clear_lot();
  litres.set_unit(v1::UNIT_PIECE);
  ExpectRefused(Build().status(), kTwice);
  litres.set_unit(static_cast<v1::Unit>(77));
  ExpectRefused(Build().status(), kBadUnit);
}

TEST_F(CountsTest, NamesTheCountsThatItReplacesAndNoOthers) {
  Count(shop_);
  const Fact second = Count(shop_);
  const v1::Counted third = Must(Build());
  ASSERT_EQ(third.lines(0).replaces_size(), 1);
  EXPECT_EQ(third.lines(0).replaces(0).sequence(), second.reference.sequence.value());
  EXPECT_EQ(third.lines(0).replaces(0).hash_prefix(), second.reference.hash_prefix);
}

TEST_F(CountsTest, NamesTheJournalsThatClocksDoNotPlace) {
  const JournalId long_ago(11);
  const JournalId just_now(12);
  const JournalId own(13);
  // One whose clock was right; one that may have been a day fast before it was put right.
  journals_ = {{long_ago, Sequence(5), kMondayMs - 2 * kMillisPerDay, false},
               {just_now, Sequence(6), kMondayMs - kMillisPerDay, false},
               {own, Sequence(7), kMondayMs, true}};
  const v1::Counted counted = Must(Build());
  ASSERT_EQ(counted.heads_size(), 1);
  EXPECT_EQ(counted.heads(0).journal(), just_now.value());
  EXPECT_EQ(counted.heads(0).sequence(), 6u);
  clock_.doubtful = true;
  EXPECT_EQ(Must(Build()).heads_size(), 2);
}

TEST_F(CountsTest, WhatCannotBeCountedIsRefusedWithItsLine) {
  shop::v1::CountLine& line = *request_.mutable_lines(0);
  line.clear_quantity_milli();
  ExpectRefused(Build().status(), kBadQuantity);
  for (const int64_t milli : {int64_t{-1}, kQuantityMilliMax + 1}) {
    line.set_quantity_milli(milli);
    ExpectRefused(Build().status(), kBadQuantity);
  }
  line.set_quantity_milli(1'000);
  const auto add = [this](std::optional<std::string> lot) {
    shop::v1::CountLine* more = request_.add_lines();
    more->set_product("lait");
    more->set_quantity_milli(1'000);
    if (lot.has_value()) more->set_lot(*lot);
  };
  add(std::nullopt);
  ExpectRefused(Build().status(), kTwice);  // whole, and whole
  request_.mutable_lines(1)->set_lot("L1");
  ExpectRefused(Build().status(), kTwice);  // whole, and a lot
  line.set_lot("L1");
  ExpectRefused(Build().status(), kTwice);  // that lot twice
  line.set_lot("L2");
  EXPECT_TRUE(Build().ok()) << Build().status();
  add(std::nullopt);
  ExpectRefused(Build().status(), kTwice);  // lots, and whole
}

TEST_F(CountsTest, AJournalOfWhichNothingIsHeldIsNotNamed) {
  clock_.doubtful = true;
  journals_ = {{JournalId(11), Sequence(0), 0, false}, {JournalId(12), Sequence(1), 0, false}};
  const v1::Counted counted = Must(Build());
  ASSERT_EQ(counted.heads_size(), 1);
  EXPECT_EQ(counted.heads(0).journal(), 12u);
}

TEST_F(CountsTest, OfVeryManyLotsThoseThatKeepLongestAreNamed) {
  for (int lot = 0; lot < kCountLotsMax + 20; ++lot) {
    Receive("L" + std::to_string(1'000 + lot), 1'000, 20'785 + lot);
  }
  request_.mutable_lines(0)->set_quantity_milli(1'000 * (kCountLotsMax + 20));
  const Lots lots = LotsOf(Must(Build()).lines(0));
  EXPECT_EQ(lots.size(), size_t{kCountLotsMax});
  EXPECT_EQ(lots.at(""), 21'000) << "what is more is of no known lot";
  EXPECT_FALSE(lots.contains("L1000"));
  EXPECT_TRUE(lots.contains("L1119"));
}

TEST_F(CountsTest, MoreLotsThanOnePageOfStockAreAllExpected) {
  v1::GoodsReceived received;
  received.set_producer("moulin");
  for (int lot = 0; lot < 600; ++lot) {
    v1::ReceivedLine* line = received.add_lines();
    line->set_product("lait");
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(1'000);
    line->set_lot("A" + std::to_string(lot));
  }
  world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
  for (v1::ReceivedLine& line : *received.mutable_lines()) line.set_lot("B" + line.lot());
  world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
  EXPECT_EQ(Must(Build()).lines(0).expected_milli(), 1'200'000);
}

TEST_F(CountsTest, SaysWhatWasSeenOfALotAndOfAWholeProduct) {
  Receive("L1", 4'000, 20'785);
  Receive("L2", 4'000, 20'786);
  const auto described = [this] {
    return Must(DescribeCounted(*world_.Snapshot(), Must(Build()))).front();
  };
  EXPECT_EQ(described().lot(), "");
  EXPECT_EQ(described().counted_milli(), 5'000);
  request_.mutable_lines(0)->set_lot("L1");
  EXPECT_EQ(described().lot(), "L1");
  EXPECT_EQ(described().expected_milli(), 4'000);
  *request_.add_lines() = request_.lines(0);
  request_.mutable_lines(1)->set_lot("L2");
  EXPECT_EQ(described().lot(), "") << "of two lots";
  EXPECT_EQ(described().counted_milli(), 10'000);
}

TEST_F(CountsTest, OfVeryManyCountsTheLatestAreReplaced) {
  for (size_t i = 0; i < kReplacedWritesMax + 3; ++i) {
    v1::Counted counted = Must(Build());
    counted.mutable_lines(0)->clear_replaces();  // as of siblings that were cut off
    world_.wall_ms += 1'000;
    world_.Write(shop_, v1::FACT_KIND_COUNTED, counted);
  }
  const v1::Counted counted = Must(Build());
  ASSERT_EQ(counted.lines(0).replaces_size(), static_cast<int>(kReplacedWritesMax));
}

TEST_F(CountsTest, ListsASiblingsMovementCloseToTheCount) {
  world_.wall_ms = kMondayMs;
  const Fact count = Count(shop_);
  world_.wall_ms = kMondayMs - kNearCountMillis;
  const Fact near = world_.Sell(sibling_, "lait", 1'000);
  world_.wall_ms = kMondayMs - kNearCountMillis - 1;
  world_.Sell(sibling_, "lait", 2'000);
  const auto listed = Must(ListDiscrepancies(*world_.Snapshot(), "outremeuse"));
  ASSERT_EQ(listed.discrepancies_size(), 1);
  EXPECT_EQ(listed.discrepancies(0).kind(), shop::v1::DISCREPANCY_KIND_NEAR_COUNT);
  EXPECT_EQ(listed.discrepancies(0).quantity_milli(), -1'000);
  EXPECT_EQ(listed.discrepancies(0).fact(),
            "outremeuse-261123-k7qm2w/" + std::to_string(count.reference.sequence.value()));
  EXPECT_EQ(listed.discrepancies(0).other(),
            "outremeuse-261123-aaaaaa/" + std::to_string(near.reference.sequence.value()));
}

// After a restart a node writes on in another journal, by the same clock.
TEST_F(CountsTest, WhatTheNodeItselfMovesAfterARestartIsNoDiscrepancy) {
  const JournalContext next_run = ShopJournal("outremeuse", 5, "261123-bbbbbb");
  world_.OpenSeries(next_run);
  world_.wall_ms = kMondayMs;
  Count(shop_);
  world_.wall_ms = kMondayMs + 1'000;
  world_.Sell(next_run, "lait", 1'000);
  EXPECT_TRUE(Must(ListDiscrepancies(*world_.Snapshot(), "outremeuse")).discrepancies().empty());
  EXPECT_EQ(Stock()[""], 4'000);
}

TEST_F(CountsTest, SaysThatThereAreMoreThanItLists) {
  world_.wall_ms = kMondayMs;
  Count(shop_);
  for (int sale = 0; sale < kDiscrepanciesMax; ++sale) world_.Sell(sibling_, "lait", 1'000);
  EXPECT_FALSE(Must(ListDiscrepancies(*world_.Snapshot(), "outremeuse")).more());
  world_.Sell(sibling_, "lait", 1'000);
  const auto listed = Must(ListDiscrepancies(*world_.Snapshot(), "outremeuse"));
  EXPECT_EQ(listed.discrepancies_size(), kDiscrepanciesMax);
  EXPECT_TRUE(listed.more());
}

TEST_F(CountsTest, MoreLotsThanOneFactHoldsAreRefusedWithHowManyFit) {
  request_.clear_lines();
  for (int number = 0; number < 90; ++number) {
    const std::string product = "p" + std::to_string(number);
    world_.SetProduct(hub_, product, "P", v1::UNIT_PIECE);
    v1::GoodsReceived received;
    received.set_producer("moulin");
    for (int lot = 0; lot < 90; ++lot) {
      v1::ReceivedLine* line = received.add_lines();
      line->set_product(product);
      line->set_unit(v1::UNIT_PIECE);
      line->set_quantity_milli(1'000);
      line->set_lot(std::string(25, 'l') + std::to_string(lot));
    }
    world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
    shop::v1::CountLine* line = request_.add_lines();
    line->set_product(product);
    line->set_quantity_milli(90'000);
  }
  const absl::Status refused = Build().status();
  EXPECT_EQ(ReasonOf(refused), kBadLines) << refused;
  const std::string sentence(refused.message());
  const size_t some = sentence.find("count some ");
  ASSERT_NE(some, std::string::npos) << sentence;
  const int fitting = std::stoi(sentence.substr(some + std::string("count some ").size()));
  ASSERT_GT(fitting, 10);
  ASSERT_LT(fitting, 90);
  request_.mutable_lines()->DeleteSubrange(fitting, request_.lines_size() - fitting);
  EXPECT_TRUE(Build().ok()) << Build().status();
}

TEST_F(CountsTest, GateRefusesWhatCannotBe) {
  const v1::Counted good = Must(Build());
  EXPECT_TRUE(CheckCounted(good).ok());
  const auto expect = [&](std::string_view reason, auto change) {
    v1::Counted bad = good;
    change(bad);
    ExpectRefused(CheckCounted(bad), reason);
  };
  expect(kBadLines, [](auto& bad) { bad.clear_lines(); });
  expect(kTwice, [](auto& bad) { *bad.add_lines() = bad.lines(0); });
  expect(kBadCode, [](auto& bad) { bad.mutable_lines(0)->set_product("Lait !"); });
  expect(kBadUnit, [](auto& bad) { bad.mutable_lines(0)->clear_unit(); });
  expect(kBadLot, [](auto& bad) {
    bad.mutable_lines(0)->clear_lots();
    bad.mutable_lines(0)->set_whole(false);
  });
  expect(kBadLot, [](auto& bad) { *bad.mutable_lines(0)->add_lots() = bad.lines(0).lots(0); });
  expect(kBadLot, [](auto& bad) {
    for (int i = 0; i <= kCountLotsMax; ++i) {
      bad.mutable_lines(0)->add_lots()->set_lot("M" + std::to_string(1'000 + i));
    }
  });
  expect(kBadQuantity,
         [](auto& bad) { bad.mutable_lines(0)->mutable_lots(0)->set_quantity_milli(-1); });
  expect(kBadQuantity, [](auto& bad) {
    bad.mutable_lines(0)->mutable_lots(0)->set_quantity_milli(kQuantityMilliMax + 1);
  });
  expect(kBadQuantity, [](auto& bad) { bad.mutable_lines(0)->set_expected_milli(INT64_MIN); });
  expect(kBadReplaces, [](auto& bad) { bad.add_heads()->set_journal(5); });
  expect(kBadReplaces, [](auto& bad) {
    for (const uint64_t journal : {6, 5}) {
      bad.add_heads()->set_journal(journal);
      bad.mutable_heads()->rbegin()->set_sequence(1);
    }
  });
  expect(kBadReplaces, [](auto& bad) {
    for (uint64_t i = 1; i <= kCountHeadsMax + 1; ++i) {
      bad.add_heads()->set_journal(i);
      bad.mutable_heads()->rbegin()->set_sequence(1);
    }
  });
  expect(kBadReplaces, [](auto& bad) { bad.mutable_lines(0)->add_replaces(); });
  expect(kBadQuantity, [](auto& bad) {
    bad.mutable_lines(0)->mutable_lots(0)->set_quantity_milli(kQuantityMilliMax);
    *bad.add_lines() = bad.lines(0);
    bad.mutable_lines(1)->set_product("pain");
  });
  Fact fact;
  fact.journal = &hub_;
  ExpectRefused(AdmitCounted(fact, good), kWrongScope);
}

}  // namespace
}  // namespace comptoir::retail
