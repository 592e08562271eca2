#include "common/retail/stock/queries.h"

#include <string>
#include <tuple>
#include <vector>

#include "common/retail/cursor.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

// product, unit, lot, thousandths
using Row = std::tuple<std::string, int, std::string, int64_t>;

class StockTest : public ::testing::Test {
 protected:
  StockTest() {
    world_.SetProduct(hub_, "pain", "Pain gris");
    world_.Receive(herstal_, "pain", 40'000, "L1");
    world_.Receive(herstal_, "pain", 5'000, "L2");
    world_.Sell(herstal_, "pain", 5'000, 250, "L2");
    world_.Sell(herstal_, "pain", 1'000);
    world_.Receive(herstal_, "carottes", 10'000, "", v1::UNIT_KILOGRAM);
    world_.Sell(herstal_, "carottes", 2'000);  // by the piece
    world_.Receive(outremeuse_, "pain", 3'000);
    world_.Receive(outremeuse_, "sel", 1'000);
    world_.Sell(outremeuse_, "sel", 1'000);
  }

  std::vector<Row> All(uint32_t page_size) {
    std::vector<Row> rows;
    request_.set_page_size(page_size);
    request_.clear_cursor();
    do {
      const auto page = Must(ListStock(*world_.Snapshot(), "herstal", request_));
      if (page_size != 0) {
        EXPECT_LE(static_cast<uint32_t>(page.rows_size()), page_size);
      }
      for (const auto& row : page.rows()) {
        EXPECT_EQ(row.shop(), "herstal");
        EXPECT_EQ(row.name(), row.product() == "pain" ? "Pain gris" : "");
        rows.emplace_back(row.product(), row.unit(), row.lot(), row.quantity_milli());
      }
      request_.set_cursor(page.next_cursor());
    } while (!request_.cursor().empty());
    return rows;
  }
  void ExpectPagesAgree(const std::vector<Row>& expected) {
    for (const uint32_t page_size : {0u, 1u, 2u, 3u, 4u, 100u}) {
      EXPECT_EQ(All(page_size), expected) << page_size;
    }
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext herstal_ = ShopJournal("herstal", 3);
  const JournalContext outremeuse_ = ShopJournal("outremeuse", 4);
  RetailWorld world_;
  shop::v1::ListStockRequest request_;
};

TEST_F(StockTest, OfAShopOverAllLots) {
  ExpectPagesAgree({{"carottes", v1::UNIT_PIECE, "", -2'000},
                    {"carottes", v1::UNIT_KILOGRAM, "", 10'000},
                    {"pain", v1::UNIT_PIECE, "", 39'000}});
}

TEST_F(StockTest, ByLotWithoutThoseThatAreGone) {
  request_.set_by_lot(true);
  ExpectPagesAgree({{"carottes", v1::UNIT_PIECE, "", -2'000},
                    {"carottes", v1::UNIT_KILOGRAM, "", 10'000},
                    {"pain", v1::UNIT_PIECE, "", -1'000},
                    {"pain", v1::UNIT_PIECE, "L1", 40'000}});
}

TEST_F(StockTest, OfOneProduct) {
  request_.set_product("carottes");
  ExpectPagesAgree(
      {{"carottes", v1::UNIT_PIECE, "", -2'000}, {"carottes", v1::UNIT_KILOGRAM, "", 10'000}});
  request_.set_product("carotte");
  ExpectPagesAgree({});
}

TEST_F(StockTest, WhatIsSoldOutIsShownAtZero) {
  const auto rows = Must(ListStock(*world_.Snapshot(), "outremeuse", request_)).rows();
  ASSERT_EQ(rows.size(), 2);
  EXPECT_EQ(rows.Get(1).product(), "sel");
  EXPECT_EQ(rows.Get(1).quantity_milli(), 0);
}

TEST_F(StockTest, RefusesBadRequests) {
  const auto refuse = [&](std::string_view shop, std::string_view reason) {
    ExpectRefused(ListStock(*world_.Snapshot(), shop, request_).status(), reason);
  };
  refuse("", kBadCode);
  request_.set_product("Pain");
  refuse("herstal", kBadCode);
  request_.clear_product();
  request_.set_page_size(10'001);
  refuse("herstal", kBadPageSize);
  request_.clear_page_size();
  request_.set_cursor("zz");
  refuse("herstal", kBadCursor);
  request_.set_cursor(SealCursor(List::kStockByLotList, std::string("pain\0\1", 6)));
  refuse("herstal", kBadCursor);
  request_.set_cursor(SealCursor(List::kStockList, "pain"));
  refuse("herstal", kBadCursor);
}

// product, unit, shops as text, total
using InventoryRow = std::tuple<std::string, int, std::string, int64_t>;

class InventoryTest : public StockTest {
 protected:
  std::vector<InventoryRow> Inventory(uint32_t page_size) {
    std::vector<InventoryRow> rows;
    coop::v1::ListInventoryRequest request = inventory_request_;
    request.set_page_size(page_size);
    do {
      const auto page = Must(ListInventory(*world_.Snapshot(), request));
      for (const auto& row : page.rows()) {
        std::string shops;
        for (const auto& stock : row.shops()) {
          shops += stock.shop() + "=" + std::to_string(stock.quantity_milli()) + " ";
        }
        EXPECT_EQ(row.name(), row.product() == "pain" ? "Pain gris" : "");
        rows.emplace_back(row.product(), row.unit(), shops, row.total_milli());
      }
      request.set_cursor(page.next_cursor());
    } while (!request.cursor().empty());
    return rows;
  }

  coop::v1::ListInventoryRequest inventory_request_;
};

TEST_F(InventoryTest, IsProductByShop) {
  const std::vector<InventoryRow> expected = {
      {"carottes", v1::UNIT_PIECE, "herstal=-2000 ", -2'000},
      {"carottes", v1::UNIT_KILOGRAM, "herstal=10000 ", 10'000},
      {"pain", v1::UNIT_PIECE, "herstal=39000 outremeuse=3000 ", 42'000},
      {"sel", v1::UNIT_PIECE, "outremeuse=0 ", 0}};
  for (const uint32_t page_size : {0u, 1u, 2u, 3u, 4u, 100u}) {
    EXPECT_EQ(Inventory(page_size), expected) << page_size;
  }
}

TEST_F(InventoryTest, OfOneProduct) {
  inventory_request_.set_product("pain");
  EXPECT_EQ(Inventory(0), (std::vector<InventoryRow>{
                              {"pain", v1::UNIT_PIECE, "herstal=39000 outremeuse=3000 ", 42'000}}));
}

TEST_F(InventoryTest, RefusesBadRequests) {
  const auto refuse = [&](std::string_view reason) {
    ExpectRefused(ListInventory(*world_.Snapshot(), inventory_request_).status(), reason);
  };
  inventory_request_.set_product("Pain");
  refuse(kBadCode);
  inventory_request_.clear_product();
  inventory_request_.set_page_size(10'001);
  refuse(kBadPageSize);
  inventory_request_.clear_page_size();
  inventory_request_.set_cursor("zz");
  refuse(kBadCursor);
}

}  // namespace
}  // namespace comptoir::retail
