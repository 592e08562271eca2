// A sale is seen whole or not at all (I9): its receipt, the sums of its day and the sums
// of its goods say the same money.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"

namespace comptoir::retail {

// A sentence for each shop's day on which two of the views differ; empty when all is well.
// Reads the tables of receipts, receipt_days and sales whole. DATA_LOSS for a row that is none.
absl::StatusOr<std::vector<std::string>> CheckSalesWhole(const store::Snapshot& snapshot);

}  // namespace comptoir::retail
