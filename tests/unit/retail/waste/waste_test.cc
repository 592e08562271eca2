// Gate, builder and fold of waste.
#include <map>
#include <string>

#include "common/base/limits.h"
#include "common/retail/reasons.h"
#include "common/retail/waste/admit.h"
#include "common/retail/waste/build.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using std::string_literals::operator""s;

class WasteTest : public ::testing::Test {
 protected:
  WasteTest() {
    world_.SetProduct(hub_, "fraises", "Fraises", v1::UNIT_KILOGRAM);
    request_.set_reason(v1::WASTE_REASON_EXPIRED);
    shop::v1::WasteLine* line = request_.add_lines();
    line->set_product("fraises");
    line->set_quantity_milli(1'500);
    line->set_lot("L47");
  }
  absl::StatusOr<v1::Wasted> Build() {
    return BuildWasted(*world_.Snapshot(), "herstal", request_);
  }
  std::map<std::string, int64_t> Sums(store::TableId table) {
    std::map<std::string, int64_t> sums;
    const auto snapshot = world_.Snapshot();
    for (auto rows = snapshot->Scan(table, "", ""); rows->Valid(); rows->Next()) {
      sums[std::string(rows->key())] = Must(store::DecodeCounters(rows->value())).at(0);
    }
    return sums;
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext herstal_ = ShopJournal("herstal", 3);
  RetailWorld world_;
  shop::v1::RecordWasteRequest request_;
};

TEST_F(WasteTest, BuildFillsInTheUnit) {
  const v1::Wasted wasted = Must(Build());
  EXPECT_EQ(wasted.reason(), v1::WASTE_REASON_EXPIRED);
  ASSERT_EQ(wasted.lines_size(), 1);
  EXPECT_EQ(wasted.lines(0).unit(), v1::UNIT_KILOGRAM);
  EXPECT_EQ(wasted.lines(0).quantity_milli(), 1'500);
  EXPECT_EQ(wasted.lines(0).lot(), "L47");
}

TEST_F(WasteTest, WithoutALotItIsTakenFromWhatExpiresFirst) {
  const auto receive = [&](int64_t milli, const char* lot, Day use_by) {
    world_.Receive(herstal_, "fraises", milli, lot, v1::UNIT_KILOGRAM, use_by);
  };
  receive(1'000, "none", Day());
  receive(1'000, "later", Day(kMonday.value() + 3));
  receive(1'000, "past", Day(kMonday.value() - 1));
  request_.mutable_lines(0)->clear_lot();
  request_.mutable_lines(0)->set_quantity_milli(3'500);
  const auto lots = [&] {
    std::string text;
    const v1::Wasted wasted = Must(Build());
    for (const v1::WastedLine& line : wasted.lines()) {
      text += line.lot() + "=" + std::to_string(line.quantity_milli()) + " ";
    }
    return text;
  };
  EXPECT_EQ(lots(), "past=1000 later=1000 none=1000 =500 ");
  // What another line names is not there any more.
  shop::v1::WasteLine* named = request_.add_lines();
  named->set_product("fraises");
  named->set_lot("past");
  named->set_quantity_milli(1'000);
  EXPECT_EQ(lots(), "later=1000 none=1000 =1500 past=1000 ");
}

TEST_F(WasteTest, WhatIsRecalledIsTakenWhereThatIsTheReason) {
  world_.Receive(herstal_, "fraises", 1'000, "good", v1::UNIT_KILOGRAM, kMonday);
  world_.Receive(herstal_, "fraises", 1'000, "bad", v1::UNIT_KILOGRAM);
  v1::Recalled recalled;
  recalled.set_code("k7qm2w");
  recalled.set_product("fraises");
  recalled.set_lot("bad");
  recalled.set_reason("glass");
  world_.Write(hub_, v1::FACT_KIND_RECALLED, recalled);
  request_.mutable_lines(0)->clear_lot();
  request_.mutable_lines(0)->set_quantity_milli(1'000);
  EXPECT_EQ(Must(Build()).lines(0).lot(), "good");
  request_.set_reason(v1::WASTE_REASON_RECALLED);
  ASSERT_EQ(Must(Build()).lines_size(), 1);
  EXPECT_EQ(Must(Build()).lines(0).lot(), "bad");
}

TEST_F(WasteTest, WhatCannotBeIsRefused) {
  const auto expect = [&](std::string_view reason) { ExpectRefused(Build().status(), reason); };
  request_.mutable_lines(0)->set_product("inconnu");
  EXPECT_EQ(Build().status().code(), absl::StatusCode::kNotFound);
  request_.mutable_lines(0)->set_product("fraises");
  for (const int64_t milli : {int64_t{0}, int64_t{-1}, kQuantityMilliMax + 1}) {
    request_.mutable_lines(0)->set_quantity_milli(milli);
    expect(kBadQuantity);
  }
  request_.mutable_lines(0)->set_quantity_milli(kQuantityMilliMax);
  EXPECT_TRUE(Build().ok());
  *request_.add_lines() = request_.lines(0);
  expect(kBadQuantity);  // together
  request_.mutable_lines()->RemoveLast();
  for (const int reason : {0, -1, 8, 1'000}) {
    request_.set_reason(static_cast<v1::WasteReason>(reason));
    expect(kBadWasteReason);
  }
  request_.set_reason(v1::WASTE_REASON_THEFT);
  request_.set_staff("Jean Dupont");
  expect(kBadCode);
  request_.clear_staff();
  request_.clear_lines();
  expect(kBadLines);
}

TEST_F(WasteTest, IsWrittenByANodeOfTheShop) {
  const v1::Wasted wasted = Must(Build());
  Fact fact;
  fact.journal = &hub_;
  ExpectRefused(AdmitWasted(fact, wasted), kWrongScope);
  fact.journal = &herstal_;
  EXPECT_TRUE(AdmitWasted(fact, wasted).ok());
}

TEST_F(WasteTest, MovesFromTheShopAndCountsByReason) {
  *request_.add_lines() = request_.lines(0);
  world_.Write(herstal_, v1::FACT_KIND_WASTED, Must(Build()));
  EXPECT_EQ(Sums(kBalances), (std::map<std::string, int64_t>{
                                 {"shop:herstal\0fraises\0\2L47"s, -3'000},
                                 {"waste:herstal\0fraises\0\2L47"s, 3'000},
                             }));
  const auto waste = Sums(kWaste);
  ASSERT_EQ(waste.size(), 1U);
  EXPECT_TRUE(waste.begin()->first.ends_with("\1fraises\0\2"s));
  EXPECT_EQ(waste.begin()->second, 3'000);
}

TEST_F(WasteTest, TakenBackLeavesZeroes) {
  const Fact fact = world_.Write(herstal_, v1::FACT_KIND_WASTED, Must(Build()));
  world_.Fold(fact, Direction::kUncount);
  for (const auto& [key, milli] : Sums(kBalances)) EXPECT_EQ(milli, 0);
  for (const auto& [key, milli] : Sums(kWaste)) EXPECT_EQ(milli, 0);
}

}  // namespace
}  // namespace comptoir::retail
