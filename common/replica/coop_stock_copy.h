// The node's side of the stock feed: what the hub tells of the other shops, kept
// in a table of the store beside the ledger (common/retail/stock/coop_copy.h).
//
// One update is one atomic batch, on the disk when the system gets to it: a copy
// that was lost with the power is fetched again.
//
// One thread writes.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::replica {

class CoopStockCopy {
 public:
  // `own_shop`: of the node; its rows never come from the hub.
  CoopStockCopy(store::Store& store, std::string own_shop)
      : store_(store), own_shop_(std::move(own_shop)) {}

  // What to ask the hub with. A copy that cannot be read is asked for anew.
  sync::v1::WatchCoopStockRequest Position() const;
  // INVALID_ARGUMENT or RESOURCE_EXHAUSTED, and nothing is written, for what no hub
  // of ours would say; else what the store says.
  absl::Status Apply(const sync::v1::CoopStockUpdate& update);

 private:
  absl::Status Check(const sync::v1::CoopStockUpdate& update) const;

  store::Store& store_;
  const std::string own_shop_;
};

}  // namespace comptoir::replica
