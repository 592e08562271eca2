#include "common/ledger/group_commit.h"

#include <gtest/gtest.h>

#include <algorithm>
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

TEST(GroupCommitTest, WhoeverFlushesTheOrderIsKept) {
  constexpr int kSubmitters = 4;
  constexpr int kEach = 200;
  store::MemoryStore store(AllTables());
  int submitted = 0;
  std::vector<int> order;
  {
    GroupCommit commit(store);
    std::vector<std::thread> submitters;
    for (int submitter = 0; submitter < kSubmitters; ++submitter) {
      submitters.emplace_back([&, submitter] {
        for (int i = 0; i < kEach; ++i) {
          MutexLock lock(&commit.mutex);
          const int number = submitted++;
          const std::string key = "key" + std::to_string(number);
          commit.open().Put(kLocal, key, "x");
          const auto done = [&order, &store, key, number](const absl::Status& status) {
            EXPECT_TRUE(status.ok());
            const auto row = store.NewSnapshot()->Get(kLocal, key);
            EXPECT_TRUE(row.ok() && row->has_value());
            order.push_back(number);
          };
          if (submitter % 2 == 0) {
            commit.SubmitForFlush(done);
            commit.Flush();
          } else {
            commit.Submit(done);
          }
        }
      });
    }
    for (std::thread& submitter : submitters) submitter.join();
  }
  ASSERT_EQ(order.size(), static_cast<size_t>(kSubmitters * kEach));
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(GroupCommitTest, OneWhoIsAloneFlushesForItself) {
  store::MemoryStore store(AllTables());
  GroupCommit commit(store);
  for (int i = 0; i < 10; ++i) {
    std::thread::id answered_by;
    {
      MutexLock lock(&commit.mutex);
      commit.open().Put(kLocal, "key" + std::to_string(i), "x");
      commit.SubmitForFlush(
          [&answered_by](const absl::Status&) { answered_by = std::this_thread::get_id(); });
      commit.Flush();
    }
    EXPECT_EQ(answered_by, std::this_thread::get_id());
  }
}

// Who submitted for a flush of its own, and who came after it and woke nobody.
TEST(GroupCommitTest, ThoseWhoComeBeforeTheFlushShareIt) {
  store::MemoryStore store(AllTables());
  std::vector<int> order;
  {
    GroupCommit commit(store);
    MutexLock lock(&commit.mutex);
    commit.open().Put(kLocal, "a", "x");
    commit.SubmitForFlush([&order, &store](const absl::Status&) {
      const auto row = store.NewSnapshot()->Get(kLocal, "b");
      EXPECT_TRUE(row.ok() && row->has_value()) << "it was not in the same flush";
      order.push_back(1);
    });
    commit.open().Put(kLocal, "b", "x");
    commit.Submit([&order](const absl::Status&) { order.push_back(2); });
    commit.Flush();
    commit.WaitUntilIdle();
    EXPECT_EQ(order, (std::vector<int>{1, 2}));
    commit.Flush();  // of nothing
  }
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

// ---- without threads ----

TEST(OwnedCommitTest, NothingHappensButByPump) {
  store::MemoryStore store(AllTables());
  GroupCommit commit(store, nullptr, Flusher::kOwner);
  std::vector<int> order;
  EXPECT_FALSE(commit.Pump());
  {
    MutexLock lock(&commit.mutex);
    for (int i = 0; i < 3; ++i) {
      commit.open().Put(kLocal, "key" + std::to_string(i), "x");
      commit.Submit([&order, i](const absl::Status& status) {
        EXPECT_TRUE(status.ok());
        order.push_back(i);
      });
    }
    EXPECT_TRUE(commit.waits());
  }
  EXPECT_TRUE(order.empty());
  EXPECT_FALSE(store.NewSnapshot()->Scan(kLocal, "", "")->Valid());
  EXPECT_TRUE(commit.Pump());
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2}));
  EXPECT_TRUE(store.NewSnapshot()->Scan(kLocal, "", "")->Valid());
  EXPECT_FALSE(commit.Pump());
}

TEST(OwnedCommitTest, OneWhoWaitsIsAnsweredAfterThoseBeforeIt) {
  store::MemoryStore store(AllTables());
  GroupCommit commit(store, nullptr, Flusher::kOwner);
  std::vector<int> order;
  MutexLock lock(&commit.mutex);
  commit.open().Put(kLocal, "a", "x");
  commit.Submit([&order](const absl::Status&) { order.push_back(1); });
  commit.open().Put(kLocal, "b", "x");
  commit.SubmitForFlush([&order](const absl::Status&) { order.push_back(2); });
  commit.Flush();
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

TEST(OwnedCommitTest, RoomIsMadeByFlushing) {
  store::MemoryStore store(AllTables());
  GroupCommit commit(store, nullptr, Flusher::kOwner);
  bool answered = false;
  MutexLock lock(&commit.mutex);
  commit.open().Put(kLocal, "a", std::string(100, 'x'));
  commit.Submit([&answered](const absl::Status&) { answered = true; });
  commit.WaitForRoom(50);
  EXPECT_TRUE(answered);
  EXPECT_EQ(commit.open().bytes(), 0u);
}

TEST(OwnedCommitTest, FlushesWhatIsOpenWhenItGoes) {
  store::MemoryStore store(AllTables());
  bool answered = false;
  {
    GroupCommit commit(store, nullptr, Flusher::kOwner);
    MutexLock lock(&commit.mutex);
    commit.open().Put(kLocal, "a", "x");
    commit.Submit([&answered](const absl::Status&) { answered = true; });
  }
  EXPECT_TRUE(answered);
  EXPECT_TRUE(store.NewSnapshot()->Scan(kLocal, "", "")->Valid());
}

}  // namespace
}  // namespace comptoir::ledger
