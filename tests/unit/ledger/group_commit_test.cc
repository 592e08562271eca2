#include "common/ledger/group_commit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "common/ledger/tables.h"
#include "common/store/memory_store.h"

namespace comptoir::ledger {
namespace {

TEST(GroupCommitTest, CallbacksRunInOrderAfterTheirBatchIsDurable) {
  store::MemoryStore store(AllTables());
  std::vector<int> order;
  {
    GroupCommit commit(store);
    for (int i = 0; i < 500; ++i) {
      MutexLock lock(&commit.mutex);
      const std::string key = "key" + std::to_string(i);
      commit.open().Put(kLocal, key, "x");
      commit.Submit([&order, &store, key, i](const absl::Status& status) {
        EXPECT_TRUE(status.ok());
        const auto row = store.NewSnapshot()->Get(kLocal, key);
        EXPECT_TRUE(row.ok() && row->has_value());
        order.push_back(i);
      });
    }
  }
  ASSERT_EQ(order.size(), 500u);
  for (int i = 0; i < 500; ++i) EXPECT_EQ(order[static_cast<size_t>(i)], i);
}

TEST(GroupCommitTest, AfterAFailureNothingIsAcknowledged) {
  store::MemoryStore store(AllTables());
  std::atomic<int> refused = 0;
  {
    GroupCommit commit(store);
    store.FailNextCommit(absl::DataLossError("gone"),
                         store::MemoryStore::FaultPoint::kBeforeApplied);
    for (int i = 0; i < 50; ++i) {
      MutexLock lock(&commit.mutex);
      commit.open().Put(kLocal, "key" + std::to_string(i), "x");
      commit.Submit([&](const absl::Status& status) {
        if (!status.ok()) ++refused;
      });
    }
  }
  EXPECT_EQ(refused, 50);
  const auto snapshot = store.NewSnapshot();
  EXPECT_FALSE(snapshot->Scan(kLocal, "", "")->Valid());
}

TEST(GroupCommitTest, APoisonedBatchIsNeverWritten) {
  store::MemoryStore store(AllTables());
  {
    GroupCommit commit(store);
    MutexLock lock(&commit.mutex);
    commit.open().Put(kLocal, "half", "x");
    commit.Poison(absl::DataLossError("half made"));
    commit.Submit([](const absl::Status& status) { EXPECT_FALSE(status.ok()); });
    EXPECT_FALSE(commit.health().ok());
  }
  const auto snapshot = store.NewSnapshot();
  EXPECT_FALSE(snapshot->Scan(kLocal, "", "")->Valid());
}

}  // namespace
}  // namespace comptoir::ledger
