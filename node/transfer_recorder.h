// Facts of goods on their way to another shop, or from one. One after the other: what is
// received or settled may rest on the one before. The rules are common/retail's, order and
// durability common/ledger's.
//
// A repeated request gets its first answer (R11), but for what views say by now.
//
// Thread use: any; each call waits for the disk.
#pragma once

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/ledger/ledger.h"
#include "comptoir/shop/v1/transfers.pb.h"

namespace comptoir::node {

class TransferRecorder {
 public:
  // `ledger` must outlive it.
  explicit TransferRecorder(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<shop::v1::TransferResponse> Send(const shop::v1::SendTransferRequest& request);
  absl::StatusOr<shop::v1::TransferResponse> Receive(
      const shop::v1::ReceiveTransferRequest& request);
  absl::StatusOr<shop::v1::TransferResponse> Settle(const shop::v1::SettleTransferRequest& request);
  // The request says shop, or none.
  absl::StatusOr<shop::v1::ListTransfersResponse> List(
      const shop::v1::ListTransfersRequest& request) const;

 private:
  template <typename Fact, typename Request>
  absl::StatusOr<shop::v1::TransferResponse> Record(const Request& request,
                                                    retail::v1::FactKind kind,
                                                    const absl::StatusOr<Fact>& fact)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  ledger::Ledger& ledger_;
  Mutex mutex_;
};

}  // namespace comptoir::node
