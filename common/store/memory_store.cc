#include "common/store/memory_store.h"

#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/store/batch.h"
#include "common/store/memory_state.h"

namespace comptoir::store {
namespace {

// Keeps the versions that a snapshot and its iterators see.
class PinnedState {
 public:
  explicit PinnedState(std::shared_ptr<MemoryState> state)
      : state_(std::move(state)), number_(state_->Pin()) {}
  ~PinnedState() { state_->Unpin(number_); }
  PinnedState(const PinnedState&) = delete;
  PinnedState& operator=(const PinnedState&) = delete;

  const MemoryState& state() const { return *state_; }
  uint64_t number() const { return number_; }

 private:
  const std::shared_ptr<MemoryState> state_;
  const uint64_t number_;
};

class MemoryIterator final : public Iterator {
 public:
  MemoryIterator(std::shared_ptr<const PinnedState> pinned, TableId table, std::string_view first,
                 std::string_view limit)
      : pinned_(std::move(pinned)), table_(table), limit_(limit) {
    Seek(first, false);
  }

  bool Valid() const override { return row_.has_value(); }
  void Next() override { Seek(std::string(key()), true); }
  std::string_view key() const override {
    COMPTOIR_CHECK(Valid());
    return row_->first;
  }
  std::string_view value() const override {
    COMPTOIR_CHECK(Valid());
    return row_->second;
  }
  absl::Status status() const override { return status_; }

 private:
  void Seek(std::string_view first, bool beyond) {
    MemoryState::Row row =
        pinned_->state().Following(table_, first, beyond, limit_, pinned_->number());
    status_ = row.status();
    row_ = row.ok() ? *std::move(row) : std::nullopt;
  }

  const std::shared_ptr<const PinnedState> pinned_;
  const TableId table_;
  const std::string limit_;
  std::optional<MemoryState::KeyAndValue> row_;
  absl::Status status_;
};

class MemorySnapshot final : public Snapshot {
 public:
  explicit MemorySnapshot(std::shared_ptr<const PinnedState> pinned) : pinned_(std::move(pinned)) {}

  absl::StatusOr<std::optional<std::string>> Get(TableId table,
                                                 std::string_view key) const override {
    return pinned_->state().Get(table, key, pinned_->number());
  }
  std::unique_ptr<Iterator> Scan(TableId table, std::string_view first,
                                 std::string_view limit) const override {
    return std::make_unique<MemoryIterator>(pinned_, table, first, limit);
  }
  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      TableId table, std::string_view first, std::string_view limit) const override {
    return pinned_->state().Last(table, first, limit, pinned_->number());
  }

 private:
  const std::shared_ptr<const PinnedState> pinned_;
};

}  // namespace

// The store as it stands, for batches to read through.
class MemoryStore::Latest final : public Committed {
 public:
  explicit Latest(std::shared_ptr<MemoryState> state) : state_(std::move(state)) {}
  absl::StatusOr<std::optional<std::string>> Get(TableId table,
                                                 std::string_view key) const override {
    return state_->Get(table, key, MemoryState::kNewest);
  }
  std::unique_ptr<Snapshot> NewSnapshot() const override {
    return std::make_unique<MemorySnapshot>(std::make_shared<const PinnedState>(state_));
  }

 private:
  const std::shared_ptr<MemoryState> state_;
};

MemoryStore::MemoryStore(std::vector<TableSpec> tables)
    : state_(std::make_shared<MemoryState>(std::move(tables))),
      latest_(std::make_unique<Latest>(state_)) {}

MemoryStore::~MemoryStore() = default;

std::shared_ptr<Transaction> MemoryStore::Begin(std::shared_ptr<Transaction> after) {
  return std::make_shared<Batch>(state_->tables(), *latest_, Batch::Of(after.get(), *latest_));
}

absl::Status MemoryStore::Commit(std::shared_ptr<Transaction> transaction, Durability durability) {
  COMPTOIR_CHECK(transaction != nullptr);
  Batch& batch = *Batch::Of(transaction.get(), *latest_);
  MutexLock lock(&commit_mutex_);
  absl::Status fault = std::exchange(fault_, absl::OkStatus());
  if (!fault.ok() && fault_point_ == FaultPoint::kBeforeApplied) return fault;
  const std::shared_lock applying(latest_->applying());
  state_->Apply(batch.RowsToCommit());
  if (durability == Durability::kSynced) state_->Sync();
  if (!fault.ok()) return fault;
  batch.MarkCommitted();
  return absl::OkStatus();
}

std::unique_ptr<Snapshot> MemoryStore::NewSnapshot() { return latest_->NewSnapshot(); }

absl::Status MemoryStore::Clear(TableId table) {
  state_->EraseAll(table);
  state_->Sync();
  return absl::OkStatus();
}

absl::Status MemoryStore::Close() {
  state_->Sync();
  return absl::OkStatus();
}

void MemoryStore::LoseUnsynced(uint64_t kept) { state_->LoseUnsynced(kept); }

void MemoryStore::FailNextCommit(absl::Status failure, FaultPoint point) {
  COMPTOIR_CHECK(!failure.ok());
  MutexLock lock(&commit_mutex_);
  fault_ = std::move(failure);
  fault_point_ = point;
}

void MemoryStore::FailRead(uint64_t nth, absl::Status failure) {
  COMPTOIR_CHECK(!failure.ok());
  state_->FailRead(nth, std::move(failure));
}

void MemoryStore::SpoilRead(uint64_t nth) { state_->FailRead(nth, absl::OkStatus()); }

bool MemoryStore::WaitsToFailRead() const { return state_->WaitsToFail(); }

void MemoryStore::DamageRow(TableId table, std::string_view key) { state_->Damage(table, key); }

}  // namespace comptoir::store
