// The index by day of facts that moved goods: what a count looks back through,
// and what people correct.
#pragma once

#include <compare>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"

namespace comptoir::retail {

// Writes the rows of movements that `fact` has (tables.h).
void NoteMovement(const Fact& fact, bool prints_receipt, Effect effect,
                  store::Transaction& transaction);

// Has NoteMovement written of `fact`, which prints no receipt?
absl::StatusOr<bool> IsNoted(const Fact& fact, const store::Reader& rows);

// Where a fact stands.
struct FactPlace {
  JournalId journal;
  Sequence sequence;

  auto operator<=>(const FactPlace&) const = default;
};

// Facts folded so far that moved goods at `shop` and count: those of business day
// `first` or later, and all of doubtful clocks; by rising place, each once. Counts
// and corrections may be among them.
absl::StatusOr<std::vector<FactPlace>> MovementsSince(const store::Transaction& rows,
                                                      std::string_view shop, Day first);

}  // namespace comptoir::retail
