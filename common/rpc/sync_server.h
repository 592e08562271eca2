// The accepting end of sync streams, and of the stock feed beside them.
#pragma once

#include <grpcpp/support/server_callback.h>

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
  // Without a feed, watches get UNIMPLEMENTED.
  SyncServer(replica::Replica& replica, size_t streams_max, replica::CoopStockFeed* feed = nullptr);

  grpc::ServerBidiReactor<sync::v1::Frame, sync::v1::Frame>* Connect(
      grpc::CallbackServerContext* context) override;
  grpc::ServerWriteReactor<sync::v1::CoopStockUpdate>* WatchCoopStock(
      grpc::CallbackServerContext* context,
      const sync::v1::WatchCoopStockRequest* request) override;

 private:
  class Stream;
  // Who may open a stream here; else PERMISSION_DENIED or UNAUTHENTICATED.
  absl::StatusOr<journal::Writer> PeerToServe(const grpc::CallbackServerContext& context) const;

  replica::Replica& replica_;
  replica::CoopStockFeed* const feed_;
  StreamCount streams_;
  StreamCount watches_;
};

}  // namespace comptoir::rpc
