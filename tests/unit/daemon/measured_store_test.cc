#include "common/daemon/measured_store.h"

#include <gtest/gtest.h>

#include <numeric>

#include "common/store/memory_store.h"
#include "tests/support/coop.h"
#include "tests/support/fixed_sources.h"

namespace comptoir::testing {
namespace {

constexpr store::TableId kRows = 0;

class MeasuredStoreTest : public ::testing::Test {
 protected:
  absl::Status Write(store::Store& store, store::Durability durability) {
    auto transaction = store.Begin();
    transaction->Put(kRows, "key", "value");
    return store.Commit(std::move(transaction), durability);
  }
  static uint64_t CountOf(const daemon::CommitHistogram& histogram) {
    return std::accumulate(histogram.buckets.begin(), histogram.buckets.end(), uint64_t{0});
  }

  FixedClock clock_;
  store::MemoryStore inner_{{{kRows, "rows", store::TableKind::kRows}}};
  daemon::MeasuredStore store_{inner_, clock_};
};

TEST_F(MeasuredStoreTest, CountsSyncedCommitsAndWhenTheLastOneWas) {
  EXPECT_EQ(CountOf(store_.commits()), 0U);
  EXPECT_EQ(store_.last_commit_ms(), 0);
  MustOk(Write(store_, store::Durability::kSynced));
  EXPECT_EQ(CountOf(store_.commits()), 1U);
  EXPECT_GT(store_.commits().seconds_sum, 0);
  EXPECT_EQ(store_.last_commit_ms(), clock_.BootMillis());
  clock_.Advance(7'000);
  MustOk(Write(store_, store::Durability::kSynced));
  EXPECT_EQ(CountOf(store_.commits()), 2U);
  EXPECT_EQ(store_.last_commit_ms(), clock_.BootMillis());
}

TEST_F(MeasuredStoreTest, WhatNobodyWaitsForIsNotCounted) {
  MustOk(Write(store_, store::Durability::kBuffered));
  EXPECT_EQ(CountOf(store_.commits()), 0U);
  EXPECT_EQ(store_.last_commit_ms(), 0);
}

TEST_F(MeasuredStoreTest, IsTheStoreBeneath) {
  auto first = store_.Begin();
  first->Put(kRows, "key", "first");
  auto second = store_.Begin(first);
  EXPECT_EQ(Must(second->Get(kRows, "key")), "first");
  MustOk(store_.Commit(first, store::Durability::kSynced));
  EXPECT_EQ(Must(inner_.NewSnapshot()->Get(kRows, "key")), "first");
  MustOk(store_.Clear(kRows));
  EXPECT_EQ(Must(store_.NewSnapshot()->Get(kRows, "key")), std::nullopt);
}

TEST_F(MeasuredStoreTest, AFailedCommitIsNoProofOfADisk) {
  inner_.FailNextCommit(absl::DataLossError("no disk"),
                        store::MemoryStore::FaultPoint::kBeforeApplied);
  EXPECT_EQ(Write(store_, store::Durability::kSynced).code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(store_.last_commit_ms(), 0);
  EXPECT_EQ(CountOf(store_.commits()), 1U) << "it took its time all the same";
}

}  // namespace
}  // namespace comptoir::testing
