// Effects of counts, and of movements on counts (tables.h: counts, count_heads,
// count_horizons, adjustments, movements).
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// Looks back at the movements known so far and not before the count. A count that
// does not count keeps its row, and stands nowhere.
absl::Status FoldCounted(const Fact& fact, const v1::Counted& counted, Effect effect,
                         Folding& folding);

// After the fold of a fact that moved goods: notes it in the index, and tells the
// counts that it is before. For most, one comparison.
absl::Status FoldMoved(const Fact& fact, bool prints_receipt, Effect effect, Folding& folding);

}  // namespace comptoir::retail
