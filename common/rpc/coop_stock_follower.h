// The node's end of the stock feed: keeps a copy up to the hub for as long as it
// lives, over the connection of the sync stream, with backoff between tries.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/replica/coop_stock_copy.h"
#include "common/rpc/live_channel.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace comptoir::rpc {

// Thread use: any.
class CoopStockFollower {
 public:
  // A hub that says nothing for so long is asked again.
  static constexpr int64_t kSilenceMsMax = 30'000;

  // All must outlive this; only hubs of `coop` are listened to. `channel` is closed at
  // the end.
  CoopStockFollower(replica::CoopStockCopy& copy, std::string coop, LiveChannel& channel,
                    Random& random);
  // Ends the stream and joins.
  ~CoopStockFollower();

  // Why the last stream ended or could not be opened; OK once an update of this one
  // was taken.
  absl::Status last_error() const;

 private:
  class Stream;
  void Loop();
  absl::Status RunOnce(const LiveChannel::Channel& channel, bool* reached);
  // Until the stream ends or something of it is refused.
  absl::Status Follow(Stream& stream, bool* reached);

  replica::CoopStockCopy& copy_;
  const std::string coop_;
  LiveChannel& channel_;
  Random& random_;
  mutable Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Stream* stream_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Status last_error_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace comptoir::rpc
