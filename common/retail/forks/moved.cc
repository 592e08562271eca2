#include "common/retail/forks/moved.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/retail/check.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"
#include "common/retail/text.h"

namespace comptoir::retail {
namespace {

constexpr std::string_view kMark = "-moved";
constexpr size_t kDigits = 16;
constexpr size_t kDigitsShown = 4;
constexpr size_t kNamedMax = 10;  // in one refusal

std::string DigitsOf(JournalId place) {
  return absl::StrCat(absl::Hex(place.value(), absl::kZeroPad16));
}

}  // namespace

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

std::string MovedEnding(JournalId place) {
  return absl::StrCat(View(kMark), "-", DigitsOf(place).substr(0, kDigitsShown));
}

std::optional<std::string> ConsumeMovedEnding(std::string_view* name) {
  std::string digits;
  std::string_view rest = *name;
  if (!rest.ends_with(kMark)) {
    const size_t dash = rest.rfind('-');
    if (dash == std::string_view::npos) return std::nullopt;
    digits = rest.substr(dash + 1);
    const bool are_digits = digits.size() >= kDigitsShown && digits.size() <= kDigits &&
                            digits.find_first_not_of("0123456789abcdef") == std::string::npos;
    rest = rest.substr(0, dash);
    if (!are_digits || !rest.ends_with(kMark)) return std::nullopt;
  }
  rest.remove_suffix(kMark.size());
  *name = rest;
  return digits;
}

absl::StatusOr<std::optional<FactPlace>> FindMoved(const store::Snapshot& snapshot,
                                                   std::string_view name_prefix,
                                                   std::string_view digits) {
  std::optional<FactPlace> found;
  std::vector<std::string> endings;
  auto rows = snapshot.Scan(kMovedNames, name_prefix, PrefixLimit(name_prefix));
  for (; rows->Valid() && endings.size() < kNamedMax; rows->Next()) {
    const std::string_view place = rows->key().substr(name_prefix.size());
    if (place.size() != 8 || rows->value().size() != 8) {
      return absl::DataLossError("a row of moved_names is damaged");
    }
    const JournalId journal(ReadBigEndian64(place));
    const std::string all_digits = DigitsOf(journal);
    if (!all_digits.starts_with(digits)) continue;
    found = FactPlace{journal, Sequence(ReadBigEndian64(rows->value()))};
    endings.push_back(absl::StrCat(View(kMark), "-",
                                   all_digits.substr(0, digits.empty() ? kDigitsShown : kDigits)));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  if (endings.size() <= 1) return found;
  return Refuse(kAmbiguous,
                absl::StrCat("machines that were rolled back used that number several times: "
                             "end it with one of ",
                             absl::StrJoin(endings, ", ")));
}

}  // namespace comptoir::retail
