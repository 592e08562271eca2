#include "tests/simulation/disk.h"

#include <vector>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/ledger/tables.h"
#include "common/retail/tables.h"

namespace comptoir::simulation {

Disk::Disk() : store_(ledger::AllTables()) {}

std::unique_ptr<Disk> Disk::Copy() {
  COMPTOIR_CHECK(!rotten());
  auto copy = std::make_unique<Disk>();
  auto batch = copy->store_.Begin();
  const auto snapshot = store_.NewSnapshot();
  for (const store::TableSpec& table : ledger::AllTables()) {
    auto row = snapshot->Scan(table.id, "", "");
    for (; row->Valid(); row->Next()) {
      if (table.kind == store::TableKind::kCounters) {
        batch->Add(table.id, row->key(), *store::DecodeCounters(row->value()));
      } else {
        batch->Put(table.id, row->key(), row->value());
      }
    }
    COMPTOIR_CHECK(row->status().ok());
  }
  COMPTOIR_CHECK(copy->store_.Commit(std::move(batch), store::Durability::kSynced).ok());
  copy->witness_ = witness_;
  return copy;
}

std::shared_ptr<store::Transaction> Disk::Begin(std::shared_ptr<store::Transaction> after) {
  return store_.Begin(std::move(after));
}

absl::Status Disk::Die() {
  off_ = true;
  return absl::UnavailableError("the machine is off");
}

// Writes what a flush will follow.
absl::Status Disk::Write(std::shared_ptr<store::Transaction> transaction) {
  COMPTOIR_RETURN_IF_ERROR(store_.Commit(std::move(transaction), store::Durability::kBuffered));
  if (meanwhile_) meanwhile_();
  return absl::OkStatus();
}

absl::Status Disk::Commit(std::shared_ptr<store::Transaction> transaction,
                          store::Durability durability) {
  if (off_) return absl::UnavailableError("the machine is off");
  if (fails_for_good_) return absl::UnavailableError("the disk fails");
  if (durability == store::Durability::kBuffered) {
    return store_.Commit(std::move(transaction), durability);
  }
  ++commits_;
  CommitFault fault = CommitFault::kNone;
  if (planned_ != CommitFault::kNone && --planned_in_ == 0) {
    std::swap(fault, planned_);
  }
  switch (fault) {
    case CommitFault::kNone:
      COMPTOIR_RETURN_IF_ERROR(Write(std::move(transaction)));
      return store_.Commit(store_.Begin(nullptr), durability);
    case CommitFault::kKillBefore:
      return Die();
    case CommitFault::kKillUnflushed:
      COMPTOIR_CHECK(Write(std::move(transaction)).ok());
      return Die();
    case CommitFault::kKillAfter:
      COMPTOIR_CHECK(store_.Commit(std::move(transaction), durability).ok());
      return Die();
    case CommitFault::kFailWrite:
      return absl::UnavailableError("a write failed");
    case CommitFault::kFailFlush:
      COMPTOIR_CHECK(Write(std::move(transaction)).ok());
      return absl::UnavailableError("a flush failed");
    case CommitFault::kFailReported:
      COMPTOIR_CHECK(store_.Commit(std::move(transaction), durability).ok());
      return absl::UnavailableError("a flush is said to have failed");
  }
  return absl::OkStatus();
}

absl::Status Disk::Clear(store::TableId table) {
  return off_ ? absl::UnavailableError("the machine is off") : store_.Clear(table);
}

absl::Status Disk::Close() { return absl::OkStatus(); }

absl::Status Disk::Room() const {
  return full_ ? absl::ResourceExhaustedError("the disk is full") : absl::OkStatus();
}

void Disk::Plan(CommitFault fault, uint64_t commits) {
  planned_ = fault;
  planned_in_ = commits;
}

void Disk::SwitchOn() {
  off_ = false;
  planned_ = CommitFault::kNone;
}

bool Disk::Rot(uint64_t choice) {
  std::vector<std::pair<store::TableId, std::string>> rows;
  {
    const auto snapshot = store_.NewSnapshot();
    for (const store::TableId table :
         {ledger::kEntries, ledger::kHeads, ledger::kRequests, retail::kReceipts}) {
      auto row = snapshot->Scan(table, "", "");
      for (; row->Valid(); row->Next()) rows.emplace_back(table, std::string(row->key()));
    }
  }
  if (rows.empty()) return false;
  const auto& [table, key] = rows[choice % rows.size()];
  rotten_rows_.emplace_back(table, key);
  if (table == ledger::kEntries) {
    const auto row = store_.NewSnapshot()->Get(table, key);
    COMPTOIR_CHECK(row.ok() && row->has_value());
    rotten_entries_[key] = **row;
    // What a store's own checks would have to miss.
    if ((choice >> 63) != 0) return FlipBit(key, choice);
  }
  store_.DamageRow(table, key);
  return true;
}

bool Disk::FlipBit(const std::string& key, uint64_t choice) {
  std::string row = rotten_entries_[key];
  const size_t bit = (choice >> 32) % (row.size() * 8);
  row[bit / 8] = static_cast<char>(row[bit / 8] ^ (1 << (bit % 8)));
  auto batch = store_.Begin();
  batch->Put(ledger::kEntries, key, row);
  return store_.Commit(std::move(batch), store::Durability::kSynced).ok();
}

std::vector<std::pair<JournalId, Sequence>> Disk::UnsoundEntries() {
  std::vector<std::pair<JournalId, Sequence>> unsound;
  for (const auto& [key, sound] : rotten_entries_) {
    const JournalId journal(ReadBigEndian64(key));
    const Sequence sequence(ReadBigEndian64(std::string_view(key).substr(8)));
    // What was cut off when a fork was settled has nothing to be mended.
    const auto row = Entry(journal, sequence);
    if (!row.ok()) unsound.emplace_back(journal, sequence);
  }
  return unsound;
}

bool Disk::NoteMended() {
  if (!UnsoundEntries().empty()) return false;
  const auto snapshot = store_.NewSnapshot();
  for (const auto& [table, key] : rotten_rows_) {
    if (!snapshot->Get(table, key).ok()) return false;
  }
  rotten_rows_.clear();
  rotten_entries_.clear();
  return true;
}

absl::StatusOr<std::optional<std::string>> Disk::Entry(JournalId journal, Sequence sequence) {
  const std::string key = ledger::EntryKey(journal, sequence);
  auto row = store_.NewSnapshot()->Get(ledger::kEntries, key);
  const auto sound = rotten_entries_.find(key);
  const bool flipped =
      sound != rotten_entries_.end() && row.ok() && row->has_value() && **row != sound->second;
  if (flipped) {
    return absl::DataLossError("a bit of it has flipped");
  }
  return row;
}

}  // namespace comptoir::simulation
