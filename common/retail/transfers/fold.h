// Effects of transfers (tables.h: balances, lots, waste; transfers and the tables beside it,
// whose merge argument is in state.h).
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::retail {

// shop → transit.
absl::Status FoldTransferSent(const Fact& fact, const v1::TransferSent& sent, Effect effect,
                              store::Transaction& transaction);
// transit → shop, and one row of lots a line, as of a delivery.
absl::Status FoldTransferReceived(const Fact& fact, const v1::TransferReceived& received,
                                  Effect effect, store::Transaction& transaction);
// transit → waste, and the day's sums by reason.
absl::Status FoldTransferSettled(const Fact& fact, const v1::TransferSettled& settled,
                                 Effect effect, store::Transaction& transaction);
// What was told moves nothing. The same row whether it counts or not: what is said twice is
// said.
absl::Status FoldTransferAnnounced(const Fact& fact, const v1::TransferAnnounced& announced,
                                   Effect effect, store::Transaction& transaction);
absl::Status FoldTransferAnswered(const Fact& fact, const v1::TransferAnswered& answered,
                                  Effect effect, store::Transaction& transaction);

}  // namespace comptoir::retail
