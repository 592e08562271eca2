// The connection that a sync stream keeps, for what rides beside it: a second one would
// cost another handshake, some 5 KB, at every reconnect.
#pragma once

#include <grpcpp/channel.h>

#include <cstdint>
#include <memory>

#include "common/base/mutex.h"

namespace comptoir::rpc {

// Thread use: any.
class LiveChannel {
 public:
  using Channel = std::shared_ptr<grpc::Channel>;

  // The other end was reached by this one, and is whom we want; null: no longer.
  void Set(Channel channel);
  // Next gives null from now on.
  void Close();

  // Blocks until there is a channel: another than `last`, or, where `pause_ms` have
  // passed, `last` again. Null once closed.
  Channel Next(const Channel& last, int64_t pause_ms);

 private:
  Mutex mutex_;
  CondVar changed_;
  Channel channel_ ABSL_GUARDED_BY(mutex_);
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace comptoir::rpc
