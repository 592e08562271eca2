#include "common/store/memory_state.h"

#include <algorithm>

#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/store/counters.h"

namespace comptoir::store {

const MemoryState::Version* MemoryState::Visible(const Versions& versions, uint64_t number) {
  for (auto version = versions.rbegin(); version != versions.rend(); ++version) {
    if (version->number <= number) return version->value.has_value() ? &*version : nullptr;
  }
  return nullptr;
}

MemoryState::Row MemoryState::Read(TableId table, const Rows::value_type& row,
                                   uint64_t number) const {
  const Version* const version = Visible(row.second, number);
  if (version == nullptr) return std::nullopt;
  if (version->damaged) {
    return absl::DataLossError("a row of table '" + tables_.specs()[tables_.position(table)].name +
                               "' is damaged");
  }
  return KeyAndValue(row.first, *version->value);
}

MemoryState::Value MemoryState::Get(TableId table, std::string_view key, uint64_t number) const {
  MutexLock lock(&mutex_);
  const Rows& rows = rows_[tables_.position(table)];
  const auto found = rows.find(key);
  COMPTOIR_ASSIGN_OR_RETURN(
      std::optional<KeyAndValue> row,
      Given(found == rows.end() ? Row(std::nullopt) : Read(table, *found, number)));
  if (!row.has_value()) return std::nullopt;
  return std::move(row->second);
}

MemoryState::Row MemoryState::Following(TableId table, std::string_view first, bool beyond,
                                        std::string_view limit, uint64_t number) const {
  MutexLock lock(&mutex_);
  const Rows& rows = rows_[tables_.position(table)];
  auto next = beyond ? rows.upper_bound(first) : rows.lower_bound(first);
  for (; next != rows.end() && (limit.empty() || next->first < limit); ++next) {
    Row row = Read(table, *next, number);
    if (!row.ok() || row->has_value()) return Given(std::move(row));
  }
  return Given(std::nullopt);
}

MemoryState::Row MemoryState::Last(TableId table, std::string_view first, std::string_view limit,
                                   uint64_t number) const {
  MutexLock lock(&mutex_);
  const Rows& rows = rows_[tables_.position(table)];
  auto end = limit.empty() ? rows.end() : rows.lower_bound(limit);
  while (end != rows.begin() && (--end)->first >= first) {
    Row row = Read(table, *end, number);
    if (!row.ok() || row->has_value()) return Given(std::move(row));
  }
  return Given(std::nullopt);
}

MemoryState::Row MemoryState::Given(Row row) const {
  const bool spoils = read_failure_.ok();
  const bool counts = !spoils || (row.ok() && row->has_value() && !(*row)->second.empty());
  if (fails_in_ == 0 || !counts || --fails_in_ > 0) return row;
  if (!spoils) return read_failure_;
  (*row)->second.pop_back();
  return row;
}

void MemoryState::FailRead(uint64_t nth, absl::Status failure) {
  MutexLock lock(&mutex_);
  fails_in_ = nth;
  read_failure_ = std::move(failure);
}

bool MemoryState::WaitsToFail() const {
  MutexLock lock(&mutex_);
  return fails_in_ > 0;
}

uint64_t MemoryState::Pin() {
  MutexLock lock(&mutex_);
  pinned_.insert(newest_);
  return newest_;
}

void MemoryState::Unpin(uint64_t number) {
  MutexLock lock(&mutex_);
  pinned_.erase(pinned_.find(number));
  Forget();
}

void MemoryState::Apply(const BatchRows& batch) {
  MutexLock lock(&mutex_);
  ++newest_;
  bool in_views = false;
  batch.VisitSorted([&, this](const BatchRow& row) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    // The ledger's own tables come before the views'.
    if (COMPTOIR_PLANTED(kSplitBatch) && row.table >= 16 && !std::exchange(in_views, true)) {
      synced_ = newest_++;
    }
    ApplyRow(row);
  });
}

void MemoryState::ApplyRow(const BatchRow& row) {
  switch (row.operation) {
    case Operation::kPut:
      return Write(row.table, row.key, std::string(row.value), false);
    case Operation::kErase:
      return Write(row.table, row.key, std::nullopt, false);
    case Operation::kAdd:
      break;
  }
  const Rows& rows = rows_[tables_.position(row.table)];
  const auto found = rows.find(row.key);
  const Version* const before = found == rows.end() ? nullptr : Visible(found->second, kNewest);
  CounterSums sums;
  if (before != nullptr) COMPTOIR_CHECK(AddEncodedCounters(*before->value, &sums));
  COMPTOIR_CHECK(AddEncodedCounters(row.value, &sums));
  Write(row.table, row.key, EncodeCounters(sums), before != nullptr && before->damaged);
}

void MemoryState::Write(TableId table, std::string_view key, std::optional<std::string> value,
                        bool damaged) {
  Versions& versions = rows_[tables_.position(table)][std::string(key)];
  versions.push_back({newest_, std::move(value), damaged});
  written_.push_back({newest_, table, std::string(key)});
}

void MemoryState::EraseAll(TableId table) {
  MutexLock lock(&mutex_);
  ++newest_;
  std::vector<std::string> keys;
  for (const auto& [key, versions] : rows_[tables_.position(table)]) keys.push_back(key);
  for (const std::string& key : keys) Write(table, key, std::nullopt, false);
}

void MemoryState::Sync() {
  MutexLock lock(&mutex_);
  synced_ = newest_;
  Forget();
}

void MemoryState::LoseUnsynced(uint64_t kept) {
  MutexLock lock(&mutex_);
  COMPTOIR_CHECK(pinned_.empty());
  synced_ += std::min(kept, newest_ - synced_);
  for (; !written_.empty() && written_.back().number > synced_; written_.pop_back()) {
    Rows& rows = rows_[tables_.position(written_.back().table)];
    const auto row = rows.find(written_.back().key);
    row->second.pop_back();
    if (row->second.empty()) rows.erase(row);
  }
  newest_ = synced_;
}

size_t MemoryState::versions() const {
  MutexLock lock(&mutex_);
  size_t versions = 0;
  for (const Rows& rows : rows_) {
    for (const auto& [key, of_key] : rows) versions += of_key.size();
  }
  return versions;
}

void MemoryState::Damage(TableId table, std::string_view key) {
  MutexLock lock(&mutex_);
  Rows& rows = rows_[tables_.position(table)];
  const auto row = rows.find(key);
  COMPTOIR_CHECK(row != rows.end());
  for (Version& version : row->second) version.damaged = true;
}

// Drops the versions that nobody can see any more.
void MemoryState::Forget() {
  const uint64_t oldest = pinned_.empty() ? synced_ : std::min(synced_, *pinned_.begin());
  for (; !written_.empty() && written_.front().number <= oldest; written_.pop_front()) {
    Rows& rows = rows_[tables_.position(written_.front().table)];
    const auto row = rows.find(written_.front().key);
    if (row == rows.end()) continue;
    Versions& versions = row->second;
    ptrdiff_t seen = 0;  // the version that the oldest reader sees
    while (seen + 1 < std::ssize(versions) && versions[seen + 1].number <= oldest) ++seen;
    versions.erase(versions.begin(), versions.begin() + seen);
    if (versions.size() == 1 && !versions.front().value.has_value()) rows.erase(row);
  }
}

}  // namespace comptoir::store
