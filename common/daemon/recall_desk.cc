#include "common/daemon/recall_desk.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/record.h"
#include "common/daemon/requests.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/build.h"
#include "common/retail/trace/queries.h"

namespace comptoir::daemon {
namespace {

// Facts of a ledger over one snapshot.
class FactsOf : public retail::FactSource {
 public:
  FactsOf(const ledger::Ledger& ledger, const store::Snapshot& snapshot)
      : ledger_(ledger), snapshot_(snapshot) {}

  absl::StatusOr<retail::Fact> Read(JournalId journal, Sequence sequence,
                                    google::protobuf::Arena* arena) const override {
    return ledger_.ReadFact(snapshot_, journal, sequence, arena);
  }

 private:
  const ledger::Ledger& ledger_;
  const store::Snapshot& snapshot_;
};

}  // namespace

absl::StatusOr<FactDraft> RecallDesk::DraftAdd(const shop::v1::AddRecallRequest& request) const {
  const journal::Writer& self = ledger_.self();
  const std::string& shop = self.hub ? request.shop() : self.shop;
  COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::Recalled recalled,
                            retail::BuildRecalled(*ledger_.NewSnapshot(), shop, request));
  return FactDraft{retail::v1::FACT_KIND_RECALLED,
                   shop.empty() ? journal::v1::SCOPE_COOP : journal::v1::SCOPE_SHOP, shop,
                   recalled.SerializeAsString()};
}

absl::StatusOr<FactDraft> RecallDesk::DraftLift(const shop::v1::LiftRecallsRequest& request) const {
  const journal::Writer& self = ledger_.self();
  COMPTOIR_ASSIGN_OR_RETURN(const retail::RecallLift lift,
                            retail::BuildRecallLifted(*ledger_.NewSnapshot(), request));
  if (!self.hub && lift.shop != self.shop) {
    return retail::WithReason(
        absl::PermissionDeniedError(
            absl::StrCat("recall ", request.codes(0), " is the co-op's: it is lifted at the hub")),
        retail::kNotAllowed);
  }
  return FactDraft{retail::v1::FACT_KIND_RECALL_LIFTED,
                   lift.shop.empty() ? journal::v1::SCOPE_COOP : journal::v1::SCOPE_SHOP, lift.shop,
                   lift.lifted.SerializeAsString()};
}

absl::StatusOr<FactDraft> RecallDesk::DraftConfirm(
    const shop::v1::ConfirmRecallRequest& request) const {
  COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::RecallConfirmed confirmed,
                            retail::BuildRecallConfirmed(*ledger_.NewSnapshot(), request));
  return FactDraft{retail::v1::FACT_KIND_RECALL_CONFIRMED, journal::v1::SCOPE_SHOP,
                   ledger_.self().shop, confirmed.SerializeAsString()};
}

shop::v1::Recall RecallDesk::Describe(const retail::v1::NamedFact& name) const {
  const auto snapshot = ledger_.NewSnapshot();
  const auto described = [&]() -> absl::StatusOr<shop::v1::Recall> {
    COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::RecallRow row,
                              retail::FindRecallNamed(*snapshot, name));
    return retail::DescribeRecall(*snapshot, ledger_.self().shop, row);
  }();
  if (described.ok()) return *described;
  shop::v1::Recall recall;
  *recall.mutable_reference() = name.reference();
  google::protobuf::Arena arena;
  const auto fact = ledger_.ReadNamed(*snapshot, name.reference(), &arena);
  if (!fact.ok() || fact->kind != retail::v1::FACT_KIND_RECALLED) return recall;
  const auto& said = static_cast<const retail::v1::Recalled&>(*fact->fact);
  recall.set_code(said.code());
  recall.set_shop(said.shop());
  recall.set_product(said.product());
  recall.set_lot(said.lot());
  recall.set_producer(said.producer());
  recall.set_first_day(said.first_day());
  recall.set_last_day(said.last_day());
  recall.set_reason(said.reason());
  recall.set_advice(said.advice());
  return recall;
}

absl::StatusOr<shop::v1::AddRecallResponse> RecallDesk::Add(
    const shop::v1::AddRecallRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(
      const Recorded recorded,
      RecordDraft(ledger_, request, retail::v1::FACT_KIND_RECALLED, DraftAdd(request), &arena));
  shop::v1::AddRecallResponse response;
  *response.mutable_recall() = Describe(recorded.fact.name());
  // It was taken: what cannot be read is not noted.
  const auto is_known = retail::IsLotKnown(
      *ledger_.NewSnapshot(), static_cast<const retail::v1::Recalled&>(*recorded.fact.fact));
  response.set_unknown_lot(is_known.ok() && !*is_known);
  return response;
}

absl::StatusOr<shop::v1::LiftRecallsResponse> RecallDesk::Lift(
    const shop::v1::LiftRecallsRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const Recorded recorded,
                            RecordDraft(ledger_, request, retail::v1::FACT_KIND_RECALL_LIFTED,
                                        DraftLift(request), &arena));
  shop::v1::LiftRecallsResponse response;
  *response.mutable_reference() = recorded.fact.name().reference();
  for (const auto& name :
       static_cast<const retail::v1::RecallLifted&>(*recorded.fact.fact).recalls()) {
    *response.add_recalls() = Describe(name);
  }
  return response;
}

absl::StatusOr<shop::v1::ConfirmRecallResponse> RecallDesk::Confirm(
    const shop::v1::ConfirmRecallRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const Recorded recorded,
                            RecordDraft(ledger_, request, retail::v1::FACT_KIND_RECALL_CONFIRMED,
                                        DraftConfirm(request), &arena));
  shop::v1::ConfirmRecallResponse response;
  *response.mutable_reference() = recorded.fact.name().reference();
  *response.mutable_recall() =
      Describe(static_cast<const retail::v1::RecallConfirmed&>(*recorded.fact.fact).recall());
  return response;
}

absl::StatusOr<shop::v1::ListRecallsResponse> RecallDesk::List(
    const shop::v1::ListRecallsRequest& request) const {
  return retail::ListRecalls(*ledger_.NewSnapshot(), ledger_.self().shop, request);
}

absl::StatusOr<shop::v1::TraceResponse> RecallDesk::Trace(
    const shop::v1::TraceRequest& request) const {
  const auto snapshot = ledger_.NewSnapshot();
  const FactsOf facts(ledger_, *snapshot);
  return retail::Trace({*snapshot, facts, ledger_.self().shop, ledger_.Today()}, request);
}

}  // namespace comptoir::daemon
