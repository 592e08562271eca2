#include "common/replica/coop_stock_table.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/limits.h"

namespace comptoir::replica {
namespace {

using retail::StockLevel;
using retail::v1::UNIT_KILOGRAM;
using retail::v1::UNIT_PIECE;

constexpr uint64_t kRun = 7;

// A copy as a node keeps it, without its store.
struct Copy {
  uint64_t run = 0;
  uint64_t cursor = 0;
  std::map<std::string, int64_t> rows;  // "herstal miel 1"
  std::map<std::string, int64_t> as_of_ms;
  size_t updates = 0;

  void Take(const sync::v1::CoopStockUpdate& update) {
    if (update.replace()) {
      rows.clear();
      as_of_ms.clear();
    } else {
      EXPECT_EQ(update.run(), run);
      EXPECT_GE(update.cursor(), cursor);
    }
    run = update.run();
    cursor = update.cursor();
    for (const auto& row : update.rows()) {
      rows[row.shop() + " " + row.product() + " " + std::to_string(row.unit())] =
          row.quantity_milli();
    }
    for (const auto& shop : update.shops()) as_of_ms[shop.shop()] = shop.as_of_ms();
    ++updates;
  }
  // Until nothing follows.
  void Follow(const CoopStockTable& table, const std::string& own_shop, size_t rows_max = 100) {
    while (true) {
      const auto update = table.UpdateAfter(run, cursor, own_shop, rows_max);
      EXPECT_LE(static_cast<size_t>(update.rows_size() + update.shops_size()), rows_max);
      if (!update.replace() && update.rows().empty() && update.shops().empty()) return;
      Take(update);
    }
  }
};

class CoopStockTableTest : public ::testing::Test {
 protected:
  CoopStockTableTest() {
    table_.SetStock("herstal", {{"carottes", UNIT_KILOGRAM, 40'000}, {"miel", UNIT_PIECE, 12'000}});
    table_.SetStock("outremeuse", {{"carottes", UNIT_KILOGRAM, 5'000}});
    table_.SetAge("herstal", {false, 17, 0});
    table_.SetAge("outremeuse", {false, 18, 0});
  }

  CoopStockTable table_{kRun};
};

TEST_F(CoopStockTableTest, TellsANewcomerAllButItsOwnShop) {
  const auto update = table_.UpdateAfter(0, 0, "outremeuse");
  EXPECT_EQ(update.run(), kRun);
  EXPECT_TRUE(update.replace());
  EXPECT_EQ(update.cursor(), table_.version());
  Copy copy;
  copy.Take(update);
  EXPECT_EQ(copy.rows, (std::map<std::string, int64_t>{{"herstal carottes 2", 40'000},
                                                       {"herstal miel 1", 12'000}}));
  EXPECT_EQ(copy.as_of_ms, (std::map<std::string, int64_t>{{"herstal", 17}}));
}

TEST_F(CoopStockTableTest, ThenOnlyWhatChanged) {
  Copy copy;
  copy.Follow(table_, "outremeuse");
  table_.SetStock("herstal", {{"carottes", UNIT_KILOGRAM, 40'000}, {"miel", UNIT_PIECE, 11'000}});
  const auto update = table_.UpdateAfter(kRun, copy.cursor, "outremeuse");
  EXPECT_FALSE(update.replace());
  ASSERT_EQ(update.rows_size(), 1);
  EXPECT_EQ(update.rows(0).product(), "miel");
  EXPECT_EQ(update.rows(0).quantity_milli(), 11'000);
  EXPECT_TRUE(update.shops().empty());
}

TEST_F(CoopStockTableTest, WhatStaysAsItIsChangesNoVersion) {
  const uint64_t version = table_.version();
  table_.SetStock("herstal", {{"carottes", UNIT_KILOGRAM, 40'000}, {"miel", UNIT_PIECE, 12'000}});
  table_.SetAge("herstal", {false, 17, 0});
  EXPECT_EQ(table_.version(), version);
  table_.SetAge("herstal", {true, 0, 0});
  EXPECT_EQ(table_.version(), version + 1);
}

TEST_F(CoopStockTableTest, WhatIsNotNamedAnyMoreIsToldAsZero) {
  Copy copy;
  copy.Follow(table_, "");
  table_.SetStock("herstal", {{"fraises", UNIT_PIECE, 3'000}});
  copy.Follow(table_, "");
  EXPECT_EQ(copy.rows, (std::map<std::string, int64_t>{{"herstal carottes 2", 0},
                                                       {"herstal fraises 1", 3'000},
                                                       {"herstal miel 1", 0},
                                                       {"outremeuse carottes 2", 5'000}}));
  table_.SetStock("herstal", {});
  copy.Follow(table_, "");
  EXPECT_EQ(copy.rows["herstal fraises 1"], 0);
}

TEST_F(CoopStockTableTest, AnOwnShopsChangesMoveTheCursorOn) {
  Copy copy;
  copy.Follow(table_, "outremeuse");
  table_.SetStock("outremeuse", {{"carottes", UNIT_KILOGRAM, 4'000}});
  const auto update = table_.UpdateAfter(kRun, copy.cursor, "outremeuse");
  EXPECT_TRUE(update.rows().empty());
  EXPECT_EQ(update.cursor(), table_.version());
}

TEST_F(CoopStockTableTest, PagesOfAnyLengthComeToTheSame) {
  Copy whole;
  whole.Follow(table_, "");
  for (const size_t rows_max : {1u, 2u, 3u, 5u}) {
    Copy paged;
    paged.Follow(table_, "", rows_max);
    EXPECT_EQ(paged.rows, whole.rows) << rows_max;
    EXPECT_EQ(paged.as_of_ms, whole.as_of_ms) << rows_max;
    EXPECT_EQ(paged.updates, (5 + rows_max - 1) / rows_max);
  }
}

TEST_F(CoopStockTableTest, WhatChangesBetweenPagesIsNotMissed) {
  Copy copy;
  for (int64_t milli = 1; milli <= 20; ++milli) {
    copy.Take(table_.UpdateAfter(copy.run, copy.cursor, "", 1));
    table_.SetStock("outremeuse", {{"carottes", UNIT_KILOGRAM, milli}});
  }
  copy.Follow(table_, "", 1);
  Copy fresh;
  fresh.Follow(table_, "");
  EXPECT_EQ(copy.rows, fresh.rows);
  EXPECT_EQ(copy.as_of_ms, fresh.as_of_ms);
}

TEST_F(CoopStockTableTest, AnotherRunsCopyOrOneThatIsAheadBeginsAnew) {
  for (const auto& [run, cursor] : std::vector<std::pair<uint64_t, uint64_t>>{
           {kRun + 1, 2}, {kRun, table_.version() + 1}, {kRun, UINT64_MAX}, {0, 0}}) {
    const auto update = table_.UpdateAfter(run, cursor, "");
    EXPECT_TRUE(update.replace()) << run << " " << cursor;
    EXPECT_EQ(update.rows_size(), 3);
  }
  EXPECT_FALSE(table_.UpdateAfter(kRun, 0, "").replace());
}

TEST_F(CoopStockTableTest, TheLargestUpdateFitsAFrameTwice) {
  const std::string longest(kCodeBytesMax - 5, 'x');
  CoopStockTable table(kRun);
  std::vector<StockLevel> levels;
  for (size_t i = 10'000; i < 10'000 + 2 * kCoopStockRowsPerUpdate; ++i) {
    levels.push_back({longest + std::to_string(i), UNIT_PIECE, INT64_MIN});
  }
  table.SetStock(std::string(kCodeBytesMax, 's'), levels);
  const auto update = table.UpdateAfter(0, 0, "");
  EXPECT_EQ(static_cast<size_t>(update.rows_size()), kCoopStockRowsPerUpdate);
  EXPECT_LT(update.ByteSizeLong(), kFrameBytesMax / 2);
}

}  // namespace
}  // namespace comptoir::replica
