#include "tests/bench/rocks_limit.h"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/merge_operator.h>
#include <rocksdb/options.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <array>
#include <deque>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/ledger/tables.h"
#include "common/store/counters.h"
#include "common/store/rocks_store.h"
#include "tests/bench/samples.h"

namespace comptoir::bench {
namespace {

using store::TableKind;

rocksdb::Slice ToSlice(std::string_view text) { return {text.data(), text.size()}; }

void Must(const rocksdb::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "RocksDB alone: %s\n", status.ToString().c_str());
  std::abort();
}

// Adds up what the product's operator adds up, by the same encoding.
class SumMerge final : public rocksdb::MergeOperator {
 public:
  const char* Name() const override { return "comptoir.counters.v1"; }
  bool FullMergeV2(const MergeOperationInput& input, MergeOperationOutput* output) const override {
    store::CounterSums sums;
    if (input.existing_value != nullptr && !Add(*input.existing_value, &sums)) return false;
    for (const rocksdb::Slice& operand : input.operand_list) {
      if (!Add(operand, &sums)) return false;
    }
    output->new_value.clear();
    store::AppendCounters(sums, &output->new_value);
    return true;
  }
  bool PartialMergeMulti(const rocksdb::Slice&, const std::deque<rocksdb::Slice>& operands,
                         std::string* sum, rocksdb::Logger*) const override {
    store::CounterSums sums;
    for (const rocksdb::Slice& operand : operands) {
      if (!Add(operand, &sums)) return false;
    }
    sum->clear();
    store::AppendCounters(sums, sum);
    return true;
  }

 private:
  static bool Add(const rocksdb::Slice& value, store::CounterSums* sums) {
    return store::AddEncodedCounters({value.data(), value.size()}, sums);
  }
};

// The options of common/store/rocks_store.cc; OptionsDifference tells when the
// two drift apart.
rocksdb::ColumnFamilyOptions TableOptions(TableKind kind,
                                          const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions files;
  files.block_cache = cache;
  files.block_size = kind == TableKind::kLookups ? 4 << 10 : 16 << 10;
  files.cache_index_and_filter_blocks = true;
  files.pin_l0_filter_and_index_blocks_in_cache = true;
  files.format_version = 5;
  if (kind == TableKind::kLookups) files.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  rocksdb::ColumnFamilyOptions options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(files));
  options.write_buffer_size = 16 << 20;
  options.arena_block_size = 256 << 10;
  options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(0));
  options.compression = rocksdb::kLZ4Compression;
  options.bottommost_compression = rocksdb::kZSTD;
  options.level_compaction_dynamic_level_bytes = true;
  if (kind == TableKind::kCounters) {
    options.merge_operator = std::make_shared<SumMerge>();
    options.max_successive_merges = 64;
  }
  if (kind == TableKind::kLookups) {
    options.memtable_whole_key_filtering = true;
    options.memtable_prefix_bloom_size_ratio = 0.02;
  }
  return options;
}

rocksdb::DBOptions EngineOptions(const std::shared_ptr<rocksdb::Cache>& cache) {
  const store::RocksOptions product;
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.create_missing_column_families = true;
  options.paranoid_checks = true;
  options.atomic_flush = true;
  options.write_buffer_manager =
      std::make_shared<rocksdb::WriteBufferManager>(product.write_buffer_bytes, cache);
  options.max_total_wal_size = product.log_bytes_max;
  options.max_background_jobs = 2;
  options.max_open_files = 512;
  options.max_manifest_file_size = 4 << 20;
  options.bytes_per_sync = 1 << 20;
  options.compaction_readahead_size = 1 << 20;
  options.skip_stats_update_on_db_open = true;
  options.info_log_level = rocksdb::WARN_LEVEL;
  options.max_log_file_size = 256 << 10;
  options.keep_log_file_num = 4;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  return options;
}

// Lines of the newest option file of a store, but for those that name its folder or say
// when tables are made.
std::set<std::string> OptionLines(const std::string& folder) {
  std::string newest;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    const std::string name = file.path().filename().string();
    if (absl::StartsWith(name, "OPTIONS-")) newest = std::max(newest, name);
  }
  COMPTOIR_CHECK(!newest.empty());
  std::ifstream file(folder + "/" + newest);
  std::set<std::string> lines;
  std::string section;
  for (std::string line; std::getline(file, line);) {
    if (absl::StartsWith(line, "[")) section = line;
    if (line.find("_dir=") == std::string::npos &&
        line.find("create_missing_column_families=") == std::string::npos) {
      lines.insert(section + line);
    }
  }
  return lines;
}

}  // namespace

struct RocksAlone::Engine {
  std::unique_ptr<rocksdb::DB> engine;
  std::array<rocksdb::ColumnFamilyHandle*, 256> tables{};  // by store::TableId
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
};

RocksAlone::RocksAlone(const std::string& folder) : engine_(std::make_unique<Engine>()) {
  const auto cache = rocksdb::NewLRUCache(store::RocksOptions().cache_bytes, 2);
  const std::vector<store::TableSpec> tables = ledger::AllTables();
  std::vector<rocksdb::ColumnFamilyDescriptor> descriptors;
  for (const store::TableSpec& table : tables) {
    descriptors.emplace_back(table.name, TableOptions(table.kind, cache));
  }
  descriptors.emplace_back(rocksdb::kDefaultColumnFamilyName,
                           TableOptions(TableKind::kRows, cache));
  rocksdb::DB* engine = nullptr;
  Must(rocksdb::DB::Open(EngineOptions(cache), folder, descriptors, &engine_->handles, &engine));
  engine_->engine.reset(engine);
  for (size_t i = 0; i < tables.size(); ++i) engine_->tables[tables[i].id] = engine_->handles[i];
}

RocksAlone::~RocksAlone() {
  for (auto* handle : engine_->handles) engine_->engine->DestroyColumnFamilyHandle(handle);
}

void RocksAlone::Write(const RecordedBatch& batch) {
  constexpr size_t kRowOverheadBytes = 16;
  rocksdb::WriteBatch writes(batch.bytes() + batch.rows().size() * kRowOverheadBytes);
  for (const store::BatchRow& row : batch.rows()) {
    rocksdb::ColumnFamilyHandle* const table = engine_->tables[row.table];
    switch (row.operation) {
      case store::Operation::kPut:
        Must(writes.Put(table, ToSlice(row.key), ToSlice(row.value)));
        break;
      case store::Operation::kErase:
        Must(writes.Delete(table, ToSlice(row.key)));
        break;
      case store::Operation::kAdd:
        Must(writes.Merge(table, ToSlice(row.key), ToSlice(row.value)));
        break;
    }
  }
  rocksdb::WriteOptions options;
  options.sync = true;
  Must(engine_->engine->Write(options, &writes));
}

double RocksAlone::WriteAll(const std::vector<RecordedBatch>& batches, size_t first, size_t count,
                            size_t threads) {
  COMPTOIR_CHECK(first + count <= batches.size());
  const auto start = SteadyClock::now();
  std::vector<std::thread> writers;
  for (size_t writer = 0; writer < threads; ++writer) {
    writers.emplace_back([&, writer] {
      for (size_t i = first + writer; i < first + count; i += threads) Write(batches[i]);
    });
  }
  for (std::thread& writer : writers) writer.join();
  return SecondsSince(start);
}

std::string OptionsDifference(const std::string& folder, const std::string& other) {
  const std::set<std::string> ours = OptionLines(folder);
  const std::set<std::string> theirs = OptionLines(other);
  for (const std::string& line : ours) {
    if (!theirs.contains(line)) {
      return absl::StrCat("RocksDB alone was not measured with the store's options: ", line);
    }
  }
  if (theirs.size() == ours.size()) return "";
  return "RocksDB alone was not measured with the store's options: some are set in one only";
}

}  // namespace comptoir::bench
