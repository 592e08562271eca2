// Gate of deliveries. Not OK, with a sentence and a reason, for a fact that
// folds to nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// One line of it by itself.
absl::Status CheckReceivedLine(const v1::ReceivedLine& line);
// What it says, wherever it stands.
absl::Status CheckGoodsReceived(const v1::GoodsReceived& received);
// SHOP, by a node of that shop.
absl::Status AdmitGoodsReceived(const Fact& fact, const v1::GoodsReceived& received);

}  // namespace comptoir::retail
