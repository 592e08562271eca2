#include "common/rpc/sync_server.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/rpc/coop_stock_watch.h"
#include "common/rpc/credentials.h"
#include "common/rpc/frame_pump.h"
#include "common/rpc/status.h"

namespace comptoir::rpc {
namespace {

using sync::v1::Frame;

// A stream that ends before it began.
template <typename Reactor>
class Rejection : public Reactor {
 public:
  explicit Rejection(const absl::Status& status) { this->Finish(ToGrpc(status)); }
  void OnDone() override { delete this; }
};
using StreamRejection = Rejection<grpc::ServerBidiReactor<Frame, Frame>>;
using WatchRejection = Rejection<grpc::ServerWriteReactor<sync::v1::CoopStockUpdate>>;

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
    server_.streams_.Leave(node_);
    delete this;
  }

 private:
  SyncServer& server_;
  const std::shared_ptr<FramePump> pump_;
  const std::string node_;
  std::shared_ptr<replica::Peer> peer_;
  Frame frame_;
};

SyncServer::SyncServer(replica::Replica& replica, size_t streams_max, replica::CoopStockFeed* feed,
                       Renew renew)
    : replica_(replica),
      feed_(feed),
      renew_(std::move(renew)),
      streams_(streams_max, kStreamsPerNodeMax),
      watches_(streams_max, kWatchesPerNodeMax) {}

absl::StatusOr<identity::Holder> SyncServer::HolderToServe(
    const grpc::CallbackServerContext& context) const {
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Holder holder, PeerOf(*context.auth_context()));
  if (holder.kind == identity::Holder::Kind::kOperator) {
    return absl::PermissionDeniedError("an operator's certificate does not sync");
  }
  const journal::Writer& self = replica_.self();
  if (holder.writer.coop != self.coop) {
    return absl::PermissionDeniedError("this is a replica of another co-op");
  }
  // A node has its hub to dial, and is dialed by its siblings alone.
  const bool is_sibling = !holder.writer.hub && holder.writer.shop == self.shop;
  if (!self.hub && (!is_sibling || holder.writer.node == self.node)) {
    return absl::PermissionDeniedError(absl::StrCat("this is ", self.node,
                                                    ": it syncs with other nodes of ", self.shop,
                                                    ", and with the hub that it dials itself"));
  }
  return holder;
}

absl::StatusOr<journal::Writer> SyncServer::PeerToServe(
    const grpc::CallbackServerContext& context) const {
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Holder holder, HolderToServe(context));
  return holder.writer;
}

grpc::ServerUnaryReactor* SyncServer::RenewCertificate(
    grpc::CallbackServerContext* context, const sync::v1::RenewCertificateRequest* request,
    sync::v1::RenewCertificateResponse* response) {
  const auto answer = [&]() -> absl::StatusOr<sync::v1::RenewCertificateResponse> {
    COMPTOIR_ASSIGN_OR_RETURN(const identity::Holder holder, HolderToServe(*context));
    if (!renew_) return absl::UnimplementedError("only a hub renews certificates: ask the hub");
    COMPTOIR_ASSIGN_OR_RETURN(const std::string shown, CertificateOf(*context->auth_context()));
    return renew_(holder, shown, *request);
  }();
  if (answer.ok()) *response = *answer;
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(Answer(answer.status(), *context));
  return reactor;
}

grpc::ServerBidiReactor<Frame, Frame>* SyncServer::Connect(grpc::CallbackServerContext* context) {
  const auto peer = PeerToServe(*context);
  if (!peer.ok()) return new StreamRejection(peer.status());
  if (!streams_.Enter(peer->node)) {
    return new StreamRejection(
        absl::ResourceExhaustedError("too many sync streams: try again later"));
  }
  return new Stream(*this, *peer, context);
}

grpc::ServerWriteReactor<sync::v1::CoopStockUpdate>* SyncServer::WatchCoopStock(
    grpc::CallbackServerContext* context, const sync::v1::WatchCoopStockRequest* request) {
  const auto peer = PeerToServe(*context);
  if (!peer.ok()) return new WatchRejection(peer.status());
  if (feed_ == nullptr) {
    return new WatchRejection(
        absl::UnimplementedError("only a hub knows the stock of every shop: ask the hub"));
  }
  if (const absl::Status good = feed_->CheckWatcher(peer->node); !good.ok()) {
    return new WatchRejection(good);
  }
  if (!watches_.Enter(peer->node)) {
    return new WatchRejection(
        absl::ResourceExhaustedError("too many watches of the stock: try again later"));
  }
  return new CoopStockWatch(*feed_, *peer, *request,
                            [this, node = peer->node] { watches_.Leave(node); });
}

}  // namespace comptoir::rpc
