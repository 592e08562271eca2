// Gate of counts. Not OK, with a sentence and a reason, for a fact that folds to
// nothing (R6).
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

inline constexpr int kCountLotsMax = 100;  // of a line
inline constexpr int kCountHeadsMax = 16'384;

// What it says, wherever it stands.
absl::Status CheckCounted(const v1::Counted& counted);
// SHOP, by a node of that shop.
absl::Status AdmitCounted(const Fact& fact, const v1::Counted& counted);

}  // namespace comptoir::retail
