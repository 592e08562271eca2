// What is on the shelves.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/retail/keys.h"
#include "common/store/store.h"
#include "comptoir/coop/v1/coop.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

inline constexpr size_t kStockPageUsual = 1'000;
inline constexpr size_t kStockPageMax = 10'000;

// How much of one product a shop has, over all lots.
struct StockLevel {
  std::string product;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  int64_t quantity_milli = 0;
};
// Which of them.
struct StockSpan {
  std::string product;        // empty: all
  std::string first_product;  // begins at this product and unit; empty: at the first
  v1::Unit first_unit = v1::UNIT_UNSPECIFIED;
  size_t count_max = SIZE_MAX;
};
// By product and unit; those of which nothing is left among them.
absl::StatusOr<std::vector<StockLevel>> ReadStock(const store::Snapshot& snapshot,
                                                  std::string_view shop, const StockSpan& span);

// What a shop has of one product, unit and lot by the books.
struct LotStock {
  int64_t moved_milli = 0;    // what movements alone come to
  int64_t counted_milli = 0;  // what counts found more; below zero: less

  int64_t milli() const { return moved_milli + counted_milli; }
};
absl::StatusOr<LotStock> ReadLotStock(const store::Snapshot& snapshot, std::string_view shop,
                                      const BalanceKey& balance);
// The same of an account that no counts adjust (account.h).
absl::StatusOr<int64_t> ReadBalance(const store::Snapshot& snapshot, std::string_view account,
                                    const BalanceKey& balance);

// One shop's stock by product and unit, over all lots; by lot where asked, then
// without the lots of which nothing is left. Nothing of what is on its way there.
// INVALID_ARGUMENT with a reason for a cursor or page size that cannot be.
absl::StatusOr<shop::v1::ListStockResponse> ListStock(const store::Snapshot& snapshot,
                                                      std::string_view shop,
                                                      const shop::v1::ListStockRequest& request);

// The same with what is on its way to the shop, unless it is asked by lot; also of products
// that it never held. Reads every transfer that is open: for who asks for it, not for each
// line of something else.
absl::StatusOr<shop::v1::ListStockResponse> ListStockAndTransit(
    const store::Snapshot& snapshot, std::string_view shop,
    const shop::v1::ListStockRequest& request);

// Every shop's, product by product (and unit by unit, where shops differ).
absl::StatusOr<coop::v1::ListInventoryResponse> ListInventory(
    const store::Snapshot& snapshot, const coop::v1::ListInventoryRequest& request);

}  // namespace comptoir::retail
