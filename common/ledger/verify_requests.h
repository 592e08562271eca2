// A request has at most one counted receipt in its shop (I3, R11).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/ledger/ledger.h"

namespace comptoir::ledger {

// A sentence for each request that two counted receipts stand for; empty when all is well.
// Reads the entry of every receipt; what two siblings that were cut off from each other took
// under one id with different contents are two requests. The status of an entry that
// cannot be read.
absl::StatusOr<std::vector<std::string>> FindRequestsTwice(const Ledger& ledger,
                                                           const store::Snapshot& snapshot);

}  // namespace comptoir::ledger
