// From what a shop says of waste to the fact.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Fills in each product's unit. NOT_FOUND for an unknown product, else what the
// gate would say, with the line's number and a reason. Whether the shelf holds so
// much is not asked: what was thrown away was there.
//
// A line that names no lot is written as one line a lot that it is taken from, where anything
// of a lot is there: what expires first goes first, what is past its day before all. Of lots that
// are recalled, none before the others, and only those where that is the reason.
absl::StatusOr<v1::Wasted> BuildWasted(const store::Snapshot& snapshot, std::string_view shop,
                                       const shop::v1::RecordWasteRequest& request);

}  // namespace comptoir::retail
