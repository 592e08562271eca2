// What is on the shelves of every shop, as a shop's node knows it.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

inline constexpr size_t kCoopStockPageUsual = 1'000;
inline constexpr size_t kCoopStockPageMax = 10'000;
// Quantities after which a page ends with the product that it is at.
inline constexpr size_t kCoopStockQuantitiesMax = 100'000;

// `shop` is the node's own: its rows come from its own views, as of `now_ms`; the
// others' from the copy (coop_copy.h). INVALID_ARGUMENT with a reason for a code,
// cursor or page size that cannot be.
absl::StatusOr<shop::v1::ListCoopStockResponse> ListCoopStock(
    const store::Snapshot& snapshot, std::string_view shop, int64_t now_ms,
    const shop::v1::ListCoopStockRequest& request);

}  // namespace comptoir::retail
