// Facts of a shop besides its sales: deliveries, waste, returns, voids, counts and
// corrections. Built over the views, appended, and answered once they are on disk.
// One after the other: each may rest on the one before (no more is returned than was
// sold). The rules are common/retail's, order and durability common/ledger's.
//
// A repeated request gets its first answer (R11), but for what views say by now.
//
// Thread use: any; each call waits for the disk.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/daemon/record.h"
#include "common/ledger/ledger.h"
#include "comptoir/shop/v1/shop.pb.h"
#include "google/protobuf/arena.h"

namespace comptoir::node {

class GoodsRecorder {
 public:
  // `ledger` must outlive it.
  explicit GoodsRecorder(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<shop::v1::RecordDeliveryResponse> RecordDelivery(
      const shop::v1::RecordDeliveryRequest& request);
  absl::StatusOr<shop::v1::RecordWasteResponse> RecordWaste(
      const shop::v1::RecordWasteRequest& request);
  absl::StatusOr<shop::v1::Receipt> RecordReturn(const shop::v1::RecordReturnRequest& request);
  absl::StatusOr<shop::v1::Receipt> VoidReceipt(const shop::v1::VoidReceiptRequest& request);
  absl::StatusOr<shop::v1::RecordCountResponse> RecordCount(
      const shop::v1::RecordCountRequest& request);
  absl::StatusOr<shop::v1::CorrectResponse> Correct(const shop::v1::CorrectRequest& request);

 private:
  template <typename Request, typename Message>
  absl::StatusOr<daemon::Recorded> Record(const Request& request, retail::v1::FactKind kind,
                                          const absl::StatusOr<Message>& fact,
                                          google::protobuf::Arena* arena)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  template <typename Request, typename Build>
  absl::StatusOr<shop::v1::Receipt> TakeBack(const Request& request, retail::v1::FactKind kind,
                                             bool may_be_duplicate, const Build& build)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<retail::v1::Counted> BuildCounted(const shop::v1::RecordCountRequest& request);
  absl::StatusOr<retail::v1::Corrected> BuildCorrected(const shop::v1::CorrectRequest& request);

  ledger::Ledger& ledger_;
  Mutex mutex_;
};

}  // namespace comptoir::node
