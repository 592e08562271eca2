#include "common/retail/forks/moved.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/journal/chain.h"
#include "common/retail/check.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

constexpr std::string_view kMovedMark = "-moved";
constexpr std::string_view kKeptMark = "-kept";
constexpr size_t kDigits = 16;
constexpr size_t kDigitsShown = 4;
constexpr size_t kFoundMax = 10;  // a refusal names them

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
  return absl::StrCat(View(kMovedMark), "-", DigitsOf(place).substr(0, kDigitsShown));
}

std::string NameEnding::text() const {
  if (kept) return std::string(kKeptMark);
  if (!moved.has_value()) return "";
  return moved->empty() ? std::string(kMovedMark) : absl::StrCat(View(kMovedMark), "-", *moved);
}

NameEnding ConsumeEnding(std::string_view* name) {
  NameEnding ending;
  if (name->ends_with(kKeptMark)) {
    ending.kept = true;
  } else if (name->ends_with(kMovedMark)) {
    ending.moved = "";
  } else if (const size_t dash = name->rfind('-'); dash != std::string_view::npos) {
    const std::string_view digits = name->substr(dash + 1);
    const bool are_digits = digits.size() >= kDigitsShown && digits.size() <= kDigits &&
                            digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
    if (are_digits && name->substr(0, dash).ends_with(kMovedMark)) ending.moved = digits;
  }
  name->remove_suffix(ending.text().size());
  return ending;
}

absl::StatusOr<std::vector<FactPlace>> FindMoved(const store::Snapshot& snapshot,
                                                 std::string_view name_prefix,
                                                 std::string_view digits) {
  std::vector<FactPlace> found;
  auto rows = snapshot.Scan(kMovedNames, name_prefix, PrefixLimit(name_prefix));
  for (; rows->Valid() && found.size() < kFoundMax; rows->Next()) {
    const std::string_view place = rows->key().substr(name_prefix.size());
    if (place.size() != 8 || rows->value().size() != 8) {
      return absl::DataLossError("a row of moved_names is damaged");
    }
    const JournalId journal(ReadBigEndian64(place));
    if (!DigitsOf(journal).starts_with(digits)) continue;
    found.push_back({journal, Sequence(ReadBigEndian64(rows->value()))});
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return found;
}

absl::Status Ambiguous(const std::vector<FactPlace>& moved, bool or_kept) {
  std::set<std::string> endings;
  for (const FactPlace& place : moved) endings.insert(MovedEnding(place.journal));
  if (endings.size() < moved.size()) {
    endings.clear();
    for (const FactPlace& place : moved) {
      endings.insert(absl::StrCat(View(kMovedMark), "-", DigitsOf(place.journal)));
    }
  }
  if (or_kept) endings.insert(std::string(kKeptMark));
  return Refuse(kAmbiguous,
                absl::StrCat("a machine that was rolled back used that number more than once: end "
                             "it with one of ",
                             absl::StrJoin(endings, ", "), moved.size() < kFoundMax ? "" : ", …"));
}

}  // namespace comptoir::retail
