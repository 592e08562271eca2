#include "common/retail/stock/lots.h"

#include "common/retail/stock/queries.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class LotsTest : public ::testing::Test {
 protected:
  void Receive(const std::string& lot, const std::string& producer, int32_t use_by_day,
               int32_t best_before_day) {
    v1::GoodsReceived received;
    received.set_producer(producer);
    v1::ReceivedLine* line = received.add_lines();
    line->set_product("carottes");
    line->set_unit(v1::UNIT_KILOGRAM);
    line->set_quantity_milli(1'000);
    line->set_lot(lot);
    line->set_use_by_day(use_by_day);
    line->set_best_before_day(best_before_day);
    world_.Write(shop_, v1::FACT_KIND_GOODS_RECEIVED, received);
  }
  shop::v1::StockRow Only() {
    shop::v1::ListStockRequest request;
    request.set_by_lot(true);
    auto stock = Must(ListStock(*world_.Snapshot(), "outremeuse", request));
    EXPECT_TRUE(DescribeLots(*world_.Snapshot(), &stock).ok());
    EXPECT_EQ(stock.rows_size(), 1);
    return stock.rows(0);
  }

  const JournalContext shop_ = ShopJournal("outremeuse", 3);
  RetailWorld world_;
};

TEST_F(LotsTest, SaysWhatAllDeliveriesOfALotSay) {
  Receive("L47", "ferme", 20'792, 20'800);
  Receive("L47", "ferme", 20'792, 20'801);
  EXPECT_EQ(Only().producer(), "ferme");
  EXPECT_EQ(Only().use_by_day(), 20'792);
  EXPECT_EQ(Only().best_before_day(), 20'800) << "the earlier";
  Receive("L47", "moulin", 20'793, 20'800);
  EXPECT_EQ(Only().producer(), "") << "they differ";
  EXPECT_EQ(Only().use_by_day(), 20'792);
  Receive("L47", "moulin", 0, 0);
  EXPECT_EQ(Only().use_by_day(), 20'792) << "one that says none says nothing";
}

TEST_F(LotsTest, ListsWhatExpires) {
  Receive("use-by", "ferme", 20'792, 20'800);
  Receive("best-before", "ferme", 0, 20'793);
  Receive("later", "ferme", 20'795, 0);
  Receive("never", "ferme", 0, 0);
  Receive("gone", "ferme", 20'790, 0);
  world_.Sell(shop_, "carottes", 1'500, 250, "gone", v1::UNIT_KILOGRAM);
  shop::v1::ListStockRequest request;
  const auto list = [&] {
    return ListStockOn(*world_.Snapshot(), "outremeuse", Day(20'791), request);
  };
  request.set_by_lot(true);
  EXPECT_EQ(Must(list()).rows_size(), 5);
  request.set_expires_within_days(3);
  const auto stock = Must(list());
  EXPECT_EQ(stock.today(), 20'791);
  ASSERT_EQ(stock.rows_size(), 2);
  EXPECT_EQ(stock.rows(0).lot(), "best-before");
  EXPECT_EQ(stock.rows(1).lot(), "use-by");
  request.set_expires_within_days(0);
  EXPECT_EQ(Must(list()).rows_size(), 0);
  request.set_expires_within_days(kExpiresWithinDaysMax + 1);
  ExpectRefused(list().status(), kBadDay);
  request.set_expires_within_days(1);
  request.set_by_lot(false);
  ExpectRefused(list().status(), kBadDay);
  EXPECT_EQ(Must(UseByDay(*world_.Snapshot(), "outremeuse", "carottes", "later")), Day(20'795));
  EXPECT_EQ(Must(UseByDay(*world_.Snapshot(), "outremeuse", "carottes", "never")), Day(0));
}

TEST_F(LotsTest, SaysNothingOfAnUnknownLot) {
  Receive("", "ferme", 20'792, 20'800);
  EXPECT_EQ(Only().producer(), "");
  EXPECT_EQ(Only().use_by_day(), 0);
}

}  // namespace
}  // namespace comptoir::retail
