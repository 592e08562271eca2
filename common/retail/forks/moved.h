// Entries of branches that were not kept: where they stand in the views, and how
// people name them.
//
// The kept branch has other entries at their numbers, so each stands at a place of
// its own, which is a function of its reference: whoever moves an entry moves it to
// the same place, and whoever knows its reference finds it.
//
// Pure.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/stock/movements.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {

// Ends the names of receipts and facts that were moved: the number before it is the
// one that was printed, and the kept branch may have printed it as well.
inline constexpr std::string_view kMovedMark = "-moved";

// What stands for a journal in keys of the views, where `original` was moved.
JournalId MovedPlace(const Reference& original);

// The row of an entry at its place; nullopt where nothing was moved to it.
absl::StatusOr<std::optional<v1::MovedRow>> ReadMoved(const store::Reader& rows, JournalId place,
                                                      Sequence sequence);

// The first entry that was moved and has this name (keys.h); nullopt for none.
absl::StatusOr<std::optional<FactPlace>> FindMoved(const store::Snapshot& snapshot,
                                                   std::string_view name_prefix);

// Takes the mark off the end of `*name`; false where it has none.
bool ConsumeMovedMark(std::string_view* name);

}  // namespace comptoir::retail
