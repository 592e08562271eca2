// The accepting end of sync streams.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <set>

#include "common/base/mutex.h"
#include "common/replica/replica.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace comptoir::rpc {

// Thread use: any.
class SyncServer : public sync::v1::SyncService::CallbackService {
 public:
  // At most `streams_max` at once; more get RESOURCE_EXHAUSTED.
  SyncServer(replica::Replica& replica, size_t streams_max);

  grpc::ServerBidiReactor<sync::v1::Frame, sync::v1::Frame>* Connect(
      grpc::CallbackServerContext* context) override;

 private:
  class Stream;
  bool Admit();
  void Leave();

  replica::Replica& replica_;
  const size_t streams_max_;
  Mutex mutex_;
  size_t streams_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace comptoir::rpc
