#include "common/store/rocks_store.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_manager.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <shared_mutex>
#include <utility>

#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/store/batch.h"
#include "common/store/counters.h"
#include "common/store/table_set.h"

namespace comptoir::store {
namespace {

constexpr size_t kBlockBytes = 16 << 10;  // larger blocks compress better
constexpr size_t kLookupBlockBytes = 4 << 10;
constexpr double kFilterBitsPerKey = 10;  // one wrong look in a hundred
constexpr size_t kTableBufferBytes = 16 << 20;
constexpr size_t kBufferStepBytes = 256 << 10;  // a table that gets one row takes as much
constexpr int kCacheShardBits = 2;              // few, so that a large filter fits one
constexpr int kFilesOpenMax = 512;
constexpr size_t kManifestBytesMax = 4 << 20;
constexpr size_t kInfoLogBytesMax = 256 << 10;
constexpr size_t kInfoLogFilesMax = 4;
constexpr uint64_t kFlushSlackBytes = 64 << 20;
constexpr size_t kBatchRowOverheadBytes = 16;  // tag, table and lengths in a write batch
// Additions to a hot key are folded in memory after so many; without this a
// read of it takes milliseconds.
constexpr size_t kAdditionsUnfoldedMax = 64;

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }
std::string_view ToView(const rocksdb::Slice& slice) { return {slice.data(), slice.size()}; }

absl::Status ToStatus(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = "store engine: " + status.ToString();
  // A file that is gone is as lost as one with wrong bytes in it.
  if (status.IsCorruption() || status.IsPathNotFound()) return absl::DataLossError(text);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(text);
  return absl::InternalError(text);
}

// Sums additions (CounterSums says how); a value that cannot be read makes the
// engine report corruption.
class CounterMerge final : public rocksdb::MergeOperator {
 public:
  const char* Name() const override { return "comptoir.counters.v1"; }

  bool FullMergeV2(const MergeOperationInput& input, MergeOperationOutput* output) const override {
    CounterSums sums;
    const rocksdb::Slice* const existing = input.existing_value;
    if (existing != nullptr && !AddEncodedCounters(ToView(*existing), &sums)) return false;
    for (const rocksdb::Slice& operand : input.operand_list) {
      if (!AddEncodedCounters(ToView(operand), &sums)) return false;
    }
    // Not always empty here, whatever the engine's header says.
    output->new_value.clear();
    AppendCounters(sums, &output->new_value);
    return true;
  }

  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* sum, rocksdb::Logger*) const override {
    CounterSums sums;
    for (const rocksdb::Slice& operand : operands) {
      if (!AddEncodedCounters(ToView(operand), &sums)) return false;
    }
    sum->clear();
    AppendCounters(sums, sum);
    return true;
  }
};

rocksdb::BlockBasedTableOptions FileOptions(TableKind kind,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions options;
  options.block_cache = cache;
  options.block_size = kind == TableKind::kLookups ? kLookupBlockBytes : kBlockBytes;
  // In the cache, so that ten years of files take no more memory than one.
  options.cache_index_and_filter_blocks = true;
  options.pin_l0_filter_and_index_blocks_in_cache = true;
  options.format_version = 5;
  if (kind == TableKind::kLookups) {
    options.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kFilterBitsPerKey));
  }
  return options;
}

rocksdb::ColumnFamilyOptions TableOptions(TableKind kind,
                                          const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(FileOptions(kind, cache)));
  options.write_buffer_size = kTableBufferBytes;
  options.arena_block_size = kBufferStepBytes;
  // Batches are sorted, so each row's place is looked for from the one before.
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(0));
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  if (kind == TableKind::kCounters) {
    options.merge_operator = std::make_shared<CounterMerge>();
    options.max_successive_merges = kAdditionsUnfoldedMax;
  }
  if (kind == TableKind::kLookups) {
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.02;
  }
  return options;
}

// Flushes and compactions take turns on one thread: without threads of their own,
// flushes go where compactions do. Where one's manifest write carries the other's,
// this engine's atomic flush shows for a moment a table file and the memory it was
// made from side by side, and every addition in it counts twice in what is read
// meanwhile (seen; the contract suite looks for it).
class OneThreadEnvironment final : public rocksdb::EnvWrapper {
 public:
  OneThreadEnvironment() : EnvWrapper(rocksdb::Env::Default()) {}
  const char* Name() const override { return "comptoir.one_thread"; }
  void IncBackgroundThreadsIfNeeded(int threads, Priority priority) override {
    if (priority != HIGH) target()->IncBackgroundThreadsIfNeeded(threads, priority);
  }
};

rocksdb::Env* Environment() {
  static OneThreadEnvironment environment;
  return &environment;
}

// Once a write or a flush failed, what is on the disk is unknown (R9), and the engine
// may abort when it is asked to write on: it is not asked. The engine's own threads
// report here as well, so that a flush in the background that failed stops the next
// commit, and not the one after the engine has found out.
//
// Thread use: any.
class Failure final : public rocksdb::EventListener {
 public:
  absl::Status Get() {
    MutexLock lock(&mutex_);
    return status_;
  }
  absl::Status Remember(const absl::Status& outcome) {
    MutexLock lock(&mutex_);
    status_.Update(outcome);
    return outcome;
  }

  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* status) override {
    const bool is_compaction = reason == rocksdb::BackgroundErrorReason::kCompaction;
    // A compaction without room has lost nothing, and is tried again.
    if (is_compaction &&
        (status->IsNoSpace() || status->subcode() == rocksdb::Status::kSpaceLimit)) {
      return;
    }
    // Nor has one that came upon a rotten file: its input stays as it was. The engine, left
    // to itself, would write nothing from now on, at this start and the next.
    if (is_compaction && status->IsCorruption()) {
      NoteRot(status->ToString());
      *status = rocksdb::Status::OK();
      return;
    }
    (void)Remember(ToStatus(*status));  // told to the next who writes
  }

  // What the first compaction of this run that came upon a rotten file said; or empty.
  std::string rot() {
    MutexLock lock(&mutex_);
    return rot_;
  }

 private:
  void NoteRot(const std::string& what) {
    MutexLock lock(&mutex_);
    if (rot_.empty()) rot_ = what;
  }

  Mutex mutex_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  std::string rot_ ABSL_GUARDED_BY(mutex_);
};

rocksdb::DBOptions EngineOptions(const RocksOptions& limits,
                                 const std::shared_ptr<rocksdb::Cache>& cache,
                                 const std::shared_ptr<rocksdb::SstFileManager>& files,
                                 const std::shared_ptr<Failure>& failure) {
  rocksdb::DBOptions options;
  options.sst_file_manager = files;
  options.listeners.push_back(failure);
  options.env = Environment();
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.atomic_flush = true;
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(limits.write_buffer_bytes, cache);
  options.max_total_wal_size = limits.log_bytes_max;
  options.max_background_jobs = 2;
  options.max_open_files = kFilesOpenMax;
  options.max_manifest_file_size = kManifestBytesMax;
  options.bytes_per_sync = 1 << 20;
  options.compaction_readahead_size = 1 << 20;
  options.skip_stats_update_on_db_open = true;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.max_log_file_size = kInfoLogBytesMax;
  options.keep_log_file_num = kInfoLogFilesMax;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

// An open engine and its tables. Snapshots share it, so that a table that was
// cleared lives on for those who still read it.
struct Tables {
  using Handle = std::shared_ptr<rocksdb::ColumnFamilyHandle>;

  std::shared_ptr<rocksdb::DB> engine;  // outlives the handles
  std::vector<Handle> handles;          // by TableSet::position

  static Handle Own(rocksdb::DB* engine, rocksdb::ColumnFamilyHandle* handle) {
    return Handle(handle, [engine](auto* raw) { engine->DestroyColumnFamilyHandle(raw); });
  }
};

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

// What is in the folder already; nothing when there is no store in it.
absl::StatusOr<std::vector<std::string>> TablesOnDisk(const rocksdb::DBOptions& options,
                                                      const std::string& folder) {
  std::vector<std::string> names;
  const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(options, folder, &names);
  if (listed.IsPathNotFound()) return std::vector<std::string>();
  COMPTOIR_RETURN_IF_ERROR(ToStatus(listed));
  return names;
}

absl::Status CheckTablesKnown(const TableSet& set, const std::vector<std::string>& on_disk,
                              const std::string& folder) {
  for (const std::string& name : on_disk) {
    const auto is_it = [&name](const TableSpec& spec) { return spec.name == name; };
    if (name == rocksdb::kDefaultColumnFamilyName) continue;
    if (std::ranges::any_of(set.specs(), is_it)) continue;
    return absl::FailedPreconditionError(
        "the data folder " + folder + " holds a table '" + name +
        "' that this release does not know: it was written by a newer release, which must be "
        "used to open it");
  }
  return absl::OkStatus();
}

absl::Status ToOpenStatus(const rocksdb::Status& status, const std::string& folder) {
  if (status.IsIOError() && status.ToString().find("/LOCK: ") != std::string::npos) {
    return absl::FailedPreconditionError("the data folder " + folder +
                                         " is in use: stop the program that has it open, or "
                                         "choose another folder");
  }
  return ToStatus(status);
}

}  // namespace

// The store as it stands, and what batches read through.
class RocksStore::Engine final : public Committed {
 public:
  Engine(TableSet set, std::shared_ptr<rocksdb::Cache> cache)
      : set_(std::move(set)),
        cache_(std::move(cache)),
        files_(rocksdb::NewSstFileManager(Environment())),
        failure_(std::make_shared<Failure>()) {}

  const TableSet& set() const { return set_; }

  absl::Status Open(const std::string& folder, const RocksOptions& limits) {
    const rocksdb::DBOptions options = EngineOptions(limits, cache_, files_, failure_);
    COMPTOIR_ASSIGN_OR_RETURN(const std::vector<std::string> on_disk,
                              TablesOnDisk(options, folder));
    COMPTOIR_RETURN_IF_ERROR(CheckTablesKnown(set_, on_disk, folder));
    std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
    for (const TableSpec& spec : set_.specs()) {
      descriptors.emplace_back(spec.name, TableOptions(spec.kind, cache_));
    }
    // The engine insists on a default table; it stays empty.
    descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName,
                             TableOptions(TableKind::kRows, cache_));
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* engine = nullptr;
    const rocksdb::Status opened =
        rocksdb::DB::Open(options, folder, descriptors, &handles, &engine);
    if (!opened.ok()) return ToOpenStatus(opened, folder);
    auto tables = std::make_shared<Tables>();
    tables->engine.reset(engine);
    for (auto* handle : handles) tables->handles.push_back(Tables::Own(engine, handle));
    tables_ = std::move(tables);
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::string>> Get(TableId table,
                                                 std::string_view key) const override {
    std::shared_lock lock(mutex_);
    return GetFrom(*tables_, set_.position(table), rocksdb::ReadOptions(), key);
  }

  absl::Status Write(const BatchRows& batch, Durability durability) {
    std::shared_lock lock(mutex_);
    COMPTOIR_RETURN_IF_ERROR(failure_->Get());
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
    return failure_->Remember(ToStatus(status));
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
      status = engine.CreateColumnFamily(TableOptions(spec.kind, cache_), spec.name, &handle);
    }
    COMPTOIR_RETURN_IF_ERROR(failure_->Remember(ToStatus(status)));
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
    return failure_->Remember(ToStatus(tables_->engine->Flush(rocksdb::FlushOptions(), handles)));
  }

  std::string rot() { return failure_->rot(); }

  // Outlives the engine: its own threads report to it until the last has ended.
  std::shared_ptr<Failure> failure() const { return failure_; }

  void SetFreeDisk(uint64_t free_bytes, uint64_t keep_bytes) {
    // The engine counts from what its files take, and stops flushes, too, where that
    // reaches the limit: a slack that only compactions must leave keeps it from that.
    files_->SetCompactionBufferSize(keep_bytes + kFlushSlackBytes);
    files_->SetMaxAllowedSpaceUsage(files_->GetTotalSize() + free_bytes + kFlushSlackBytes);
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
    COMPTOIR_RETURN_IF_ERROR(failure_->Get());
    return failure_->Remember(ToStatus(tables_->engine->FlushWAL(true)));
  }

  const TableSet set_;
  const std::shared_ptr<rocksdb::Cache> cache_;
  // Shared with the engine, which snapshots may keep alive.
  const std::shared_ptr<rocksdb::SstFileManager> files_;
  const std::shared_ptr<Failure> failure_;
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
