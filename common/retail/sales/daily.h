// Sales by day: totals, or product by product.
#pragma once

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

inline constexpr size_t kSalesPageMax = 10'000;  // usual size, too
inline constexpr int32_t kSalesDaysMax = 3'660;

// By shop, day and product. A request without a shop asks for every shop known
// here. INVALID_ARGUMENT with a reason for days, page size or cursor that cannot be.
absl::StatusOr<shop::v1::ListSalesResponse> ListSales(const store::Snapshot& snapshot, Day today,
                                                      const shop::v1::ListSalesRequest& request);

}  // namespace comptoir::retail
