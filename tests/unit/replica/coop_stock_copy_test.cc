#include "common/replica/coop_stock_copy.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "common/replica/coop_stock_table.h"
#include "common/retail/stock/coop_list.h"
#include "common/retail/tables.h"
#include "tests/support/coop.h"

namespace comptoir::testing {
namespace {

using retail::v1::UNIT_KILOGRAM;
using retail::v1::UNIT_PIECE;
using sync::v1::CoopStockUpdate;

class CoopStockCopyTest : public ::testing::Test {
 protected:
  static CoopStockUpdate Update(uint64_t cursor) {
    CoopStockUpdate update;
    update.set_run(7);
    update.set_cursor(cursor);
    update.set_wall_ms(kMonday);
    return update;
  }
  static CoopStockUpdate First() {
    CoopStockUpdate update = Update(3);
    update.set_replace(true);
    AddRow(&update, "seraing", "miel", 2'000);
    AddRow(&update, "herstal", "carottes", 40'000);
    sync::v1::CoopStockShop* shop = update.add_shops();
    shop->set_shop("herstal");
    shop->set_online(true);
    return update;
  }
  static void AddRow(CoopStockUpdate* update, const std::string& shop, const std::string& product,
                     int64_t milli) {
    sync::v1::CoopStockRow* row = update->add_rows();
    row->set_shop(shop);
    row->set_product(product);
    row->set_unit(UNIT_PIECE);
    row->set_quantity_milli(milli);
  }
  shop::v1::ListCoopStockResponse List() {
    return Must(retail::ListCoopStock(*store_.NewSnapshot(), "outremeuse", kMonday, {}));
  }
  // "carottes herstal" → thousandths.
  std::map<std::string, int64_t> Rows() {
    std::map<std::string, int64_t> rows;
    const auto list = List();
    for (const auto& row : list.rows()) {
      for (const auto& shop : row.shops()) {
        rows[row.product() + " " + shop.shop()] = shop.quantity_milli();
      }
    }
    return rows;
  }
  size_t StoredRows() {
    size_t rows = 0;
    const auto snapshot = store_.NewSnapshot();
    for (auto row = snapshot->Scan(retail::kCoopStock, "", ""); row->Valid(); row->Next()) ++rows;
    return rows;
  }

  store::MemoryStore store_{ledger::AllTables()};
  replica::CoopStockCopy copy_{store_, "outremeuse"};
};

TEST_F(CoopStockCopyTest, KeepsWhatItWasToldAndWhereToAskOn) {
  EXPECT_EQ(copy_.Position().run(), 0u);
  MustOk(copy_.Apply(First()));
  EXPECT_EQ(copy_.Position().run(), 7u);
  EXPECT_EQ(copy_.Position().cursor(), 3u);
  const std::map<std::string, int64_t> first = {{"carottes herstal", 40'000},
                                                {"miel seraing", 2'000}};
  EXPECT_EQ(Rows(), first);
  CoopStockUpdate next = Update(5);
  AddRow(&next, "seraing", "miel", -1'000);
  AddRow(&next, "seraing", "sel", 0);
  MustOk(copy_.Apply(next));
  EXPECT_EQ(copy_.Position().cursor(), 5u);
  EXPECT_EQ(Rows(),
            (std::map<std::string, int64_t>{
                {"carottes herstal", 40'000}, {"miel seraing", -1'000}, {"sel seraing", 0}}));
  // Another process over the same store.
  EXPECT_EQ(replica::CoopStockCopy(store_, "outremeuse").Position().cursor(), 5u);
}

TEST_F(CoopStockCopyTest, AnOnlineShopIsAsOfTheLastUpdateThatCame) {
  MustOk(copy_.Apply(First()));
  ASSERT_EQ(List().shops_size(), 2);
  EXPECT_EQ(List().shops(0).shop(), "herstal");
  EXPECT_EQ(List().shops(0).as_of_ms(), kMonday);
  CoopStockUpdate empty = Update(3);
  empty.set_wall_ms(kMonday + 10'000);
  MustOk(copy_.Apply(empty));
  EXPECT_EQ(List().shops(0).as_of_ms(), kMonday + 10'000);
  CoopStockUpdate left = Update(4);
  left.set_wall_ms(kMonday + 20'000);
  left.add_shops()->set_shop("herstal");
  left.mutable_shops(0)->set_as_of_ms(kMonday + 11'000);
  left.mutable_shops(0)->set_offline_since_ms(kMonday + 12'000);
  MustOk(copy_.Apply(left));
  EXPECT_EQ(List().shops(0).as_of_ms(), kMonday + 11'000);
  EXPECT_EQ(List().shops(0).offline_since_ms(), kMonday + 12'000);
}

TEST_F(CoopStockCopyTest, ReplacesAllAndErasesWhatWas) {
  MustOk(copy_.Apply(First()));
  CoopStockUpdate other = Update(1);
  other.set_run(8);
  other.set_replace(true);
  AddRow(&other, "herstal", "sel", 1'000);
  MustOk(copy_.Apply(other));
  EXPECT_EQ(Rows(), (std::map<std::string, int64_t>{{"sel herstal", 1'000}}));
  EXPECT_EQ(List().shops_size(), 1);
  EXPECT_EQ(copy_.Position().run(), 8u);
  EXPECT_EQ(copy_.Position().cursor(), 1u);
  EXPECT_EQ(StoredRows(), 2u);  // the row, and what the copy is of
}

TEST_F(CoopStockCopyTest, ALongCopyIsErasedBitByBit) {
  CoopStockUpdate update = Update(1);
  update.set_replace(true);
  for (size_t page = 0; page < 3; ++page) {
    update.clear_rows();
    for (size_t i = 0; i < replica::kCoopStockRowsPerUpdate; ++i) {
      AddRow(&update, "herstal", "p" + std::to_string(page) + "-" + std::to_string(i), 1);
    }
    update.set_cursor(page + 1);
    MustOk(copy_.Apply(update));
    update.set_replace(false);
  }
  EXPECT_EQ(StoredRows(), 3 * replica::kCoopStockRowsPerUpdate + 1);
  CoopStockUpdate other = Update(1);
  other.set_run(8);
  other.set_replace(true);
  MustOk(copy_.Apply(other));
  EXPECT_TRUE(Rows().empty());
  other.set_replace(false);
  MustOk(copy_.Apply(other));
  MustOk(copy_.Apply(other));
  EXPECT_EQ(StoredRows(), 1u);
}

TEST_F(CoopStockCopyTest, WhatNoHubMaySayIsRefusedAndNothingOfItIsKept) {
  MustOk(copy_.Apply(First()));
  const auto before = Rows();
  using Spoil = std::function<void(CoopStockUpdate*)>;
  const std::vector<std::pair<std::string, Spoil>> spoilt = {
      {"no run", [](CoopStockUpdate* u) { u->set_run(0); }},
      {"another run", [](CoopStockUpdate* u) { u->set_run(9); }},
      {"cursor goes back", [](CoopStockUpdate* u) { u->set_cursor(2); }},
      {"time before 1970", [](CoopStockUpdate* u) { u->set_wall_ms(-1); }},
      {"time far ahead", [](CoopStockUpdate* u) { u->set_wall_ms(INT64_MAX); }},
      {"own shop", [](CoopStockUpdate* u) { AddRow(u, "outremeuse", "miel", 1); }},
      {"no shop", [](CoopStockUpdate* u) { AddRow(u, "", "miel", 1); }},
      {"shop that is no code",
       [](CoopStockUpdate* u) { AddRow(u, std::string("a\0b", 3), "m", 1); }},
      {"no product", [](CoopStockUpdate* u) { AddRow(u, "herstal", "", 1); }},
      {"product too long",
       [](CoopStockUpdate* u) { AddRow(u, "herstal", std::string(1 << 20, 'x'), 1); }},
      {"no unit",
       [](CoopStockUpdate* u) { u->mutable_rows(0)->set_unit(retail::v1::UNIT_UNSPECIFIED); }},
      {"unknown unit",
       [](CoopStockUpdate* u) {
         u->mutable_rows(0)->set_unit(static_cast<retail::v1::Unit>(255));
       }},
      {"quantity", [](CoopStockUpdate* u) { u->mutable_rows(0)->set_quantity_milli(INT64_MIN); }},
      {"shop's code", [](CoopStockUpdate* u) { u->add_shops()->set_shop("No Code"); }},
      {"own age", [](CoopStockUpdate* u) { u->add_shops()->set_shop("outremeuse"); }},
      {"age",
       [](CoopStockUpdate* u) {
         u->add_shops()->set_shop("herstal");
         u->mutable_shops(0)->set_as_of_ms(INT64_MIN);
       }},
      {"offline",
       [](CoopStockUpdate* u) {
         u->add_shops()->set_shop("herstal");
         u->mutable_shops(0)->set_offline_since_ms(INT64_MAX);
       }},
  };
  for (const auto& [what, spoil] : spoilt) {
    CoopStockUpdate update = Update(9);
    AddRow(&update, "herstal", "sel", 1'000);
    spoil(&update);
    EXPECT_EQ(copy_.Apply(update).code(), absl::StatusCode::kInvalidArgument) << what;
    EXPECT_EQ(Rows(), before) << what;
    EXPECT_EQ(copy_.Position().cursor(), 3u) << what;
  }
  CoopStockUpdate large = Update(9);
  for (size_t i = 0; i <= replica::kCoopStockRowsPerUpdate; ++i) {
    AddRow(&large, "herstal", "sel", 1);
  }
  EXPECT_EQ(copy_.Apply(large).code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Rows(), before);
}

TEST_F(CoopStockCopyTest, TheSameRowTwiceIsAsItWasSaidLast) {
  CoopStockUpdate update = First();
  AddRow(&update, "seraing", "miel", 1'000);
  MustOk(copy_.Apply(update));
  EXPECT_EQ(Rows()["miel seraing"], 1'000);
}

TEST_F(CoopStockCopyTest, ADamagedCopyIsFetchedAnew) {
  MustOk(copy_.Apply(First()));
  store_.DamageRow(retail::kCoopStock, std::string(8, '\0'));
  EXPECT_EQ(copy_.Position().run(), 0u);
  EXPECT_EQ(copy_.Apply(Update(4)).code(), absl::StatusCode::kDataLoss);
  CoopStockUpdate update = First();
  update.mutable_rows()->RemoveLast();
  MustOk(copy_.Apply(update));
  EXPECT_EQ(Rows(), (std::map<std::string, int64_t>{{"miel seraing", 2'000}}));
}

TEST_F(CoopStockCopyTest, AFailedWriteIsTold) {
  store_.FailNextCommit(absl::InternalError("the disk is gone"),
                        store::MemoryStore::FaultPoint::kBeforeApplied);
  EXPECT_EQ(copy_.Apply(First()).code(), absl::StatusCode::kInternal);
  EXPECT_TRUE(Rows().empty());
}

}  // namespace
}  // namespace comptoir::testing
