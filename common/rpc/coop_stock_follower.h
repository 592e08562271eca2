// The node's end of the stock feed: keeps a copy up to the hub for as long as it
// lives, with backoff between tries.
#pragma once

#include <grpcpp/security/credentials.h>

#include <memory>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/replica/coop_stock_copy.h"
#include "common/rpc/credentials.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace comptoir::rpc {

// Thread use: any.
class CoopStockFollower {
 public:
  // A hub that says nothing for so long is asked again.
  static constexpr int64_t kSilenceMsMax = 30'000;

  // `copy` and `random` must outlive this; only hubs of `coop` are listened to.
  CoopStockFollower(replica::CoopStockCopy& copy, std::string coop, std::string address,
                    TlsSource tls, Random& random);
  // Ends the stream and joins.
  ~CoopStockFollower();

  // Why the last stream ended or could not be opened; OK once an update of this one
  // was taken.
  absl::Status last_error() const;

 private:
  class Stream;
  void Loop();
  absl::Status RunOnce(bool* reached);
  // Until the stream ends or something of it is refused.
  absl::Status Follow(Stream& stream, bool* reached);
  // False when stopping.
  bool Pause(int64_t delay_ms);

  replica::CoopStockCopy& copy_;
  const std::string coop_;
  const std::string address_;
  const TlsSource tls_;
  Random& random_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  Stream* stream_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Status last_error_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace comptoir::rpc
