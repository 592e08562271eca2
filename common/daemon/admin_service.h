// AdminService, the same on hub and node.
//
// Thread use: any.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <atomic>
#include <functional>
#include <string>

#include "common/daemon/carry_streams.h"
#include "common/daemon/host.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"

namespace comptoir::daemon {

admin::v1::Revocation ToMessage(const retail::Revocation& revocation);

class AdminService : public admin::v1::AdminService::CallbackService {
 public:
  struct Wiring {
    // May the caller ask at all?
    std::function<absl::Status(const grpc::CallbackServerContext&)> authorise;
    // A node's address of its hub and the last error of the link; absent at a hub.
    std::function<void(admin::v1::Link*)> link;
    // Hub only.
    template <typename Request, typename Response>
    using Method = std::function<absl::StatusOr<Response>(const Request&)>;
    Method<admin::v1::CreateTokenRequest, admin::v1::CreateTokenResponse> create_token;
    Method<admin::v1::ListTokensRequest, admin::v1::ListTokensResponse> list_tokens = nullptr;
    Method<admin::v1::RevokeTokenRequest, admin::v1::RevokeTokenResponse> revoke_token = nullptr;
    Method<admin::v1::ListNodesRequest, admin::v1::ListNodesResponse> list_nodes = nullptr;
    Method<admin::v1::RevokeNodeRequest, admin::v1::RevokeNodeResponse> revoke_node = nullptr;
    // May wait; on a thread of the call. To give up once `cancelled` says so.
    std::function<absl::StatusOr<admin::v1::RetireNodeResponse>(
        const admin::v1::RetireNodeRequest&, const std::function<bool()>& cancelled)>
        retire_node = nullptr;
    // Of a node: its siblings.
    std::function<void(admin::v1::Status*)> siblings = nullptr;
  };
  AdminService(Host& host, Wiring wiring) : host_(host), wiring_(std::move(wiring)) {}

  // What takes long ends early, and whoever watches is sent away; call before
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
  grpc::ServerUnaryReactor* GetHead(grpc::CallbackServerContext* context,
                                    const admin::v1::GetHeadRequest* request,
                                    journal::v1::Head* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context,
                                        const admin::v1::ListEntriesRequest* request,
                                        admin::v1::ListEntriesResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::WatchFactsResponse>* WatchFacts(
      grpc::CallbackServerContext* context, const admin::v1::WatchFactsRequest* request) override;
  grpc::ServerUnaryReactor* CreateToken(grpc::CallbackServerContext* context,
                                        const admin::v1::CreateTokenRequest* request,
                                        admin::v1::CreateTokenResponse* response) override;
  grpc::ServerUnaryReactor* ListTokens(grpc::CallbackServerContext* context,
                                       const admin::v1::ListTokensRequest* request,
                                       admin::v1::ListTokensResponse* response) override;
  grpc::ServerUnaryReactor* RevokeToken(grpc::CallbackServerContext* context,
                                        const admin::v1::RevokeTokenRequest* request,
                                        admin::v1::RevokeTokenResponse* response) override;
  grpc::ServerUnaryReactor* ListNodes(grpc::CallbackServerContext* context,
                                      const admin::v1::ListNodesRequest* request,
                                      admin::v1::ListNodesResponse* response) override;
  grpc::ServerUnaryReactor* RevokeNode(grpc::CallbackServerContext* context,
                                       const admin::v1::RevokeNodeRequest* request,
                                       admin::v1::RevokeNodeResponse* response) override;
  grpc::ServerUnaryReactor* RetireNode(grpc::CallbackServerContext* context,
                                       const admin::v1::RetireNodeRequest* request,
                                       admin::v1::RetireNodeResponse* response) override;
  grpc::ServerWriteReactor<admin::v1::CarryOutPart>* CarryOut(
      grpc::CallbackServerContext* context, const admin::v1::CarryOutRequest* request) override {
    return StartCarryOut(host_, carrying_, *request, wiring_.authorise(*context));
  }
  grpc::ServerReadReactor<admin::v1::CarryInPart>* CarryIn(
      grpc::CallbackServerContext* context, admin::v1::CarryInReport* response) override {
    return StartCarryIn(host_, carrying_, response, wiring_.authorise(*context));
  }

 private:
  class VerifyStream;
  class RetireCall;

  // Answers with what `method` says; FAILED_PRECONDITION where there is none: at a node.
  template <typename Request, typename Response, typename Method>
  grpc::ServerUnaryReactor* AtHub(grpc::CallbackServerContext* context, const Method& method,
                                  const Request& request, Response* response);

  absl::Status FillStatus(admin::v1::Status* response);

  Host& host_;
  const Wiring wiring_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> verifying_ = false;
  Carrying carrying_;
};

}  // namespace comptoir::daemon
