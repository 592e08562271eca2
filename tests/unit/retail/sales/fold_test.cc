#include "common/retail/sales/fold.h"

#include <map>
#include <string>
#include <vector>

#include "common/retail/keys.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using std::string_literals::operator""s;
using Sums = std::map<std::string, std::vector<int64_t>>;

class SoldFoldTest : public ::testing::Test {
 protected:
  Sums SumsOf(store::TableId table) {
    Sums sums;
    const auto snapshot = world_.Snapshot();
    for (auto rows = snapshot->Scan(table, "", ""); rows->Valid(); rows->Next()) {
      sums[std::string(rows->key())] = Must(store::DecodeCounters(rows->value()));
    }
    return sums;
  }
  v1::ReceiptRow Receipt(uint64_t ordinal) {
    const auto bytes = Must(world_.Snapshot()->Get(kReceipts, ReceiptKey(JournalId(3), ordinal)));
    v1::ReceiptRow row;
    EXPECT_TRUE(bytes.has_value() && row.ParseFromString(*bytes));
    return row;
  }
  static std::string HourKey(int32_t hour, const std::string& rest) {
    std::string key = "herstal\0"s;
    AppendSigned32(hour, &key);
    return key + rest;
  }
  static std::string DayKey(Day day) {
    std::string key = ReceiptDayPrefix("herstal", day);
    AppendBigEndian64(3, &key);
    AppendBigEndian32(0, &key);
    return key;
  }

  const JournalContext herstal_ = ShopJournal("herstal", 3);
  RetailWorld world_;
};

TEST_F(SoldFoldTest, MovesFromTheShopToItsCustomers) {
  world_.Sell(herstal_, "pain", 2'000, 250, "L1");
  EXPECT_EQ(SumsOf(kBalances), (Sums{
                                   {"shop:herstal\0pain\0\1L1"s, {-2'000}},
                                   {"customer:herstal\0pain\0\1L1"s, {2'000}},
                               }));
}

TEST_F(SoldFoldTest, CountsInTheHourOfLocalTime) {
  world_.Sell(herstal_, "pain", 2'000);
  world_.Sell(herstal_, "pain", 1'000);
  world_.wall_ms += 3'600'000;
  world_.Sell(herstal_, "pain", 1'000);
  // 10:00 UTC is 11:00 there.
  const int32_t hour = kMonday.value() * 24 + 11;
  EXPECT_EQ(SumsOf(kSales), (Sums{
                                {HourKey(hour, "pain\0\1"s), {3'000, 750}},
                                {HourKey(hour + 1, "pain\0\1"s), {1'000, 250}},
                            }));
}

TEST_F(SoldFoldTest, LinesOfOneProductAddUp) {
  v1::Sold sold;
  for (int i = 0; i < 2; ++i) {
    v1::SoldLine* line = sold.add_lines();
    line->set_product("pain");
    line->set_unit(v1::UNIT_PIECE);
    line->set_unit_price_cents(250);
  }
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CASH);
  world_.Write(herstal_, v1::FACT_KIND_SOLD, sold);
  EXPECT_EQ(SumsOf(kSales).begin()->second, (std::vector<int64_t>{2'000, 500}));
  EXPECT_EQ(SumsOf(kReceiptDays).begin()->second, (std::vector<int64_t>{1, 500}));
}

TEST_F(SoldFoldTest, WritesAReceiptAndCountsIt) {
  const Fact fact = world_.Sell(herstal_, "pain", 2'000);
  const v1::ReceiptRow row = Receipt(1);
  EXPECT_EQ(row.sequence(), fact.reference.sequence.value());
  EXPECT_EQ(row.day(), kMonday.value());
  EXPECT_EQ(row.second(), 11u * 3'600);
  EXPECT_EQ(row.total_cents(), 500);
  EXPECT_FALSE(row.duplicate());
  EXPECT_EQ(SumsOf(kReceiptDays), (Sums{{DayKey(kMonday), {1, 500}}}));
}

TEST_F(SoldFoldTest, ASaleBefore1970HasADayToo) {
  world_.wall_ms = -2 * 3'600'000;  // 23:00 on the last day of 1969, there
  world_.Sell(herstal_, "pain", 2'000);
  EXPECT_EQ(Receipt(1).day(), -1);
  EXPECT_EQ(Receipt(1).second(), 23u * 3'600);
  EXPECT_EQ(SumsOf(kReceiptDays), (Sums{{DayKey(Day(-1)), {1, 500}}}));
}

TEST_F(SoldFoldTest, UncountedItKeepsItsReceiptAndNothingElse) {
  const Fact fact = world_.Sell(herstal_, "pain", 2'000);
  world_.Fold(fact, Direction::kUncount);
  EXPECT_TRUE(Receipt(1).duplicate());
  EXPECT_EQ(Receipt(1).total_cents(), 500);
  for (const auto table : {kBalances, kSales, kReceiptDays}) {
    for (const auto& [key, sums] : SumsOf(table)) {
      EXPECT_EQ(sums, std::vector<int64_t>(sums.size())) << key;
    }
  }
}

TEST_F(SoldFoldTest, ADuplicateLeavesWhatUncountingLeaves) {
  const Fact fact = world_.Sell(herstal_, "pain", 2'000);
  world_.Fold(fact, Direction::kUncount);
  RetailWorld other;
  other.FoldDuplicate(fact);
  for (const store::TableSpec& table : ViewTables()) {
    const auto here = world_.Snapshot();
    const auto there = other.Snapshot();
    auto row = here->Scan(table.id, "", "");
    auto expected = there->Scan(table.id, "", "");
    for (; row->Valid() && expected->Valid(); row->Next(), expected->Next()) {
      EXPECT_EQ(row->key(), expected->key()) << table.name;
      EXPECT_EQ(row->value(), expected->value()) << table.name;
    }
    EXPECT_EQ(row->Valid(), expected->Valid()) << table.name;
  }
}

TEST_F(SoldFoldTest, CountsWhatWasPaidAfterDiscounts) {
  v1::Sold sold;
  for (const char* product : {"pain", "savon"}) {
    v1::SoldLine* line = sold.add_lines();
    line->set_product(product);
    line->set_unit(v1::UNIT_PIECE);
    line->set_unit_price_cents(250);
  }
  sold.mutable_lines(1)->set_discount_cents(50);
  sold.set_discount_cents(45);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  world_.Write(herstal_, v1::FACT_KIND_SOLD, sold);
  const int32_t hour = kMonday.value() * 24 + 11;
  EXPECT_EQ(SumsOf(kSales), (Sums{
                                {HourKey(hour, "pain\0\1"s), {1'000, 225}},
                                {HourKey(hour, "savon\0\1"s), {1'000, 180}},
                            }));
  EXPECT_EQ(Receipt(1).total_cents(), 405);
}

TEST_F(SoldFoldTest, DepositsAreNoPriceOfGoods) {
  v1::Sold sold;
  v1::SoldLine* line = sold.add_lines();
  line->set_product("biere");
  line->set_unit(v1::UNIT_PIECE);
  line->set_quantity_milli(6'000);
  line->set_unit_price_cents(100);
  line->set_deposit_cents(10);
  v1::Empties* empties = sold.add_empties();
  empties->set_product("biere");
  empties->set_pieces(24);
  empties->set_deposit_cents(10);
  sold.add_payments()->set_method(v1::PAYMENT_METHOD_CARD);
  const Fact fact = world_.Write(herstal_, v1::FACT_KIND_SOLD, sold);
  EXPECT_EQ(SumsOf(kSales).begin()->second, (std::vector<int64_t>{6'000, 600}));
  EXPECT_EQ(SumsOf(kReceiptDays), (Sums{{DayKey(kMonday), {1, 600, 0, -180}}}));
  EXPECT_EQ(Receipt(1).total_cents(), 420);
  EXPECT_EQ(Receipt(1).deposit_cents(), -180);
  EXPECT_EQ(SumsOf(kBalances).at("shop:herstal\0biere\0\1"s), (std::vector<int64_t>{-6'000}));
  world_.Fold(fact, Direction::kUncount);
  EXPECT_EQ(SumsOf(kReceiptDays), (Sums{{DayKey(kMonday), {0, 0, 0, 0}}}));
}

}  // namespace
}  // namespace comptoir::retail
