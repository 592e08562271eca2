// One stream of AdminService.WatchFacts. Deletes itself when gRPC is done with it.
//
// Invariant: one message at a time is made and written; one that is not read keeps the
// next from being made, and nothing piles up.
//
// Thread use: any.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <optional>

#include "common/base/mutex.h"
#include "common/daemon/fact_feed.h"
#include "common/daemon/fact_reader.h"
#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::daemon {

class FactWatch final : public grpc::ServerWriteReactor<admin::v1::WatchFactsResponse>,
                        public FactWatcher {
 public:
  explicit FactWatch(FactFeed& feed) : feed_(feed) {}

  // Either, once. The feed must outlive the stream.
  void Refuse(const grpc::Status& status) { Finish(status); }
  void Start(FactReader reader);

  Wants Step(bool look) override;
  void Leave(const absl::Status& reason) override;

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  void FinishIfLeaving() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  FactFeed& feed_;
  Mutex mutex_;
  std::optional<FactReader> reader_ ABSL_GUARDED_BY(mutex_);
  admin::v1::WatchFactsResponse message_;  // gRPC's while `writing_`
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> leaving_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::daemon
