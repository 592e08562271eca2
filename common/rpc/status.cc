#include "common/rpc/status.h"

#include <grpcpp/server_context.h>

#include "common/retail/reasons.h"

namespace comptoir::rpc {

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), std::string(status.message())};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

grpc::Status Answer(const absl::Status& status, grpc::ServerContextBase& context) {
  const std::string reason = retail::ReasonOf(status);
  if (!reason.empty()) context.AddTrailingMetadata(kReasonMetadata, reason);
  return ToGrpc(status);
}

}  // namespace comptoir::rpc
