#include "node/transfer_recorder.h"

#include "common/base/status.h"
#include "common/daemon/record.h"
#include "common/daemon/requests.h"
#include "common/retail/named.h"
#include "common/retail/transfers/build.h"
#include "common/retail/transfers/list.h"
#include "google/protobuf/arena.h"

namespace comptoir::node {

template <typename Fact, typename Request>
absl::StatusOr<shop::v1::TransferResponse> TransferRecorder::Record(
    const Request& request, retail::v1::FactKind kind, const absl::StatusOr<Fact>& fact) {
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const daemon::Recorded recorded,
                            daemon::RecordFact(ledger_, request, kind, fact, &arena));
  const auto& written = static_cast<const Fact&>(*recorded.fact.fact);
  shop::v1::TransferResponse response;
  daemon::SetReference(recorded.appended.reference, response.mutable_reference());
  response.set_name(retail::FormatFactName(ledger_.self().shop, recorded.series,
                                           recorded.appended.reference.sequence));
  *response.mutable_lines() = written.lines();
  const auto snapshot = ledger_.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const retail::TransferState state,
                            retail::ReadTransfer(*snapshot, written.transfer()));
  COMPTOIR_ASSIGN_OR_RETURN(*response.mutable_transfer(),
                            retail::MakeTransfer(*snapshot, state, ledger_.WallNow()));
  return response;
}

absl::StatusOr<shop::v1::TransferResponse> TransferRecorder::Send(
    const shop::v1::SendTransferRequest& request) {
  MutexLock lock(&mutex_);
  return Record(request, retail::v1::FACT_KIND_TRANSFER_SENT,
                retail::BuildTransferSent(*ledger_.NewSnapshot(), ledger_.self().shop,
                                          ledger_.Today(), request, daemon::DigestOf(request)));
}

absl::StatusOr<shop::v1::TransferResponse> TransferRecorder::Receive(
    const shop::v1::ReceiveTransferRequest& request) {
  MutexLock lock(&mutex_);
  return Record(
      request, retail::v1::FACT_KIND_TRANSFER_RECEIVED,
      retail::BuildTransferReceived(*ledger_.NewSnapshot(), ledger_.self().shop, request));
}

absl::StatusOr<shop::v1::TransferResponse> TransferRecorder::Settle(
    const shop::v1::SettleTransferRequest& request) {
  MutexLock lock(&mutex_);
  return Record(request, retail::v1::FACT_KIND_TRANSFER_SETTLED,
                retail::BuildTransferSettled(*ledger_.NewSnapshot(), ledger_.self().shop, request));
}

absl::StatusOr<shop::v1::ListTransfersResponse> TransferRecorder::List(
    const shop::v1::ListTransfersRequest& request) const {
  return retail::ListTransfers(*ledger_.NewSnapshot(), ledger_.WallNow(), request);
}

}  // namespace comptoir::node
