// From what a shop says of a delivery to the fact.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Fills in each product's unit. NOT_FOUND for an unknown product, else what the
// gate would say, with the line's number and a reason. Producers need not be
// known: goods that stand in the shop were delivered by someone.
absl::StatusOr<v1::GoodsReceived> BuildGoodsReceived(
    const store::Snapshot& snapshot, const shop::v1::RecordDeliveryRequest& request);

// Lots of a delivery that came to `shop` before, as far as `snapshot` says, with other days than
// it says, each once, with the earliest days of then: one batch has one date.
absl::StatusOr<std::vector<shop::v1::LotDay>> OtherDaysOf(const store::Snapshot& snapshot,
                                                          std::string_view shop,
                                                          const v1::GoodsReceived& received);

}  // namespace comptoir::retail
