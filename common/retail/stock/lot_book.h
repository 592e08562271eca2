// Which lots a sale takes its goods from, where the till names none: first expired,
// first out. Kept in memory between sales, since most products have no lots, and those
// that have keep the lots of all their deliveries.
//
// A pick is the likeliest, not a proof: sales that are still on their way to the disk are
// not looked at, nor does anybody see what the customer took. It is written into the sale,
// so every replica agrees on it.
//
// Invariant: a lot that is picked was delivered to this shop and, as far as the snapshot
// and this sale's lines say, something of it is left.
//
// Thread use: one at a time, as of the PriceBook beside it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/quantity.h"
#include "common/retail/recalls/recall_book.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// A part of a line's quantity, and where it is taken from.
struct LotPick {
  std::string lot;  // empty: unknown
  Quantity quantity;

  bool operator==(const LotPick&) const = default;
};

class LotBook {
 public:
  static constexpr size_t kProductsMax = 20'000;

  // Before the first Pick of each sale.
  absl::Status Open(const store::Snapshot& snapshot, std::string_view shop, Day today);

  // Of this sale, before the first Pick: what the till says is of a lot.
  void Take(std::string_view product, const std::string& lot, Quantity quantity);

  // Parts of `quantity`, above zero: at most `parts_max` (one or more), each above zero,
  // and priced apart at `unit_price` they cost what the whole does. Lots past their use-by
  // day go last, and what has no lot after them; what is `recalled` is left where it is. Of
  // the snapshot given to Open.
  absl::StatusOr<std::vector<LotPick>> Pick(const store::Snapshot& snapshot,
                                            std::string_view product, v1::Unit unit,
                                            Quantity quantity, Cents unit_price, size_t parts_max,
                                            const RecalledGoods& recalled = {});

  // What is left of a lot, less what this sale took; below zero where more went than was there.
  // Of an empty lot: of what has none.
  absl::StatusOr<int64_t> Untaken(const store::Snapshot& snapshot, std::string_view product,
                                  v1::Unit unit, const std::string& lot) const;
  // The earliest use-by day that a lot's deliveries here say; day 0: none.
  absl::StatusOr<Day> UseBy(const store::Snapshot& snapshot, const std::string& product,
                            v1::Unit unit, const std::string& lot);

 private:
  struct Lot {
    std::string code;
    Day use_by;

    auto operator<=>(const Lot&) const = default;
  };
  using Lots = std::vector<Lot>;  // in the order of picking

  absl::StatusOr<Lots*> Find(const store::Snapshot& snapshot, std::string_view product,
                             v1::Unit unit);
  absl::StatusOr<Lots> Read(const store::Snapshot& snapshot, std::string_view product,
                            v1::Unit unit) const;
  // What is left of a lot, without what this sale took.
  absl::StatusOr<int64_t> Left(const store::Snapshot& snapshot, std::string_view product,
                               v1::Unit unit, const std::string& lot) const;

  int64_t TakenOf(std::string_view product, const std::string& lot) const;

  std::string changes_;  // the row of edits when the book was last emptied
  std::string shop_;
  Day today_;
  std::unordered_map<std::string, Lots> lots_;  // by product and unit, as keys of balances end
  std::map<std::pair<std::string, std::string>, int64_t> taken_;  // product, lot; by this sale
};

}  // namespace comptoir::retail
