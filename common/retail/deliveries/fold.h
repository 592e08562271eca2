// Effects of deliveries (tables.h: balances, lots).
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// producer → shop, and one row of lots a line.
absl::Status FoldGoodsReceived(const Fact& fact, const v1::GoodsReceived& received, Effect effect,
                               store::Transaction& transaction);

}  // namespace comptoir::retail
