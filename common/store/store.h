// The store below a ledger: named tables of ordered keys, one atomic batch at
// a time. One interface, so that one ledger runs over an embedded engine, a
// simulated disk that loses what was not synced, and later a distributed one.
// No engine's name appears here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::store {

using TableId = uint8_t;

enum class TableKind {
  kRows,      // Put and Erase; read by scans and keys
  kLookups,   // Put and Erase; read by key, most often for a key that is absent
  kCounters,  // Add only: each value is a list of signed 64-bit sums
};

struct TableSpec {
  TableId id;
  std::string name;  // stable: it names the table on disk
  TableKind kind;
};

enum class Durability {
  kBuffered,  // survives the process, not the machine
  kSynced,    // on the disk when Commit returns (R5)
};

// A value of a kCounters table: zigzag varints, one per sum. The length is that
// of the longest operand added; a key exists once anything, even zero, was
// added to it.
std::string EncodeCounters(std::span<const int64_t> sums);
// DATA_LOSS when `value` is not what EncodeCounters writes.
absl::StatusOr<std::vector<int64_t>> DecodeCounters(std::string_view value);

// Thread use: as its maker says.
class Reader {
 public:
  virtual ~Reader() = default;
  // The value at `key`, or nullopt. DATA_LOSS when the store is damaged there.
  virtual absl::StatusOr<std::optional<std::string>> Get(TableId table,
                                                         std::string_view key) const = 0;
};

// Walks keys in byte order. One thread. Views are good until the next call.
//
//   for (auto rows = snapshot.Scan(table, first, limit); ; rows->Next()) {
//     if (!rows->Valid()) { RETURN_IF_ERROR(rows->status()); break; }
class Iterator {
 public:
  virtual ~Iterator() = default;
  virtual bool Valid() const = 0;
  virtual void Next() = 0;
  virtual std::string_view key() const = 0;
  virtual std::string_view value() const = 0;
  // Not OK when the walk ended because the store failed rather than because
  // the keys did: must be asked at every end (R8).
  virtual absl::Status status() const = 0;
};

// The store as it stood when the snapshot was taken. Any number of threads.
class Snapshot : public Reader {
 public:
  // Keys in [first, limit); an empty limit is the table's end.
  virtual std::unique_ptr<Iterator> Scan(TableId table, std::string_view first,
                                         std::string_view limit) const = 0;
  // The last key in [first, limit) and its value, or nullopt.
  virtual absl::StatusOr<std::optional<std::pair<std::string, std::string>>> Last(
      TableId table, std::string_view first, std::string_view limit) const = 0;
  // A row that was read says nothing to who reads it, and is left out: for whoever looks after
  // what is damaged.
  virtual void TellUnreadable(TableId /*table*/, std::string_view /*key*/) const {}
};

// One atomic batch being made. Get sees the batch itself, then those it stands
// on, then the store. Additions to one key are summed before they are written.
// One thread at a time; once handed to Commit, nobody writes to it.
class Transaction : public Reader {
 public:
  // `table` must be kRows or kLookups.
  virtual void Put(TableId table, std::string_view key, std::string_view value) = 0;
  virtual void Erase(TableId table, std::string_view key) = 0;
  // `table` must be kCounters; sums by position.
  virtual void Add(TableId table, std::string_view key, std::span<const int64_t> sums) = 0;
  // Get of a kCounters table is a bug (additions are never read-modify-write).

  // Sets a kCounters row to `value`, as EncodeCounters writes it, or takes it away where
  // that is empty; whatever was added before. For views that were folded anew: a batch
  // that does this to a row must not add to it, and none that adds to it may be open.
  virtual void SetCounters(TableId table, std::string_view key, std::string_view value) = 0;

  // Rows in [first, limit) as this batch leaves them, by key; an empty limit is
  // the table's end. Counters are summed. For the fold that must look back, not
  // for every one: it waits for a commit under way and passes over every row of
  // the batches not yet committed.
  virtual absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadRange(
      TableId table, std::string_view first, std::string_view limit) const = 0;

  // Distinct rows, and bytes of keys and values, written so far.
  virtual size_t rows() const = 0;
  virtual size_t bytes() const = 0;
};

// Any number of threads. After Commit failed with anything but ABORTED or
// INVALID_ARGUMENT its outcome is unknown: the owner acknowledges nothing and
// stops the process (R9).
class Store {
 public:
  virtual ~Store() = default;

  // Starts a batch. With `after`, a batch of this store not yet committed, the
  // new one stands on it: it reads its writes and must be committed after it.
  virtual std::shared_ptr<Transaction> Begin(std::shared_ptr<Transaction> after) = 0;
  std::shared_ptr<Transaction> Begin() { return Begin(nullptr); }

  // Writes the batch whole or not at all; with kSynced, and everything before
  // it, on the disk. ABORTED where an engine with several writers finds that
  // what was read is stale: make the batch again.
  virtual absl::Status Commit(std::shared_ptr<Transaction> transaction, Durability durability) = 0;

  virtual std::unique_ptr<Snapshot> NewSnapshot() = 0;

  // Empties a table; not atomic with anything else.
  virtual absl::Status Clear(TableId table) = 0;

  // Flushes everything and gives back files; no call may follow. The
  // destructor does the same without the word.
  virtual absl::Status Close() = 0;
};

}  // namespace comptoir::store
