// Effects of returns and voids (tables.h: balances, returns, sales, waste, receipts,
// receipt_days).
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// customer → shop, or → waste; a refund's receipt; less in the sums of its own day
// and hour.
absl::Status FoldReturned(const Fact& fact, const v1::Returned& returned, Effect effect,
                          store::Transaction& transaction);

}  // namespace comptoir::retail
