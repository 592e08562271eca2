// Effects of the facts about who writes (tables.h: series, nodes, spent_tokens,
// revocations).
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// A shop's journal is found by the series that its receipts print. Where two
// claim one series the lowest journal has it, in every order of arrival.
absl::Status FoldGenesis(const Fact& fact, const journal::v1::Genesis& genesis, Effect effect,
                         store::Transaction& transaction);

// Every enrolment that any hub's run has written stands, under its node and under
// its token (R13): so that a hub that was restored knows who is who.
absl::Status FoldNodeEnrolled(const Fact& fact, const v1::NodeEnrolled& enrolled, Effect effect,
                              store::Transaction& transaction);

// Every revocation stands, each in a row of its own (R13): what they come to together
// is a function of their set (queries.h).
absl::Status FoldNodeRevoked(const Fact& fact, const v1::NodeRevoked& revoked, Effect effect,
                             store::Transaction& transaction);

}  // namespace comptoir::retail
