#include "common/retail/recalls/rows.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/retail/calendar.h"
#include "common/retail/keys.h"
#include "common/retail/recalls/admit.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

// Rows at `prefix`, at most `count_max`.
template <typename Row>
absl::StatusOr<std::vector<Row>> ReadAnswers(const store::Snapshot& snapshot,
                                             const std::string& prefix, size_t count_max) {
  std::vector<Row> found;
  auto rows = snapshot.Scan(kRecallAnswers, prefix, PrefixLimit(prefix));
  for (; rows->Valid() && found.size() < count_max; rows->Next()) {
    if (!found.emplace_back().ParseFromArray(rows->value().data(),
                                             static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of recall_answers is damaged");
    }
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return found;
}

absl::StatusOr<bool> HasAnswer(const store::Snapshot& snapshot, const std::string& prefix) {
  const auto rows = snapshot.Scan(kRecallAnswers, prefix, PrefixLimit(prefix));
  if (rows->Valid()) return true;
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return false;
}

}  // namespace

std::string RecallsPrefix(std::string_view shop) {
  std::string key;
  AppendCode(shop, &key);
  return key;
}

std::string LiftsPrefix(std::string_view shop, const v1::NamedFact& recall) {
  return "l" + NamedKey(shop, recall);
}

std::string ConfirmationsPrefix(const v1::NamedFact& recall, std::string_view shop) {
  std::string key = "c" + NamedKey("", recall).substr(1);
  AppendCode(shop, &key);
  return key;
}

absl::Status VisitRecalls(const store::Snapshot& snapshot, std::string_view first,
                          absl::FunctionRef<bool(const std::string& key, v1::RecallRow row)> visit,
                          int* unreadable) {
  auto rows = snapshot.Scan(kRecalls, first, "");
  for (; rows->Valid(); rows->Next()) {
    v1::RecallRow row;
    // What a fact said was looked at by its gate.
    if (!row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size())) ||
        !CheckRecalled(row.recall()).ok()) {
      snapshot.TellUnreadable(kRecalls, rows->key());
      if (unreadable != nullptr) ++*unreadable;
      continue;
    }
    if (!visit(std::string(rows->key()), std::move(row))) return absl::OkStatus();
  }
  return rows->status();
}

absl::StatusOr<std::vector<v1::RecallLiftRow>> LiftsOf(const store::Snapshot& snapshot,
                                                       const v1::RecallRow& recall) {
  constexpr size_t kShownMax = 16;
  return ReadAnswers<v1::RecallLiftRow>(
      snapshot, LiftsPrefix(recall.recall().shop(), recall.name()), kShownMax);
}

absl::StatusOr<bool> IsLifted(const store::Snapshot& snapshot, const v1::RecallRow& recall) {
  return HasAnswer(snapshot, LiftsPrefix(recall.recall().shop(), recall.name()));
}

absl::StatusOr<std::vector<v1::RecallConfirmedRow>> ConfirmationsOf(const store::Snapshot& snapshot,
                                                                    const v1::RecallRow& recall,
                                                                    std::string_view shop) {
  constexpr size_t kReadMax = 1'000;
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<v1::RecallConfirmedRow> found,
                            ReadAnswers<v1::RecallConfirmedRow>(
                                snapshot, ConfirmationsPrefix(recall.name(), shop), kReadMax));
  std::ranges::stable_sort(found, {},
                           [](const v1::RecallConfirmedRow& row) { return row.said().wall_ms(); });
  return found;
}

absl::StatusOr<bool> IsConfirmed(const store::Snapshot& snapshot, const v1::RecallRow& recall,
                                 std::string_view shop) {
  return HasAnswer(snapshot, ConfirmationsPrefix(recall.name(), shop));
}

std::string WhatIsRecalled(const v1::Recalled& recalled) {
  if (recalled.product().empty()) {
    return absl::StrCat("what ", recalled.producer(), " delivered from ",
                        FormatDay(Day(recalled.first_day())), " to ",
                        FormatDay(Day(recalled.last_day())));
  }
  if (recalled.lot().empty()) return absl::StrCat("all ", recalled.product());
  return absl::StrCat("lot ", recalled.lot(), " of ", recalled.product());
}

}  // namespace comptoir::retail
