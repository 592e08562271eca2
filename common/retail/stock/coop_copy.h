// The other shops' stock as the hub last told: a copy to look at, in a table of
// its own that no fold reads or writes.
//
// Keys of coop_stock, in which numbers are big-endian and `code` ends with a zero:
//
//   zero(8)                                 → CoopCopyRow: what this is a copy of
//   generation(8) 'r' product unit(1) shop  → milli(8); shop ends the key and needs no zero
//   generation(8) 's' shop                  → CoopShopRow
//
// Rows of one generation are the copy. When all is replaced the next generation
// begins, so that this is one small write however long the copy was; what is left
// of earlier ones is erased bit by bit.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/retail/tables.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/copies.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// Key of the CoopCopyRow.
std::string CoopCopyKey();
// First key of a generation; that of the next one is its end.
std::string CoopGenerationKey(uint64_t generation);

// A row of the copy; the views point into the key.
struct CoopStockKey {
  std::string_view product;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  std::string_view shop;
};
std::string CoopRowPrefix(uint64_t generation);
std::string CoopRowKey(uint64_t generation, const CoopStockKey& row);
// `key` without CoopRowPrefix; nullopt for what CoopRowKey does not write.
std::optional<CoopStockKey> ParseCoopRow(std::string_view key);
std::string CoopShopPrefix(uint64_t generation);
std::string CoopShopKey(uint64_t generation, std::string_view shop);

// Generation 0 where there is no copy. DATA_LOSS when it is damaged.
absl::StatusOr<v1::CoopCopyRow> ReadCoopCopy(const store::Reader& reader);

}  // namespace comptoir::retail
