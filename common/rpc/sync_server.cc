#include "common/rpc/sync_server.h"

#include <utility>

#include "common/rpc/credentials.h"
#include "common/rpc/frame_pump.h"
#include "common/rpc/status.h"

namespace comptoir::rpc {
namespace {

using sync::v1::Frame;

class Rejection : public grpc::ServerBidiReactor<Frame, Frame> {
 public:
  explicit Rejection(const absl::Status& status) { Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};

}  // namespace

class SyncServer::Stream : public grpc::ServerBidiReactor<Frame, Frame> {
 public:
  Stream(SyncServer& server, journal::Writer writer, grpc::CallbackServerContext* context)
      : server_(server),
        pump_(std::make_shared<FramePump>(FramePump::Stream{
            [this](const Frame* frame) { StartWrite(frame); }, [this] { StartRead(&frame_); },
            [this](const absl::Status& reason) { Finish(ToGrpc(reason)); },
            [context] { context->TryCancel(); }})),
        node_(writer.node) {
    // So that the dialer learns our certificate before the first frame.
    StartSendInitialMetadata();
    peer_ = server_.replica_.Connect(std::move(writer), context->peer(), pump_);
    pump_->Handled();
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      // gRPC does not tell a side that was closed from bytes that are no frame.
      peer_->Stop();
      pump_->Close(absl::InvalidArgumentError(
          "no further frame could be read: the stream was closed, or what came is no frame"));
      return;
    }
    // The next read may begin before Receive returns.
    Frame frame = std::move(frame_);
    frame_.Clear();
    peer_->Receive(std::move(frame));
  }
  void OnWriteDone(bool ok) override { pump_->OnWritten(ok); }
  void OnCancel() override {
    peer_->Stop();
    pump_->Close(absl::CancelledError("the stream was cancelled"));
  }
  void OnDone() override {
    pump_->Detach();
    peer_->Stop();
    server_.Leave(node_);
    delete this;
  }

 private:
  SyncServer& server_;
  const std::shared_ptr<FramePump> pump_;
  const std::string node_;
  std::shared_ptr<replica::Peer> peer_;
  Frame frame_;
};

SyncServer::SyncServer(replica::Replica& replica, size_t streams_max)
    : replica_(replica), streams_max_(streams_max) {}

grpc::ServerBidiReactor<Frame, Frame>* SyncServer::Connect(grpc::CallbackServerContext* context) {
  const auto holder = PeerOf(*context->auth_context());
  if (!holder.ok()) return new Rejection(holder.status());
  if (holder->kind == identity::Holder::Kind::kOperator) {
    return new Rejection(absl::PermissionDeniedError("an operator's certificate does not sync"));
  }
  if (holder->writer.coop != replica_.self().coop) {
    return new Rejection(absl::PermissionDeniedError("this is another co-op's hub"));
  }
  if (!Admit(holder->writer.node)) {
    return new Rejection(absl::ResourceExhaustedError("too many sync streams: try again later"));
  }
  return new Stream(*this, holder->writer, context);
}

bool SyncServer::Admit(const std::string& node) {
  MutexLock lock(&mutex_);
  if (streams_ >= streams_max_) return false;
  size_t& of_node = streams_of_[node];
  if (of_node >= kStreamsPerNodeMax) return false;
  ++of_node;
  ++streams_;
  return true;
}

void SyncServer::Leave(const std::string& node) {
  MutexLock lock(&mutex_);
  --streams_;
  if (--streams_of_[node] == 0) streams_of_.erase(node);
}

}  // namespace comptoir::rpc
