// The rows that a printed receipt leaves, of a sale or a refund.
#pragma once

#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/retail/quantity.h"
#include "common/store/store.h"

namespace comptoir::retail {

// Rows of receipts and receipt_days. `total` is below zero for a refund; `deposits` of it are
// no price of goods. What is not counted keeps its receipt, marked a duplicate.
void FoldReceipt(const Fact& fact, Cents total, Cents deposits, Effect effect,
                 store::Transaction& transaction);

}  // namespace comptoir::retail
