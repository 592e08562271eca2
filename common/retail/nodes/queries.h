// What is asked about enrolments.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/store/store.h"

namespace comptoir::retail {

// Each node that was enrolled, its shop, and where its latest enrolment of each
// hub's run stands; by rising node, then place.
struct EnrolmentPlace {
  std::string node;
  std::string shop;
  JournalId journal;
  Sequence sequence;
};
absl::StatusOr<std::vector<EnrolmentPlace>> Enrolments(const store::Snapshot& snapshot);

// A shop other than `shop` in which a node of this name was enrolled; nullopt for none.
absl::StatusOr<std::optional<std::string>> OtherShopOf(const store::Snapshot& snapshot,
                                                       std::string_view node,
                                                       std::string_view shop);
// Was any node enrolled in `shop`?
absl::StatusOr<bool> HasNode(const store::Snapshot& snapshot, std::string_view shop);
// The node that was enrolled with the token of this SHA-256 (32 bytes); nullopt for none.
absl::StatusOr<std::optional<std::string>> WhoSpent(const store::Snapshot& snapshot,
                                                    std::string_view token_sha256);

}  // namespace comptoir::retail
