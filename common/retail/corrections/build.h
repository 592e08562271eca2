// From what a shop says of a mistake to the fact.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Undoes `named`, an admitted fact of this shop. FAILED_PRECONDITION for a kind that
// is not corrected and for what is corrected already; else INVALID_ARGUMENT; with a
// reason.
absl::StatusOr<v1::Corrected> BuildCorrected(const store::Snapshot& snapshot, const Fact& named,
                                             const shop::v1::CorrectRequest& request);

}  // namespace comptoir::retail
