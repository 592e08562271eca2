#include "common/rpc/sync_server.h"

#include <utility>

#include "common/rpc/credentials.h"
#include "common/rpc/status.h"
#include "common/rpc/stream_writer.h"

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
        writer_(std::make_shared<StreamWriter>(
            StreamWriter::Stream{[this](const Frame* frame) { StartWrite(frame); },
                                 [this](const absl::Status& reason) { Finish(ToGrpc(reason)); },
                                 [context] { context->TryCancel(); }})) {
    // So that the dialer learns our certificate before the first frame.
    StartSendInitialMetadata();
    peer_ = server_.replica_.Connect(std::move(writer), context->peer(), writer_);
    StartRead(&frame_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) {
      // gRPC does not tell a side that was closed from bytes that are no frame.
      peer_->Stop();
      writer_->Close(absl::InvalidArgumentError(
          "no further frame could be read: the stream was closed, or what came is no frame"));
      return;
    }
    peer_->Receive(std::move(frame_));
    frame_.Clear();
    StartRead(&frame_);
  }
  void OnWriteDone(bool ok) override { writer_->OnWritten(ok); }
  void OnCancel() override {
    peer_->Stop();
    writer_->Close(absl::CancelledError("the stream was cancelled"));
  }
  void OnDone() override {
    writer_->Detach();
    peer_->Stop();
    server_.Leave();
    delete this;
  }

 private:
  SyncServer& server_;
  const std::shared_ptr<StreamWriter> writer_;
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
  if (!Admit()) {
    return new Rejection(absl::ResourceExhaustedError("too many sync streams: try again later"));
  }
  return new Stream(*this, holder->writer, context);
}

bool SyncServer::Admit() {
  MutexLock lock(&mutex_);
  if (streams_ >= streams_max_) return false;
  ++streams_;
  return true;
}

void SyncServer::Leave() {
  MutexLock lock(&mutex_);
  --streams_;
}

}  // namespace comptoir::rpc
