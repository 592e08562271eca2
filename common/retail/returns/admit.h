// Gate of returns and voids. Not OK, with a sentence and a reason, for a fact that
// folds to nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/retail/quantity.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// Checks every line and gives what is given back for all: at most kMoneyCentsMax.
absl::StatusOr<Cents> CheckLines(const v1::Returned& returned);
// What it says, wherever it stands.
absl::Status CheckReturned(const v1::Returned& returned);
// SHOP, by a node of that shop.
absl::Status AdmitReturned(const Fact& fact, const v1::Returned& returned);

// Of one that was admitted.
Cents RefundOf(const v1::Returned& returned);

}  // namespace comptoir::retail
