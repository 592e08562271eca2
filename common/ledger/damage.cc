#include "common/ledger/damage.h"

#include <algorithm>
#include <optional>
#include <string>

#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/ledger/entry_rows.h"

namespace comptoir::ledger {

// ---- DamageBook ----

std::vector<DamagedRange> DamageBook::Add(const DamagedRange& range) {
  std::vector<DamagedRange> added;
  for (Sequence at = range.first; at <= range.last; at = Next(at)) {
    if (Has(range.journal, at)) continue;
    if (!added.empty() && Next(added.back().last) == at) {
      added.back().last = at;
    } else {
      added.push_back({range.journal, at, at});
    }
  }
  if (added.empty()) return added;
  // One range in the place of all that it meets or touches.
  std::map<Sequence, Sequence>& ranges = ranges_[range.journal];
  Sequence first = range.first;
  Sequence last = range.last;
  for (auto at = ranges.begin(); at != ranges.end();) {
    if (at->first > Next(last) || Next(at->second) < first) {
      ++at;
      continue;
    }
    first = std::min(first, at->first);
    last = std::max(last, at->second);
    at = ranges.erase(at);
  }
  ranges[first] = last;
  return added;
}

bool DamageBook::Remove(JournalId journal, Sequence sequence) {
  if (!Has(journal, sequence)) return false;
  std::map<Sequence, Sequence>& ranges = ranges_[journal];
  const auto range = std::prev(ranges.upper_bound(sequence));
  const auto [first, last] = *range;
  ranges.erase(range);
  if (first < sequence) ranges[first] = Sequence(sequence.value() - 1);
  if (sequence < last) ranges[Next(sequence)] = last;
  if (ranges.empty()) ranges_.erase(journal);
  return true;
}

bool DamageBook::Has(JournalId journal, Sequence sequence) const {
  const auto ranges = ranges_.find(journal);
  if (ranges == ranges_.end()) return false;
  const auto after = ranges->second.upper_bound(sequence);
  return after != ranges->second.begin() && std::prev(after)->second >= sequence;
}

std::vector<Sequence> DamageBook::In(JournalId journal, Sequence first, Sequence last) const {
  std::vector<Sequence> sequences;
  const auto ranges = ranges_.find(journal);
  if (ranges == ranges_.end()) return sequences;
  for (const auto& [begin, end] : ranges->second) {
    for (Sequence at = std::max(begin, first); at <= std::min(end, last); at = Next(at)) {
      sequences.push_back(at);
    }
  }
  return sequences;
}

std::vector<DamagedRange> DamageBook::all() const {
  std::vector<DamagedRange> all;
  for (const auto& [journal, ranges] : ranges_) {
    for (const auto& [first, last] : ranges) all.push_back({journal, first, last});
  }
  return all;
}

uint64_t DamageBook::entries() const {
  uint64_t count = 0;
  for (const DamagedRange& range : all()) count += range.last.value() - range.first.value() + 1;
  return count;
}

// ---- looking for damage ----

absl::StatusOr<std::vector<DamagedRange>> FindDamage(const store::Snapshot& snapshot,
                                                     JournalId journal, Sequence first,
                                                     Sequence last) {
  last = std::min(last, Sequence(first.value() + kDamageLookEntriesMax));
  std::optional<Hash> before;
  if (first.value() == 1) before = journal::ChainStart(journal);
  const Sequence from = first.value() == 1 ? first : Sequence(first.value() - 1);
  std::vector<DamagedRange> found;
  for (EntryRows rows(snapshot, journal, from, last); rows.Valid(); rows.Next()) {
    const absl::StatusOr<StoredEntry>& entry = rows.entry();
    if (!entry.ok() && !absl::IsDataLoss(entry.status())) return entry.status();
    const bool sound = entry.ok() && before.has_value() &&
                       journal::ChainNext(*before, entry->bytes) == entry->hash;
    before.reset();
    if (entry.ok()) before = entry->hash;
    if (sound || rows.sequence() < first) continue;
    if (!found.empty() && Next(found.back().last) == rows.sequence()) {
      found.back().last = rows.sequence();
    } else {
      found.push_back({journal, rows.sequence(), rows.sequence()});
    }
  }
  return found;
}

// ---- snapshots that tell ----

namespace {

class WatchedIterator final : public store::Iterator {
 public:
  WatchedIterator(std::unique_ptr<store::Iterator> rows, store::TableId table,
                  const OnDamagedRow& on_damage)
      : rows_(std::move(rows)), table_(table), on_damage_(on_damage) {}

  bool Valid() const override { return rows_->Valid(); }
  void Next() override { rows_->Next(); }
  std::string_view key() const override { return rows_->key(); }
  std::string_view value() const override { return rows_->value(); }
  absl::Status status() const override {
    absl::Status status = rows_->status();
    if (absl::IsDataLoss(status)) on_damage_(table_, "");
    return status;
  }

 private:
  const std::unique_ptr<store::Iterator> rows_;
  const store::TableId table_;
  const OnDamagedRow on_damage_;
};

class WatchedSnapshot final : public store::Snapshot {
 public:
  WatchedSnapshot(std::unique_ptr<store::Snapshot> snapshot, OnDamagedRow on_damage)
      : snapshot_(std::move(snapshot)), on_damage_(std::move(on_damage)) {}

  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    auto value = snapshot_->Get(table, key);
    if (absl::IsDataLoss(value.status())) on_damage_(table, key);
    return value;
  }
  std::unique_ptr<store::Iterator> Scan(store::TableId table, std::string_view first,
                                        std::string_view limit) const override {
    return std::make_unique<WatchedIterator>(snapshot_->Scan(table, first, limit), table,
                                             on_damage_);
  }
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      store::TableId table, std::string_view first, std::string_view limit) const override {
    auto row = snapshot_->Last(table, first, limit);
    if (absl::IsDataLoss(row.status())) on_damage_(table, "");
    return row;
  }
  void TellUnreadable(store::TableId table, std::string_view key) const override {
    on_damage_(table, key);
  }

 private:
  const std::unique_ptr<store::Snapshot> snapshot_;
  const OnDamagedRow on_damage_;
};

}  // namespace

std::unique_ptr<store::Snapshot> WatchSnapshot(std::unique_ptr<store::Snapshot> snapshot,
                                               OnDamagedRow on_damage) {
  return std::make_unique<WatchedSnapshot>(std::move(snapshot), std::move(on_damage));
}

}  // namespace comptoir::ledger
