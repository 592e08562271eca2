// From what a person writes by hand about one product, producer, shop or price to
// the facts that make it so.
//
// A write replaces the writes that its request says its author read; where the
// request does not say, all that `snapshot` holds. What stands as said, without
// anything beside it, is not written again. Not OK: INVALID_ARGUMENT with a
// reason, or NOT_FOUND.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/catalogue/import.h"
#include "common/store/store.h"
#include "comptoir/coop/v1/coop.pb.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/catalogue.pb.h"

namespace comptoir::retail {

struct HandEdits {
  std::vector<std::pair<v1::FactKind, std::string>> facts;  // kind, bytes
  bool created = false;                                     // nobody had written about it
};

// VAT from the request's first day on, `today` where it says none. A number of barcodes that
// another product has is refused (numbers.h).
absl::StatusOr<HandEdits> BuildProductEdit(const store::Snapshot& snapshot,
                                           const shop::v1::EditProductRequest& request, Day today);
absl::StatusOr<HandEdits> BuildProducerEdit(const store::Snapshot& snapshot,
                                            const shop::v1::EditProducerRequest& request);
absl::StatusOr<HandEdits> BuildShopEdit(const store::Snapshot& snapshot,
                                        const shop::v1::EditShopRequest& request);
// For a journal of `request.shop()`'s scope; of COOP where it is empty. The price
// of the first day itself counts as standing, not one that came into force before.
absl::StatusOr<HandEdits> BuildPriceSet(const store::Snapshot& snapshot,
                                        const shop::v1::SetPriceRequest& request, Day today);

// A list of producers, all or nothing: the first line that is wrong gives
// INVALID_ARGUMENT with its number and a reason.
absl::StatusOr<CatalogueEdits> BuildProducerEdits(const store::Snapshot& snapshot,
                                                  const coop::v1::ImportProducersRequest& request);

}  // namespace comptoir::retail
