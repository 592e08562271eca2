// Transfers, as people look at them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/retail/transfers/state.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/transfers.pb.h"

namespace comptoir::retail {

inline constexpr size_t kTransfersPageUsual = 100;
inline constexpr size_t kTransfersPageMax = 1'000;
// Of the list of all, looked at for one page.
inline constexpr size_t kTransfersLookedAtMax = 5'000;
// Open for longer, one is overdue.
inline constexpr int64_t kTransferOverdueMillis = 24 * 3'600'000;

// `state` has facts. `now_ms`: wall clock.
absl::StatusOr<shop::v1::Transfer> MakeTransfer(const store::Snapshot& snapshot,
                                                const TransferState& state, int64_t now_ms);

// `request.shop` empty: of every shop known here. INVALID_ARGUMENT with a reason for a
// shop, id, cursor or page size that cannot be; NOT_FOUND for an id of which nothing is
// known. Reads all that are open, where those are asked for.
absl::StatusOr<shop::v1::ListTransfersResponse> ListTransfers(
    const store::Snapshot& snapshot, int64_t now_ms, const shop::v1::ListTransfersRequest& request);

// What is on its way, in thousandths above zero: by product and unit, by shop that it was
// sent to; of `to` alone, unless that is empty. Reads all transfers that are open.
using InTransit = std::map<std::pair<std::string, v1::Unit>, std::map<std::string, int64_t>>;
absl::StatusOr<InTransit> ReadInTransit(const store::Snapshot& snapshot, std::string_view to);

}  // namespace comptoir::retail
