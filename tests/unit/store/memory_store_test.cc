#include "common/store/memory_store.h"

#include <gtest/gtest.h>

namespace comptoir::store {
namespace {

constexpr TableId kRowsTable = 1;
constexpr TableId kSumsTable = 2;

class MemoryStoreTest : public ::testing::Test {
 protected:
  absl::Status Put(std::string_view key, std::string_view value, Durability durability) {
    auto batch = store_.Begin();
    batch->Put(kRowsTable, key, value);
    return store_.Commit(std::move(batch), durability);
  }
  std::string Read(std::string_view key) {
    return store_.NewSnapshot()->Get(kRowsTable, key)->value_or("none");
  }

  MemoryStore store_{
      {{kRowsTable, "rows", TableKind::kRows}, {kSumsTable, "sums", TableKind::kCounters}}};
};

TEST_F(MemoryStoreTest, PowerCutGoesBackToTheLastSync) {
  ASSERT_EQ(Put("a", "1", Durability::kBuffered), absl::OkStatus());
  ASSERT_EQ(Put("b", "1", Durability::kSynced), absl::OkStatus());
  ASSERT_EQ(Put("a", "2", Durability::kBuffered), absl::OkStatus());
  ASSERT_EQ(Put("c", "1", Durability::kBuffered), absl::OkStatus());
  store_.LoseUnsynced();
  EXPECT_EQ(Read("a"), "1");
  EXPECT_EQ(Read("b"), "1");
  EXPECT_EQ(Read("c"), "none");
  store_.LoseUnsynced();
  EXPECT_EQ(Read("a"), "1");
}

TEST_F(MemoryStoreTest, PowerCutMayLeaveTheFirstOfWhatWasNotSynced) {
  ASSERT_EQ(Put("a", "1", Durability::kSynced), absl::OkStatus());
  ASSERT_EQ(Put("a", "2", Durability::kBuffered), absl::OkStatus());
  ASSERT_EQ(Put("a", "3", Durability::kBuffered), absl::OkStatus());
  store_.LoseUnsynced(1);
  EXPECT_EQ(Read("a"), "2");
  // It is on the disk now.
  store_.LoseUnsynced();
  EXPECT_EQ(Read("a"), "2");
  ASSERT_EQ(Put("b", "1", Durability::kBuffered), absl::OkStatus());
  store_.LoseUnsynced(5);
  EXPECT_EQ(Read("b"), "1");
}

TEST_F(MemoryStoreTest, FaultBeforeTheWriteLeavesNothing) {
  store_.FailNextCommit(absl::UnavailableError("no disk"), MemoryStore::FaultPoint::kBeforeApplied);
  EXPECT_EQ(Put("a", "1", Durability::kSynced), absl::UnavailableError("no disk"));
  EXPECT_EQ(Read("a"), "none");
  EXPECT_EQ(Put("a", "2", Durability::kSynced), absl::OkStatus());
  EXPECT_EQ(Read("a"), "2");
}

TEST_F(MemoryStoreTest, FaultAfterTheWriteLeavesIt) {
  store_.FailNextCommit(absl::UnavailableError("no answer"),
                        MemoryStore::FaultPoint::kAfterApplied);
  EXPECT_EQ(Put("a", "1", Durability::kSynced), absl::UnavailableError("no answer"));
  store_.LoseUnsynced();
  EXPECT_EQ(Read("a"), "1");
}

TEST_F(MemoryStoreTest, OneReadFailsWhicheverKindItIs) {
  ASSERT_EQ(Put("a", "1", Durability::kSynced), absl::OkStatus());
  const absl::Status failure = absl::DataLossError("it cannot be read");
  store_.FailRead(2, failure);
  EXPECT_EQ(Read("a"), "1");
  EXPECT_TRUE(store_.WaitsToFailRead());
  const auto snapshot = store_.NewSnapshot();
  EXPECT_EQ(snapshot->Get(kRowsTable, "none").status(), failure);
  EXPECT_FALSE(store_.WaitsToFailRead());
  EXPECT_EQ(Read("a"), "1");
  store_.FailRead(2, failure);
  const auto rows = snapshot->Scan(kRowsTable, "", "");
  ASSERT_TRUE(rows->Valid());
  rows->Next();
  EXPECT_FALSE(rows->Valid());
  EXPECT_EQ(rows->status(), failure);
  store_.FailRead(1, failure);
  EXPECT_EQ(snapshot->Last(kRowsTable, "", "").status(), failure);
}

TEST_F(MemoryStoreTest, OneRowThatIsReadIsSpoilt) {
  ASSERT_EQ(Put("a", "first", Durability::kSynced), absl::OkStatus());
  store_.SpoilRead(1);
  EXPECT_EQ(Read("b"), "none");
  EXPECT_EQ(Read("a"), "firs");
  EXPECT_EQ(Read("a"), "first");
}

TEST_F(MemoryStoreTest, DamagedRowIsNeverMissedSilently) {
  for (const char* key : {"a", "b", "c"}) ASSERT_TRUE(Put(key, "1", Durability::kSynced).ok());
  store_.DamageRow(kRowsTable, "b");
  const auto snapshot = store_.NewSnapshot();
  EXPECT_EQ(snapshot->Get(kRowsTable, "b").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(store_.Begin()->Get(kRowsTable, "b").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(snapshot->Last(kRowsTable, "a", "c").status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(snapshot->Get(kRowsTable, "a")->value(), "1");

  const auto scan = snapshot->Scan(kRowsTable, "", "");
  ASSERT_TRUE(scan->Valid());
  EXPECT_EQ(scan->key(), "a");
  scan->Next();
  EXPECT_FALSE(scan->Valid());
  EXPECT_EQ(scan->status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(MemoryStoreTest, WritingADamagedRowAnewHealsIt) {
  ASSERT_TRUE(Put("a", "1", Durability::kSynced).ok());
  store_.DamageRow(kRowsTable, "a");
  ASSERT_TRUE(Put("a", "2", Durability::kSynced).ok());
  EXPECT_EQ(Read("a"), "2");
}

TEST_F(MemoryStoreTest, AdditionToADamagedRowLeavesItDamaged) {
  for (int i = 0; i < 2; ++i) {
    auto batch = store_.Begin();
    batch->Add(kSumsTable, "a", std::vector<int64_t>{1});
    ASSERT_TRUE(store_.Commit(std::move(batch), Durability::kSynced).ok());
    store_.DamageRow(kSumsTable, "a");
  }
  auto batch = store_.Begin();
  batch->Add(kSumsTable, "a", std::vector<int64_t>{1});
  ASSERT_TRUE(store_.Commit(std::move(batch), Durability::kSynced).ok());
  EXPECT_EQ(store_.NewSnapshot()->Get(kSumsTable, "a").status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(MemoryStoreTest, SnapshotOutlivesTheStore) {
  auto store =
      std::make_unique<MemoryStore>(std::vector<TableSpec>{{kRowsTable, "rows", TableKind::kRows}});
  auto batch = store->Begin();
  batch->Put(kRowsTable, "a", "1");
  ASSERT_TRUE(store->Commit(std::move(batch), Durability::kBuffered).ok());
  const auto snapshot = store->NewSnapshot();
  store.reset();
  EXPECT_EQ(snapshot->Get(kRowsTable, "a")->value(), "1");
}

using MemoryStoreDeathTest = MemoryStoreTest;

TEST_F(MemoryStoreDeathTest, PowerCutUnderASnapshotStopsTheProcess) {
  const auto snapshot = store_.NewSnapshot();
  EXPECT_DEATH(store_.LoseUnsynced(), "check failed");
}

}  // namespace
}  // namespace comptoir::store
