#include "common/store/batch.h"

#include <gtest/gtest.h>

#include <memory>

namespace comptoir::store {
namespace {

// A store that answers each key with its name in brackets, and counts.
class Below final : public Committed {
 public:
  absl::StatusOr<std::optional<std::string>> Get(TableId, std::string_view key) const override {
    ++reads;
    if (key == "broken") return absl::DataLossError("broken");
    return "[" + std::string(key) + "]";
  }
  // Ranges are the contract suite's (tests/contract).
  std::unique_ptr<Snapshot> NewSnapshot() const override { return nullptr; }
  mutable int reads = 0;
};

class BatchTest : public ::testing::Test {
 protected:
  std::string Read(const Batch& batch, std::string_view key) {
    return batch.Get(1, key)->value_or("none");
  }

  const TableSet tables_{{{1, "rows", TableKind::kRows}, {2, "sums", TableKind::kCounters}}};
  const Below below_{};
};

TEST_F(BatchTest, AsksTheStoreOnlyForWhatItDoesNotKnow) {
  Batch first(tables_, below_, nullptr);
  first.Put(1, "a", "1");
  first.Erase(1, "b");
  Batch second(tables_, below_, &first);
  EXPECT_EQ(Read(second, "a"), "1");
  EXPECT_EQ(Read(second, "b"), "none");
  EXPECT_EQ(below_.reads, 0);
  EXPECT_EQ(Read(second, "c"), "[c]");
  EXPECT_EQ(below_.reads, 1);
}

TEST_F(BatchTest, ErrorOfTheStoreComesThrough) {
  const Batch batch(tables_, below_, nullptr);
  EXPECT_EQ(batch.Get(1, "broken").status().code(), absl::StatusCode::kDataLoss);
}

TEST_F(BatchTest, CommittedRowsAreReadFromTheStore) {
  Batch first(tables_, below_, nullptr);
  first.Put(1, "a", "1");
  Batch second(tables_, below_, &first);
  first.MarkCommitted();
  EXPECT_EQ(Read(second, "a"), "[a]");
  const Batch third(tables_, below_, &first);
  EXPECT_EQ(Read(third, "a"), "[a]");
}

TEST_F(BatchTest, StandsOnWhatItsParentStoodOn) {
  auto first = std::make_unique<Batch>(tables_, below_, nullptr);
  first->Put(1, "a", "1");
  first->Put(1, "b", "1");
  auto second = std::make_unique<Batch>(tables_, below_, first.get());
  second->Put(1, "b", "2");
  const Batch third(tables_, below_, second.get());
  // The batches may go; what they wrote is still to be committed.
  first.reset();
  second.reset();
  EXPECT_EQ(Read(third, "a"), "1");
  EXPECT_EQ(Read(third, "b"), "2");
}

// An endless row of batches, each begun on the last before that is committed,
// as the ledger makes them: none may keep its forebears' rows alive.
TEST_F(BatchTest, ChainDoesNotGrow) {
  auto open = std::make_shared<Batch>(tables_, below_, nullptr);
  for (int i = 0; i < 100; ++i) {
    open->Put(1, "a", std::to_string(i));
    const auto next = std::make_shared<Batch>(tables_, below_, open.get());
    ASSERT_LE(next->standing_on(), 1u);
    open->RowsToCommit();
    open->MarkCommitted();
    open = next;
  }
}

TEST_F(BatchTest, SaysHowMuchIsInIt) {
  Batch batch(tables_, below_, nullptr);
  EXPECT_EQ(batch.rows(), 0u);
  batch.Put(1, "key", "value");
  batch.Add(2, "key", std::vector<int64_t>{1});
  batch.Add(2, "key", std::vector<int64_t>{1});
  EXPECT_EQ(batch.rows(), 2u);
  EXPECT_EQ(batch.bytes(), 3u + 5 + 3 + sizeof(int64_t));
}

using BatchDeathTest = BatchTest;

TEST_F(BatchDeathTest, MisuseStopsTheProcess) {
  Batch batch(tables_, below_, nullptr);
  const std::vector<int64_t> sums{1};
  EXPECT_DEATH((void)batch.Get(2, "a"), "check failed");
  EXPECT_DEATH(batch.Put(2, "a", "1"), "check failed");
  EXPECT_DEATH(batch.Erase(2, "a"), "check failed");
  EXPECT_DEATH(batch.Add(1, "a", sums), "check failed");
  EXPECT_DEATH(batch.Put(99, "no such table", "1"), "check failed");
}

TEST_F(BatchDeathTest, CommittingOutOfOrderOrTwiceStopsTheProcess) {
  Batch first(tables_, below_, nullptr);
  const Batch second(tables_, below_, &first);
  EXPECT_DEATH((void)second.RowsToCommit(), "check failed");
  (void)first.RowsToCommit();
  first.MarkCommitted();
  (void)second.RowsToCommit();
  EXPECT_DEATH((void)first.RowsToCommit(), "check failed");
}

TEST_F(BatchDeathTest, BatchOfAnotherStoreStopsTheProcess) {
  const Below other{};
  Batch batch(tables_, other, nullptr);
  EXPECT_DEATH((void)Batch::Of(&batch, below_), "check failed");
  EXPECT_DEATH(Batch(tables_, below_, &batch), "check failed");
  EXPECT_EQ(Batch::Of(&batch, other), &batch);
  EXPECT_EQ(Batch::Of(nullptr, other), nullptr);
}

}  // namespace
}  // namespace comptoir::store
