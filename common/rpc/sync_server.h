// The accepting end of sync streams, and of the stock feed beside them.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <functional>
#include <string>

#include "common/identity/certificate.h"
#include "common/replica/coop_stock_feed.h"
#include "common/replica/replica.h"
#include "common/rpc/stream_count.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace comptoir::rpc {

// Thread use: any.
class SyncServer : public sync::v1::SyncService::CallbackService {
 public:
  // A node's own at once: a clone beside it, and streams whose link broke and that
  // have not ended yet.
  static constexpr size_t kStreamsPerNodeMax = 8;
  static constexpr size_t kWatchesPerNodeMax = 4;
  // At most `streams_max` at once, and kStreamsPerNodeMax of one node; as many
  // watches, and kWatchesPerNodeMax of one node; more get RESOURCE_EXHAUSTED.
  // Without a feed, watches get UNIMPLEMENTED, and without `renew` so do renewals. It is
  // given who asks and the certificate (DER) that was shown; any thread.
  using Renew = std::function<absl::StatusOr<sync::v1::RenewCertificateResponse>(
      const identity::Holder& holder, const std::string& certificate,
      const sync::v1::RenewCertificateRequest& request)>;
  SyncServer(replica::Replica& replica, size_t streams_max, replica::CoopStockFeed* feed = nullptr,
             Renew renew = nullptr);

  grpc::ServerBidiReactor<sync::v1::Frame, sync::v1::Frame>* Connect(
      grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<sync::v1::CoopStockUpdate>* WatchCoopStock(
      grpc::CallbackServerContext* context,
      const sync::v1::WatchCoopStockRequest* request) override;
  grpc::ServerUnaryReactor* RenewCertificate(grpc::CallbackServerContext* context,
                                             const sync::v1::RenewCertificateRequest* request,
                                             sync::v1::RenewCertificateResponse* response) override;

 private:
  class Stream;
  // Who may sync, and be given a new certificate; else PERMISSION_DENIED or
  // UNAUTHENTICATED. The one gate for both: whom it turns away gets neither.
  absl::StatusOr<identity::Holder> HolderToServe(const grpc::CallbackServerContext& context) const;
  absl::StatusOr<journal::Writer> PeerToServe(const grpc::CallbackServerContext& context) const;

  replica::Replica& replica_;
  replica::CoopStockFeed* const feed_;
  const Renew renew_;
  StreamCount streams_;
  StreamCount watches_;
};

}  // namespace comptoir::rpc
