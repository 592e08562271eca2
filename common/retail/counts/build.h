// From what a shop saw on its shelves to the fact.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// A journal of the shop as it is held where the count is made.
struct HeldJournal {
  JournalId journal;
  Sequence sequence;
  int64_t latest_ms = 0;  // no undoubted entry of it has a later wall instant
  bool open = false;      // the count will stand in it
};
// The clock of who counts.
struct CountClock {
  int64_t wall_ms = 0;
  bool doubtful = false;
};

// Splits what was seen of a whole product over its lots: those that keep longest are
// taken to be there still, those that are recalled after all others, as far as the books have
// any; the rest is of no known lot.
// NOT_FOUND for an unknown product, else what the gate would say, with the line's
// number and a reason. `journals` by rising id.
absl::StatusOr<v1::Counted> BuildCounted(const store::Snapshot& snapshot, std::string_view shop,
                                         const std::vector<HeldJournal>& journals,
                                         const CountClock& clock,
                                         const shop::v1::RecordCountRequest& request);

// What `counted` says, line by line, lots apart where only some were looked at.
absl::StatusOr<std::vector<shop::v1::CountedStock>> DescribeCounted(const store::Snapshot& snapshot,
                                                                    const v1::Counted& counted);

}  // namespace comptoir::retail
