// Effects of sales (tables.h: receipts, receipt_days, sales, balances). The hot
// path of the house: two strings' worth of keys a fact, rewritten line by line.
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// shop → customer; a receipt; the day's and the hour's sums. What is not counted
// keeps its receipt, marked a duplicate.
absl::Status FoldSold(const Fact& fact, const v1::Sold& sold, Effect effect,
                      store::Transaction& transaction);

}  // namespace comptoir::retail
