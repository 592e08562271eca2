#include "common/retail/sales/daily.h"

#include <string>
#include <tuple>
#include <vector>

#include "common/retail/calendar.h"
#include "common/retail/cursor.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

// shop, days after Monday, product, unit, thousandths or receipts, cents
using Row = std::tuple<std::string, int, std::string, int, int64_t, int64_t>;

class DailySalesTest : public ::testing::Test {
 protected:
  DailySalesTest() {
    world_.SetProduct(hub_, "pain", "Pain gris");
    world_.Sell(herstal_, "pain", 2'000);  // Monday 11:00
    world_.Sell(outremeuse_, "carottes", 1'500, 200, "", v1::UNIT_KILOGRAM);
    world_.wall_ms += 2 * kMillisPerHour;
    world_.Sell(herstal_, "pain", 1'000);
    world_.Sell(herstal_, "carottes", 1'000, 200, "", v1::UNIT_KILOGRAM);
    world_.Sell(herstal_, "carottes", 3'000, 30);  // by the piece
    world_.wall_ms += kMillisPerDay;
    world_.Sell(herstal_two_, "pain", 1'000);
    request_.set_last_day(kMonday.value() + 1);
  }

  absl::StatusOr<shop::v1::ListSalesResponse> Ask() {
    return ListSales(*world_.Snapshot(), kMonday, request_);
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
      for (const auto& row : page.rows()) {
        rows.emplace_back(row.shop(), row.day() - kMonday.value(), row.product(), row.unit(),
                          request_.by_product() ? row.quantity_milli() : row.receipts(),
                          row.total_cents());
      }
      request_.set_cursor(page.next_cursor());
    } while (!request_.cursor().empty());
    return rows;
  }
  void ExpectPagesAgree(const std::vector<Row>& expected) {
    for (const uint32_t page_size : {0u, 1u, 2u, 3u, 4u, 5u, 100u}) {
      EXPECT_EQ(All(page_size), expected) << page_size;
    }
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext herstal_ = ShopJournal("herstal", 3);
  const JournalContext herstal_two_ = ShopJournal("herstal", 2);
  const JournalContext outremeuse_ = ShopJournal("outremeuse", 4);
  RetailWorld world_;
  shop::v1::ListSalesRequest request_;
};

TEST_F(DailySalesTest, TotalsByShopAndDay) {
  ExpectPagesAgree({{"herstal", 0, "", 0, 4, 1'040},
                    {"herstal", 1, "", 0, 1, 250},
                    {"outremeuse", 0, "", 0, 1, 300}});
}

TEST_F(DailySalesTest, ProductByProduct) {
  request_.set_by_product(true);
  ExpectPagesAgree({{"herstal", 0, "carottes", v1::UNIT_PIECE, 3'000, 90},
                    {"herstal", 0, "carottes", v1::UNIT_KILOGRAM, 1'000, 200},
                    {"herstal", 0, "pain", v1::UNIT_PIECE, 3'000, 750},
                    {"herstal", 1, "pain", v1::UNIT_PIECE, 1'000, 250},
                    {"outremeuse", 0, "carottes", v1::UNIT_KILOGRAM, 1'500, 300}});
  EXPECT_EQ(Must(Ask()).rows(2).name(), "Pain gris");
}

TEST_F(DailySalesTest, OneShopAndTheDayAsked) {
  request_.set_shop("herstal");
  request_.clear_last_day();  // today alone
  ExpectPagesAgree({{"herstal", 0, "", 0, 4, 1'040}});
  request_.set_first_day(kMonday.value() + 1);
  ExpectPagesAgree({{"herstal", 1, "", 0, 1, 250}});
  request_.set_shop("guillemins");
  ExpectPagesAgree({});
}

TEST_F(DailySalesTest, WhatOnlyDuplicatesTouchedIsNotListed) {
  world_.wall_ms += kMillisPerDay;
  world_.Fold(world_.Sell(herstal_, "pain", 1'000), Direction::kUncount);
  request_.set_first_day(kMonday.value() + 2);
  request_.clear_last_day();
  ExpectPagesAgree({});
  request_.set_by_product(true);
  ExpectPagesAgree({});
}

TEST_F(DailySalesTest, RefusesBadRequests) {
  const auto refuse = [&](std::string_view reason) { ExpectRefused(Ask().status(), reason); };
  request_.set_first_day(kMonday.value() + 2);
  refuse(kBadDay);  // the last is before
  request_.set_first_day(-1);
  refuse(kBadDay);
  request_.set_first_day(1);
  request_.set_last_day(kDayMax.value() + 1);
  refuse(kBadDay);
  request_.set_last_day(1 + kSalesDaysMax);
  EXPECT_TRUE(Ask().ok());
  request_.set_last_day(2 + kSalesDaysMax);
  refuse(kBadDay);
  request_.set_last_day(1);
  request_.set_shop("Herstal");
  refuse(kBadCode);
  request_.clear_shop();
  request_.set_page_size(10'001);
  refuse(kBadPageSize);
  request_.clear_page_size();
  request_.set_cursor(SealCursor(List::kSalesByProductList, "x"));
  refuse(kBadCursor);
  request_.set_cursor(SealCursor(List::kSalesList, "x"));
  refuse(kBadCursor);
}

TEST_F(DailySalesTest, DepositsAreApart) {
  v1::Sold sold;
  v1::Empties* empties = sold.add_empties();
  empties->set_product("pain");
  empties->set_pieces(2);
  empties->set_deposit_cents(15);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CASH);
  world_.Write(herstal_two_, v1::FACT_KIND_SOLD, sold);
  ExpectPagesAgree({{"herstal", 0, "", 0, 4, 1'040},
                    {"herstal", 1, "", 0, 2, 250},
                    {"outremeuse", 0, "", 0, 1, 300}});
  request_.clear_cursor();
  request_.set_page_size(0);
  EXPECT_EQ(Must(Ask()).rows(1).deposit_cents(), -30);
  EXPECT_EQ(Must(Ask()).rows(0).deposit_cents(), 0);
}

}  // namespace
}  // namespace comptoir::retail
