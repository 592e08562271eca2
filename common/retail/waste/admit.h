// Gate of waste. Not OK, with a sentence and a reason, for a fact that folds to
// nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// One that is said.
absl::Status CheckWasteReason(v1::WasteReason reason);
// What it says, wherever it stands.
absl::Status CheckWasted(const v1::Wasted& wasted);
// SHOP, by a node of that shop.
absl::Status AdmitWasted(const Fact& fact, const v1::Wasted& wasted);

}  // namespace comptoir::retail
