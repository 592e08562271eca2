#include "common/daemon/receipts.h"

#include "common/base/status.h"
#include "common/retail/sales/receipts.h"
#include "google/protobuf/arena.h"

namespace comptoir::daemon {
namespace {

absl::StatusOr<shop::v1::Receipt> Read(const ledger::Ledger& ledger,
                                       const store::Snapshot& snapshot,
                                       const retail::ReceiptPlace& place) {
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(retail::Fact fact,
                            ledger.ReadFact(snapshot, place.journal, place.sequence, &arena));
  fact.receipt_ordinal = place.ordinal;
  return retail::MakeReceipt(snapshot, fact, place.duplicate);
}

}  // namespace

absl::StatusOr<shop::v1::Receipt> FindReceipt(const ledger::Ledger& ledger,
                                              const std::string& number) {
  const auto snapshot = ledger.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const retail::ReceiptPlace place,
                            retail::FindReceipt(*snapshot, number));
  return Read(ledger, *snapshot, place);
}

absl::StatusOr<shop::v1::Receipt> ReceiptOf(const ledger::Ledger& ledger,
                                            const shop::v1::SaleRecorded& recorded) {
  const auto snapshot = ledger.NewSnapshot();
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const retail::Fact fact,
                            ledger.ReadNamed(*snapshot, recorded.reference(), &arena));
  COMPTOIR_ASSIGN_OR_RETURN(shop::v1::Receipt receipt,
                            retail::MakeReceipt(*snapshot, fact, /*duplicate=*/false));
  receipt.set_number(recorded.number());
  *receipt.mutable_reference() = recorded.reference();
  return receipt;
}

absl::StatusOr<shop::v1::ListReceiptsResponse> ListReceipts(
    const ledger::Ledger& ledger, const shop::v1::ListReceiptsRequest& request) {
  const auto snapshot = ledger.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const auto page,
                            retail::ListReceiptPlaces(*snapshot, request.shop(), Day(request.day()),
                                                      request.cursor(), request.page_size()));
  shop::v1::ListReceiptsResponse response;
  for (const retail::ReceiptPlace& place : page.receipts) {
    COMPTOIR_ASSIGN_OR_RETURN(*response.add_receipts(), Read(ledger, *snapshot, place));
  }
  response.set_next_cursor(page.next_cursor);
  return response;
}

}  // namespace comptoir::daemon
