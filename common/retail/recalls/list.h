// Recalls as people look at them: what stands, which shops have confirmed it, and what those
// still have of it by the books.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/recall_rows.pb.h"
#include "comptoir/shop/v1/recalls.pb.h"

namespace comptoir::retail {

inline constexpr size_t kRecallsPageUsual = 100;
inline constexpr size_t kRecallsPageMax = 1'000;
inline constexpr int kRecalledStockMax = 100;  // rows of one shop
inline constexpr int kOpenRecallsMax = 100;

// `self_shop`: the shop of the node that answers, whose own confirmation and stock alone are
// known there; empty at the hub, which knows every shop's. Where nobody has confirmed yet, shops
// whose nodes are all retired are not waited for.
absl::StatusOr<shop::v1::Recall> DescribeRecall(const store::Snapshot& snapshot,
                                                std::string_view self_shop,
                                                const v1::RecallRow& recall);
// Those in every shop first, then by shop; each by its journal. INVALID_ARGUMENT with a reason
// for a cursor or page size that cannot be, NOT_FOUND for a code that none has.
absl::StatusOr<shop::v1::ListRecallsResponse> ListRecalls(
    const store::Snapshot& snapshot, std::string_view self_shop,
    const shop::v1::ListRecallsRequest& request);

// Is any lot known, as far as recalls compare them, that a recall of one lot names: did it come to
// its shop, or to any for a recall in every shop? True for recalls of more than one lot.
absl::StatusOr<bool> IsLotKnown(const store::Snapshot& snapshot, const v1::Recalled& recall);

// A recall that stands and that some shops have not confirmed.
struct OpenRecall {
  std::string code;
  std::string what;  // is recalled, for people
  std::vector<std::string> shops;
};
// At most kOpenRecallsMax. Counts in `*unreadable` the recalls that cannot be read here.
absl::StatusOr<std::vector<OpenRecall>> OpenRecalls(const store::Snapshot& snapshot,
                                                    std::string_view self_shop,
                                                    int* unreadable = nullptr);

}  // namespace comptoir::retail
