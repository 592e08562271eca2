// AdminService, the same on hub and node.
//
// Thread use: any.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <string>

#include "common/daemon/host.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"

namespace comptoir::daemon {

class AdminService : public admin::v1::AdminService::CallbackService {
 public:
  struct Wiring {
    // May the caller ask at all?
    std::function<absl::Status(const grpc::CallbackServerContext&)> authorise;
    // A node's address of its hub and the last error of the link; absent at a hub.
    std::function<void(admin::v1::Link*)> link;
    // Hub only.
    std::function<absl::StatusOr<admin::v1::CreateTokenResponse>(
        const admin::v1::CreateTokenRequest&)>
        create_token;
  };
  AdminService(Host& host, Wiring wiring) : host_(host), wiring_(std::move(wiring)) {}

  // Verifications under way end early, and whoever watches is sent away; call before
  // the server drains.
  void Stop();

  grpc::ServerUnaryReactor* GetStatus(grpc::CallbackServerContext* context,
                                      const admin::v1::GetStatusRequest* request,
                                      admin::v1::Status* response) override;
  grpc::ServerWriteReactor<admin::v1::VerifyProgress>* Verify(
      grpc::CallbackServerContext* context, const admin::v1::VerifyRequest* request) override;
  grpc::ServerUnaryReactor* ListHeads(grpc::CallbackServerContext* context,
                                      const admin::v1::ListHeadsRequest* request,
                                      admin::v1::ListHeadsResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::WatchFactsResponse>* WatchFacts(
      grpc::CallbackServerContext* context, const admin::v1::WatchFactsRequest* request) override;
  grpc::ServerUnaryReactor* CreateToken(grpc::CallbackServerContext* context,
                                        const admin::v1::CreateTokenRequest* request,
                                        admin::v1::CreateTokenResponse* response) override;

 private:
  class VerifyStream;

  absl::Status FillStatus(admin::v1::Status* response);

  Host& host_;
  const Wiring wiring_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> verifying_ = false;
};

}  // namespace comptoir::daemon
