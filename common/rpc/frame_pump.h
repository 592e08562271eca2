// Between one gRPC stream and its session: frames to send queue here and go out
// one at a time; the next frame is read once the last one was handled. Owned by
// shared_ptr. Outlives the stream, whose reactor detaches when gRPC is done with it.
//
// Invariant: what waits here for a peer stays bounded. A peer that does not read
// what it asked for is not listened to either, and then falls to its own silence.
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

class FramePump : public replica::FrameSink, public std::enable_shared_from_this<FramePump> {
 public:
  struct Stream {
    std::function<void(const sync::v1::Frame*)> start_write;
    std::function<void()> start_read;
    std::function<void(const absl::Status&)> finish;  // after the last write
    std::function<void()> abort = nullptr;            // breaks the stream, and the write under way
    // Whether reads go on after `finish`, until one fails.
    bool reads_to_the_end = false;
  };
  struct Limits {
    // A write under way at Close gets this long: the other end may have stopped reading.
    int64_t close_ms = 5'000;
    // Encoded bytes waiting to be written above which nothing more is read. An
    // honest session's window and heads stay below.
    size_t queued_bytes = size_t{16} << 20;
  };
  explicit FramePump(Stream stream) : FramePump(std::move(stream), Limits()) {}
  FramePump(Stream stream, Limits limits) : limits_(limits), stream_(std::move(stream)) {}

  void Send(sync::v1::Frame frame) override;
  void Handled() override;
  void Close(const absl::Status& reason) override;

  // Of the reactor: the write started last is done. `ok` false: the stream broke.
  void OnWritten(bool ok);
  // Of the reactor: gRPC lets go of the stream; nothing is called on it any more.
  void Detach();

 private:
  void AbortIfOpen();
  void ReadIfDue() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void FinishIfDrained() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Limits limits_;
  Mutex mutex_;
  Stream stream_ ABSL_GUARDED_BY(mutex_);
  std::deque<sync::v1::Frame> queue_ ABSL_GUARDED_BY(mutex_);
  size_t queued_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
  bool read_due_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  bool detached_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status reason_ ABSL_GUARDED_BY(mutex_);
  grpc::Alarm close_limit_;
};

}  // namespace comptoir::rpc
