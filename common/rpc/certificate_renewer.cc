#include "common/rpc/certificate_renewer.h"

#include <grpcpp/create_channel.h>

#include <chrono>

#include "common/base/status.h"
#include "common/rpc/status.h"
#include "comptoir/sync/v1/sync.grpc.pb.h"

namespace comptoir::rpc {
namespace {

constexpr std::chrono::seconds kPatience(10);

}  // namespace

absl::StatusOr<std::string> CertificateRenewer::Ask(const std::string& signing_request_pem) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  {
    MutexLock lock(&mutex_);
    if (stopped_) return absl::CancelledError("stopping");
    under_way_ = &context;
  }
  grpc::ChannelArguments arguments = HubChannelArguments();
  arguments.SetInt("grpc.use_local_subchannel_pool", 1);
  const auto stub = sync::v1::SyncService::NewStub(
      grpc::CreateCustomChannel(address_, MutualTlsClient(tls_()), arguments));
  sync::v1::RenewCertificateRequest request;
  request.set_signing_request_pem(signing_request_pem);
  sync::v1::RenewCertificateResponse response;
  const absl::Status status = FromGrpc(stub->RenewCertificate(&context, request, &response));
  {
    MutexLock lock(&mutex_);
    under_way_ = nullptr;
  }
  COMPTOIR_RETURN_IF_ERROR(status);
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Holder holder, PeerOf(*context.auth_context()));
  if (holder.kind != identity::Holder::Kind::kHub || holder.writer.coop != coop_) {
    return absl::PermissionDeniedError("the other end is no hub of this co-op");
  }
  return response.certificate_pem();
}

void CertificateRenewer::Stop() {
  MutexLock lock(&mutex_);
  stopped_ = true;
  if (under_way_ != nullptr) under_way_->TryCancel();
}

}  // namespace comptoir::rpc
