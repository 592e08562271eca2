// Facts that moved goods, as services show them: the view says where, the entry says
// what.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/ledger/ledger.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::daemon {

// The request says shop and day. INVALID_ARGUMENT with a reason for what cannot be.
absl::StatusOr<shop::v1::ListMovementsResponse> ListMovements(
    const ledger::Ledger& ledger, const shop::v1::ListMovementsRequest& request);

}  // namespace comptoir::daemon
