#include "common/retail/recalls/recall_book.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
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

void AddRecall(const GoodsRecall& recall, RecallsOfGoods* recalls) {
  const auto known = std::ranges::find(*recalls, recall.standing, &GoodsRecall::standing);
  if (known == recalls->end()) {
    recalls->push_back(recall);
  } else {
    known->cleared = known->cleared && recall.cleared;
    known->in_doubt = known->in_doubt || recall.in_doubt;
  }
}

// As far as one delivery goes. Instants of a clock in doubt are later than nothing.
GoodsRecall RecallOfDelivery(const StandingRecall& standing, const v1::LotRow& row) {
  const bool cleared =
      standing.confirmed && !row.doubtful() && row.wall_ms() <= standing.cleared_ms;
  return {&standing, cleared, row.doubtful()};
}

void PutUnclearedFirst(RecallsOfGoods* recalls) {
  std::ranges::stable_sort(*recalls, {}, &GoodsRecall::cleared);
}

// What stands of one row, as this shop confirmed it. A confirmation that cannot be read is none.
absl::StatusOr<StandingRecall> ReadStanding(const store::Snapshot& snapshot, std::string_view shop,
                                            v1::RecallRow row) {
  StandingRecall standing;
  const auto confirmations = ConfirmationsOf(snapshot, row, shop);
  if (absl::IsDataLoss(confirmations.status())) {
    snapshot.TellUnreadable(kRecallAnswers, "");
  } else {
    COMPTOIR_RETURN_IF_ERROR(confirmations.status());
    standing.confirmed = !confirmations->empty();
    for (const v1::RecallConfirmedRow& confirmed : *confirmations) {
      if (confirmed.said().doubtful()) continue;
      standing.cleared_ms = std::max(standing.cleared_ms, confirmed.said().wall_ms());
    }
  }
  standing.recall = std::move(*row.mutable_recall());
  return standing;
}

}  // namespace

bool IsDeliveryRecalled(const v1::Recalled& recall, const v1::LotRow& row) {
  if (!IsOfDeliveries(recall) || recall.producer() != row.producer()) return false;
  // What came from another shop does not say when its producer delivered it, nor does what a
  // clock in doubt wrote.
  return row.day() == 0 || (recall.first_day() <= row.day() && row.day() <= recall.last_day());
}

std::string LotAsCompared(std::string_view lot) {
  std::string compared;
  for (const char c : lot) {
    if (c != ' ') compared += absl::ascii_tolower(static_cast<unsigned char>(c));
  }
  return compared;
}

RecallsOfGoods RecalledGoods::All(std::string_view lot) const {
  RecallsOfGoods all = whole;
  if (lot.empty()) {
    all.insert(all.end(), unlotted.begin(), unlotted.end());
  } else if (const auto found = lots.find(LotAsCompared(lot)); found != lots.end()) {
    all.insert(all.end(), found->second.recalls.begin(), found->second.recalls.end());
  }
  PutUnclearedFirst(&all);
  return all;
}

const GoodsRecall* RecalledGoods::Find(std::string_view lot) const {
  const RecallsOfGoods* part = &unlotted;
  if (!lot.empty()) {
    const auto found = lots.find(LotAsCompared(lot));
    part = found == lots.end() ? nullptr : &found->second.recalls;
  }
  const GoodsRecall* const of_part = part == nullptr || part->empty() ? nullptr : &part->front();
  const GoodsRecall* const of_whole = whole.empty() ? nullptr : &whole.front();
  if (of_whole == nullptr || of_part == nullptr) return of_whole == nullptr ? of_part : of_whole;
  return of_whole->cleared && !of_part->cleared ? of_part : of_whole;
}

absl::Status RecallBook::Open(const store::Snapshot& snapshot, std::string_view shop) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> edits,
                            snapshot.Get(kEdits, kRecallEditsKey));
  std::string current = std::move(edits).value_or("");
  if (is_read_ && current == edits_ && shop == shop_) return absl::OkStatus();
  std::vector<StandingRecall> read;
  absl::Status status;
  const auto visit = [&](const std::string&, v1::RecallRow row) {
    if (!row.recall().shop().empty() && row.recall().shop() != shop) return true;
    const auto lifted = IsLifted(snapshot, row);
    status = lifted.status();
    if (!status.ok()) return false;
    if (*lifted) return true;
    auto standing = ReadStanding(snapshot, shop, std::move(row));
    status = standing.status();
    if (status.ok()) read.push_back(*std::move(standing));
    return status.ok();
  };
  int unreadable = 0;
  status.Update(VisitRecalls(snapshot, "", visit, &unreadable));
  const bool breaks_off = absl::IsDataLoss(status);
  if (!breaks_off) COMPTOIR_RETURN_IF_ERROR(status);
  if (breaks_off && shop == shop_ && !recalls_.empty()) return absl::OkStatus();
  recalls_ = std::move(read);
  edits_ = std::move(current);
  shop_ = shop;
  // What could not be read is tried again.
  is_read_ = !breaks_off && unreadable == 0;
  return absl::OkStatus();
}

absl::StatusOr<RecalledGoods> RecallBook::Find(const store::Snapshot& snapshot,
                                               std::string_view product) const {
  RecalledGoods goods;
  bool rests_on_deliveries = false;
  for (const StandingRecall& standing : recalls_) {
    const v1::Recalled& recall = standing.recall;
    if (IsOfDeliveries(recall)) {
      rests_on_deliveries = true;
    } else if (recall.product() != product) {
      continue;
    } else if (recall.lot().empty()) {
      AddRecall({&standing, standing.confirmed, false}, &goods.whole);
    } else {
      rests_on_deliveries = true;
      RecalledGoods::Lot& lot = goods.lots[LotAsCompared(recall.lot())];
      lot.spellings.insert(recall.lot());
      AddRecall({&standing, standing.confirmed, false}, &lot.recalls);
    }
  }
  if (rests_on_deliveries) COMPTOIR_RETURN_IF_ERROR(AddDelivered(snapshot, product, &goods));
  PutUnclearedFirst(&goods.whole);
  for (auto& [compared, lot] : goods.lots) PutUnclearedFirst(&lot.recalls);
  PutUnclearedFirst(&goods.unlotted);
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
    AddRow(product, lot, row, goods);
  }
  return rows->status();
}

void RecallBook::AddRow(std::string_view product, std::string_view lot, const v1::LotRow& row,
                        RecalledGoods* goods) const {
  const std::string compared = LotAsCompared(lot);
  for (const StandingRecall& standing : recalls_) {
    const v1::Recalled& recall = standing.recall;
    const bool is_recalled = IsOfDeliveries(recall)
                                 ? IsDeliveryRecalled(recall, row)
                                 : recall.product() == product && !recall.lot().empty() &&
                                       LotAsCompared(recall.lot()) == compared;
    if (!is_recalled) continue;
    const GoodsRecall of_delivery = RecallOfDelivery(standing, row);
    if (lot.empty()) {
      AddRecall(of_delivery, &goods->unlotted);
    } else {
      RecalledGoods::Lot& recalled = goods->lots[compared];
      recalled.spellings.emplace(lot);
      AddRecall(of_delivery, &recalled.recalls);
    }
  }
}

std::string HowToClear(const GoodsRecall& recall) {
  if (recall.cleared) return "";
  if (recall.in_doubt) {
    return ". Some of it came while the clock was in doubt, so that nobody can say whether it was "
           "here when the shelves were cleared: it is sold again when the recall is lifted";
  }
  return absl::StrCat(", then say so with 'comptoir recall confirm ",
                      recall.standing->recall.code(), "'",
                      recall.standing->confirmed ? " again: more of it came since" : "");
}

absl::Status RefuseRecalled(std::string_view product, std::string_view lot,
                            const GoodsRecall& recall) {
  const v1::Recalled& said = recall.standing->recall;
  const std::string what = lot.empty() ? absl::StrCat(View(product))
                                       : absl::StrCat("lot ", View(lot), " of ", View(product));
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          what, " is recalled: ", said.reason(), " (recall ", said.code(), ", ",
          WhatIsRecalled(said), "). Do not sell it: take it off the shelves", HowToClear(recall))),
      kRecalled);
}

}  // namespace comptoir::retail
