// A file of deliveries: one request, one atomic write of several facts.
#pragma once

#include "absl/status/statusor.h"
#include "common/ledger/ledger.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::node {

// Answers once all of it is on disk, or none of it will be; a repeated request
// gets its first answer (R11), whatever the catalogue says by now.
//
// Thread use: any that may wait for the disk.
absl::StatusOr<shop::v1::ImportStockResponse> ImportStock(
    ledger::Ledger& ledger, const shop::v1::ImportStockRequest& request);

}  // namespace comptoir::node
