// Gates of the facts about who writes: journals opened, nodes enrolled. Not OK,
// with a sentence and a reason, for a fact that folds to nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// Entry 1 of its journal, and of no other. Certificate, node and series were
// looked at by the transport gate.
absl::Status AdmitGenesis(const Fact& fact, const journal::v1::Genesis& genesis);

// COOP, by the hub.
absl::Status AdmitNodeEnrolled(const Fact& fact, const v1::NodeEnrolled& enrolled);

}  // namespace comptoir::retail
