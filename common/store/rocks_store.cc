#include "common/store/rocks_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/write_batch.h>

#include <mutex>
#include <shared_mutex>
#include <utility>

#include "common/base/status.h"
#include "common/store/batch.h"
#include "common/store/rocks_store_engine.h"
#include "common/store/table_set.h"

namespace comptoir::store {
namespace {

constexpr int kCacheShardBits = 2;  // few, so that a large filter fits one
constexpr uint64_t kFlushSlackBytes = 64 << 20;
constexpr size_t kBatchRowOverheadBytes = 16;  // tag, table and lengths in a write batch

absl::StatusOr<std::optional<std::string>> GetFrom(const Tables& tables, size_t position,
                                                   const rocksdb::ReadOptions& options,
                                                   std::string_view key) {
  std::string value;
  const rocksdb::Status status =
      tables.engine->Get(options, tables.handles[position].get(), ToSlice(key), &value);
  if (status.IsNotFound() && !status.IsPathNotFound()) return std::nullopt;
  COMPTOIR_RETURN_IF_ERROR(ToStatus(status));
  return value;
}

// The engine's snapshot, shared by ours and its iterators.
struct Pinned {
  explicit Pinned(std::shared_ptr<const Tables> open)
      : tables(std::move(open)), snapshot(tables->engine->GetSnapshot()) {}
  ~Pinned() { tables->engine->ReleaseSnapshot(snapshot); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

  rocksdb::ReadOptions Options() const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    return options;
  }

  const std::shared_ptr<const Tables> tables;
  const rocksdb::Snapshot* const snapshot;
};

// The rows of one table in [first, limit), not yet at any of them.
class Range {
 public:
  Range(const Pinned& pinned, size_t position, std::string_view first, std::string_view limit)
      : first_(first), limit_(limit), first_slice_(first_), limit_slice_(limit_) {
    rocksdb::ReadOptions options = pinned.Options();
    if (!first_.empty()) options.iterate_lower_bound = &first_slice_;
    if (!limit_.empty()) options.iterate_upper_bound = &limit_slice_;
    rows_.reset(
        pinned.tables->engine->NewIterator(options, pinned.tables->handles[position].get()));
  }

  rocksdb::Iterator& rows() const { return *rows_; }

 private:
  const std::string first_;
  const std::string limit_;
  const rocksdb::Slice first_slice_;  // the engine keeps pointers to these
  const rocksdb::Slice limit_slice_;
  std::unique_ptr<rocksdb::Iterator> rows_;
};

class RocksIterator final : public Iterator {
 public:
  RocksIterator(std::shared_ptr<const Pinned> pinned, size_t position, std::string_view first,
                std::string_view limit)
      : pinned_(std::move(pinned)), range_(*pinned_, position, first, limit) {
    range_.rows().SeekToFirst();
  }

  bool Valid() const override { return range_.rows().Valid(); }
  void Next() override {
    COMPTOIR_CHECK(Valid());
    range_.rows().Next();
  }
  std::string_view key() const override {
    COMPTOIR_CHECK(Valid());
    return ToView(range_.rows().key());
  }
  std::string_view value() const override {
    COMPTOIR_CHECK(Valid());
    return ToView(range_.rows().value());
  }
  absl::Status status() const override { return ToStatus(range_.rows().status()); }

 private:
  const std::shared_ptr<const Pinned> pinned_;
  const Range range_;
};

class RocksSnapshot final : public Snapshot {
 public:
  RocksSnapshot(const TableSet& set, std::shared_ptr<const Tables> tables)
      : set_(set), pinned_(std::make_shared<const Pinned>(std::move(tables))) {}

  absl::StatusOr<std::optional<std::string>> Get(TableId table,
                                                 std::string_view key) const override {
    return GetFrom(*pinned_->tables, set_.position(table), pinned_->Options(), key);
  }

  std::unique_ptr<Iterator> Scan(TableId table, std::string_view first,
                                 std::string_view limit) const override {
    return std::make_unique<RocksIterator>(pinned_, set_.position(table), first, limit);
  }

  absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      TableId table, std::string_view first, std::string_view limit) const override {
    const Range range(*pinned_, set_.position(table), first, limit);
    rocksdb::Iterator& rows = range.rows();
    rows.SeekToLast();
    if (rows.Valid()) return std::pair(rows.key().ToString(), rows.value().ToString());
    COMPTOIR_RETURN_IF_ERROR(ToStatus(rows.status()));
    return std::nullopt;
  }

 private:
  const TableSet set_;
  const std::shared_ptr<const Pinned> pinned_;
};

}  // namespace

// The store as it stands, and what batches read through.
class RocksStore::Engine final : public Committed {
 public:
  Engine(TableSet set, std::shared_ptr<rocksdb::Cache> cache)
      : set_(std::move(set)),
        parts_{std::move(cache),
               std::shared_ptr<rocksdb::SstFileManager>(rocksdb::NewSstFileManager(Environment())),
               std::make_shared<Failure>()} {}

  const TableSet& set() const { return set_; }

  absl::Status Open(const std::string& folder, const RocksOptions& limits) {
    COMPTOIR_ASSIGN_OR_RETURN(tables_, OpenTables(set_, folder, limits, parts_));
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::string>> Get(TableId table,
                                                 std::string_view key) const override {
    std::shared_lock lock(mutex_);
    return GetFrom(*tables_, set_.position(table), rocksdb::ReadOptions(), key);
  }

  absl::Status Write(const BatchRows& batch, Durability durability) {
    std::shared_lock lock(mutex_);
    COMPTOIR_RETURN_IF_ERROR(parts_.failure->Get());
    // The engine writes nothing for an empty batch, and so would not sync.
    if (batch.rows() == 0) {
      return durability == Durability::kSynced ? Sync() : absl::OkStatus();
    }
    rocksdb::WriteBatch writes(batch.bytes() + batch.rows() * kBatchRowOverheadBytes);
    rocksdb::Status status;
    batch.VisitSorted([&](const BatchRow& row) {
      if (status.ok()) status = Append(row, &writes);
    });
    rocksdb::WriteOptions options;
    options.sync = durability == Durability::kSynced;
    if (status.ok()) status = tables_->engine->Write(options, &writes);
    return parts_.failure->Remember(ToStatus(status));
  }

  std::unique_ptr<Snapshot> NewSnapshot() const override {
    std::shared_lock lock(mutex_);
    return std::make_unique<RocksSnapshot>(set_, tables_);
  }

  // Drops the table and makes it anew; a start that finds it gone makes it too.
  absl::Status Clear(size_t position) {
    std::unique_lock lock(mutex_);
    COMPTOIR_RETURN_IF_ERROR(Sync());
    const TableSpec& spec = set_.specs()[position];
    rocksdb::DB& engine = *tables_->engine;
    rocksdb::Status status = engine.DropColumnFamily(tables_->handles[position].get());
    rocksdb::ColumnFamilyHandle* handle = nullptr;
    if (status.ok()) {
      status = engine.CreateColumnFamily(TableOptions(spec.kind, parts_.cache), spec.name, &handle);
    }
    COMPTOIR_RETURN_IF_ERROR(parts_.failure->Remember(ToStatus(status)));
    auto tables = std::make_shared<Tables>(*tables_);
    tables->handles[position] = Tables::Own(&engine, handle);
    tables_ = std::move(tables);
    return absl::OkStatus();
  }

  std::vector<std::pair<std::string, uint64_t>> TableBytes() {
    std::shared_lock lock(mutex_);
    std::vector<std::pair<std::string, uint64_t>> sizes;
    for (size_t position = 0; position < set_.specs().size(); ++position) {
      uint64_t bytes = 0;
      // A property of every release that has tables; without it the size is not known: 0.
      tables_->engine->GetIntProperty(tables_->handles[position].get(),
                                      rocksdb::DB::Properties::kTotalSstFilesSize, &bytes);
      sizes.emplace_back(set_.specs()[position].name, bytes);
    }
    return sizes;
  }

  // So that the next start has no log to read again.
  absl::Status Flush() {
    std::shared_lock lock(mutex_);
    COMPTOIR_RETURN_IF_ERROR(Sync());
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    for (const Tables::Handle& handle : tables_->handles) handles.push_back(handle.get());
    return parts_.failure->Remember(
        ToStatus(tables_->engine->Flush(rocksdb::FlushOptions(), handles)));
  }

  std::string rot() { return parts_.failure->rot(); }

  // Outlives the engine: its own threads report to it until the last has ended.
  std::shared_ptr<Failure> failure() const { return parts_.failure; }

  void SetFreeDisk(uint64_t free_bytes, uint64_t keep_bytes) {
    // The engine counts from what its files take, and stops flushes, too, where that
    // reaches the limit: a slack that only compactions must leave keeps it from that.
    parts_.files->SetCompactionBufferSize(keep_bytes + kFlushSlackBytes);
    parts_.files->SetMaxAllowedSpaceUsage(parts_.files->GetTotalSize() + free_bytes +
                                          kFlushSlackBytes);
  }

 private:
  rocksdb::Status Append(const BatchRow& row, rocksdb::WriteBatch* writes) const {
    rocksdb::ColumnFamilyHandle* const handle = tables_->handles[set_.position(row.table)].get();
    switch (row.operation) {
      case Operation::kPut:
        return writes->Put(handle, ToSlice(row.key), ToSlice(row.value));
      case Operation::kErase:
        return writes->Delete(handle, ToSlice(row.key));
      case Operation::kAdd:
        return writes->Merge(handle, ToSlice(row.key), ToSlice(row.value));
    }
    COMPTOIR_CHECK(false);
  }

  absl::Status Sync() {
    COMPTOIR_RETURN_IF_ERROR(parts_.failure->Get());
    return parts_.failure->Remember(ToStatus(tables_->engine->FlushWAL(true)));
  }

  const TableSet set_;
  // Shared with the engine, which snapshots may keep alive.
  const EngineParts parts_;
  // Held shared by all that use a table's handle, alone by Clear, which changes it.
  mutable std::shared_mutex mutex_;
  std::shared_ptr<const Tables> tables_;
};

absl::StatusOr<std::unique_ptr<RocksStore>> RocksStore::Open(const std::string& folder,
                                                             std::vector<TableSpec> tables,
                                                             const RocksOptions& options) {
  auto engine = std::make_unique<Engine>(
      TableSet(std::move(tables)), rocksdb::NewLRUCache(options.cache_bytes, kCacheShardBits));
  COMPTOIR_RETURN_IF_ERROR(engine->Open(folder, options));
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(engine)));
}

RocksStore::RocksStore(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

RocksStore::~RocksStore() {
  if (engine_ != nullptr) (void)Close();
}

std::shared_ptr<Transaction> RocksStore::Begin(std::shared_ptr<Transaction> after) {
  return std::make_shared<Batch>(engine_->set(), *engine_, Batch::Of(after.get(), *engine_));
}

absl::Status RocksStore::Commit(std::shared_ptr<Transaction> transaction, Durability durability) {
  COMPTOIR_CHECK(transaction != nullptr);
  Batch& batch = *Batch::Of(transaction.get(), *engine_);
  const std::shared_lock applying(engine_->applying());
  COMPTOIR_RETURN_IF_ERROR(engine_->Write(batch.RowsToCommit(), durability));
  batch.MarkCommitted();
  return absl::OkStatus();
}

std::unique_ptr<Snapshot> RocksStore::NewSnapshot() { return engine_->NewSnapshot(); }

absl::Status RocksStore::Clear(TableId table) {
  return engine_->Clear(engine_->set().position(table));
}

std::string RocksStore::rot() { return engine_->rot(); }

void RocksStore::SetFreeDisk(uint64_t free_bytes, uint64_t keep_bytes) {
  engine_->SetFreeDisk(free_bytes, keep_bytes);
}

std::vector<std::pair<std::string, uint64_t>> RocksStore::TableBytes() {
  return engine_->TableBytes();
}

absl::Status RocksStore::Close() {
  COMPTOIR_CHECK(engine_ != nullptr);
  const std::shared_ptr<Failure> failure = engine_->failure();
  absl::Status outcome = engine_->Flush();
  engine_.reset();
  // A compaction that was still at work may have failed since.
  outcome.Update(failure->Get());
  return outcome;
}

}  // namespace comptoir::store
