// The recalls that stand at one shop, kept in memory between its sales: most days there is
// none, and then a sale reads one row of edits and no more.
//
// Goods are recalled at a shop by a recall of their product and lot, of all of their product,
// or of what a producer delivered there on some days: the lots that those deliveries name, and
// what of those products came without a lot. Once the shop has confirmed a recall its shelves
// are clear of what came until then: lots that are known by their code stay refused, but goods
// whose lot nobody says are sold again. Only sales ask whether the shelves are clear: what comes
// back, is counted or thrown away is recalled as before.
//
// A row of recalls that cannot be read is left out and told to whoever looks after damage: one
// bad row must not stop a shop.
//
// Thread use: one at a time, as of the LotBook beside it.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

struct StandingRecall {
  v1::Recalled recall;
  bool confirmed = false;  // by the shop
  // The latest wall instant at which it was, of clocks in no doubt; what came later is not cleared.
  int64_t cleared_ms = std::numeric_limits<int64_t>::min();
};

// A recall of some goods.
struct GoodsRecall {
  const StandingRecall* standing = nullptr;
  // The shelves are clear of all that came of these goods.
  bool cleared = false;
  // Some of them came by a clock in doubt: no confirmation is known to be later.
  bool in_doubt = false;
};
// Of the same goods, each recall once: those of which the shelves are not clear first.
using RecallsOfGoods = std::vector<GoodsRecall>;

// What of one product is recalled; it points into the book that gave it, until its next Open.
struct RecalledGoods {
  struct Lot {
    std::set<std::string> spellings;  // of the recall, and of what was delivered
    RecallsOfGoods recalls;
  };
  RecallsOfGoods whole;                          // of all of it
  std::map<std::string, Lot, std::less<>> lots;  // by LotAsCompared
  RecallsOfGoods unlotted;                       // of what came without a lot

  bool empty() const { return whole.empty() && lots.empty() && unlotted.empty(); }
  // By which recall, one of which the shelves are not clear before others; null for none. Of an
  // empty lot: what came without one.
  const GoodsRecall* Find(std::string_view lot) const;
  // By which recalls, in that order.
  RecallsOfGoods All(std::string_view lot) const;
};

// A lot as recalls compare it: capitals and blanks are written otherwise by every hand.
std::string LotAsCompared(std::string_view lot);

// Is what a row of lots says was delivered what a recall by producer and days is of?
bool IsDeliveryRecalled(const v1::Recalled& recall, const v1::LotRow& row);

class RecallBook {
 public:
  RecallBook() = default;
  // Of one recall alone, whether or not it stands; not to be opened.
  RecallBook(v1::Recalled recall, std::string_view shop) : shop_(shop) {
    recalls_.emplace_back().recall = std::move(recall);
  }

  // Before the first Find of each sale. Where it fails the book is as before. OK where rows are
  // damaged: those that can be read stand, or where the table breaks off, what the book had.
  absl::Status Open(const store::Snapshot& snapshot, std::string_view shop);
  bool empty() const { return recalls_.empty(); }
  const std::vector<StandingRecall>& recalls() const { return recalls_; }
  // Of the snapshot given to Open.
  absl::StatusOr<RecalledGoods> Find(const store::Snapshot& snapshot,
                                     std::string_view product) const;

 private:
  absl::Status AddDelivered(const store::Snapshot& snapshot, std::string_view product,
                            RecalledGoods* goods) const;
  void AddRow(std::string_view product, std::string_view lot, const v1::LotRow& row,
              RecalledGoods* goods) const;

  std::string edits_;  // the row of edits when the book was last read
  std::string shop_;
  bool is_read_ = false;
  std::vector<StandingRecall> recalls_;
};

// What follows "take it off the shelves": ", then ..."; nothing where they are clear of it.
std::string HowToClear(const GoodsRecall& recall);
// FAILED_PRECONDITION for goods that are recalled: a sentence with the recall and what to do.
absl::Status RefuseRecalled(std::string_view product, std::string_view lot,
                            const GoodsRecall& recall);

}  // namespace comptoir::retail
