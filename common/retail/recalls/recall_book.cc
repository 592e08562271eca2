#include "common/retail/recalls/recall_book.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/rows.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

bool IsOfDeliveries(const v1::Recalled& recall) { return recall.product().empty(); }

}  // namespace

bool IsDeliveryRecalled(const v1::Recalled& recall, const v1::LotRow& row) {
  if (!IsOfDeliveries(recall) || recall.producer() != row.producer()) return false;
  // What came from another shop does not say when its producer delivered it.
  return row.day() == 0 || (recall.first_day() <= row.day() && row.day() <= recall.last_day());
}

const StandingRecall* RecalledGoods::Find(std::string_view lot) const {
  if (whole != nullptr) return whole;
  if (lot.empty()) return unlotted;
  const auto found = lots.find(lot);
  return found == lots.end() ? nullptr : found->second;
}

absl::Status RecallBook::Open(const store::Snapshot& snapshot, std::string_view shop) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> edits,
                            snapshot.Get(kEdits, kRecallEditsKey));
  std::string current = std::move(edits).value_or("");
  if (is_read_ && current == edits_ && shop == shop_) return absl::OkStatus();
  recalls_.clear();
  is_read_ = false;
  absl::Status status;
  COMPTOIR_RETURN_IF_ERROR(VisitRecalls(snapshot, "", [&](const std::string&, v1::RecallRow row) {
    if (!row.recall().shop().empty() && row.recall().shop() != shop) return true;
    const auto lifted = IsLifted(snapshot, row);
    const auto confirmed = IsConfirmed(snapshot, row, shop);
    status.Update(lifted.status());
    status.Update(confirmed.status());
    if (status.ok() && !*lifted) {
      recalls_.push_back({std::move(*row.mutable_recall()), *confirmed});
    }
    return status.ok();
  }));
  COMPTOIR_RETURN_IF_ERROR(status);
  edits_ = std::move(current);
  shop_ = shop;
  is_read_ = true;
  return absl::OkStatus();
}

absl::StatusOr<RecalledGoods> RecallBook::Find(const store::Snapshot& snapshot,
                                               std::string_view product) const {
  RecalledGoods goods;
  bool has_deliveries = false;
  for (const StandingRecall& standing : recalls_) {
    const v1::Recalled& recall = standing.recall;
    if (IsOfDeliveries(recall)) {
      has_deliveries = true;
    } else if (recall.product() != product) {
      continue;
    } else if (!recall.lot().empty()) {
      goods.lots.emplace(recall.lot(), &standing);
    } else if (goods.whole == nullptr) {
      goods.whole = &standing;
    }
  }
  if (has_deliveries) COMPTOIR_RETURN_IF_ERROR(AddDelivered(snapshot, product, &goods));
  return goods;
}

// Read anew each time: what came without a lot tells no cache.
absl::Status RecallBook::AddDelivered(const store::Snapshot& snapshot, std::string_view product,
                                      RecalledGoods* goods) const {
  std::string prefix;
  AppendCode(shop_, &prefix);
  AppendCode(product, &prefix);
  auto rows = snapshot.Scan(kLots, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    std::string_view lot;
    v1::LotRow row;
    if (!ConsumeCode(&key, &lot) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of lots is damaged");
    }
    for (const StandingRecall& standing : recalls_) {
      if (!IsDeliveryRecalled(standing.recall, row)) continue;
      if (!lot.empty()) {
        goods->lots.emplace(lot, &standing);
      } else if (!standing.confirmed && goods->unlotted == nullptr) {
        goods->unlotted = &standing;
      }
    }
  }
  return rows->status();
}

absl::Status RefuseRecalled(std::string_view product, std::string_view lot,
                            const StandingRecall& recall) {
  const std::string what = lot.empty() ? absl::StrCat(View(product))
                                       : absl::StrCat("lot ", View(lot), " of ", View(product));
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          what, " is recalled: ", recall.recall.reason(), " (recall ", recall.recall.code(), ", ",
          WhatIsRecalled(recall.recall), "). Do not sell it: take it off the shelves",
          recall.confirmed ? std::string()
                           : absl::StrCat(", then say so with 'comptoir recall confirm ",
                                          recall.recall.code(), "'"))),
      kRecalled);
}

}  // namespace comptoir::retail
