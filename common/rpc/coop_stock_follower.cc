#include "common/rpc/coop_stock_follower.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <chrono>
#include <utility>

#include "common/base/status.h"
#include "common/rpc/credentials.h"
#include "common/rpc/status.h"
#include "common/sync/backoff.h"

namespace comptoir::rpc {
namespace {

using std::chrono::steady_clock;
using sync::v1::CoopStockUpdate;

}  // namespace

// One stream. Its owner takes one update after the other, then asks for the next.
class CoopStockFollower::Stream : public grpc::ClientReadReactor<CoopStockUpdate> {
 public:
  Stream(sync::v1::SyncService::Stub& stub, const sync::v1::WatchCoopStockRequest& request,
         std::string coop)
      : coop_(std::move(coop)), request_(request) {
    stub.async()->WatchCoopStock(&context_, &request_, this);
    // Reads are started from another thread than gRPC's: the hold keeps the stream
    // until End.
    AddHold();
    StartCall();
  }

  void OnReadInitialMetadataDone(bool ok) override {
    if (!ok) return End(absl::OkStatus());
    const auto holder = PeerOf(*context_.auth_context());
    if (!holder.ok() || !holder->writer.hub || holder->writer.coop != coop_) {
      return End(absl::PermissionDeniedError("the other end is no hub of this co-op"));
    }
    StartRead(&update_);
  }
  void OnReadDone(bool ok) override {
    if (!ok) return End(absl::OkStatus());
    MutexLock lock(&mutex_);
    arrived_ = true;
    changed_.SignalAll();
  }
  void OnDone(const grpc::Status& status) override {
    MutexLock lock(&mutex_);
    if (reason_.ok()) reason_ = FromGrpc(status);
    done_ = true;
    changed_.SignalAll();
  }

  // The next update, or why there is none: DEADLINE_EXCEEDED when nothing came for
  // kSilenceMsMax. Good until ReadNext.
  absl::StatusOr<const CoopStockUpdate*> Wait() {
    const auto until = steady_clock::now() + std::chrono::milliseconds(kSilenceMsMax);
    MutexLock lock(&mutex_);
    while (!arrived_ && !done_) {
      const auto left = until - steady_clock::now();
      if (left <= left.zero()) {
        return absl::DeadlineExceededError("the hub's stock feed says nothing any more");
      }
      changed_.WaitFor(&mutex_, left);
    }
    if (arrived_) return &update_;
    return reason_.ok() ? absl::UnavailableError("the hub ended its stock feed") : reason_;
  }
  void ReadNext() {
    {
      MutexLock lock(&mutex_);
      arrived_ = false;
    }
    StartRead(&update_);
  }
  void Cancel() { context_.TryCancel(); }
  // Blocks until gRPC is done with the stream.
  void CancelAndWait() {
    End(absl::CancelledError("no longer asked for"));
    MutexLock lock(&mutex_);
    while (!done_) changed_.Wait(&mutex_);
  }

 private:
  // With no reason of ours, that of the other end counts.
  void End(const absl::Status& reason) {
    bool held = false;
    {
      MutexLock lock(&mutex_);
      held = std::exchange(held_, false);
      if (held) reason_ = reason;
    }
    if (!held) return;
    if (!reason.ok()) context_.TryCancel();
    RemoveHold();
  }

  const std::string coop_;
  const sync::v1::WatchCoopStockRequest request_;
  grpc::ClientContext context_;
  CoopStockUpdate update_;  // gRPC's, while a read is under way
  Mutex mutex_;
  CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mutex_) = true;
  bool arrived_ ABSL_GUARDED_BY(mutex_) = false;
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status reason_ ABSL_GUARDED_BY(mutex_);
};

CoopStockFollower::CoopStockFollower(replica::CoopStockCopy& copy, std::string coop,
                                     LiveChannel& channel, Random& random)
    : copy_(copy), coop_(std::move(coop)), channel_(channel), random_(random), thread_([this] {
        Loop();
      }) {}

CoopStockFollower::~CoopStockFollower() {
  channel_.Close();
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    if (stream_ != nullptr) stream_->Cancel();
  }
  thread_.join();
}

absl::Status CoopStockFollower::last_error() const {
  MutexLock lock(&mutex_);
  return last_error_;
}

void CoopStockFollower::Loop() {
  sync::Backoff backoff;
  LiveChannel::Channel channel;
  int64_t pause_ms = 0;
  while (true) {
    const LiveChannel::Channel next = channel_.Next(channel, pause_ms);
    if (next == nullptr) return;
    if (next != channel) backoff.Reset();
    channel = next;
    bool reached = false;
    const absl::Status status = RunOnce(channel, &reached);
    if (reached) backoff.Reset();
    {
      MutexLock lock(&mutex_);
      last_error_ = status;
    }
    pause_ms = backoff.NextDelayMs(random_.Next64());
  }
}

absl::Status CoopStockFollower::RunOnce(const LiveChannel::Channel& channel, bool* reached) {
  auto stub = sync::v1::SyncService::NewStub(channel);
  Stream stream(*stub, copy_.Position(), coop_);
  {
    MutexLock lock(&mutex_);
    stream_ = &stream;
    if (stopping_) stream.Cancel();
  }
  const absl::Status status = Follow(stream, reached);
  stream.CancelAndWait();
  MutexLock lock(&mutex_);
  stream_ = nullptr;
  return status;
}

absl::Status CoopStockFollower::Follow(Stream& stream, bool* reached) {
  while (true) {
    COMPTOIR_ASSIGN_OR_RETURN(const CoopStockUpdate* update, stream.Wait());
    COMPTOIR_RETURN_IF_ERROR(copy_.Apply(*update));
    *reached = true;
    {
      MutexLock lock(&mutex_);
      last_error_ = absl::OkStatus();
    }
    stream.ReadNext();
  }
}

}  // namespace comptoir::rpc
