#include "common/retail/nodes/revocation.h"

#include <algorithm>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

v1::RevocationRow RevocationRowOf(const Fact& fact, const v1::NodeRevoked& revoked) {
  v1::RevocationRow row;
  row.set_hybrid_time(fact.hybrid_time.value());
  row.set_since_ms(fact.wall_ms);
  row.set_reason(revoked.reason());
  row.set_retired(revoked.retired());
  for (const journal::v1::Head& head : revoked.heads()) {
    v1::SeenHead* named = row.add_heads();
    named->set_journal(head.journal());
    named->set_sequence(head.sequence());
  }
  return row;
}

absl::Status Revocations::Load(const store::Snapshot& snapshot) {
  nodes_.clear();
  auto rows = snapshot.Scan(kRevocations, "", "");
  for (; rows->Valid(); rows->Next()) {
    COMPTOIR_RETURN_IF_ERROR(AddRow(rows->key(), rows->value()));
  }
  return rows->status();
}

absl::Status Revocations::Load(const std::vector<std::pair<std::string, std::string>>& rows) {
  nodes_.clear();
  for (const auto& [key, value] : rows) COMPTOIR_RETURN_IF_ERROR(AddRow(key, value));
  return absl::OkStatus();
}

absl::Status Revocations::AddRow(std::string_view key, std::string_view value) {
  constexpr size_t kPlaceBytes = 16;
  std::string_view node;
  v1::RevocationRow row;
  if (!ConsumeCode(&key, &node) || key.size() != kPlaceBytes ||
      !row.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return absl::DataLossError("a row of revocations is damaged");
  }
  Reference place;
  place.journal = JournalId(ReadBigEndian64(key));
  place.sequence = Sequence(ReadBigEndian64(key.substr(kPlaceBytes / 2)));
  Add(node, place, row);
  return absl::OkStatus();
}

void Revocations::Add(std::string_view node, const Reference& place, const v1::RevocationRow& row) {
  OfNode& known = nodes_[std::string(node)];
  known.facts[{HybridTime(row.hybrid_time()), place.journal, place.sequence}] = {
      std::string(node), row.since_ms(), row.reason(), row.retired()};
  for (const v1::SeenHead& head : row.heads()) {
    Sequence& good = known.heads[JournalId(head.journal())];
    good = std::max(good, Sequence(head.sequence()));
  }
}

std::optional<Sequence> Revocations::GoodUpTo(std::string_view node, JournalId journal) const {
  const auto found = nodes_.find(node);
  if (found == nodes_.end()) return std::nullopt;
  const auto head = found->second.heads.find(journal);
  return head == found->second.heads.end() ? Sequence(0) : head->second;
}

}  // namespace comptoir::retail
