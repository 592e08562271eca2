// What deliveries say of lots.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Fills producer and days of the rows that name a lot, from its deliveries in the row's
// shop: the producer that they all say, and the earliest days. DATA_LOSS where a row of
// lots is damaged.
absl::Status DescribeLots(const store::Snapshot& snapshot, shop::v1::ListStockResponse* stock);

// Leaves the rows whose earlier day, use-by or best-before, is `last` or before it.
void KeepExpiring(Day last, shop::v1::ListStockResponse* stock);

// The earliest use-by day that deliveries of a lot to `shop` say; day 0 where none does.
absl::StatusOr<Day> UseByDay(const store::Snapshot& snapshot, std::string_view shop,
                             const std::string& product, const std::string& lot);

}  // namespace comptoir::retail
