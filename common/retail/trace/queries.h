// From a lot to where it came from and where it went, and from a receipt back: out of the
// index that folds write (trace/fold.h), page by page.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/recall_rows.pb.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "comptoir/shop/v1/recalls.pb.h"

namespace comptoir::retail {

inline constexpr size_t kTracePageUsual = 1'000;
inline constexpr size_t kTracePageMax = 10'000;
inline constexpr int kTraceTotalsMax = 1'000;
// Lots of one recall or receipt.
inline constexpr size_t kTraceItemsMax = 1'000;
// Receipts that are looked at for lines without a lot.
inline constexpr size_t kTraceReceiptsMax = 20'000;

struct TraceItem {
  std::string product;
  std::string lot;

  auto operator<=>(const TraceItem&) const = default;
};

// What a trace is asked over.
struct TraceScope {
  const store::Snapshot& snapshot;
  const FactSource& facts;     // what receipts say
  std::string_view self_shop;  // of the node that answers; empty at the hub
  Day today;
};

// NOT_FOUND for a recall or a receipt that is not held here; INVALID_ARGUMENT for a request that
// names none or several of product and lot, recall and receipt, or a cursor or page size that
// cannot be; with a reason. `shop` of the request is one that is kept here, or empty.
absl::StatusOr<shop::v1::TraceResponse> Trace(const TraceScope& scope,
                                              const shop::v1::TraceRequest& request);

// ---- its parts ----

// Lots that a recall is of, as far as they moved in `shop` (empty: in any); by product and lot.
// Of an empty lot: what was delivered without one. FAILED_PRECONDITION where there are more than
// kTraceItemsMax.
absl::StatusOr<std::vector<TraceItem>> ItemsOfRecall(const store::Snapshot& snapshot,
                                                     const v1::Recalled& recall,
                                                     std::string_view shop);
// Deliveries of `product` to `shop` (empty: to any) that say no lot and that `recall` is of, as
// rows of trace would say them, by the keys that those would have.
absl::StatusOr<std::map<std::string, v1::TraceRow>> UnlottedDeliveries(
    const store::Snapshot& snapshot, const v1::Recalled& recall, std::string_view product,
    std::string_view shop);
// Fills what the receipt says, and gives its lots; `*shop` is whose it is.
absl::StatusOr<std::vector<TraceItem>> ItemsOfReceipt(const TraceScope& scope,
                                                      const std::string& number,
                                                      shop::v1::TraceResponse* response,
                                                      std::string* shop);
// Counts receipts of `unknown`'s shop and product, in its days, that say no lot of it, looking
// at no more than `*budget` days and receipts, of which it takes what it used.
absl::Status CountUnknownLots(const TraceScope& scope, size_t* budget,
                              shop::v1::TraceUnknown* unknown);

}  // namespace comptoir::retail
