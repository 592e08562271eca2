// What the views say of a shop's days; the facts themselves are the ledger's to read.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/stock/movements.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/days.pb.h"

namespace comptoir::retail {

inline constexpr size_t kClosingsShownMax = 1'000;

struct ListedDayFact {
  FactPlace place;
  v1::DayRow row;
};
// Openings, closings and cash moves of a shop, by journal and number. Reads all of them:
// a few a day.
absl::StatusOr<std::vector<ListedDayFact>> ListDayFacts(const store::Snapshot& snapshot,
                                                        std::string_view shop);

// Entries of a shop that money stands behind and that do not count, by journal.
using UncountedEntries = std::map<JournalId, std::set<Sequence>>;
absl::StatusOr<UncountedEntries> ListUncounted(const store::Snapshot& snapshot,
                                               std::string_view shop);

// Numbers of the receipts that a journal printed, by the entry that did.
absl::StatusOr<std::map<Sequence, uint64_t>> ReceiptsIn(const store::Snapshot& snapshot,
                                                        JournalId journal);

}  // namespace comptoir::retail
