// The gate for forks and what they move. Whether signatures fit needs a verifier:
// that is the ledger's to check, before it folds (ledger/forks.h).
#pragma once

#include "absl/status/status.h"
#include "common/retail/fact.h"

namespace comptoir::retail {

inline constexpr size_t kGenesisBytesMax = 8 << 10;

absl::Status AdmitForkSettled(const Fact& fact, const v1::ForkSettled& settled);
absl::Status AdmitMoved(const Fact& fact, const v1::Moved& moved);

}  // namespace comptoir::retail
