#include "common/replica/coop_stock_feed.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "common/retail/tables.h"
#include "tests/unit/replica/linked_replicas.h"

namespace comptoir::testing {
namespace {

constexpr uint64_t kRun = 7;

class Watcher : public replica::CoopStockWatcher {
 public:
  void Look() override { ++looks; }
  void Leave(const absl::Status& reason) override { left = reason; }

  int looks = 0;
  absl::Status left;
};

class CoopStockFeedTest : public ::testing::Test {
 protected:
  // What a node of `own_shop` is told that has nothing yet.
  sync::v1::CoopStockUpdate All(const std::string& own_shop = "") {
    const auto update = feed_.UpdateAfter(0, 0, own_shop, false);
    EXPECT_TRUE(update.has_value());
    return update.value_or(sync::v1::CoopStockUpdate());
  }
  sync::v1::CoopStockShop ShopOf(const std::string& code) {
    const auto all = All();
    for (const auto& shop : all.shops()) {
      if (shop.shop() == code) return shop;
    }
    return {};
  }

  Coop coop_;
  Site hub_{coop_.Hub()};
  Site herstal_{coop_.Node("herstal", "herstal-1")};
  Site outremeuse_{coop_.Node("outremeuse", "outremeuse-1")};
  replica::CoopStockFeed feed_{
      {hub_.base->ledger.get(), hub_.sessions.get(), &hub_.base->clock, kRun}};
  Watcher watcher_;
};

TEST_F(CoopStockFeedTest, ComputesNothingWhileNobodyWatches) {
  Sell(*herstal_.base, 1);
  Carry(*herstal_.base, *hub_.base);
  MustOk(feed_.Refresh());
  EXPECT_FALSE(feed_.UpdateAfter(0, 0, "", true).has_value());
  feed_.Add(&watcher_);
  EXPECT_EQ(watcher_.looks, 1);
  MustOk(feed_.Refresh());
  EXPECT_EQ(watcher_.looks, 2);
  EXPECT_EQ(All().rows_size(), 1);
  feed_.Remove(&watcher_);
  MustOk(feed_.Refresh());
  EXPECT_EQ(watcher_.looks, 2);
}

TEST_F(CoopStockFeedTest, TellsWhatMovedAndNothingElse) {
  Sell(*herstal_.base, 1);
  Sell(*outremeuse_.base, 1);
  Carry(*herstal_.base, *hub_.base);
  Carry(*outremeuse_.base, *hub_.base);
  feed_.Add(&watcher_);
  MustOk(feed_.Refresh());
  const auto first = All("outremeuse");
  EXPECT_TRUE(first.replace());
  EXPECT_EQ(first.run(), kRun);
  EXPECT_EQ(first.wall_ms(), kMonday);
  ASSERT_EQ(first.rows_size(), 1);
  EXPECT_EQ(first.rows(0).shop(), "herstal");
  EXPECT_EQ(first.rows(0).quantity_milli(), -1'000);
  MustOk(feed_.Refresh());
  EXPECT_FALSE(feed_.UpdateAfter(kRun, first.cursor(), "outremeuse", false).has_value());
  const auto sign = feed_.UpdateAfter(kRun, first.cursor(), "outremeuse", true);
  ASSERT_TRUE(sign.has_value());
  EXPECT_TRUE(sign->rows().empty());
  EXPECT_FALSE(sign->replace());
  Sell(*herstal_.base, 2);
  Carry(*herstal_.base, *hub_.base);
  MustOk(feed_.Refresh());
  const auto next = feed_.UpdateAfter(kRun, first.cursor(), "outremeuse", false);
  ASSERT_TRUE(next.has_value());
  ASSERT_EQ(next->rows_size(), 1);
  EXPECT_EQ(next->rows(0).quantity_milli(), -2'000);
  feed_.Remove(&watcher_);
}

TEST_F(CoopStockFeedTest, SaysWhichShopsAreHereAndSinceWhenTheyAreNot) {
  Sell(*herstal_.base, 1);
  feed_.Add(&watcher_);
  {
    const Link link(hub_, herstal_);
    ASSERT_TRUE(BecomeLevel(hub_, herstal_));
    ASSERT_TRUE(Eventually([&] {
      MustOk(feed_.Refresh());
      return ShopOf("herstal").online();
    }));
    EXPECT_EQ(ShopOf("herstal").as_of_ms(), 0);
  }
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->peers().empty(); }));
  hub_.base->clock.Advance(3'600'000);
  MustOk(feed_.Refresh());
  const auto herstal = ShopOf("herstal");
  EXPECT_FALSE(herstal.online());
  EXPECT_EQ(herstal.as_of_ms(), kMonday);
  EXPECT_EQ(herstal.offline_since_ms(), kMonday);
  feed_.Remove(&watcher_);
}

TEST_F(CoopStockFeedTest, AShopNotSeenInThisRunIsAsOfItsNewestEntryButNotOfTheFuture) {
  herstal_.base->clock.Jump(-3'600'000);
  Sell(*herstal_.base, 1);
  outremeuse_.base->clock.Jump(3'600'000);
  Sell(*outremeuse_.base, 1);
  Carry(*herstal_.base, *hub_.base);
  Carry(*outremeuse_.base, *hub_.base);
  feed_.Add(&watcher_);
  MustOk(feed_.Refresh());
  const int64_t herstal = ShopOf("herstal").as_of_ms();
  EXPECT_GT(herstal, 0);
  EXPECT_LE(herstal, kMonday);
  EXPECT_LE(ShopOf("outremeuse").as_of_ms(), kMonday);
  EXPECT_EQ(ShopOf("herstal").offline_since_ms(), kMonday) << "when the hub began";
  feed_.Remove(&watcher_);
}

TEST_F(CoopStockFeedTest, WhatTheHubWroteForAShopSaysNothingOfWhenItWasHeard) {
  Sell(*herstal_.base, 1);
  Carry(*herstal_.base, *hub_.base);
  hub_.base->clock.Advance(3'600'000);
  retail::v1::PriceSet price;
  price.set_product("pain-gris");
  price.set_shop("herstal");
  price.set_first_day(hub_.base->ledger->Today().value());
  price.mutable_price_cents()->set_value(345);
  ledger::AppendRequest request;
  request.scope = journal::v1::SCOPE_SHOP;
  request.shop = "herstal";
  request.facts = {{retail::v1::FACT_KIND_PRICE_SET, price.SerializeAsString()}};
  ASSERT_TRUE(hub_.base->ledger->AppendAndWait(std::move(request)).ok());
  // Of a hub that started after that, so that its start is no bound.
  replica::CoopStockFeed later{
      {hub_.base->ledger.get(), hub_.sessions.get(), &hub_.base->clock, kRun}};
  later.Add(&watcher_);
  MustOk(later.Refresh());
  const auto update = later.UpdateAfter(0, 0, "", false);
  ASSERT_TRUE(update.has_value());
  ASSERT_EQ(update->shops_size(), 1);
  EXPECT_EQ(update->shops(0).shop(), "herstal");
  EXPECT_EQ(update->shops(0).as_of_ms(), kMonday);
  later.Remove(&watcher_);
}

TEST_F(CoopStockFeedTest, ADamagedShopDoesNotKeepTheOthersBack) {
  Sell(*herstal_.base, 1);
  Sell(*outremeuse_.base, 1);
  Carry(*herstal_.base, *hub_.base);
  Carry(*outremeuse_.base, *hub_.base);
  const auto snapshot = hub_.base->store->NewSnapshot();
  const auto row = snapshot->Scan(retail::kBalances, "shop:herstal", "shop:herstau");
  ASSERT_TRUE(row->Valid());
  hub_.base->store->DamageRow(retail::kBalances, row->key());
  feed_.Add(&watcher_);
  const absl::Status status = feed_.Refresh();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(std::string(status.message()).find("herstal"), std::string::npos) << status;
  ASSERT_EQ(All().rows_size(), 1);
  EXPECT_EQ(All().rows(0).shop(), "outremeuse");
  feed_.Remove(&watcher_);
}

TEST_F(CoopStockFeedTest, WhoeverWatchesIsToldToLeaveAndSoIsWhoComesLate) {
  feed_.Add(&watcher_);
  feed_.Close(absl::UnavailableError("the hub is stopping"));
  EXPECT_EQ(watcher_.left.message(), "the hub is stopping");
  Watcher late;
  feed_.Add(&late);
  EXPECT_EQ(late.left.message(), "the hub is stopping");
  feed_.Remove(&late);
  feed_.Remove(&watcher_);
}

}  // namespace
}  // namespace comptoir::testing
