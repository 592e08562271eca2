#include "common/retail/forks/moved.h"

#include <string>

#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

JournalId MovedPlace(const Reference& original) {
  std::string bytes = "comptoir.moved.v1";
  AppendBigEndian64(original.journal.value(), &bytes);
  AppendBigEndian64(original.sequence.value(), &bytes);
  AppendBigEndian64(original.hash_prefix, &bytes);
  return JournalId(journal::Sha256(bytes).prefix());
}

absl::StatusOr<std::optional<v1::MovedRow>> ReadMoved(const store::Reader& rows, JournalId place,
                                                      Sequence sequence) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> bytes,
                            rows.Get(kMoved, MovedKey(place, sequence)));
  if (!bytes.has_value()) return std::optional<v1::MovedRow>();
  v1::MovedRow row;
  if (!row.ParseFromString(*bytes)) return absl::DataLossError("a row of moved is damaged");
  return std::optional<v1::MovedRow>(std::move(row));
}

absl::StatusOr<std::optional<FactPlace>> FindMoved(const store::Snapshot& snapshot,
                                                   std::string_view name_prefix) {
  auto rows = snapshot.Scan(kMovedNames, name_prefix, PrefixLimit(name_prefix));
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  if (!rows->Valid()) return std::optional<FactPlace>();
  const std::string_view place = rows->key().substr(name_prefix.size());
  if (place.size() != 8 || rows->value().size() != 8) {
    return absl::DataLossError("a row of moved_names is damaged");
  }
  return FactPlace{JournalId(ReadBigEndian64(place)), Sequence(ReadBigEndian64(rows->value()))};
}

bool ConsumeMovedMark(std::string_view* name) {
  if (!name->ends_with(kMovedMark)) return false;
  name->remove_suffix(kMovedMark.size());
  return true;
}

}  // namespace comptoir::retail
