// Gates of the facts about who writes: journals opened, nodes enrolled. Not OK,
// with a sentence and a reason, for a fact that folds to nothing (R6).
#pragma once

#include <cstddef>
#include <string_view>

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

inline constexpr size_t kRevocationReasonBytesMax = 256;
inline constexpr int kRevocationHeadsMax = 4'096;
// INVALID_ARGUMENT unless 1 to 256 bytes without control characters.
absl::Status CheckRevocationReason(std::string_view reason);
// COOP, by the hub, of another than itself.
absl::Status AdmitNodeRevoked(const Fact& fact, const v1::NodeRevoked& revoked);

}  // namespace comptoir::retail
