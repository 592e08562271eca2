// Recalls and trace, as both daemons' services speak of them. Holds no rules: common/retail
// makes the facts and answers what is asked.
//
// Every mutating request takes a request_id of 16 bytes; a repeat gets the first answer (R11),
// but for what views say by now.
//
// Thread use: any. What is written waits for the disk on the thread that brings it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/daemon/record.h"
#include "common/ledger/ledger.h"
#include "common/retail/recalls/list.h"
#include "comptoir/retail/v1/recall_rows.pb.h"
#include "comptoir/shop/v1/recalls.pb.h"
#include "google/protobuf/arena.h"

namespace comptoir::daemon {

class RecallDesk {
 public:
  // `ledger` must outlive it.
  explicit RecallDesk(ledger::Ledger& ledger) : ledger_(ledger) {}

  // `shop`, that of the request, is one that is kept here: at the hub empty for every shop; at a
  // node empty or its own, which both mean its own.
  absl::StatusOr<shop::v1::AddRecallResponse> Add(const shop::v1::AddRecallRequest& request);
  // PERMISSION_DENIED at a node for the co-op's.
  absl::StatusOr<shop::v1::LiftRecallsResponse> Lift(const shop::v1::LiftRecallsRequest& request);
  // At a node only.
  absl::StatusOr<shop::v1::ConfirmRecallResponse> Confirm(
      const shop::v1::ConfirmRecallRequest& request);

  absl::StatusOr<shop::v1::ListRecallsResponse> List(
      const shop::v1::ListRecallsRequest& request) const;
  // The request's shop as for Add.
  absl::StatusOr<shop::v1::TraceResponse> Trace(const shop::v1::TraceRequest& request) const;

 private:
  absl::StatusOr<FactDraft> DraftAdd(const shop::v1::AddRecallRequest& request) const;
  absl::StatusOr<FactDraft> DraftLift(const shop::v1::LiftRecallsRequest& request) const;
  absl::StatusOr<FactDraft> DraftConfirm(const shop::v1::ConfirmRecallRequest& request) const;
  // Of a recall in a fact that is on disk. Where the views do not say, what the recall itself
  // says: at least how it is called, where that is held here.
  shop::v1::Recall Describe(const retail::v1::NamedFact& name) const;

  ledger::Ledger& ledger_;
  Mutex mutex_;  // one at a time: a code is new among those that are known
};

}  // namespace comptoir::daemon
