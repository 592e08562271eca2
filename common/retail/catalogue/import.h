// From a list of products as a buyer writes it to the facts that make it so.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"
#include "comptoir/coop/v1/coop.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

inline constexpr size_t kImportProductsMax = 20'000;

// Facts for COOP journals, in the order of the list, and what they do to it.
struct CatalogueEdits {
  std::vector<std::pair<v1::FactKind, std::string>> facts;  // kind, bytes
  uint32_t created = 0;  // products that nobody had written about
  uint32_t changed = 0;  // others with at least one fact
  uint32_t unchanged = 0;
};

// Writes only what differs from the value that won, or where several stand; each
// write replaces all values that `snapshot` holds. A price or rate is compared
// with the one in force on the request's first day (`today` where it says none),
// and set from that day on. A number of barcodes is of one product (numbers.h), but may go from
// one to another in one list. All or nothing: the first line that is wrong gives
// INVALID_ARGUMENT with its number and a reason.
absl::StatusOr<CatalogueEdits> BuildCatalogueEdits(const store::Snapshot& snapshot,
                                                   const coop::v1::ImportProductsRequest& request,
                                                   Day today);

}  // namespace comptoir::retail
