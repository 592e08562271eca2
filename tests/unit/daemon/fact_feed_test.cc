#include "common/daemon/fact_feed.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <vector>

#include "tests/support/eventually.h"

namespace comptoir::daemon {
namespace {

using comptoir::testing::Eventually;

// Has so many steps to take whenever it may look.
class Counting : public FactWatcher {
 public:
  Wants Step(bool look) override {
    ++steps;
    if (look) ++looks;
    if (look && left == 0) return Wants::kWait;
    if (left == 0) return Wants::kLook;
    --left;
    return Wants::kStep;
  }
  void Leave(const absl::Status& reason) override { left_with = reason.code(); }

  std::atomic<int> left = 0;
  std::atomic<int> steps = 0;
  std::atomic<int> looks = 0;
  std::atomic<absl::StatusCode> left_with = absl::StatusCode::kOk;
};

TEST(FactFeedTest, StepsAsLongAsThereIsMoreAndLooksWhenTheLedgerGrew) {
  FactFeed feed;
  Counting watcher;
  watcher.left = 100;
  ASSERT_TRUE(feed.Add(&watcher));
  EXPECT_TRUE(Eventually([&] { return watcher.left == 0 && watcher.looks >= 2; }));
  const int looks = watcher.looks;
  feed.Advanced();
  EXPECT_TRUE(Eventually([&] { return watcher.looks > looks; }));
  const int steps = watcher.steps;
  feed.Ready();
  EXPECT_TRUE(Eventually([&] { return watcher.steps > steps; }));
  feed.Remove(&watcher);
}

TEST(FactFeedTest, TakesNoMoreThanMayWatchAndSendsAllAwayInTheEnd) {
  FactFeed feed;
  std::vector<std::unique_ptr<Counting>> watchers;
  for (size_t i = 0; i < FactFeed::kWatchersMax; ++i) {
    watchers.push_back(std::make_unique<Counting>());
    ASSERT_TRUE(feed.Add(watchers.back().get()));
  }
  Counting more;
  EXPECT_FALSE(feed.Add(&more));
  feed.Remove(watchers.front().get());
  EXPECT_TRUE(feed.Add(&more));
  feed.Remove(&more);
  feed.Close(absl::UnavailableError("stopping"));
  EXPECT_EQ(watchers.back()->left_with, absl::StatusCode::kUnavailable);
  EXPECT_EQ(watchers.front()->left_with, absl::StatusCode::kOk);
  EXPECT_TRUE(feed.Add(&more));
  EXPECT_EQ(more.left_with, absl::StatusCode::kUnavailable);  // who comes late
  feed.Remove(&more);
  for (const auto& watcher : watchers) feed.Remove(watcher.get());
}

}  // namespace
}  // namespace comptoir::daemon
