#include "common/rpc/sync_dialer.h"

#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/support/client_callback.h>

#include <atomic>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/rpc/frame_pump.h"
#include "common/rpc/status.h"
#include "common/sync/backoff.h"

namespace comptoir::rpc {
namespace {

using sync::v1::Frame;

}  // namespace

// One stream, from the dial to its end. The owner waits for Ended.
class SyncDialer::Stream : public grpc::ClientBidiReactor<Frame, Frame> {
 public:
  Stream(replica::Replica& replica, sync::v1::SyncService::Stub& stub, std::string address,
         std::function<void()> on_reached)
      : replica_(replica),
        address_(std::move(address)),
        on_reached_(std::move(on_reached)),
        pump_(std::make_shared<FramePump>(FramePump::Stream{
            [this](const Frame* frame) { StartWrite(frame); }, [this] { StartRead(&frame_); },
            [this](const absl::Status& reason) { EndWith(reason); },
            [this] { context_.TryCancel(); }, /*reads_to_the_end=*/true})) {
    stub.async()->Connect(&context_, this);
    // Frames are written from other threads than gRPC's: the hold keeps the
    // stream until Release.
    AddHold();
    StartCall();
  }

  void OnReadInitialMetadataDone(bool ok) override {
    if (!ok) {
      Release();
      return;
    }
    const auto holder = PeerOf(*context_.auth_context());
    if (!holder.ok() || holder->kind == identity::Holder::Kind::kOperator ||
        holder->writer.coop != replica_.self().coop) {
      EndWith(absl::PermissionDeniedError("the other end is no replica of this co-op"));
      Release();
      return;
    }
    reached_ = true;
    peer_ = replica_.Connect(holder->writer, address_, pump_);
    pump_->Handled();
    on_reached_();
  }
  void OnReadDone(bool ok) override {
    if (!ok) {
      peer_->Stop();
      pump_->Detach();
      Release();
      return;
    }
    // The next read may begin before Receive returns.
    Frame frame = std::move(frame_);
    frame_.Clear();
    peer_->Receive(std::move(frame));
  }
  void OnWriteDone(bool ok) override { pump_->OnWritten(ok); }
  void OnDone(const grpc::Status& status) override {
    MutexLock lock(&mutex_);
    if (reason_.ok()) reason_ = FromGrpc(status);
    done_ = true;
    changed_.SignalAll();
  }

  void Cancel() { context_.TryCancel(); }
  // Blocks until gRPC is done with the stream; then why it ended.
  absl::Status Wait() {
    MutexLock lock(&mutex_);
    while (!done_) changed_.Wait(&mutex_);
    return reason_;
  }
  bool reached() const { return reached_; }

 private:
  void EndWith(const absl::Status& reason) {
    {
      MutexLock lock(&mutex_);
      reason_ = reason;
    }
    context_.TryCancel();
  }
  void Release() {
    if (std::exchange(held_, false)) RemoveHold();
  }

  replica::Replica& replica_;
  const std::string address_;
  const std::function<void()> on_reached_;
  grpc::ClientContext context_;
  const std::shared_ptr<FramePump> pump_;
  std::shared_ptr<replica::Peer> peer_;
  Frame frame_;
  std::atomic<bool> reached_ = false;
  bool held_ = true;
  Mutex mutex_;
  CondVar changed_;
  absl::Status reason_ ABSL_GUARDED_BY(mutex_);
  bool done_ ABSL_GUARDED_BY(mutex_) = false;
};

SyncDialer::SyncDialer(replica::Replica& replica, SyncTarget target, TlsSource tls, Random& random,
                       OnFailure on_failure, LiveChannel* live)
    : replica_(replica),
      target_(std::move(target)),
      tls_(std::move(tls)),
      random_(random),
      on_failure_(std::move(on_failure)),
      live_(live),
      thread_([this] { Loop(); }) {}

SyncDialer::~SyncDialer() {
  {
    MutexLock lock(&mutex_);
    stopping_ = true;
    if (stream_ != nullptr) stream_->Cancel();
    changed_.SignalAll();
  }
  thread_.join();
}

void SyncDialer::DialNow() {
  MutexLock lock(&mutex_);
  hurried_ = true;
  changed_.SignalAll();
}

absl::Status SyncDialer::last_error() const {
  MutexLock lock(&mutex_);
  return last_error_;
}

void SyncDialer::Loop() {
  sync::Backoff backoff;
  while (true) {
    bool reached = false;
    absl::Status status = RunOnce(&reached);
    // A hub that turns us away is not asked at every turn.
    if (reached && !absl::IsUnauthenticated(status)) backoff.Reset();
    if (status.ok()) status = absl::UnavailableError("the other end closed the stream");
    {
      MutexLock lock(&mutex_);
      last_error_ = status;
      if (stopping_) return;
    }
    if (on_failure_) on_failure_(status);
    if (!Pause(backoff.NextDelayMs(random_.Next64()))) return;
  }
}

absl::Status SyncDialer::RunOnce(bool* reached) {
  // A channel of its own each time: gRPC's own backoff would add to ours.
  grpc::ChannelArguments arguments = ChannelArgumentsTo(target_.tls_name);
  arguments.SetInt("grpc.use_local_subchannel_pool", 1);
  const LiveChannel::Channel channel =
      grpc::CreateCustomChannel(target_.address, MutualTlsClient(tls_()), arguments);
  auto stub = sync::v1::SyncService::NewStub(channel);
  Stream stream(replica_, *stub, target_.address, [this, &channel] {
    if (live_ != nullptr) live_->Set(channel);
  });
  {
    MutexLock lock(&mutex_);
    stream_ = &stream;
    if (stopping_) stream.Cancel();
  }
  const absl::Status status = stream.Wait();
  if (live_ != nullptr) live_->Set(nullptr);
  *reached = stream.reached();
  MutexLock lock(&mutex_);
  stream_ = nullptr;
  return status;
}

bool SyncDialer::Pause(int64_t delay_ms) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(delay_ms);
  MutexLock lock(&mutex_);
  while (!stopping_ && !hurried_) {
    const auto left = until - std::chrono::steady_clock::now();
    if (left <= left.zero()) return true;
    changed_.WaitFor(&mutex_, left);
  }
  hurried_ = false;
  return !stopping_;
}

}  // namespace comptoir::rpc
