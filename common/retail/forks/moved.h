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
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/stock/movements.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {

// What stands for a journal in keys of the views, where `original` was moved.
JournalId MovedPlace(const Reference& original);

// The row of an entry at its place; nullopt where nothing was moved to it.
absl::StatusOr<std::optional<v1::MovedRow>> ReadMoved(const store::Reader& rows, JournalId place,
                                                      Sequence sequence);

// Ends the names of receipts and facts that were moved: the name before it is the one
// that was printed, and the kept branch may have printed it as well. `-moved-3fa2`, with
// the first hexadecimal digits of the place, since a machine that was rolled back twice
// leaves two such branches.
std::string MovedEnding(JournalId place);
// Takes such an ending off `*name` and gives its digits: those above or more of them, or
// none for `-moved` alone. nullopt where there is no ending.
std::optional<std::string> ConsumeMovedEnding(std::string_view* name);

// The entry that was moved and has this name (keys.h), at a place that begins with
// `digits`; nullopt for none. INVALID_ARGUMENT where there are several, with their endings.
absl::StatusOr<std::optional<FactPlace>> FindMoved(const store::Snapshot& snapshot,
                                                   std::string_view name_prefix,
                                                   std::string_view digits);

}  // namespace comptoir::retail
