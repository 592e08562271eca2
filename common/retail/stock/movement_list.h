// Facts that moved goods or were seen, as people read them, and what siblings that
// were cut off from each other did twice.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/fact.h"
#include "common/retail/stock/movements.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

inline constexpr size_t kMovementsPageUsual = 100;
inline constexpr size_t kMovementsPageMax = 1'000;
inline constexpr int kDiscrepanciesMax = 1'000;

struct MovementPlace {
  FactPlace place;
  bool undone = false;  // corrected, or a duplicate (R11)

  bool operator==(const MovementPlace&) const = default;
};
struct MovementPage {
  std::vector<MovementPlace> movements;
  std::string next_cursor;  // empty: that was all
};
// Deliveries, waste, counts, transfers and corrections of one business day at one shop, by
// time of day. INVALID_ARGUMENT with a reason for a day, cursor or page size that cannot be.
absl::StatusOr<MovementPage> ListMovementPlaces(const store::Snapshot& snapshot,
                                                std::string_view shop, Day day,
                                                std::string_view cursor, uint32_t page_size);

// What `fact`, an admitted one of those kinds, says. Names are those known in
// `snapshot`.
absl::StatusOr<shop::v1::Movement> MakeMovement(const store::Snapshot& snapshot, const Fact& fact,
                                                bool undone);

// Of one shop, or of every shop known here for an empty one. Reads two tables whole.
absl::StatusOr<shop::v1::ListDiscrepanciesResponse> ListDiscrepancies(
    const store::Snapshot& snapshot, std::string_view shop);

}  // namespace comptoir::retail
