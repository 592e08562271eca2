#include "common/retail/sales/whole.h"

#include <gmock/gmock.h>

#include <string>

#include "common/retail/calendar.h"
#include "common/retail/keys.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class WholeSalesTest : public ::testing::Test {
 protected:
  WholeSalesTest() {
    world_.SetProduct(hub_, "pain", "Pain gris");
    world_.Sell(herstal_, "pain", 2'000, 300);
    world_.wall_ms += kMillisPerDay;
    world_.Sell(herstal_, "pain", 1'000, 300);
  }
  void Add(store::TableId table, const std::string& key, std::vector<int64_t> sums) {
    const auto batch = world_.Begin();
    batch->Add(table, key, sums);
    world_.Commit(batch);
  }
  std::vector<std::string> Findings() { return Must(CheckSalesWhole(*world_.Snapshot())); }
  std::string DayKey(const std::string& shop, Day day) {
    std::string key = ReceiptDayPrefix(shop, day);
    AppendBigEndian64(herstal_.journal.value(), &key);
    AppendBigEndian32(0, &key);
    return key;
  }

  const JournalContext hub_ = CoopJournal();
  const JournalContext herstal_ = ShopJournal("herstal", 3);
  RetailWorld world_;
};

TEST_F(WholeSalesTest, WhatFactsFoldToIsWhole) { EXPECT_THAT(Findings(), IsEmpty()); }

TEST_F(WholeSalesTest, ADayWithoutItsReceipt) {
  Add(kReceiptDays, DayKey("herstal", kMonday), {1, 0, 0});
  EXPECT_THAT(Findings(), ElementsAre("receipts of herstal on 2026-11-23 are 1 of 600 cents and "
                                      "deposits of 0, and their day says 2 of 600 and 0"));
}

TEST_F(WholeSalesTest, AReceiptWithoutItsDay) {
  const auto batch = world_.Begin();
  v1::ReceiptRow row;
  row.set_day(kMonday.value() + 7);
  row.set_total_cents(5);
  batch->Put(kReceipts, ReceiptKey(herstal_.journal, 9), row.SerializeAsString());
  world_.Commit(batch);
  EXPECT_THAT(Findings(), ElementsAre(HasSubstr("1 receipts on 2026-11-30, 5 cents, are in no")));
}

TEST_F(WholeSalesTest, GoodsWithoutTheirReceipt) {
  std::string key;
  AppendCode("herstal", &key);
  AppendSigned32(24 * kMonday.value() + 23, &key);
  AppendCode("pain", &key);
  AppendUnit(v1::UNIT_PIECE, &key);
  Add(kSales, key, {1'000, 7});
  EXPECT_THAT(Findings(),
              ElementsAre("goods sold by herstal on 2026-11-23 come to 7 cents more than its "
                          "receipts"));
}

TEST_F(WholeSalesTest, ADayWithoutAnyReceipt) {
  Add(kReceiptDays, DayKey("herstal", Day(kMonday.value() + 9)), {1, 5, 0});
  EXPECT_THAT(
      Findings(),
      ElementsAre(HasSubstr("are 0 of 0 cents and deposits of 0, and their day says 1 of 5 and 0"),
                  HasSubstr("come to -5 cents more")));
}

TEST_F(WholeSalesTest, HoursBefore1970AreOfTheDayBefore) {
  std::string key;
  AppendCode("herstal", &key);
  AppendSigned32(-1, &key);
  AppendCode("pain", &key);
  AppendUnit(v1::UNIT_PIECE, &key);
  Add(kSales, key, {1'000, 7});
  Add(kReceiptDays, DayKey("herstal", Day(-1)), {1, 7, 0});
  EXPECT_THAT(Findings(), ElementsAre(HasSubstr("are 0 of 0 cents")));
}

TEST_F(WholeSalesTest, DamagedRowsAreDataLoss) {
  Add(kSales, "no-zero-byte", {1});
  EXPECT_EQ(CheckSalesWhole(*world_.Snapshot()).status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(WholeSalesTest, DepositsAgreeToo) {
  v1::Sold sold;
  v1::Empties* empties = sold.add_empties();
  empties->set_product("pain");
  empties->set_pieces(2);
  empties->set_deposit_cents(15);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  world_.Write(herstal_, v1::FACT_KIND_SOLD, sold);
  EXPECT_THAT(Findings(), IsEmpty());
  Add(kReceiptDays, DayKey("herstal", Day(kMonday.value() + 1)), {0, 0, 0, 5});
  EXPECT_THAT(Findings(), ElementsAre(HasSubstr("deposits of -30, and their day says 2 of 300 and "
                                                "-25")));
}

}  // namespace
}  // namespace comptoir::retail
