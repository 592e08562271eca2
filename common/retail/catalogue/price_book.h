// What a sale must know of a product, kept in memory between sales: reading it
// from the store takes four looks a line, and a till sells the same things all
// day.
//
// Invariant: every answer is what the snapshot given to Open says. The store
// counts the catalogue's facts (tables.h: edits); when the count moved, the shop
// is another or the day is over, the book forgets everything.
//
// Thread use: one at a time. A till's stream keeps its own; others share one
// behind a lock of theirs.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// Of one whole unit, on one day, at one shop.
struct SaleTerms {
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  std::optional<int64_t> price_cents;  // nullopt: none was set
  uint32_t vat_basis_points = 0;       // 0 too where none was set
  int64_t deposit_cents = 0;           // of one piece; 0: it bears none
};

class PriceBook {
 public:
  static constexpr size_t kProductsMax = 20'000;

  // Before the first Find of each sale.
  absl::Status Open(const store::Snapshot& snapshot, std::string_view shop, Day today);

  // Of the same snapshot. NOT_FOUND for an unknown product, FAILED_PRECONDITION
  // for one without a unit, INVALID_ARGUMENT for a malformed code; each with a reason.
  absl::StatusOr<SaleTerms> Find(const store::Snapshot& snapshot, std::string_view product);

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };

  absl::StatusOr<SaleTerms> Read(const store::Snapshot& snapshot, std::string_view product) const;

  std::string edits_;  // the row of edits when the book was last emptied
  std::string shop_;
  Day today_;
  std::unordered_map<std::string, SaleTerms, Hash, std::equal_to<>> terms_;  // by product
};

}  // namespace comptoir::retail
