// The rows of one batch: what is put, erased and added, one row for each key.
//
// Invariants:
// - a key of a table has at most one row; the last Put or Erase of it stands,
//   and additions to it are summed;
// - key and value bytes live in the arena, so a row costs no allocation;
// - the order in which rows arrived is never seen: VisitSorted goes by (table,
//   key), which the engine below takes in twice as fast as arrival order.
//
// Thread use: one thread writes. Once nobody writes any more, any number of
// threads read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "common/store/arena.h"
#include "common/store/store.h"

namespace comptoir::store {

enum class Operation : uint8_t { kPut, kErase, kAdd };

// One row as it is handed to a store. The views are good for the call.
struct BatchRow {
  TableId table;
  Operation operation;
  std::string_view key;
  std::string_view value;  // kAdd: as EncodeCounters writes it; kErase: empty
};

class BatchRows {
 public:
  void Put(TableId table, std::string_view key, std::string_view value);
  void Erase(TableId table, std::string_view key);
  void Add(TableId table, std::string_view key, std::span<const int64_t> sums);

  // What the batch did to `key` of a table that is not kCounters, or nullptr
  // when it left it alone. Good until the next write.
  struct Row;
  const Row* Find(TableId table, std::string_view key) const;

  // Calls `visit` for each row, by (table, key).
  void VisitSorted(absl::FunctionRef<void(const BatchRow&)> visit) const;

  // Calls `visit` for each row of `table` in [first, limit), in no order that
  // means anything; an empty limit is the table's end. Passes over every row.
  void VisitRange(TableId table, std::string_view first, std::string_view limit,
                  absl::FunctionRef<void(const BatchRow&)> visit) const;

  size_t rows() const { return rows_.size(); }
  // Bytes of keys and values taken in, overwritten ones included.
  size_t bytes() const { return arena_.bytes(); }

  struct Row {
    const char* key_bytes;
    char* value_bytes;  // kAdd: 64-bit integers of this machine, not aligned
    uint32_t key_size;
    uint32_t value_size;
    uint32_t hash;
    TableId table;
    Operation operation;

    std::string_view key() const { return {key_bytes, key_size}; }
    std::string_view value() const { return {value_bytes, value_size}; }
  };

 private:
  // An open-addressing index over rows_. It keeps the hash beside the row's
  // number, so that growing and passing over a neighbour touch no key.
  struct Slot {
    uint32_t hash;
    uint32_t row;  // its place in rows_ and one more; 0 when the slot is free
  };
  // What a row is sorted by: 8 bytes of its key at a time, beyond those that
  // all keys being sorted share, so that comparing seldom touches a key.
  struct SortItem {
    uint64_t digits;  // zeros where the key ends
    uint32_t length;  // how many of the 8 the key has
    uint32_t row;
  };
  static constexpr size_t kSlotsMin = 64;

  // The row of `key`, made (as an erased one) when there is none.
  Row& FindOrMake(TableId table, std::string_view key);
  void GrowSlots();
  void SetValue(Row& row, std::string_view value);
  std::vector<SortItem> Sorted() const;
  // `items` are of one table, and their keys alike in their first `depth` bytes.
  void Sort(std::span<SortItem> items, size_t depth) const;
  size_t SharedPrefix(std::span<const SortItem> items, size_t depth) const;

  Arena arena_;
  std::vector<Row> rows_;
  std::vector<Slot> slots_;  // a power of two, at most half of them taken
};

}  // namespace comptoir::store
