#include "common/store/rocks_store_engine.h"

#include <rocksdb/filter_policy.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>

#include "common/base/status.h"
#include "common/store/counters.h"

namespace comptoir::store {
namespace {

constexpr size_t kBlockBytes = 16 << 10;  // larger blocks compress better
constexpr size_t kLookupBlockBytes = 4 << 10;
constexpr double kFilterBitsPerKey = 10;  // one wrong look in a hundred
constexpr size_t kTableBufferBytes = 16 << 20;
constexpr size_t kBufferStepBytes = 256 << 10;  // a table that gets one row takes as much
constexpr int kFilesOpenMax = 512;
constexpr size_t kManifestBytesMax = 4 << 20;
constexpr size_t kInfoLogBytesMax = 256 << 10;
constexpr size_t kInfoLogFilesMax = 4;
// Additions to a hot key are folded in memory after so many; without this a
// read of it takes milliseconds.
constexpr size_t kAdditionsUnfoldedMax = 64;

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

rocksdb::DBOptions EngineOptions(const RocksOptions& limits, const EngineParts& parts) {
  rocksdb::DBOptions options;
  options.sst_file_manager = parts.files;
  options.listeners.push_back(parts.failure);
  options.env = Environment();
  options.create_if_missing = true;
  options.paranoid_checks = true;
  options.atomic_flush = true;
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(limits.write_buffer_bytes, parts.cache);
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

absl::Status ToStatus(const rocksdb::Status& status) {
  if (status.ok()) return absl::OkStatus();
  const std::string text = "store engine: " + status.ToString();
  // A file that is gone is as lost as one with wrong bytes in it.
  if (status.IsCorruption() || status.IsPathNotFound()) return absl::DataLossError(text);
  if (status.IsNoSpace()) return absl::ResourceExhaustedError(text);
  return absl::InternalError(text);
}

rocksdb::Env* Environment() {
  static OneThreadEnvironment environment;
  return &environment;
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

absl::StatusOr<std::shared_ptr<Tables>> OpenTables(const TableSet& set, const std::string& folder,
                                                   const RocksOptions& limits,
                                                   const EngineParts& parts) {
  const rocksdb::DBOptions options = EngineOptions(limits, parts);
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<std::string> on_disk, TablesOnDisk(options, folder));
  COMPTOIR_RETURN_IF_ERROR(CheckTablesKnown(set, on_disk, folder));
  std::vector<rocksdb::ColumnFamilyDescriptor> existing;
  std::vector<rocksdb::ColumnFamilyDescriptor> missing;
  for (const TableSpec& spec : set.specs()) {
    const bool exists = std::ranges::find(on_disk, spec.name) != on_disk.end();
    (exists ? existing : missing).emplace_back(spec.name, TableOptions(spec.kind, parts.cache));
  }
  // The engine insists on a default table; it stays empty.
  existing.emplace_back(rocksdb::kDefaultColumnFamilyName,
                        TableOptions(TableKind::kRows, parts.cache));
  auto tables = std::make_shared<Tables>();
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* engine = nullptr;
  const rocksdb::Status opened = rocksdb::DB::Open(options, folder, existing, &handles, &engine);
  if (!opened.ok()) return ToOpenStatus(opened, folder);
  tables->engine.reset(engine);
  std::vector<rocksdb::ColumnFamilyHandle*> made;
  // All at once: with each call the engine writes the options of all tables, and reads them
  // again, which for a new folder takes longer than all else.
  const rocksdb::Status status =
      missing.empty() ? rocksdb::Status() : engine->CreateColumnFamilies(missing, &made);
  handles.insert(handles.end(), made.begin(), made.end());
  std::vector<Tables::Handle> owned;
  for (rocksdb::ColumnFamilyHandle* handle : handles) owned.push_back(Tables::Own(engine, handle));
  COMPTOIR_RETURN_IF_ERROR(ToStatus(status));
  for (const TableSpec& spec : set.specs()) {
    tables->handles.push_back(*std::ranges::find_if(
        owned, [&spec](const Tables::Handle& handle) { return handle->GetName() == spec.name; }));
  }
  return tables;
}
}  // namespace comptoir::store
