#include "common/retail/nodes/queries.h"

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

absl::StatusOr<std::vector<EnrolmentPlace>> Enrolments(const store::Snapshot& snapshot) {
  constexpr size_t kPlaceBytes = 16;
  std::vector<EnrolmentPlace> enrolments;
  auto rows = snapshot.Scan(kNodes, "", "");
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    std::string_view node;
    if (!ConsumeCode(&key, &node) || key.size() != kPlaceBytes) {
      return absl::DataLossError("a row of nodes is damaged");
    }
    enrolments.push_back({std::string(node), std::string(rows->value()),
                          JournalId(ReadBigEndian64(key)),
                          Sequence(ReadBigEndian64(key.substr(kPlaceBytes / 2)))});
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return enrolments;
}

absl::StatusOr<std::optional<std::string>> OtherShopOf(const store::Snapshot& snapshot,
                                                       std::string_view node,
                                                       std::string_view shop) {
  const std::string prefix = NodePrefix(node);
  auto rows = snapshot.Scan(kNodes, prefix, "");
  for (; rows->Valid() && rows->key().starts_with(prefix); rows->Next()) {
    if (rows->value() != shop) return std::string(rows->value());
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return std::nullopt;
}

absl::StatusOr<bool> HasNode(const store::Snapshot& snapshot, std::string_view shop) {
  auto rows = snapshot.Scan(kNodes, "", "");
  for (; rows->Valid(); rows->Next()) {
    if (rows->value() == shop) return true;
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return false;
}

absl::StatusOr<std::optional<std::string>> WhoSpent(const store::Snapshot& snapshot,
                                                    std::string_view token_sha256) {
  auto rows = snapshot.Scan(kSpentTokens, token_sha256, "");
  if (rows->Valid() && rows->key().starts_with(token_sha256)) return std::string(rows->value());
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return std::nullopt;
}

}  // namespace comptoir::retail
