#include "common/retail/stock/coop_list.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "common/retail/stock/coop_copy.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

// product, unit, shop, thousandths
using Row = std::tuple<std::string, int, std::string, int64_t>;

class CoopListTest : public ::testing::Test {
 protected:
  CoopListTest() {
    world_.SetProduct(hub_, "pain", "Pain gris");
    world_.Receive(outremeuse_, "pain", 3'000, "L1");
    world_.Receive(outremeuse_, "pain", 1'000, "L2");
    world_.Receive(outremeuse_, "sel", 2'000);
    batch_ = world_.Begin();
    v1::CoopCopyRow copy;
    copy.set_generation(4);
    copy.set_heard_ms(kMondayMs - 5'000);
    batch_->Put(kCoopStock, CoopCopyKey(), copy.SerializeAsString());
    PutRow(4, "pain", v1::UNIT_PIECE, "herstal", 9'000);
    PutRow(4, "carottes", v1::UNIT_KILOGRAM, "herstal", 40'000);
    PutRow(4, "pain", v1::UNIT_PIECE, "seraing", -1'000);
    PutRow(4, "pain", v1::UNIT_KILOGRAM, "seraing", 500);
    PutRow(3, "vieux", v1::UNIT_PIECE, "herstal", 1'000);  // of a copy that was replaced
    v1::CoopShopRow online;
    online.set_online(true);
    batch_->Put(kCoopStock, CoopShopKey(4, "herstal"), online.SerializeAsString());
    v1::CoopShopRow offline;
    offline.set_as_of_ms(17);
    offline.set_offline_since_ms(18);
    batch_->Put(kCoopStock, CoopShopKey(4, "seraing"), offline.SerializeAsString());
    world_.Commit(batch_);
  }

  void PutRow(uint64_t generation, const std::string& product, v1::Unit unit,
              const std::string& shop, int64_t milli) {
    std::string value;
    AppendBigEndian64(static_cast<uint64_t>(milli), &value);
    batch_->Put(kCoopStock, CoopRowKey(generation, {product, unit, shop}), value);
  }
  absl::StatusOr<shop::v1::ListCoopStockResponse> Ask() {
    return ListCoopStock(*world_.Snapshot(), "outremeuse", kMondayMs, request_);
  }
  std::vector<Row> All(uint32_t page_size) {
    std::vector<Row> rows;
    request_.set_page_size(page_size);
    request_.clear_cursor();
    do {
      const auto page = Must(Ask());
      if (page_size != 0) {
        EXPECT_LE(static_cast<uint32_t>(page.rows_size()), page_size);
      }
      EXPECT_EQ(page.shops_size(), request_.cursor().empty() ? 3 : 0);
      for (const auto& row : page.rows()) {
        EXPECT_EQ(row.name(), row.product() == "pain" ? "Pain gris" : "");
        for (const auto& shop : row.shops()) {
          rows.emplace_back(row.product(), row.unit(), shop.shop(), shop.quantity_milli());
        }
      }
      request_.set_cursor(page.next_cursor());
    } while (!request_.cursor().empty());
    return rows;
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext outremeuse_ = ShopJournal("outremeuse", 4);
  RetailWorld world_;
  std::shared_ptr<store::Transaction> batch_;
  shop::v1::ListCoopStockRequest request_;
};

TEST_F(CoopListTest, OwnShelvesStandBesideTheCopyWhateverThePage) {
  const std::vector<Row> expected = {
      {"carottes", v1::UNIT_KILOGRAM, "herstal", 40'000},
      {"pain", v1::UNIT_PIECE, "herstal", 9'000},
      {"pain", v1::UNIT_PIECE, "outremeuse", 4'000},
      {"pain", v1::UNIT_PIECE, "seraing", -1'000},
      {"pain", v1::UNIT_KILOGRAM, "seraing", 500},
      {"sel", v1::UNIT_PIECE, "outremeuse", 2'000},
  };
  for (const uint32_t page_size : {0u, 1u, 2u, 3u, 4u, 100u}) {
    EXPECT_EQ(All(page_size), expected) << page_size;
  }
}

TEST_F(CoopListTest, OneProduct) {
  request_.set_product("pain");
  for (const uint32_t page_size : {0u, 1u}) EXPECT_EQ(All(page_size).size(), 4u);
  request_.set_product("pai");
  request_.clear_cursor();
  EXPECT_TRUE(Must(Ask()).rows().empty());
}

TEST_F(CoopListTest, SaysHowOldEachShopIs) {
  const auto response = Must(Ask());
  ASSERT_EQ(response.shops_size(), 3);
  EXPECT_EQ(response.shops(0).shop(), "herstal");
  EXPECT_EQ(response.shops(0).as_of_ms(), kMondayMs - 5'000);
  EXPECT_EQ(response.shops(0).offline_since_ms(), 0);
  EXPECT_EQ(response.shops(1).shop(), "outremeuse");
  EXPECT_TRUE(response.shops(1).own());
  EXPECT_EQ(response.shops(1).as_of_ms(), kMondayMs);
  EXPECT_EQ(response.shops(2).as_of_ms(), 17);
  EXPECT_EQ(response.shops(2).offline_since_ms(), 18);
}

TEST_F(CoopListTest, ManyQuantitiesEndAPageAndNoneIsLost) {
  batch_ = world_.Begin();
  constexpr size_t kShops = 200;
  constexpr size_t kProducts = kCoopStockQuantitiesMax / kShops + 20;
  for (size_t product = 0; product < kProducts; ++product) {
    for (size_t shop = 0; shop < kShops; ++shop) {
      PutRow(4, "a" + std::to_string(product), v1::UNIT_PIECE, "s" + std::to_string(shop), 1);
    }
  }
  world_.Commit(batch_);
  request_.set_page_size(kCoopStockPageMax);
  const auto page = Must(Ask());
  size_t quantities = 0;
  for (const auto& row : page.rows()) quantities += static_cast<size_t>(row.shops_size());
  EXPECT_EQ(quantities, kCoopStockQuantitiesMax);
  request_.set_cursor(page.next_cursor());
  const auto rest = Must(Ask());
  for (const auto& row : rest.rows()) quantities += static_cast<size_t>(row.shops_size());
  EXPECT_EQ(quantities, kProducts * kShops + 6);
  EXPECT_TRUE(rest.next_cursor().empty());
}

TEST_F(CoopListTest, WhatCannotBeAskedIsRefused) {
  request_.set_page_size(kCoopStockPageMax + 1);
  ExpectRefused(Ask().status(), kBadPageSize);
  request_.clear_page_size();
  request_.set_product("No Code");
  ExpectRefused(Ask().status(), kBadCode);
  request_.clear_product();
  for (const std::string& cursor :
       {std::string("what"), SealCursor(List::kStockList, "pain"),
        SealCursor(List::kCoopStockList, "pain"),
        SealCursor(List::kCoopStockList, std::string("No\0\1", 4)),
        SealCursor(List::kCoopStockList, std::string("pain\0\1lot", 9))}) {
    request_.set_cursor(cursor);
    ExpectRefused(Ask().status(), kBadCursor);
  }
}

TEST_F(CoopListTest, DamageIsSaid) {
  batch_ = world_.Begin();
  batch_->Put(kCoopStock, CoopRowKey(4, {"miel", v1::UNIT_PIECE, "herstal"}), "short");
  world_.Commit(batch_);
  EXPECT_EQ(Ask().status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace comptoir::retail
