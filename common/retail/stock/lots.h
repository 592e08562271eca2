// What deliveries, and transfers that were received, say of lots.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/retail/keys.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Of two days, of which 0 is none.
int32_t EarlierDay(int32_t one, int32_t other);

// The earliest days that the deliveries of a lot to a shop say; 0: none.
struct LotDays {
  int32_t use_by = 0;
  int32_t best_before = 0;

  void Add(const v1::LotRow& row);
  // The earlier of both.
  int32_t first() const { return EarlierDay(use_by, best_before); }
  bool operator==(const LotDays&) const = default;
};
// Of each lot of `product` that came to `shop` in `unit`, those of which nothing is left too;
// what came without a lot is not among them. DATA_LOSS where a row of lots is damaged.
absl::StatusOr<std::map<std::string, LotDays>> ReadLotDays(const store::Snapshot& snapshot,
                                                           std::string_view shop,
                                                           std::string_view product, v1::Unit unit);

// Fills producer and days of the rows that name a lot, from its deliveries in the row's
// shop: the producer that they all say, and the earliest days. DATA_LOSS where a row of
// lots is damaged.
absl::Status DescribeLots(const store::Snapshot& snapshot, shop::v1::ListStockResponse* stock);

// Less of a lot that is weighed is none: sales of several lots leave so much, where their
// parts would not cost what the whole does.
inline constexpr int64_t kCrumbMilli = 5;
inline bool IsLeft(int64_t milli, v1::Unit unit) {
  return milli >= (unit == v1::UNIT_PIECE ? 1 : kCrumbMilli);
}

inline constexpr uint32_t kExpiresWithinDaysMax = 3'660;

// As ListStockAndTransit, with what is known of lots, the recalls that stand of them, and of
// those only the ones that expire where the request says so. INVALID_ARGUMENT with a reason
// also for what it says of that.
absl::StatusOr<shop::v1::ListStockResponse> ListStockOn(const store::Snapshot& snapshot,
                                                        std::string_view shop, Day today,
                                                        const shop::v1::ListStockRequest& request);

// The earliest use-by day that deliveries of a lot to `shop` say; day 0 where none does.
absl::StatusOr<Day> UseByDay(const store::Snapshot& snapshot, std::string_view shop,
                             const std::string& product, const std::string& lot);

// Writes what line `index` of `fact`, from 0, says of the lot of `item`; takes it back. Fills in
// when that was written.
void FoldLot(const Fact& fact, const BalanceKey& item, int index, v1::LotRow row, Effect effect,
             store::Transaction& transaction);

// Tells caches that lots of a shop changed (tables.h: edits), where `fact` may have put
// something of one on the shelf. The row depends on which facts count, not on how they came
// to: they may be taken back and brought back.
void NoteLots(const Fact& fact, Effect effect, store::Transaction& transaction);

}  // namespace comptoir::retail
