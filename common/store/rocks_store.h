// The store of a shop's box and of a hub on one machine: RocksDB in a folder of
// its own, one column family a table. The engine is seen in
// rocks_store*.cc only.
//
// Invariants:
// - all tables are flushed together, so that a lost write-ahead log never
//   leaves one ahead of another (R8);
// - memory is bounded by RocksOptions, whatever the tables hold;
// - what the disk gives back wrong is DATA_LOSS, in Get and in an iterator's
//   status alike, never a row less.
//
// Thread use: any. Snapshots and iterators may outlive the store, and keep its
// folder in use until they are gone; transactions may not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"

namespace comptoir::store {

// Chosen for a small box in a shop; a hub may give more.
struct RocksOptions {
  // Blocks read, indexes, filters, and the rows not yet in files, together.
  size_t cache_bytes = size_t{56} << 20;
  // Of those, rows not yet in files, over all tables; a flush starts before.
  size_t write_buffer_bytes = size_t{14} << 20;
  // Write-ahead logs together: what a start after a kill reads again.
  uint64_t log_bytes_max = uint64_t{64} << 20;
};

class RocksStore final : public Store {
 public:
  // Opens the store in `folder`, made when missing (its parent must exist), as
  // are tables. FAILED_PRECONDITION when another process has it open, or when
  // it holds a table that is not in `tables`: it was written by a newer
  // release. DATA_LOSS when it is damaged.
  static absl::StatusOr<std::unique_ptr<RocksStore>> Open(const std::string& folder,
                                                          std::vector<TableSpec> tables,
                                                          const RocksOptions& options);
  ~RocksStore() override;

  using Store::Begin;
  std::shared_ptr<Transaction> Begin(std::shared_ptr<Transaction> after) override;
  // Never ABORTED: there is one writer, this process.
  absl::Status Commit(std::shared_ptr<Transaction> transaction, Durability durability) override;
  std::unique_ptr<Snapshot> NewSnapshot() override;
  // Synced, with everything before it; snapshots keep what they saw.
  absl::Status Clear(TableId table) override;
  absl::Status Close() override;

  // How much of the disk is free, as it was looked at just now: a compaction, which
  // writes anew before it gives back, is put off where it would leave less than
  // `keep_bytes` of it. Until the first call none is.
  void SetFreeDisk(uint64_t free_bytes, uint64_t keep_bytes);

  // Which file the engine cannot merge with others, as it says; empty: none came up in this
  // run. What is in it is damaged for whoever reads it, and nothing else; but the file stays,
  // and others pile up beside it until the engine stops writes, some thirty flushes later.
  std::string rot();

  // Bytes that each table takes in files, by name; what is not yet in files is not
  // among them. An estimate, for people.
  std::vector<std::pair<std::string, uint64_t>> TableBytes();

 private:
  class Engine;

  explicit RocksStore(std::unique_ptr<Engine> engine);

  std::unique_ptr<Engine> engine_;  // null once closed
};

}  // namespace comptoir::store
