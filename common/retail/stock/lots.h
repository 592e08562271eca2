// What deliveries say of lots.
#pragma once

#include "absl/status/status.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Fills producer and days of the rows that name a lot, from its deliveries in the
// row's shop: what they all say. DATA_LOSS where a row of lots is damaged.
absl::Status DescribeLots(const store::Snapshot& snapshot, shop::v1::ListStockResponse* stock);

}  // namespace comptoir::retail
