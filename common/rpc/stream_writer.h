// The writing half of one gRPC stream of a session: frames queue here and go
// out one at a time. Owned by shared_ptr. Outlives the stream, whose reactor detaches when gRPC is
// done with it.
//
// Thread use: any.
#pragma once

#include <grpcpp/alarm.h>

#include <deque>
#include <functional>
#include <memory>

#include "absl/status/status.h"
#include "common/base/mutex.h"
#include "common/replica/peer.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::rpc {

class StreamWriter : public replica::FrameSink, public std::enable_shared_from_this<StreamWriter> {
 public:
  struct Stream {
    std::function<void(const sync::v1::Frame*)> start_write;
    std::function<void(const absl::Status&)> finish;  // after the last write
    std::function<void()> abort = nullptr;            // breaks the stream, and the write under way
  };
  // A write under way at Close gets this long: the other end may have stopped reading.
  static constexpr int64_t kCloseMillisMax = 5'000;
  explicit StreamWriter(Stream stream, int64_t close_millis_max = kCloseMillisMax)
      : close_millis_max_(close_millis_max), stream_(std::move(stream)) {}

  void Send(sync::v1::Frame frame) override;
  void Close(const absl::Status& reason) override;

  // Of the reactor: the write started last is done. `ok` false: the stream broke.
  void OnWritten(bool ok);
  // Of the reactor: gRPC lets go of the stream; nothing is called on it any more.
  void Detach();

 private:
  void AbortIfOpen();
  void FinishIfDrained() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const int64_t close_millis_max_;
  Mutex mutex_;
  Stream stream_ ABSL_GUARDED_BY(mutex_);
  std::deque<sync::v1::Frame> queue_ ABSL_GUARDED_BY(mutex_);
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool detached_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status reason_ ABSL_GUARDED_BY(mutex_);
  grpc::Alarm close_limit_;
};

}  // namespace comptoir::rpc
