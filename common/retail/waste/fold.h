// Effects of waste (tables.h: balances, waste).
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// shop → waste, and the day's sums by reason.
absl::Status FoldWasted(const Fact& fact, const v1::Wasted& wasted, Effect effect,
                        store::Transaction& transaction);

}  // namespace comptoir::retail
