// Mutual TLS over the certificates of common/identity, and who is at the other
// end of a call.
#pragma once

#include <grpcpp/security/auth_context.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/identity/certificate.h"

namespace comptoir::rpc {

// PEM texts of one end.
struct TlsFiles {
  std::string authority;    // certificate of the co-op's authority
  std::string certificate;  // ours
  std::string key;          // ours
};

// Asked for at each new connection, so that a renewed certificate serves without a
// restart. Any thread; must not block for long.
class TlsSource {
 public:
  TlsSource(TlsFiles files)  // NOLINT(google-explicit-constructor): the same for ever
      : current_([files = std::move(files)] { return files; }) {}
  explicit TlsSource(std::function<TlsFiles()> current) : current_(std::move(current)) {}

  TlsFiles operator()() const { return current_(); }

 private:
  std::function<TlsFiles()> current_;
};

std::shared_ptr<grpc::ServerCredentials> MutualTlsServer(TlsSource source);
std::shared_ptr<grpc::ChannelCredentials> MutualTlsClient(const TlsFiles& files);
// Limits on messages, and the name that the server's certificate must carry.
grpc::ChannelArguments ChannelArgumentsTo(const std::string& tls_name);
inline grpc::ChannelArguments HubChannelArguments() {
  return ChannelArgumentsTo(std::string(identity::kHubTlsName));
}

// UNAUTHENTICATED when the other end showed no certificate of ours.
absl::StatusOr<identity::Holder> PeerOf(const grpc::AuthContext& context);

// The certificate that the other end showed, DER. UNAUTHENTICATED for none.
absl::StatusOr<std::string> CertificateOf(const grpc::AuthContext& context);

}  // namespace comptoir::rpc
