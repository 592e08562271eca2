#include "common/retail/deliveries/fold.h"

#include <map>
#include <string>

#include "comptoir/retail/v1/registers.pb.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using std::string_literals::operator""s;

class DeliveryFoldTest : public ::testing::Test {
 protected:
  DeliveryFoldTest() {
    received_.set_producer("moulin");
    for (const int64_t milli : {40'000, 5'000}) {
      v1::ReceivedLine* line = received_.add_lines();
      line->set_product("farine");
      line->set_unit(v1::UNIT_KILOGRAM);
      line->set_quantity_milli(milli);
      line->set_lot("L47");
      line->set_use_by_day(20'800);
      line->set_best_before_day(20'790);
    }
  }
  std::map<std::string, int64_t> Balances() {
    std::map<std::string, int64_t> balances;
    const auto snapshot = world_.Snapshot();
    for (auto rows = snapshot->Scan(kBalances, "", ""); rows->Valid(); rows->Next()) {
      balances[std::string(rows->key())] = Must(store::DecodeCounters(rows->value())).at(0);
    }
    return balances;
  }
  std::vector<v1::LotRow> Lots() {
    std::vector<v1::LotRow> lots;
    const auto snapshot = world_.Snapshot();
    for (auto rows = snapshot->Scan(kLots, "", ""); rows->Valid(); rows->Next()) {
      EXPECT_TRUE(lots.emplace_back().ParseFromString(std::string(rows->value())));
    }
    return lots;
  }

  const JournalContext herstal_ = ShopJournal("herstal", 3);
  RetailWorld world_;
  v1::GoodsReceived received_;
};

TEST_F(DeliveryFoldTest, MovesFromTheProducerToTheShop) {
  world_.Write(herstal_, v1::FACT_KIND_GOODS_RECEIVED, received_);
  EXPECT_EQ(Balances(), (std::map<std::string, int64_t>{
                            {"shop:herstal\0farine\0\2L47"s, 45'000},
                            {"producer:moulin\0farine\0\2L47"s, -45'000},
                        }));
}

TEST_F(DeliveryFoldTest, KeepsALotOfEachLine) {
  world_.Write(herstal_, v1::FACT_KIND_GOODS_RECEIVED, received_);
  const auto lots = Lots();
  ASSERT_EQ(lots.size(), 2u);
  EXPECT_EQ(lots[0].producer(), "moulin");
  EXPECT_EQ(lots[0].unit(), v1::UNIT_KILOGRAM);
  EXPECT_EQ(lots[0].received_milli(), 40'000);
  EXPECT_EQ(lots[0].use_by_day(), 20'800);
  EXPECT_EQ(lots[0].best_before_day(), 20'790);
  EXPECT_EQ(lots[1].received_milli(), 5'000);
}

TEST_F(DeliveryFoldTest, UncountedItLeavesZeroesAndNoLot) {
  const Fact fact = world_.Write(herstal_, v1::FACT_KIND_GOODS_RECEIVED, received_);
  world_.Fold(fact, Direction::kUncount);
  for (const auto& [key, milli] : Balances()) EXPECT_EQ(milli, 0) << key;
  EXPECT_EQ(Balances().size(), 2u);
  EXPECT_TRUE(Lots().empty());
}

TEST_F(DeliveryFoldTest, ADuplicateLeavesTheSame) {
  const Fact fact = world_.Write(herstal_, v1::FACT_KIND_GOODS_RECEIVED, received_);
  world_.Fold(fact, Direction::kUncount);
  RetailWorld other;
  other.FoldDuplicate(fact);
  const auto after_uncount = Balances();
  const auto snapshot = other.Snapshot();
  std::map<std::string, int64_t> as_duplicate;
  for (auto rows = snapshot->Scan(kBalances, "", ""); rows->Valid(); rows->Next()) {
    as_duplicate[std::string(rows->key())] = Must(store::DecodeCounters(rows->value())).at(0);
  }
  EXPECT_EQ(as_duplicate, after_uncount);
  EXPECT_FALSE(snapshot->Scan(kLots, "", "")->Valid());
}

}  // namespace
}  // namespace comptoir::retail
