// What of a fact that was taken is recalled: for people to look at.
#pragma once

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/recalls.pb.h"

namespace comptoir::retail {

// Of a delivery or a count at `shop`, each product and lot once, in the order of its lines; of a
// count those of which anything was seen.
absl::StatusOr<std::vector<shop::v1::RecalledLine>> RecalledLinesOf(const store::Snapshot& snapshot,
                                                                    std::string_view shop,
                                                                    const Fact& fact);

}  // namespace comptoir::retail
