// From a file of deliveries to the facts that record it, all in one shop.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

inline constexpr size_t kImportStockLinesMax = 20'000;

struct StockImport {
  std::vector<std::string> facts;              // of kind GoodsReceived
  std::vector<std::string> unknown_producers;  // codes that nobody wrote about, rising
  uint32_t producers = 0;
};

// A delivery per producer, in the order in which the file first names them, cut at
// kLinesMax lines. A line without a producer takes the one that the catalogue
// names for its product. All or nothing: the first line that is wrong gives its
// number, a sentence and a reason.
absl::StatusOr<StockImport> BuildStockImport(const store::Snapshot& snapshot,
                                             const shop::v1::ImportStockRequest& request);

// Did anyone write about this producer, or name it as that of a product in `lines`?
absl::StatusOr<bool> IsKnownProducer(
    const store::Snapshot& snapshot, std::string_view producer,
    const google::protobuf::RepeatedPtrField<shop::v1::DeliveryLine>& lines);

}  // namespace comptoir::retail
