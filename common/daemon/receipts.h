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
// The receipt that `recorded` answers for, as it was told at first: its number may be
// another receipt's by now. NOT_FOUND where its entry is not held here.
absl::StatusOr<shop::v1::Receipt> ReceiptOf(const ledger::Ledger& ledger,
                                            const shop::v1::SaleRecorded& recorded);
absl::StatusOr<shop::v1::ListReceiptsResponse> ListReceipts(
    const ledger::Ledger& ledger, const shop::v1::ListReceiptsRequest& request);

}  // namespace comptoir::daemon
