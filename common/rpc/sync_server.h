// The accepting end of sync streams.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <map>
#include <memory>
#include <string>

#include "common/base/mutex.h"
#include "common/replica/replica.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace comptoir::rpc {

// Thread use: any.
class SyncServer : public sync::v1::SyncService::CallbackService {
 public:
  // A node's own at once: a clone beside it, and streams whose link broke and that
  // have not ended yet.
  static constexpr size_t kStreamsPerNodeMax = 8;
  // At most `streams_max` at once, and kStreamsPerNodeMax of one node; more get
  // RESOURCE_EXHAUSTED.
  SyncServer(replica::Replica& replica, size_t streams_max);

  grpc::ServerBidiReactor<sync::v1::Frame, sync::v1::Frame>* Connect(
      grpc::CallbackServerContext* context) override;

 private:
  class Stream;
  bool Admit(const std::string& node);
  void Leave(const std::string& node);

  replica::Replica& replica_;
  const size_t streams_max_;
  Mutex mutex_;
  size_t streams_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, size_t> streams_of_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::rpc
