#include "common/retail/stock/conservation.h"

#include <string>
#include <vector>

#include "common/retail/keys.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class ConservationTest : public ::testing::Test {
 protected:
  ConservationTest() {
    world_.Receive(herstal_, "pain", 40'000, "L1");
    world_.Sell(herstal_, "pain", 1'000);
  }
  void Add(const std::string& key, int64_t milli) {
    const auto batch = world_.Begin();
    const int64_t sums[] = {milli};
    batch->Add(kBalances, key, sums);
    world_.Commit(batch);
  }
  std::string Key(const std::string& account, v1::Unit unit) {
    std::string key = BalancePrefix(account);
    AppendBalance({"pain", unit, "L9"}, &key);
    return key;
  }

  const JournalContext herstal_ = ShopJournal("herstal", 3);
  RetailWorld world_;
};

TEST_F(ConservationTest, HoldsForWhatFactsMove) {
  EXPECT_TRUE(Must(CheckConservation(*world_.Snapshot())).empty());
}

TEST_F(ConservationTest, FindsGoodsFromNowhere) {
  Add(Key("shop:herstal", v1::UNIT_PIECE), 7);
  EXPECT_EQ(Must(CheckConservation(*world_.Snapshot())),
            (std::vector<ConservationFinding>{{"pain", v1::UNIT_PIECE, 7}}));
}

TEST_F(ConservationTest, UnitsDoNotMakeUpForOneAnother) {
  Add(Key("shop:herstal", v1::UNIT_PIECE), 7);
  Add(Key("customer:herstal", v1::UNIT_KILOGRAM), -7);
  EXPECT_EQ(Must(CheckConservation(*world_.Snapshot())).size(), 2u);
}

TEST_F(ConservationTest, LotsAndAccountsDo) {
  Add(Key("shop:herstal", v1::UNIT_PIECE), 7);
  Add(Key("waste:herstal", v1::UNIT_PIECE), -7);
  EXPECT_TRUE(Must(CheckConservation(*world_.Snapshot())).empty());
}

TEST_F(ConservationTest, DamagedKeysAreDataLoss) {
  Add("no-zero-byte", 7);
  EXPECT_EQ(CheckConservation(*world_.Snapshot()).status().code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace comptoir::retail
