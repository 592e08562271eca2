// The recalls that stand at one shop, kept in memory between its sales: most days there is
// none, and then a sale reads one row of edits and no more.
//
// Goods are recalled at a shop by a recall of their product and lot, of all of their product,
// or of what a producer delivered there on some days: the lots that those deliveries name, and
// what of those products came without a lot. Once the shop has confirmed a recall its shelves
// are clear of it: lots that are known by their code stay refused, but goods whose lot nobody
// says are sold again.
//
// Thread use: one at a time, as of the LotBook beside it.
#pragma once

#include <map>
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
};

// What of one product is recalled; it points into the book that gave it, until its next Open.
struct RecalledGoods {
  const StandingRecall* whole = nullptr;  // all of it
  std::map<std::string, const StandingRecall*, std::less<>> lots;
  const StandingRecall* unlotted = nullptr;  // what came without a lot

  bool empty() const { return whole == nullptr && lots.empty() && unlotted == nullptr; }
  // By which recall; null for none. Of an empty lot: what came without one.
  const StandingRecall* Find(std::string_view lot) const;
};

// Is what a row of lots says was delivered what a recall by producer and days is of?
bool IsDeliveryRecalled(const v1::Recalled& recall, const v1::LotRow& row);

class RecallBook {
 public:
  RecallBook() = default;
  // Of one recall alone, whether or not it stands; not to be opened.
  RecallBook(v1::Recalled recall, std::string_view shop)
      : shop_(shop), recalls_({{std::move(recall), false}}) {}

  // Before the first Find of each sale.
  absl::Status Open(const store::Snapshot& snapshot, std::string_view shop);
  bool empty() const { return recalls_.empty(); }
  const std::vector<StandingRecall>& recalls() const { return recalls_; }
  // Of the snapshot given to Open.
  absl::StatusOr<RecalledGoods> Find(const store::Snapshot& snapshot,
                                     std::string_view product) const;

 private:
  absl::Status AddDelivered(const store::Snapshot& snapshot, std::string_view product,
                            RecalledGoods* goods) const;

  std::string edits_;  // the row of edits when the book was last read
  std::string shop_;
  bool is_read_ = false;
  std::vector<StandingRecall> recalls_;
};

// FAILED_PRECONDITION for goods that are recalled: a sentence with the recall and what to do.
absl::Status RefuseRecalled(std::string_view product, std::string_view lot,
                            const StandingRecall& recall);

}  // namespace comptoir::retail
