// Canonical status between our two worlds, and the stable reason code that
// travels in trailing metadata.
#pragma once

#include <grpcpp/support/status.h>

#include <string>

#include "absl/status/status.h"

namespace grpc {
class ServerContextBase;
}

namespace comptoir::rpc {

inline constexpr char kReasonMetadata[] = "comptoir-reason";

grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);
// As ToGrpc; the reason, where there is one, goes into `context`.
grpc::Status Answer(const absl::Status& status, grpc::ServerContextBase& context);

}  // namespace comptoir::rpc
