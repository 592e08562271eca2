// The hub's end of one node's stock feed. Deletes itself when gRPC is done with it.
//
// Invariant: one update at a time is made and written; one that is not read keeps
// the next from being made, and nothing piles up.
//
// Thread use: any.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <optional>
#include <string>

#include "common/base/mutex.h"
#include "common/journal/writer.h"
#include "common/replica/coop_stock_feed.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::rpc {

class CoopStockWatch final : public grpc::ServerWriteReactor<sync::v1::CoopStockUpdate>,
                             public replica::CoopStockWatcher {
 public:
  // An update leaves at least this often, be it an empty one: so that the other end
  // knows that its copy is as of now.
  static constexpr int64_t kSilenceMsMax = 10'000;

  // `feed` must outlive the stream; `on_done` is called at its end.
  CoopStockWatch(replica::CoopStockFeed& feed, const journal::Writer& peer,
                 const sync::v1::WatchCoopStockRequest& request, std::function<void()> on_done);

  void Look() override;
  void Leave(const absl::Status& reason) override;

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

 private:
  void WriteIfDue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishIfLeaving() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  replica::CoopStockFeed& feed_;
  const std::string node_;
  const std::string own_shop_;
  const std::function<void()> on_done_;
  Mutex mutex_;
  sync::v1::CoopStockUpdate update_;  // gRPC's while `writing_`
  uint64_t run_ ABSL_GUARDED_BY(mutex_);
  uint64_t cursor_ ABSL_GUARDED_BY(mutex_);
  int64_t written_boot_ms_ ABSL_GUARDED_BY(mutex_) = 0;  // 0: nothing yet
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> leaving_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::rpc
