// Gate of corrections. Not OK, with a sentence and a reason, for a fact that folds
// to nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

inline constexpr size_t kCorrectionReasonBytesMax = 256;

// What it says, wherever it stands.
absl::Status CheckCorrected(const v1::Corrected& corrected);
// SHOP, by a node of that shop.
absl::Status AdmitCorrected(const Fact& fact, const v1::Corrected& corrected);

}  // namespace comptoir::retail
