// The tables of one store, looked up by number.
//
// Invariants: numbers and names are each used once; a store never grows or
// loses a table while it is open.
// Thread use: immutable.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/base/status.h"
#include "common/store/store.h"

namespace comptoir::store {

class TableSet {
 public:
  // A number or name that is used twice, or an empty name, is a bug.
  explicit TableSet(std::vector<TableSpec> tables);

  const std::vector<TableSpec>& specs() const { return specs_; }
  // Place of `table` in specs(); a table the store was not made with is a bug.
  size_t position(TableId table) const {
    COMPTOIR_CHECK(positions_[table] != kNoTable);
    return positions_[table];
  }
  TableKind kind(TableId table) const { return specs_[position(table)].kind; }

 private:
  static constexpr uint16_t kNoTable = UINT16_MAX;

  std::vector<TableSpec> specs_;
  std::array<uint16_t, 256> positions_{};  // one for each TableId
};

}  // namespace comptoir::store
