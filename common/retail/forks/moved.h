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
#include <vector>

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

// How a name of a receipt or a fact ends that branches of one journal may share:
// `-moved-3fa2` is of one that was not kept, with the first hexadecimal digits of its
// place, since a machine that was rolled back twice leaves two; `-kept` is of the kept
// one. What was printed has no ending.
struct NameEnding {
  bool kept = false;
  // Those digits or more of them, or none for `-moved` alone, where one is meant.
  std::optional<std::string> moved;

  bool operator==(const NameEnding&) const = default;
  std::string text() const;
};
std::string MovedEnding(JournalId place);
// Takes such an ending off `*name`; nothing where there is none.
NameEnding ConsumeEnding(std::string_view* name);

// Entries that were moved and have this name (keys.h), at places that begin with
// `digits`; not all of very many.
absl::StatusOr<std::vector<FactPlace>> FindMoved(const store::Snapshot& snapshot,
                                                 std::string_view name_prefix,
                                                 std::string_view digits);
// INVALID_ARGUMENT for a name that does not say which of these it means, or of these and
// the kept one.
absl::Status Ambiguous(const std::vector<FactPlace>& moved, bool or_kept);

}  // namespace comptoir::retail
