#include "common/rpc/credentials.h"

#include <grpc/grpc_security_constants.h>

#include <vector>

#include "common/base/limits.h"

namespace comptoir::rpc {
namespace {

constexpr char kPeerUri[] = "peer_uri";
// HTTP/2, gRPC and the fields around a frame's body.
constexpr int kFrameOverheadBytes = 64 << 10;
constexpr int kPingMillis = 86'400'000;
constexpr int kUnacknowledgedMillisMax = 30'000;

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MutualTlsServer(const TlsFiles& files) {
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = files.authority;
  options.pem_key_cert_pairs.push_back({files.key, files.certificate});
  return grpc::SslServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> MutualTlsClient(const TlsFiles& files) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = files.authority;
  options.pem_private_key = files.key;
  options.pem_cert_chain = files.certificate;
  return grpc::SslCredentials(options);
}

grpc::ChannelArguments HubChannelArguments() {
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(std::string(identity::kHubTlsName));
  arguments.SetMaxReceiveMessageSize(static_cast<int>(kFrameBytesMax) + kFrameOverheadBytes);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // The session has heartbeats of its own. This is for TCP_USER_TIMEOUT, which a
  // client sets only where it would ping, if never: without it a write into a dead
  // link, and the stream with it, ends after a quarter of an hour.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kUnacknowledgedMillisMax);
  return arguments;
}

absl::StatusOr<identity::Holder> PeerOf(const grpc::AuthContext& context) {
  std::vector<std::string> uris;
  for (const grpc::string_ref& uri : context.FindPropertyValues(kPeerUri)) {
    uris.emplace_back(uri.data(), uri.size());
  }
  if (!context.IsPeerAuthenticated() || uris.empty()) {
    return absl::UnauthenticatedError("no certificate of this co-op was shown");
  }
  return identity::HolderFromUris(uris);
}

}  // namespace comptoir::rpc
