// Every read fails: each query is asked with its first read failing, then its second, and
// so on; and each fact of a history folded so. No error may be swallowed, no row that is
// spoilt may crash.
#include <gtest/gtest.h>

#include "common/retail/tables.h"
#include "common/store/memory_store.h"
#include "tests/unit/retail/faults/queries.h"
#include "tests/unit/retail/faults/rich_history.h"
#include "tests/unit/retail/faults/spoiling_snapshot.h"
#include "tests/unit/retail/faults/watching_snapshot.h"

namespace comptoir::retail::faults {
namespace {

// More reads than any query of so small a history makes.
constexpr uint64_t kReadsMax = 20'000;

const absl::Status& DamagedRead() {
  static const auto* const status = new absl::Status(absl::DataLossError("the read is damaged"));
  return *status;
}
const absl::Status& UnavailableRead() {
  static const auto* const status = new absl::Status(absl::UnavailableError("the disk is away"));
  return *status;
}

TEST(ReadsTest, EveryFactOfTheHistoryIsAdmitted) {
  // The sample's own are of both sorts; what was added to it is all to be folded.
  const size_t samples = testing::Place(testing::SampleHistory()).size();
  const auto& history = RichHistory();
  for (size_t i = samples; i < history.size(); ++i) {
    EXPECT_EQ(testing::RefusalOf(history[i]), "") << i - samples << " of what was added";
  }
}

TEST(ReadsTest, EveryTableOfTheViewsHasRows) {
  const auto store = RichStore();
  const auto snapshot = store->NewSnapshot();
  std::vector<store::TableSpec> tables = ViewTables();
  for (const store::TableSpec& table : CopyTables()) tables.push_back(table);
  for (const store::TableSpec& table : tables) {
    EXPECT_TRUE(snapshot->Scan(table.id, "", "")->Valid()) << table.name;
  }
}

TEST(ReadsTest, QueriesAnswerWhenAllIsWell) {
  const auto store = RichStore();
  const auto snapshot = store->NewSnapshot();
  for (const Query& query : AllQueries()) {
    const absl::Status status = query.ask(*snapshot);
    EXPECT_EQ(status.code(), query.healthy) << query.name << ": " << status;
  }
}

// Does the query go on without the table of which a read failed so?
bool GoesOn(const Query& query, store::TableId table, const absl::Status& failure) {
  return query.goes_on_over_anything.contains(table) ||
         (absl::IsDataLoss(failure) && query.goes_on_over_damage.contains(table));
}

// How many reads it makes; 0 where one of them fails unheard.
uint64_t FailEveryRead(const Query& query, const absl::Status& failure, store::MemoryStore& store) {
  const WatchingSnapshot snapshot(store.NewSnapshot());
  for (uint64_t nth = 1; nth < kReadsMax; ++nth) {
    store.FailRead(nth, failure);
    const absl::Status status = query.ask(snapshot);
    if (store.WaitsToFailRead()) {
      store.FailRead(0, failure);
      EXPECT_EQ(status.code(), query.healthy) << query.name << ": " << status;
      return nth - 1;
    }
    if (status.code() == failure.code()) continue;
    const bool goes_on = GoesOn(query, snapshot.failed_table(), failure) &&
                         (status.ok() || absl::IsFailedPrecondition(status));
    EXPECT_TRUE(goes_on) << query.name << ", read " << nth << " of table "
                         << int{snapshot.failed_table()} << " fails with " << failure
                         << ": it says " << status;
    if (!goes_on) return 0;
  }
  ADD_FAILURE() << query.name << " reads without an end";
  return 0;
}

TEST(ReadsTest, NoQuerySwallowsAReadThatFails) {
  const auto store = RichStore();
  for (const Query& query : AllQueries()) {
    const uint64_t reads = FailEveryRead(query, DamagedRead(), *store);
    EXPECT_GT(reads, 0u) << query.name;
    EXPECT_GT(FailEveryRead(query, UnavailableRead(), *store), 0u) << query.name;
  }
}

// What a query may say of a row that lost its last byte: that it is damaged, or what it
// would say of a row that says so.
bool IsAnswerToSpoilt(const Query& query, const absl::Status& status) {
  if (status.ok() || status.code() == query.healthy || absl::IsDataLoss(status)) return true;
  const bool may_be = absl::IsNotFound(status) || absl::IsInvalidArgument(status) ||
                      absl::IsFailedPrecondition(status);
  return may_be && !status.message().empty();
}

TEST(ReadsTest, NoQueryFallsOverARowThatIsSpoilt) {
  const auto store = RichStore();
  const auto snapshot = store->NewSnapshot();
  uint64_t noticed = 0;
  for (const Query& query : AllQueries()) {
    uint64_t nth = 0;
    do {
      store->SpoilRead(++nth);
      const absl::Status status = query.ask(*snapshot);
      EXPECT_TRUE(IsAnswerToSpoilt(query, status))
          << query.name << ", row " << nth << ": " << status;
      noticed += absl::IsDataLoss(status) ? 1 : 0;
    } while (!store->WaitsToFailRead() && nth < kReadsMax);
    EXPECT_LT(nth, kReadsMax) << query.name;
    store->SpoilRead(0);
  }
  EXPECT_GT(noticed, 100u);
}

// ---- rows that say anything ----

// Of a value nothing but `value`.
SpoilingSnapshot::Way SayOnly(const std::string& value) {
  return [value](ReadRow* row) {
    if (row->value == value) return false;
    row->value = value;
    return true;
  };
}

// Of a key what the reader looked for, and `more` bytes behind it.
SpoilingSnapshot::Way CutKey(size_t more) {
  return [more](ReadRow* row) {
    const size_t kept = row->first.size() + more;
    if (row->by_key || !row->key.starts_with(row->first) || kept >= row->key.size()) return false;
    row->key.resize(kept);
    return true;
  };
}

void SpoilEveryRow(const Query& query, SpoilingSnapshot& snapshot, uint64_t* noticed) {
  for (uint64_t nth = 1; nth < kReadsMax; ++nth) {
    snapshot.Spoil(nth);
    const absl::Status status = query.ask(snapshot);
    if (snapshot.waits()) return snapshot.Spoil(0);
    EXPECT_TRUE(IsAnswerToSpoilt(query, status)) << query.name << ", row " << nth << ": " << status;
    *noticed += absl::IsDataLoss(status) ? 1 : 0;
  }
  ADD_FAILURE() << query.name << " reads without an end";
}

// How often it was noticed that the row is none.
uint64_t SpoilEveryRow(const SpoilingSnapshot::Way& way) {
  const auto store = RichStore();
  SpoilingSnapshot snapshot(store->NewSnapshot(), way);
  uint64_t noticed = 0;
  for (const Query& query : AllQueries()) SpoilEveryRow(query, snapshot, &noticed);
  return noticed;
}

TEST(ReadsTest, NoQueryFallsOverAValueThatIsNone) {
  EXPECT_GT(SpoilEveryRow(SayOnly("\xff")), 1'000u);
  EXPECT_GT(SpoilEveryRow(SayOnly("")), 100u);
}

TEST(ReadsTest, NoQueryFallsOverAKeyThatIsCutShort) {
  for (const size_t more : {0, 1, 4, 8, 12, 20}) {
    EXPECT_GT(SpoilEveryRow(CutKey(more)), 10u) << more;
  }
}

// ---- folds ----

// Folds `placed` with its first read failing, its second, …: none may say that all is well,
// but where it looked back at an entry that is damaged, which stops no fold (R6).
void FailEveryReadOfFold(const testing::Placed& placed, const testing::ReceiptCounts& before,
                         const absl::Status& failure, store::MemoryStore& store) {
  for (uint64_t nth = 1; nth < kReadsMax; ++nth) {
    testing::ReceiptCounts receipts = before;
    const auto batch = store.Begin();
    store.FailRead(nth, failure);
    const testing::FoldResult result = testing::FoldInto(*batch, placed, &receipts);
    if (store.WaitsToFailRead()) {
      store.FailRead(0, failure);
      return;
    }
    if (absl::IsDataLoss(failure) && result.damaged > 0) {
      EXPECT_EQ(result.status, absl::OkStatus()) << "read " << nth;
      continue;
    }
    EXPECT_EQ(result.status.code(), failure.code())
        << "read " << nth << ", journal " << placed.journal << ", entry " << placed.sequence.value()
        << ": " << result.status;
    if (result.status.code() != failure.code()) break;
  }
  store.FailRead(0, failure);
}

TEST(ReadsTest, NoFoldSwallowsAReadThatFails) {
  const auto& history = RichHistory();
  const auto store = testing::FoldAll({});
  testing::ReceiptCounts receipts{};
  for (const testing::Placed& placed : history) {
    FailEveryReadOfFold(placed, receipts, DamagedRead(), *store);
    FailEveryReadOfFold(placed, receipts, UnavailableRead(), *store);
    const auto batch = store->Begin();
    ASSERT_TRUE(testing::FoldInto(*batch, placed, &receipts).status.ok());
    ASSERT_TRUE(store->Commit(batch, store::Durability::kSynced).ok());
  }
  EXPECT_EQ(testing::DumpFolded(*store), testing::DumpFolded(*testing::FoldAll(history)));
}

TEST(ReadsTest, NoFoldFallsOverARowThatIsSpoilt) {
  const auto& history = RichHistory();
  const auto store = testing::FoldAll({});
  testing::ReceiptCounts receipts{};
  uint64_t noticed = 0;
  for (const testing::Placed& placed : history) {
    bool more = true;
    for (uint64_t nth = 1; more; ++nth) {
      testing::ReceiptCounts counts = receipts;
      const auto batch = store->Begin();
      store->SpoilRead(nth);
      const absl::Status status = testing::FoldInto(*batch, placed, &counts).status;
      EXPECT_TRUE(status.ok() || absl::IsDataLoss(status)) << nth << ": " << status;
      noticed += status.ok() ? 0 : 1;
      more = !store->WaitsToFailRead();
      store->SpoilRead(0);
    }
    const auto batch = store->Begin();
    ASSERT_TRUE(testing::FoldInto(*batch, placed, &receipts).status.ok());
    ASSERT_TRUE(store->Commit(batch, store::Durability::kSynced).ok());
  }
  EXPECT_GT(noticed, 10u);
}

}  // namespace
}  // namespace comptoir::retail::faults
