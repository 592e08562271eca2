// Mutual TLS over the certificates of common/identity, and who is at the other
// end of a call.
#pragma once

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/identity/certificate.h"

namespace comptoir::rpc {

// PEM texts of one end.
struct TlsFiles {
  std::string authority;    // certificate of the co-op's authority
  std::string certificate;  // ours
  std::string key;          // ours
};

std::shared_ptr<grpc::ServerCredentials> MutualTlsServer(const TlsFiles& files);
std::shared_ptr<grpc::ChannelCredentials> MutualTlsClient(const TlsFiles& files);
// Limits on messages, and the name that the hub's certificate must carry.
grpc::ChannelArguments HubChannelArguments();

// UNAUTHENTICATED when the other end showed no certificate of ours.
absl::StatusOr<identity::Holder> PeerOf(const grpc::AuthContext& context);

}  // namespace comptoir::rpc
