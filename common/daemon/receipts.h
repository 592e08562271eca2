// Receipts as services show them: the view says where, the entry says what.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/ledger/ledger.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::daemon {

// NOT_FOUND where no receipt has that number, INVALID_ARGUMENT where it is none.
absl::StatusOr<shop::v1::Receipt> FindReceipt(const ledger::Ledger& ledger,
                                              const std::string& number);
absl::StatusOr<shop::v1::ListReceiptsResponse> ListReceipts(
    const ledger::Ledger& ledger, const shop::v1::ListReceiptsRequest& request);

}  // namespace comptoir::daemon
