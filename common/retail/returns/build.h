// From what a till says of a return to the fact.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// A sale and the number on its receipt.
struct PrintedSale {
  Fact fact;
  std::string number;
};

// Takes back lines of `sale`, those of one product in their order, at the price that
// was paid. What is recalled is wasted as such, where the request does not say how.
// FAILED_PRECONDITION for a receipt that is no sale, for more than was sold
// less what is known to have been returned, and for nothing left; NOT_FOUND for a
// product that is not on it; else INVALID_ARGUMENT; with a reason.
absl::StatusOr<v1::Returned> BuildReturned(const store::Snapshot& snapshot, const PrintedSale& sale,
                                           const shop::v1::RecordReturnRequest& request);
// Takes back all that is left of `sale`, and gives the money back as it came where
// the request says no other way.
absl::StatusOr<v1::Returned> BuildVoided(const store::Snapshot& snapshot, const PrintedSale& sale,
                                         const shop::v1::VoidReceiptRequest& request);

}  // namespace comptoir::retail
