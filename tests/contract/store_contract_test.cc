// What every store promises (common/store/store.h), asked of each of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/contract/store_harness.h"

namespace comptoir::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::Pair;

class StoreContract : public ::testing::TestWithParam<StoreMaker> {
 protected:
  Store& store() { return harness_->store(); }
  void Commit(std::shared_ptr<Transaction> batch, Durability durability = Durability::kBuffered) {
    ASSERT_EQ(store().Commit(std::move(batch), durability), absl::OkStatus());
  }

  std::unique_ptr<StoreHarness> harness_ = GetParam().make();
};

INSTANTIATE_TEST_SUITE_P(Stores, StoreContract, ::testing::ValuesIn(AllStores()),
                         [](const auto& store) { return store.param.name; });

TEST_P(StoreContract, BatchIsSeenByNobodyUntilCommittedAndThenWhole) {
  auto batch = store().Begin();
  batch->Put(kThings, "a", "1");
  batch->Put(kOthers, "a", "2");
  batch->Put(kNames, "a", "3");
  batch->Add(kSums, "a", std::vector<int64_t>{4});
  const auto before = store().NewSnapshot();
  EXPECT_EQ(Value(store(), kThings, "a"), std::nullopt);
  EXPECT_EQ(Sums(store(), "a"), std::nullopt);

  Commit(std::move(batch));
  EXPECT_EQ(Value(store(), kThings, "a"), "1");
  EXPECT_EQ(Value(store(), kOthers, "a"), "2");
  EXPECT_EQ(Value(store(), kNames, "a"), "3");
  EXPECT_THAT(Sums(store(), "a"), Optional(ElementsAre(4)));
  EXPECT_THAT(Rows(*before, kThings), IsEmpty());
}

TEST_P(StoreContract, BatchThatIsDroppedLeavesNothing) {
  store().Begin()->Put(kThings, "a", "1");
  EXPECT_THAT(Rows(store(), kThings), IsEmpty());
}

TEST_P(StoreContract, EmptyBatchIsFine) {
  Commit(store().Begin(), Durability::kBuffered);
  Commit(store().Begin(), Durability::kSynced);
}

TEST_P(StoreContract, EmptySyncedBatchSyncsWhatCameBefore) {
  PutNow(store(), kThings, "a", "1", Durability::kBuffered);
  Commit(store().Begin(), Durability::kSynced);
  harness_->CutPower();
  EXPECT_EQ(Value(store(), kThings, "a"), "1");
}

TEST_P(StoreContract, KeysAndValuesAreAnyBytes) {
  const std::string key("\0k\xff\0", 4);
  const std::string value("\xff\0v", 3);
  PutNow(store(), kThings, key, value);
  PutNow(store(), kThings, "", "empty key");
  PutNow(store(), kThings, "empty value", "");
  EXPECT_THAT(Rows(store(), kThings),
              ElementsAre(Pair("", "empty key"), Pair(key, value), Pair("empty value", "")));
  EXPECT_EQ(Value(store(), kThings, ""), "empty key");
  EXPECT_EQ(Value(store(), kThings, "empty value"), "");
  EXPECT_EQ(Value(store(), kThings, std::string_view(key).substr(0, 3)), std::nullopt);
}

TEST_P(StoreContract, LargeValueComesBackWhole) {
  const std::string value(600'000, 'x');
  PutNow(store(), kThings, "a", value, Durability::kSynced);
  harness_->Restart();
  EXPECT_EQ(Value(store(), kThings, "a"), value);
}

TEST_P(StoreContract, LastWriteOfAKeyInABatchStands) {
  auto batch = store().Begin();
  batch->Put(kThings, "a", "long value");
  batch->Put(kThings, "a", "1");
  batch->Put(kThings, "b", "1");
  batch->Erase(kThings, "b");
  batch->Erase(kThings, "c");
  batch->Put(kThings, "c", "1");
  EXPECT_EQ(batch->rows(), 3u);
  EXPECT_GE(batch->bytes(), 5u);
  Commit(std::move(batch));
  EXPECT_THAT(Rows(store(), kThings), ElementsAre(Pair("a", "1"), Pair("c", "1")));
}

TEST_P(StoreContract, EraseTakesARowAway) {
  PutNow(store(), kThings, "a", "1");
  PutNow(store(), kNames, "a", "1");
  auto batch = store().Begin();
  batch->Erase(kThings, "a");
  batch->Erase(kNames, "a");
  batch->Erase(kThings, "never there");
  Commit(std::move(batch));
  EXPECT_THAT(Rows(store(), kThings), IsEmpty());
  EXPECT_EQ(Value(store(), kNames, "a"), std::nullopt);
}

TEST_P(StoreContract, TablesDoNotMix) {
  PutNow(store(), kThings, "a", "1");
  EXPECT_EQ(Value(store(), kOthers, "a"), std::nullopt);
  EXPECT_EQ(Value(store(), kNames, "a"), std::nullopt);
  EXPECT_THAT(Rows(store(), kOthers), IsEmpty());
}

TEST_P(StoreContract, TransactionReadsItselfThenTheStore) {
  PutNow(store(), kThings, "a", "old");
  PutNow(store(), kThings, "b", "old");
  PutNow(store(), kThings, "c", "old");
  auto batch = store().Begin();
  batch->Put(kThings, "b", "new");
  batch->Erase(kThings, "c");
  EXPECT_EQ(Value(*batch, kThings, "a"), "old");
  EXPECT_EQ(Value(*batch, kThings, "b"), "new");
  EXPECT_EQ(Value(*batch, kThings, "c"), std::nullopt);
  EXPECT_EQ(Value(*batch, kThings, "d"), std::nullopt);
  EXPECT_EQ(Value(*batch, kOthers, "b"), std::nullopt);
}

TEST_P(StoreContract, TransactionReadsThoseItStandsOn) {
  PutNow(store(), kThings, "a", "store");
  PutNow(store(), kThings, "b", "store");
  auto first = store().Begin();
  first->Put(kThings, "a", "first");
  first->Erase(kThings, "b");
  first->Put(kThings, "c", "first");
  auto second = store().Begin(first);
  second->Put(kThings, "a", "second");
  auto third = store().Begin(second);
  EXPECT_EQ(Value(*third, kThings, "a"), "second");
  EXPECT_EQ(Value(*third, kThings, "b"), std::nullopt);
  EXPECT_EQ(Value(*third, kThings, "c"), "first");
  EXPECT_EQ(Value(*first, kThings, "a"), "first");
}

TEST_P(StoreContract, TransactionReadsTheSameOnceThoseItStandsOnAreCommitted) {
  auto first = store().Begin();
  first->Put(kThings, "a", "first");
  first->Put(kThings, "b", "first");
  auto second = store().Begin(first);
  second->Put(kThings, "a", "second");
  Commit(std::move(first));
  EXPECT_EQ(Value(*second, kThings, "a"), "second");
  EXPECT_EQ(Value(*second, kThings, "b"), "first");

  auto third = store().Begin(second);
  Commit(std::move(second));
  EXPECT_EQ(Value(*third, kThings, "a"), "second");
  EXPECT_EQ(Value(*third, kThings, "b"), "first");
  Commit(std::move(third));
}

TEST_P(StoreContract, CommittedBatchNoLongerHidesLaterWrites) {
  auto first = store().Begin();
  first->Put(kThings, "a", "first");
  auto second = store().Begin(first);
  Commit(std::move(first));
  PutNow(store(), kThings, "a", "later");
  EXPECT_EQ(Value(*second, kThings, "a"), "later");
}

TEST_P(StoreContract, BatchMayStandOnACommittedOne) {
  auto first = store().Begin();
  first->Put(kThings, "a", "1");
  Commit(first);
  auto second = store().Begin(first);
  EXPECT_EQ(Value(*second, kThings, "a"), "1");
  Commit(std::move(second));
}

TEST_P(StoreContract, AdditionsAreSummedWithinAndAcrossBatches) {
  auto batch = store().Begin();
  batch->Add(kSums, "a", std::vector<int64_t>{1, -5});
  batch->Add(kSums, "a", std::vector<int64_t>{2});
  batch->Add(kSums, "a", std::vector<int64_t>{-4, 1, 7});
  batch->Add(kSums, "zero", std::vector<int64_t>{0});
  batch->Add(kSums, "none", std::vector<int64_t>{});
  EXPECT_EQ(batch->rows(), 3u);
  Commit(std::move(batch));
  EXPECT_THAT(Sums(store(), "a"), Optional(ElementsAre(-1, -4, 7)));
  EXPECT_THAT(Sums(store(), "zero"), Optional(ElementsAre(0)));
  EXPECT_THAT(Sums(store(), "none"), Optional(IsEmpty()));
  EXPECT_EQ(Sums(store(), "b"), std::nullopt);

  AddNow(store(), "a", {1});
  AddNow(store(), "a", {0, 0, 0, 9});
  EXPECT_THAT(Sums(store(), "a"), Optional(ElementsAre(0, -4, 7, 9)));
}

TEST_P(StoreContract, TransactionReadsRangesAsItLeavesThem) {
  for (const char* key : {"a", "b", "c", "d", "e"}) PutNow(store(), kThings, key, "stored");
  AddNow(store(), "a", {1, 1});
  AddNow(store(), "c", {5});
  auto below = store().Begin();
  below->Put(kThings, "b", "below");
  below->Erase(kThings, "c");
  below->Put(kThings, "d", "below");
  below->Add(kSums, "a", std::vector<int64_t>{10});
  below->Add(kSums, "b", std::vector<int64_t>{2});
  auto batch = store().Begin(below);
  batch->Put(kThings, "d", "own");
  batch->Erase(kThings, "b");
  batch->Put(kThings, "bb", "own");
  batch->Put(kOthers, "bb", "of another table");
  batch->Add(kSums, "a", std::vector<int64_t>{100});
  const auto check = [&] {
    EXPECT_THAT(*batch->ReadRange(kThings, "b", "e"),
                ElementsAre(Pair("bb", "own"), Pair("d", "own")));
    EXPECT_THAT(*batch->ReadRange(kThings, "d", ""),
                ElementsAre(Pair("d", "own"), Pair("e", "stored")));
    EXPECT_THAT(*batch->ReadRange(kThings, "x", ""), IsEmpty());
    EXPECT_THAT(*batch->ReadRange(kSums, "", ""),
                ElementsAre(Pair("a", EncodeCounters(std::vector<int64_t>{111, 1})),
                            Pair("b", EncodeCounters(std::vector<int64_t>{2})),
                            Pair("c", EncodeCounters(std::vector<int64_t>{5}))));
  };
  check();
  Commit(below);
  check();
}

// A batch is in the store or below: never in both, nor in neither.
TEST_P(StoreContract, RangesCountABatchOnceWhileItIsCommitted) {
  constexpr int kRounds = 300;
  std::shared_ptr<Transaction> below = store().Begin();
  for (int64_t round = 1; round <= kRounds; ++round) {
    below->Add(kSums, "a", std::vector<int64_t>{1});
    const auto batch = store().Begin(below);
    std::thread committer([&] { Commit(below); });
    for (int i = 0; i < 3; ++i) {
      EXPECT_THAT(*batch->ReadRange(kSums, "a", "b"),
                  ElementsAre(Pair("a", EncodeCounters(std::vector<int64_t>{round}))));
    }
    committer.join();
    below = batch;
  }
}

TEST_P(StoreContract, AdditionsSurviveRestartsAndGoOn) {
  for (int64_t i = 1; i <= 300; ++i) AddNow(store(), "hot", {i, -i});
  harness_->Restart();
  EXPECT_THAT(Sums(store(), "hot"), Optional(ElementsAre(45'150, -45'150)));
  for (int64_t i = 1; i <= 10; ++i) AddNow(store(), "hot", {1}, Durability::kSynced);
  harness_->CutPower();
  EXPECT_THAT(Sums(store(), "hot"), Optional(ElementsAre(45'160, -45'150)));
}

TEST_P(StoreContract, SumsAreTheSameBytesHoweverTheyCameAbout) {
  AddNow(store(), "one go", {300, -2});
  AddNow(store(), "three", {100});
  AddNow(store(), "three", {250, -3});
  AddNow(store(), "three", {-50, 1});
  EXPECT_EQ(Value(store(), kSums, "one go"), Value(store(), kSums, "three"));
  EXPECT_EQ(Value(store(), kSums, "one go"), EncodeCounters(std::vector<int64_t>{300, -2}));
}

TEST_P(StoreContract, SumsAreScannedLikeRows) {
  AddNow(store(), "b", {2});
  AddNow(store(), "a", {1});
  AddNow(store(), "b", {2});
  EXPECT_THAT(Rows(store(), kSums),
              ElementsAre(Pair("a", EncodeCounters(std::vector<int64_t>{1})),
                          Pair("b", EncodeCounters(std::vector<int64_t>{4}))));
}

TEST_P(StoreContract, SumsWrapAtTheEndOf64Bits) {
  AddNow(store(), "a", {INT64_MAX});
  AddNow(store(), "a", {1});
  EXPECT_THAT(Sums(store(), "a"), Optional(ElementsAre(INT64_MIN)));
}

TEST_P(StoreContract, ScanGoesInByteOrderWithinItsLimits) {
  for (const char* key : {"b", "\xff", "a", "ab", "c", "B"}) PutNow(store(), kThings, key, key);
  const auto keys = [&](std::string_view first, std::string_view limit) {
    std::string all;
    for (const auto& [key, value] : Rows(store(), kThings, first, limit)) all += key + " ";
    return all;
  };
  EXPECT_EQ(keys("", ""), "B a ab b c \xff ");
  EXPECT_EQ(keys("a", "b"), "a ab ");
  EXPECT_EQ(keys("aa", "c"), "ab b ");
  EXPECT_EQ(keys("b", ""), "b c \xff ");
  EXPECT_EQ(keys("", "a"), "B ");
  EXPECT_EQ(keys("d", "e"), "");
  EXPECT_EQ(keys("c", "a"), "");
  EXPECT_EQ(keys("b", "b"), "");
}

TEST_P(StoreContract, ScanOutlivesItsSnapshot) {
  PutNow(store(), kThings, "a", "1");
  PutNow(store(), kThings, "b", "2");
  const auto scan = store().NewSnapshot()->Scan(kThings, "", "");
  PutNow(store(), kThings, "b", "changed");
  ASSERT_TRUE(scan->Valid());
  scan->Next();
  ASSERT_TRUE(scan->Valid());
  EXPECT_EQ(scan->value(), "2");
  scan->Next();
  EXPECT_FALSE(scan->Valid());
  EXPECT_EQ(scan->status(), absl::OkStatus());
}

TEST_P(StoreContract, LastIsTheLastKeyOfTheRange) {
  for (const char* key : {"a", "b", "d", "\xff\xff"}) PutNow(store(), kThings, key, "v");
  const auto last = [&](std::string_view first, std::string_view limit) {
    const auto row = store().NewSnapshot()->Last(kThings, first, limit);
    EXPECT_EQ(row.status(), absl::OkStatus());
    return row.ok() && row->has_value() ? (*row)->first : "none";
  };
  EXPECT_EQ(last("", ""), "\xff\xff");
  EXPECT_EQ(last("", "d"), "b");
  EXPECT_EQ(last("", "e"), "d");
  EXPECT_EQ(last("c", "d"), "none");
  EXPECT_EQ(last("d", "d"), "none");
  EXPECT_EQ(last("e", "f"), "none");
  EXPECT_EQ(last("d", "b"), "none");
  EXPECT_EQ(last("", "a"), "none");
  const auto row = store().NewSnapshot()->Last(kOthers, "", "");
  EXPECT_EQ(*row, std::nullopt);
}

TEST_P(StoreContract, LastSkipsWhatIsErasedAndAddsUpSums) {
  PutNow(store(), kThings, "a", "1");
  PutNow(store(), kThings, "b", "2");
  auto batch = store().Begin();
  batch->Erase(kThings, "b");
  Commit(std::move(batch));
  EXPECT_THAT(*store().NewSnapshot()->Last(kThings, "", ""), Optional(Pair("a", "1")));
  AddNow(store(), "s", {1});
  AddNow(store(), "s", {1});
  EXPECT_THAT(*store().NewSnapshot()->Last(kSums, "", ""),
              Optional(Pair("s", EncodeCounters(std::vector<int64_t>{2}))));
}

TEST_P(StoreContract, SnapshotStaysAsItWas) {
  PutNow(store(), kThings, "a", "1");
  PutNow(store(), kThings, "b", "2");
  AddNow(store(), "s", {5});
  const auto snapshot = store().NewSnapshot();
  auto batch = store().Begin();
  batch->Put(kThings, "a", "changed");
  batch->Erase(kThings, "b");
  batch->Put(kThings, "c", "new");
  batch->Add(kSums, "s", std::vector<int64_t>{100});
  Commit(std::move(batch), Durability::kSynced);
  PutNow(store(), kThings, "b", "again", Durability::kSynced);

  EXPECT_THAT(Rows(*snapshot, kThings), ElementsAre(Pair("a", "1"), Pair("b", "2")));
  EXPECT_EQ(Value(*snapshot, kThings, "a"), "1");
  EXPECT_EQ(Value(*snapshot, kThings, "c"), std::nullopt);
  EXPECT_EQ(Value(*snapshot, kSums, "s"), EncodeCounters(std::vector<int64_t>{5}));
  EXPECT_THAT(*snapshot->Last(kThings, "", ""), Optional(Pair("b", "2")));
  EXPECT_THAT(Rows(store(), kThings),
              ElementsAre(Pair("a", "changed"), Pair("b", "again"), Pair("c", "new")));
}

TEST_P(StoreContract, ClearEmptiesOneTableForGood) {
  PutNow(store(), kThings, "a", "1");
  PutNow(store(), kOthers, "a", "1");
  AddNow(store(), "s", {5});
  EXPECT_EQ(store().Clear(kThings), absl::OkStatus());
  EXPECT_EQ(store().Clear(kSums), absl::OkStatus());
  EXPECT_THAT(Rows(store(), kThings), IsEmpty());
  EXPECT_EQ(Value(*store().Begin(), kThings, "a"), std::nullopt);
  AddNow(store(), "s", {1});
  harness_->Restart();
  EXPECT_THAT(Rows(store(), kThings), IsEmpty());
  EXPECT_THAT(Rows(store(), kOthers), ElementsAre(Pair("a", "1")));
  EXPECT_THAT(Sums(store(), "s"), Optional(ElementsAre(1)));
}

TEST_P(StoreContract, ClearSyncsWhatCameBeforeAndKeepsSnapshots) {
  PutNow(store(), kThings, "a", "1");
  PutNow(store(), kOthers, "a", "1", Durability::kBuffered);
  {
    const auto snapshot = store().NewSnapshot();
    EXPECT_EQ(store().Clear(kThings), absl::OkStatus());
    PutNow(store(), kThings, "b", "2", Durability::kSynced);
    EXPECT_THAT(Rows(*snapshot, kThings), ElementsAre(Pair("a", "1")));
    EXPECT_EQ(Value(*snapshot, kThings, "b"), std::nullopt);
  }
  harness_->CutPower();
  EXPECT_THAT(Rows(store(), kThings), ElementsAre(Pair("b", "2")));
  EXPECT_THAT(Rows(store(), kOthers), ElementsAre(Pair("a", "1")));
}

TEST_P(StoreContract, SetCountersReplacesWhatWasAdded) {
  auto batch = store().Begin();
  for (const char* key : {"set", "shorter", "taken", "left"}) {
    batch->Add(kSums, key, std::vector<int64_t>{1, 2, 3});
  }
  Commit(std::move(batch));
  batch = store().Begin();
  batch->SetCounters(kSums, "set", EncodeCounters(std::vector<int64_t>{-7, 0, 0}));
  batch->SetCounters(kSums, "shorter", EncodeCounters(std::vector<int64_t>{5}));
  batch->SetCounters(kSums, "taken", "");
  batch->SetCounters(kSums, "new", EncodeCounters(std::vector<int64_t>{9}));
  const auto seen = batch->ReadRange(kSums, "s", "t");
  ASSERT_TRUE(seen.ok());
  EXPECT_EQ(seen->size(), 2U);
  Commit(std::move(batch));
  EXPECT_EQ(Sums(store(), "set"), (std::vector<int64_t>{-7, 0, 0}));
  EXPECT_EQ(Sums(store(), "shorter"), std::vector<int64_t>{5});
  EXPECT_EQ(Sums(store(), "taken"), std::nullopt);
  EXPECT_EQ(Sums(store(), "new"), std::vector<int64_t>{9});
  EXPECT_EQ(Sums(store(), "left"), (std::vector<int64_t>{1, 2, 3}));
  // And are added to from there on.
  batch = store().Begin();
  batch->Add(kSums, "shorter", std::vector<int64_t>{1, 1});
  batch->Add(kSums, "taken", std::vector<int64_t>{4});
  Commit(std::move(batch));
  EXPECT_EQ(Sums(store(), "shorter"), (std::vector<int64_t>{6, 1}));
  EXPECT_EQ(Sums(store(), "taken"), std::vector<int64_t>{4});
}

TEST_P(StoreContract, BatchBegunBeforeAClearIsWrittenAfterIt) {
  PutNow(store(), kThings, "a", "1");
  auto batch = store().Begin();
  batch->Put(kThings, "b", "2");
  EXPECT_EQ(store().Clear(kThings), absl::OkStatus());
  Commit(std::move(batch));
  EXPECT_THAT(Rows(store(), kThings), ElementsAre(Pair("b", "2")));
}

TEST_P(StoreContract, SyncedCommitsSurviveAPowerCut) {
  PutNow(store(), kThings, "a", "1", Durability::kBuffered);
  PutNow(store(), kOthers, "b", "2", Durability::kSynced);
  AddNow(store(), "s", {3}, Durability::kSynced);
  harness_->CutPower();
  EXPECT_EQ(Value(store(), kThings, "a"), "1");
  EXPECT_EQ(Value(store(), kOthers, "b"), "2");
  EXPECT_THAT(Sums(store(), "s"), Optional(ElementsAre(3)));
  PutNow(store(), kThings, "c", "3", Durability::kSynced);
  harness_->CutPower();
  EXPECT_THAT(Rows(store(), kThings), ElementsAre(Pair("a", "1"), Pair("c", "3")));
}

TEST_P(StoreContract, CleanStopKeepsBufferedCommits) {
  PutNow(store(), kThings, "a", "1", Durability::kBuffered);
  harness_->Restart();
  harness_->CutPower();
  EXPECT_EQ(Value(store(), kThings, "a"), "1");
}

TEST_P(StoreContract, ThreadsCommitAndReadTogether) {
  constexpr int kThreads = 4;
  constexpr int kCommits = 100;
  const auto key = [](int thread, int i) {
    return std::to_string(thread) + "/" + std::to_string(1000 + i);
  };
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kCommits; ++i) {
        auto batch = store().Begin();
        batch->Put(kThings, key(thread, i), "v");
        batch->Put(kNames, key(thread, i), "v");
        batch->Add(kSums, "all", std::vector<int64_t>{1, thread});
        Commit(std::move(batch), i % 25 == 0 ? Durability::kSynced : Durability::kBuffered);
        // Never one row of a batch without the others.
        const auto snapshot = store().NewSnapshot();
        const auto sums = DecodeCounters(*Value(*snapshot, kSums, "all"));
        EXPECT_EQ(static_cast<int64_t>(Rows(*snapshot, kThings).size()), sums.value()[0]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(Sums(store(), "all"), Optional(ElementsAre(kThreads * kCommits, kCommits * 6)));
  EXPECT_EQ(Rows(store(), kNames).size(), size_t{kThreads * kCommits});
}

// As the ledger works: one thread fills the open batch, while another commits
// the one it stands on.
TEST_P(StoreContract, OneThreadFillsWhileAnotherCommits) {
  constexpr int kBatches = 200;
  std::shared_ptr<Transaction> open = store().Begin();
  for (int i = 0; i < kBatches; ++i) {
    std::shared_ptr<Transaction> full = std::move(open);
    full->Put(kThings, "counter", std::to_string(i));
    open = store().Begin(full);
    std::thread committer([&, full = std::move(full)]() mutable { Commit(std::move(full)); });
    for (int look = 0; look < 20; ++look) {
      ASSERT_EQ(Value(*open, kThings, "counter"), std::to_string(i));
    }
    committer.join();
  }
  EXPECT_EQ(Value(store(), kThings, "counter"), std::to_string(kBatches - 1));
}

}  // namespace
}  // namespace comptoir::store
