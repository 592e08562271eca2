// One till's stream of sales. Several sales are under way at once; answers go
// out in the order of the requests, each once its sale is on disk or refused.
//
// Thread use: gRPC's and the ledger's threads; deletes itself when gRPC is done
// and no sale is under way.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>

#include "common/base/mutex.h"
#include "comptoir/shop/v1/shop.pb.h"
#include "node/sale_recorder.h"

namespace comptoir::node {

class TillStream
    : public grpc::ServerBidiReactor<shop::v1::RecordSaleRequest, shop::v1::TillAnswer> {
 public:
  explicit TillStream(SaleRecorder& recorder);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnDone() override;

 private:
  // Sales read and not answered; past this the till is not read from.
  static constexpr size_t kUnderWayMax = 64;

  struct Slot {
    shop::v1::TillAnswer answer;
    bool ready = false;
  };
  void Answer(Slot* slot, absl::StatusOr<shop::v1::SaleRecorded> result);
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // True when this object must be deleted, after the lock is let go.
  bool Finished() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return done_ && under_way_ == 0; }

  SaleRecorder& recorder_;
  retail::TillMemory memory_;  // one read at a time, so one user at a time
  shop::v1::RecordSaleRequest request_;
  Mutex mutex_;
  std::deque<std::unique_ptr<Slot>> slots_ ABSL_GUARDED_BY(mutex_);
  size_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  bool reads_paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool reads_ended_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finishing_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace comptoir::node
