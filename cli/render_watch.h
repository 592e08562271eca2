// Facts for people, a line each.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::cli {

// "sold", "goods-received"; "kind 99" where this program does not know it.
std::string FormatKind(retail::v1::FactKind kind);
// All that this program knows.
std::vector<std::string> KindNames();
// INVALID_ARGUMENT, listing them, for another name.
absl::StatusOr<retail::v1::FactKind> ParseKind(const std::string& name);

// When, where, what: "2026-11-23 14:07:12  outremeuse  sold  2 pain-gris, 6.40 by card".
// A '?' after an instant that is doubtful. Without a line end.
std::string FactLine(const admin::v1::WatchedFact& fact);

}  // namespace comptoir::cli
