// From what a shop says of a transfer to the fact.
//
// Which lot goods are of: sent, as a sale takes them, first expired first out, where the
// request names none; received or settled, of those that were sent and are not accounted for
// yet. What is said of a lot's days and producer goes before what is known of it.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/transfers.pb.h"
#include "comptoir/shop/v1/transfers.pb.h"

namespace comptoir::retail {

// Facts of one transfer past which nothing is added to it: with what is told of them, the
// most that is reckoned (kTransferRowsMax) is further on.
inline constexpr size_t kTransferFactsMax = 200;

// `digest`: of the request, as in its envelope. NOT_FOUND for an unknown product or shop,
// else what the gate would say, with the line's number and a reason. Whether the shelf holds
// so much is not asked: what was put on the van was there.
absl::StatusOr<v1::TransferSent> BuildTransferSent(const store::Snapshot& snapshot,
                                                   std::string_view shop, Day today,
                                                   const shop::v1::SendTransferRequest& request,
                                                   uint32_t digest);

// Besides what the gate would say: FAILED_PRECONDITION with NOT_ANNOUNCED where the request
// leaves a quantity to what was announced and nothing was; with OTHER_SHOP where it is the
// sender that asks so; with NOTHING_IN_TRANSIT where all of it was accounted for; with
// TOO_MANY_FACTS past kTransferFactsMax. NOT_FOUND with UNKNOWN_SHOP where nothing was
// announced and the id names a sender that is no shop known here.
absl::StatusOr<v1::TransferReceived> BuildTransferReceived(
    const store::Snapshot& snapshot, std::string_view shop,
    const shop::v1::ReceiveTransferRequest& request);

// As above; NOT_ANNOUNCED always where nothing was announced, NOTHING_IN_TRANSIT for more than
// is on its way, and OTHER_SHOP where it was sent to another shop than this one.
absl::StatusOr<v1::TransferSettled> BuildTransferSettled(
    const store::Snapshot& snapshot, std::string_view shop,
    const shop::v1::SettleTransferRequest& request);

}  // namespace comptoir::retail
