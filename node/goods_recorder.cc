#include "node/goods_recorder.h"

#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/receipts.h"
#include "common/daemon/requests.h"
#include "common/retail/corrections/build.h"
#include "common/retail/counts/build.h"
#include "common/retail/deliveries/build.h"
#include "common/retail/deliveries/import.h"
#include "common/retail/named.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/lines.h"
#include "common/retail/returns/build.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "common/retail/waste/build.h"

namespace comptoir::node {
namespace {

using retail::v1::FactKind;

// Rows of stock of each product that `lines` name, once.
template <typename Lines, typename Rows>
absl::Status FillStock(const ledger::Ledger& ledger, const Lines& lines, Rows* rows) {
  const auto snapshot = ledger.NewSnapshot();
  std::set<std::string> products;
  for (const auto& line : lines) {
    if (!products.insert(line.product()).second) continue;
    shop::v1::ListStockRequest query;
    query.set_product(line.product());
    COMPTOIR_ASSIGN_OR_RETURN(const auto stock,
                              retail::ListStock(*snapshot, ledger.self().shop, query));
    rows->MergeFrom(stock.rows());
  }
  return absl::OkStatus();
}

// Of what a delivery brought or a count saw, the goods that are recalled here, each once. It was
// taken all the same: what cannot be read is not noted.
void NoteRecalled(const ledger::Ledger& ledger, const retail::Fact& fact,
                  google::protobuf::RepeatedPtrField<shop::v1::RecalledLine>* recalled) {
  const auto snapshot = ledger.NewSnapshot();
  const auto lines = retail::RecalledLinesOf(*snapshot, ledger.self().shop, fact);
  if (lines.ok()) recalled->Add(lines->begin(), lines->end());
}

}  // namespace

template <typename Request, typename Message>
absl::StatusOr<daemon::Recorded> GoodsRecorder::Record(const Request& request, FactKind kind,
                                                       const absl::StatusOr<Message>& fact,
                                                       google::protobuf::Arena* arena) {
  return daemon::RecordFact(ledger_, request, kind, fact, arena);
}

absl::StatusOr<shop::v1::RecordDeliveryResponse> GoodsRecorder::RecordDelivery(
    const shop::v1::RecordDeliveryRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  // Of before: what it says itself is no other day.
  const auto before = ledger_.NewSnapshot();
  const auto received = retail::BuildGoodsReceived(*before, request);
  COMPTOIR_ASSIGN_OR_RETURN(
      const daemon::Recorded recorded,
      Record(request, retail::v1::FACT_KIND_GOODS_RECEIVED, received, &arena));
  shop::v1::RecordDeliveryResponse response;
  daemon::SetReference(recorded.appended.reference, response.mutable_reference());
  response.set_name(retail::FormatFactName(ledger_.self().shop, recorded.series,
                                           recorded.appended.reference.sequence));
  COMPTOIR_RETURN_IF_ERROR(FillStock(ledger_, request.lines(), response.mutable_stock()));
  COMPTOIR_ASSIGN_OR_RETURN(
      const bool known,
      retail::IsKnownProducer(*ledger_.NewSnapshot(), request.producer(), request.lines()));
  response.set_unknown_producer(!known);
  if (received.ok()) {
    // It was taken: what cannot be read is not noted.
    const auto other_days = retail::OtherDaysOf(*before, ledger_.self().shop, *received);
    if (other_days.ok()) {
      response.mutable_other_days()->Add(other_days->begin(), other_days->end());
    }
  }
  NoteRecalled(ledger_, recorded.fact, response.mutable_recalled());
  return response;
}

absl::StatusOr<shop::v1::RecordWasteResponse> GoodsRecorder::RecordWaste(
    const shop::v1::RecordWasteRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(
      const daemon::Recorded recorded,
      Record(request, retail::v1::FACT_KIND_WASTED,
             retail::BuildWasted(*ledger_.NewSnapshot(), ledger_.self().shop, request), &arena));
  shop::v1::RecordWasteResponse response;
  daemon::SetReference(recorded.appended.reference, response.mutable_reference());
  response.set_name(retail::FormatFactName(ledger_.self().shop, recorded.series,
                                           recorded.appended.reference.sequence));
  COMPTOIR_RETURN_IF_ERROR(FillStock(ledger_, request.lines(), response.mutable_stock()));
  COMPTOIR_ASSIGN_OR_RETURN(
      const shop::v1::Movement movement,
      retail::MakeMovement(*ledger_.NewSnapshot(), recorded.fact, /*undone=*/false));
  *response.mutable_lines() = movement.lines();
  return response;
}

// A return or a void of the sale that the request names.
template <typename Request, typename Build>
absl::StatusOr<shop::v1::Receipt> GoodsRecorder::TakeBack(const Request& request, FactKind kind,
                                                          bool may_be_duplicate,
                                                          const Build& build) {
  google::protobuf::Arena arena;
  const auto snapshot = ledger_.NewSnapshot();
  const auto fact = [&]() -> absl::StatusOr<retail::v1::Returned> {
    COMPTOIR_ASSIGN_OR_RETURN(const retail::ReceiptPlace place,
                              retail::FindReceipt(*snapshot, request.number()));
    if (place.duplicate && !may_be_duplicate) {
      return retail::WithReason(
          absl::FailedPreconditionError(absl::StrCat(
              "receipt ", request.number(),
              " was recorded twice and counts once: void the other one, if it is to be voided")),
          retail::kDuplicateSale);
    }
    COMPTOIR_ASSIGN_OR_RETURN(retail::Fact sale,
                              ledger_.ReadFact(*snapshot, place.journal, place.sequence, &arena));
    if (sale.journal->shop != ledger_.self().shop) {
      return retail::WithReason(absl::FailedPreconditionError(absl::StrCat(
                                    "receipt ", request.number(), " is of ", sale.journal->shop,
                                    ": take it back in that shop")),
                                retail::kOtherShop);
    }
    // Not as it was typed: what says today which is meant may not tomorrow.
    sale.receipt_ordinal = place.ordinal;
    std::string number = retail::NumberOf(sale);
    return build(*snapshot, retail::PrintedSale{std::move(sale), std::move(number)}, request);
  }();
  COMPTOIR_ASSIGN_OR_RETURN(daemon::Recorded recorded, Record(request, kind, fact, &arena));
  // By the fact and not by the number, which is another receipt's where this one was moved;
  // with the number that was told at first (R11).
  recorded.fact.receipt_ordinal = recorded.appended.receipt_ordinal;
  COMPTOIR_ASSIGN_OR_RETURN(
      shop::v1::Receipt receipt,
      retail::MakeReceipt(*ledger_.NewSnapshot(), recorded.fact, /*duplicate=*/false));
  receipt.set_number(retail::FormatReceiptNumber(ledger_.self().shop, recorded.series,
                                                 recorded.appended.receipt_ordinal));
  return receipt;
}

absl::StatusOr<shop::v1::Receipt> GoodsRecorder::RecordReturn(
    const shop::v1::RecordReturnRequest& request) {
  MutexLock lock(&mutex_);
  // The customer holds either ticket: naming the duplicate means the counted one.
  return TakeBack(request, retail::v1::FACT_KIND_RETURNED, /*may_be_duplicate=*/true,
                  retail::BuildReturned);
}

absl::StatusOr<shop::v1::Receipt> GoodsRecorder::VoidReceipt(
    const shop::v1::VoidReceiptRequest& request) {
  MutexLock lock(&mutex_);
  return TakeBack(request, retail::v1::FACT_KIND_VOIDED, /*may_be_duplicate=*/false,
                  retail::BuildVoided);
}

absl::StatusOr<retail::v1::Counted> GoodsRecorder::BuildCounted(
    const shop::v1::RecordCountRequest& request) {
  const std::string& shop = ledger_.self().shop;
  // Heads before the snapshot: what is named must have been seen.
  std::vector<retail::HeldJournal> journals;
  for (const ledger::JournalView& journal : ledger_.Journals()) {
    if (journal.scope != journal::v1::SCOPE_SHOP || journal.shop != shop) continue;
    journals.push_back(
        {journal.head.journal, journal.head.sequence, journal.latest.millis(), journal.open});
  }
  const retail::CountClock clock{ledger_.WallNow(), ledger_.ClockIsDoubtful()};
  return retail::BuildCounted(*ledger_.NewSnapshot(), shop, journals, clock, request);
}

absl::StatusOr<shop::v1::RecordCountResponse> GoodsRecorder::RecordCount(
    const shop::v1::RecordCountRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(
      const daemon::Recorded recorded,
      Record(request, retail::v1::FACT_KIND_COUNTED, BuildCounted(request), &arena));
  shop::v1::RecordCountResponse response;
  daemon::SetReference(recorded.appended.reference, response.mutable_reference());
  response.set_name(retail::FormatFactName(ledger_.self().shop, recorded.series,
                                           recorded.appended.reference.sequence));
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto lines,
      retail::DescribeCounted(*ledger_.NewSnapshot(),
                              static_cast<const retail::v1::Counted&>(*recorded.fact.fact)));
  response.mutable_lines()->Add(lines.begin(), lines.end());
  NoteRecalled(ledger_, recorded.fact, response.mutable_recalled());
  return response;
}

absl::StatusOr<retail::v1::Corrected> GoodsRecorder::BuildCorrected(
    const shop::v1::CorrectRequest& request) {
  const auto snapshot = ledger_.NewSnapshot();
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const retail::FactPlace place,
                            retail::FindNamed(*snapshot, ledger_.self().shop, request.name()));
  const auto named = ledger_.ReadFact(*snapshot, place.journal, place.sequence, &arena);
  if (absl::IsNotFound(named.status())) {
    return retail::WithReason(
        absl::NotFoundError(absl::StrCat("nothing named ", request.name(),
                                         " is held here: check it with 'movements'")),
        retail::kUnknownFact);
  }
  COMPTOIR_RETURN_IF_ERROR(named.status());
  return retail::BuildCorrected(*snapshot, *named, request);
}

absl::StatusOr<shop::v1::CorrectResponse> GoodsRecorder::Correct(
    const shop::v1::CorrectRequest& request) {
  MutexLock lock(&mutex_);
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(
      const daemon::Recorded recorded,
      Record(request, retail::v1::FACT_KIND_CORRECTED, BuildCorrected(request), &arena));
  const auto& corrected = static_cast<const retail::v1::Corrected&>(*recorded.fact.fact);
  shop::v1::CorrectResponse response;
  daemon::SetReference(recorded.appended.reference, response.mutable_reference());
  const auto snapshot = ledger_.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const retail::Fact undone,
                            ledger_.ReadNamed(*snapshot, corrected.fact().reference(), &arena));
  COMPTOIR_ASSIGN_OR_RETURN(*response.mutable_undone(),
                            retail::MakeMovement(*snapshot, undone, /*undone=*/true));
  COMPTOIR_RETURN_IF_ERROR(FillStock(ledger_, response.undone().lines(), response.mutable_stock()));
  return response;
}

}  // namespace comptoir::node
