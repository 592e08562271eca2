// Random work against a std::map that anyone can check by eye.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "tests/contract/store_harness.h"

namespace comptoir::store {
namespace {

// The rows of all tables, sums decoded.
struct Model {
  std::map<std::pair<TableId, std::string>, std::string> rows;
  std::map<std::string, std::vector<int64_t>> sums;

  bool operator==(const Model&) const = default;
};

void AddTo(std::vector<int64_t>& sums, const std::vector<int64_t>& more) {
  if (sums.size() < more.size()) sums.resize(more.size());
  for (size_t i = 0; i < more.size(); ++i) sums[i] += more[i];
}

// Few keys, so that writes meet; some share long beginnings, as ours do.
rc::Gen<std::string> Key() {
  return rc::gen::map(rc::gen::pair(rc::gen::inRange(0, 6), rc::gen::inRange(0, 3)),
                      [](const std::pair<int, int>& pick) {
                        const std::string ends[] = {"", "\xff", std::string("\0\1", 2)};
                        return (pick.first % 2 == 0 ? "outremeuse/carottes/" : "") +
                               std::string(1, static_cast<char>('a' + pick.first)) +
                               ends[pick.second];
                      });
}

rc::Gen<TableId> RowTable() { return rc::gen::element(kThings, kOthers, kNames); }

// Writes one random thing to the batch and to what it will have done.
void WriteSomething(Transaction& batch, Model& model) {
  const std::string key = *Key();
  const int what = *rc::gen::inRange(0, 10);
  if (what < 3) {
    const auto sums = *rc::gen::resize(4, rc::gen::container<std::vector<int64_t>>(
                                              rc::gen::inRange<int64_t>(-1'000'000, 1'000'000)));
    batch.Add(kSums, key, sums);
    AddTo(model.sums[key], sums);
  } else if (what < 5) {
    const TableId table = *RowTable();
    batch.Erase(table, key);
    model.rows.erase({table, key});
  } else {
    const TableId table = *RowTable();
    const auto value = *rc::gen::arbitrary<std::string>();
    batch.Put(table, key, value);
    model.rows[{table, key}] = value;
  }
}

Model Read(const Snapshot& snapshot) {
  Model model;
  for (const TableSpec& table : ContractTables()) {
    for (const auto& [key, value] : Rows(snapshot, table.id)) {
      if (table.kind == TableKind::kCounters) {
        model.sums[key] = DecodeCounters(value).value();
      } else {
        model.rows[{table.id, key}] = value;
      }
    }
  }
  return model;
}

// A random life of a store. Batches are made one on the other and committed
// later, as the ledger does.
class Life {
 public:
  explicit Life(StoreHarness& harness) : harness_(harness) {}

  void Step() {
    switch (
        *rc::gen::weightedElement<int>({{6, 0}, {5, 1}, {2, 2}, {2, 3}, {1, 4}, {1, 5}, {1, 6}})) {
      case 0:
        return FillBatch();
      case 1:
        return CommitBatch();
      case 2:
        return CheckReads();
      case 3:
        snapshots_.emplace_back(harness_.store().NewSnapshot(), standing_);
        return;
      case 4:
        return Clear();
      case 5:
        Drop();
        harness_.Restart();
        return Synced();
      case 6:
        return CutPower();
    }
  }

  void CheckAll() {
    CheckReads();
    while (!open_.empty()) CommitBatch();
    RC_ASSERT(Read(*harness_.store().NewSnapshot()) == standing_);
    for (const auto& [snapshot, expected] : snapshots_) RC_ASSERT(Read(*snapshot) == expected);
  }

 private:
  struct Open {
    std::shared_ptr<Transaction> batch;
    Model after;  // what stands once it and those below are committed
  };

  void FillBatch() {
    const bool on_top = !open_.empty();
    Open next{harness_.store().Begin(on_top ? open_.back().batch : nullptr),
              on_top ? open_.back().after : standing_};
    const int writes = *rc::gen::inRange(0, 12);
    for (int i = 0; i < writes; ++i) WriteSomething(*next.batch, next.after);
    open_.push_back(std::move(next));
  }

  void CommitBatch() {
    if (open_.empty()) return;
    const bool synced = *rc::gen::inRange(0, 3) == 0;
    RC_ASSERT(harness_.store()
                  .Commit(open_.front().batch, synced ? Durability::kSynced : Durability::kBuffered)
                  .ok());
    standing_ = open_.front().after;
    open_.erase(open_.begin());
    possible_.push_back(standing_);
    if (synced) Synced();
  }

  void CheckReads() {
    const Model& seen = open_.empty() ? standing_ : open_.back().after;
    const auto batch = harness_.store().Begin(open_.empty() ? nullptr : open_.back().batch);
    for (int i = 0; i < 5; ++i) {
      const TableId table = *RowTable();
      const std::string key = *Key();
      const auto row = seen.rows.find({table, key});
      const auto value = Value(*batch, table, key);
      RC_ASSERT(value.has_value() == (row != seen.rows.end()));
      if (value.has_value()) RC_ASSERT(*value == row->second);
    }
  }

  void Clear() {
    if (!open_.empty()) return;  // what they expect would change under them
    const TableId table = *rc::gen::element(kThings, kOthers, kNames, kSums);
    RC_ASSERT(harness_.store().Clear(table).ok());
    if (table == kSums) standing_.sums.clear();
    std::erase_if(standing_.rows, [&](const auto& row) { return row.first.first == table; });
    Synced();
  }

  // A cut leaves what was synced and the first so many batches after it.
  void CutPower() {
    Drop();
    harness_.CutPower();
    const Model found = Read(*harness_.store().NewSnapshot());
    RC_ASSERT(std::find(possible_.begin(), possible_.end(), found) != possible_.end());
    standing_ = found;
    Synced();
  }

  void Synced() { possible_.assign(1, standing_); }
  void Drop() {
    open_.clear();
    snapshots_.clear();
  }

  StoreHarness& harness_;
  Model standing_;                  // all that is committed
  std::vector<Model> possible_{1};  // what a power cut may leave
  std::vector<Open> open_;          // each standing on the one before
  std::vector<std::pair<std::unique_ptr<Snapshot>, Model>> snapshots_;
};

class StoreModel : public ::testing::TestWithParam<StoreMaker> {};

INSTANTIATE_TEST_SUITE_P(Stores, StoreModel, ::testing::ValuesIn(AllStores()),
                         [](const auto& store) { return store.param.name; });

TEST_P(StoreModel, DoesWhatTheModelDoes) {
  EXPECT_TRUE(rc::check("a store does what a map does", [] {
    const auto harness = GetParam().make();
    Life life(*harness);
    const int steps = *rc::gen::inRange(1, 40);
    for (int i = 0; i < steps; ++i) life.Step();
    life.CheckAll();
  }));
}

}  // namespace
}  // namespace comptoir::store
