// Effects of recalls, their lifting and their confirmation (tables.h: recalls,
// recall_answers, edits).
//
// Merge argument. Each fact that counts has rows of its own, and none reads another's. What
// stands is what no lift of its scope names, a function of the set of facts: a lift may be
// heard of before its recall. A recall is named by its request, or for want of one by its
// place, so naming either entry of a request that was taken twice means the one that counts.
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/recalls.pb.h"

namespace comptoir::retail {

absl::Status FoldRecalled(const Fact& fact, const v1::Recalled& recalled, Effect effect,
                          store::Transaction& transaction);
absl::Status FoldRecallLifted(const Fact& fact, const v1::RecallLifted& lifted, Effect effect,
                              store::Transaction& transaction);
absl::Status FoldRecallConfirmed(const Fact& fact, const v1::RecallConfirmed& confirmed,
                                 Effect effect, store::Transaction& transaction);

}  // namespace comptoir::retail
