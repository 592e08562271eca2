#include "common/retail/recalls/build.h"

#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/keys.h"
#include "common/retail/named.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/admit.h"
#include "common/retail/recalls/code.h"
#include "common/retail/recalls/rows.h"

namespace comptoir::retail {
namespace {

absl::Status UnknownRecall(std::string_view code) {
  return WithReason(
      absl::NotFoundError(absl::StrCat("no recall ", Quoted(code),
                                       " is known here: 'comptoir recall list --lifted' lists "
                                       "them")),
      kUnknownRecall);
}

absl::StatusOr<std::vector<v1::RecallRow>> RecallsCalled(const store::Snapshot& snapshot,
                                                         std::string_view code) {
  const std::string read = ReadRecallCode(code);
  std::vector<v1::RecallRow> found;
  COMPTOIR_RETURN_IF_ERROR(VisitRecalls(snapshot, "", [&](const std::string&, v1::RecallRow row) {
    const bool is_meant = read.empty() ? NameOfRecall(row) == code : row.recall().code() == read;
    if (is_meant) found.push_back(std::move(row));
    return true;
  }));
  return found;
}

absl::StatusOr<std::set<std::string>> CodesInUse(const store::Snapshot& snapshot) {
  std::set<std::string> codes;
  COMPTOIR_RETURN_IF_ERROR(VisitRecalls(snapshot, "", [&](const std::string&, v1::RecallRow row) {
    codes.insert(row.recall().code());
    return true;
  }));
  return codes;
}

absl::Status AlreadyLifted(const v1::RecallRow& recall) {
  return WithReason(absl::FailedPreconditionError(
                        absl::StrCat("recall ", recall.recall().code(), ", ",
                                     WhatIsRecalled(recall.recall()), ", is lifted already")),
                    kAlreadyLifted);
}

absl::Status BuildFound(const store::Snapshot& snapshot, const v1::Recalled& recall,
                        const shop::v1::FoundLine& request, v1::FoundGoods* found) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", request.product()));
  if (!recall.product().empty() && request.product() != recall.product()) {
    return Refuse(kBadRecall, absl::StrCat("the recall is of ", recall.product(), ", not of ",
                                           request.product()));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot, request.product()));
  if (unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(snapshot, request.product());
  found->set_product(request.product());
  found->set_unit(unit);
  found->set_lot(request.lot().empty() ? recall.lot() : request.lot());
  found->set_quantity_milli(request.quantity_milli());
  return absl::OkStatus();
}

}  // namespace

std::string NameOfRecall(const v1::RecallRow& recall) {
  const std::string shop = recall.recall().shop().empty() ? "coop" : recall.recall().shop();
  return FormatFactName(shop, recall.series(), Sequence(recall.name().reference().sequence()));
}

absl::StatusOr<v1::RecallRow> FindRecall(const store::Snapshot& snapshot, std::string_view code) {
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<v1::RecallRow> found, RecallsCalled(snapshot, code));
  if (found.empty()) return UnknownRecall(code);
  if (found.size() == 1) return std::move(found.front());
  std::vector<v1::RecallRow> standing;
  std::string names;
  for (v1::RecallRow& row : found) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", NameOfRecall(row));
    COMPTOIR_ASSIGN_OR_RETURN(const bool lifted, IsLifted(snapshot, row));
    if (!lifted) standing.push_back(std::move(row));
  }
  if (standing.size() == 1) return std::move(standing.front());
  return Refuse(kAmbiguous, absl::StrCat("several recalls are called ", Quoted(code),
                                         ": say which by its name: ", names));
}

absl::StatusOr<v1::RecallRow> FindRecallNamed(const store::Snapshot& snapshot,
                                              const v1::NamedFact& name) {
  const std::string key = NamedKey("", name);
  std::optional<v1::RecallRow> found;
  COMPTOIR_RETURN_IF_ERROR(VisitRecalls(snapshot, "", [&](const std::string&, v1::RecallRow row) {
    if (NamedKey("", row.name()) != key) return true;
    found = std::move(row);
    return false;
  }));
  if (found.has_value()) return *std::move(found);
  return WithReason(absl::NotFoundError("that recall is not known here"), kUnknownRecall);
}

absl::StatusOr<v1::Recalled> BuildRecalled(const store::Snapshot& snapshot, std::string_view shop,
                                           const shop::v1::AddRecallRequest& request) {
  v1::Recalled recalled;
  recalled.set_shop(std::string(shop));
  recalled.set_product(request.product());
  recalled.set_lot(request.lot());
  recalled.set_producer(request.producer());
  recalled.set_first_day(request.first_day());
  recalled.set_last_day(request.last_day());
  recalled.set_reason(request.reason());
  recalled.set_advice(request.advice());
  recalled.set_staff(request.staff());
  COMPTOIR_ASSIGN_OR_RETURN(const std::set<std::string> in_use, CodesInUse(snapshot));
  size_t letters = kRecallCodeLetters;
  do {
    recalled.set_code(MakeRecallCode(request.request_id(), letters));
  } while (in_use.contains(recalled.code()) && ++letters <= kRecallCodeLettersMax);
  COMPTOIR_RETURN_IF_ERROR(CheckRecalled(recalled));
  if (recalled.product().empty()) return recalled;
  COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot, recalled.product()));
  if (unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(snapshot, recalled.product());
  return recalled;
}

absl::StatusOr<RecallLift> BuildRecallLifted(const store::Snapshot& snapshot,
                                             const shop::v1::LiftRecallsRequest& request) {
  if (request.codes().empty() || request.codes_size() > kLiftedRecallsMax) {
    return Refuse(kBadLines, absl::StrCat(request.codes_size(), " recalls are to be lifted: 1 to ",
                                          kLiftedRecallsMax, " at once are taken"));
  }
  RecallLift lift;
  lift.lifted.set_reason(request.reason());
  lift.lifted.set_staff(request.staff());
  std::set<std::string> named;
  for (int i = 0; i < request.codes_size(); ++i) {
    COMPTOIR_ASSIGN_OR_RETURN(const v1::RecallRow recall, FindRecall(snapshot, request.codes(i)));
    if (i == 0) lift.shop = recall.recall().shop();
    if (recall.recall().shop() != lift.shop) {
      return Refuse(kBadRecall,
                    "recalls in every shop, and those in one shop, are lifted apart: "
                    "name them in a request each");
    }
    COMPTOIR_ASSIGN_OR_RETURN(const bool lifted, IsLifted(snapshot, recall));
    if (lifted) return AlreadyLifted(recall);
    if (!named.insert(NamedKey("", recall.name())).second) continue;
    *lift.lifted.add_recalls() = recall.name();
  }
  COMPTOIR_RETURN_IF_ERROR(CheckRecallLifted(lift.lifted));
  return lift;
}

absl::StatusOr<v1::RecallConfirmed> BuildRecallConfirmed(
    const store::Snapshot& snapshot, const shop::v1::ConfirmRecallRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const v1::RecallRow recall, FindRecall(snapshot, request.code()));
  COMPTOIR_ASSIGN_OR_RETURN(const bool lifted, IsLifted(snapshot, recall));
  if (lifted) return AlreadyLifted(recall);
  v1::RecallConfirmed confirmed;
  *confirmed.mutable_recall() = recall.name();
  confirmed.set_staff(request.staff());
  if (request.staff().empty()) {
    return Refuse(kBadCode, "who cleared the shelves? Say the code of who did it");
  }
  if (request.found_size() > kFoundGoodsMax) {
    return Refuse(kBadLines, absl::StrCat("what was found is said in ", request.found_size(),
                                          " lines: at most ", kFoundGoodsMax, " are taken"));
  }
  for (int i = 0; i < request.found_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(
        BuildFound(snapshot, recall.recall(), request.found(i), confirmed.add_found()), i + 1));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckRecallConfirmed(confirmed));
  return confirmed;
}

}  // namespace comptoir::retail
