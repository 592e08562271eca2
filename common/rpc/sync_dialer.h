// The dialing end of a sync stream: keeps one to a hub (or sibling) for as long
// as it lives, with backoff between tries.
#pragma once

#include <grpcpp/channel.h>

#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/replica/replica.h"
#include "common/rpc/credentials.h"
#include "common/rpc/live_channel.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace comptoir::rpc {

// Whom to dial: where, and the name that its certificate must carry.
struct SyncTarget {
  SyncTarget(std::string hub)  // NOLINT(google-explicit-constructor): the usual one
      : SyncTarget(std::move(hub), std::string(identity::kHubTlsName)) {}
  SyncTarget(const char* hub)  // NOLINT(google-explicit-constructor): the same
      : SyncTarget(std::string(hub)) {}
  SyncTarget(std::string the_address, std::string the_tls_name)
      : address(std::move(the_address)), tls_name(std::move(the_tls_name)) {}

  std::string address;  // host:port
  std::string tls_name;
};

// Thread use: any.
class SyncDialer {
 public:
  // `on_failure` is told why each stream ended or could not be opened, but for the
  // last, which the destructor ends; on a thread of this class.
  using OnFailure = std::function<void(const absl::Status&)>;
  // `live` is given the connection of each stream once the other end has proved to be
  // of this co-op, until the stream ends. All must outlive this.
  SyncDialer(replica::Replica& replica, SyncTarget target, TlsSource tls, Random& random,
             OnFailure on_failure = nullptr, LiveChannel* live = nullptr);
  // Ends the stream and joins.
  ~SyncDialer();

  // Ends the pause between two tries: something changed here that may let us in.
  void DialNow();

  // Why the last stream ended or could not be opened; OK while one is up.
  absl::Status last_error() const;

 private:
  class Stream;
  void Loop();
  absl::Status RunOnce(bool* reached);
  // False when stopping.
  bool Pause(int64_t delay_ms);

  replica::Replica& replica_;
  const SyncTarget target_;
  const TlsSource tls_;
  Random& random_;
  const OnFailure on_failure_;
  LiveChannel* const live_;
  mutable Mutex mutex_;
  CondVar changed_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool hurried_ ABSL_GUARDED_BY(mutex_) = false;
  Stream* stream_ ABSL_GUARDED_BY(mutex_) = nullptr;
  absl::Status last_error_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace comptoir::rpc
