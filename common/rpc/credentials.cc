#include "common/rpc/credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpc/grpc_security_constants.h>

#include <deque>
#include <vector>

#include "common/base/limits.h"
#include "common/base/mutex.h"

namespace comptoir::rpc {
namespace {

constexpr char kPeerUri[] = "peer_uri";
// HTTP/2, gRPC and the fields around a frame's body.
constexpr int kFrameOverheadBytes = 64 << 10;
constexpr int kPingMillis = 86'400'000;
constexpr int kUnacknowledgedMillisMax = 30'000;

// What a handshake at a server is told: the source, and what gRPC knows of it.
class ServerFiles {
 public:
  explicit ServerFiles(TlsSource source) : source_(std::move(source)) {}

  // For a port that is tried again, or another one: it has not been told anything.
  void Forget() {
    MutexLock lock(&mutex_);
    shown_.clear();
  }
  // gRPC asks at every handshake, the first time as it begins to listen.
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<ServerFiles*>(self)->FetchNext(config);
  }

 private:
  grpc_ssl_certificate_config_reload_status FetchNext(grpc_ssl_server_certificate_config** config) {
    const TlsFiles files = source_();
    MutexLock lock(&mutex_);
    if (files.certificate == shown_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair pair = {files.key.c_str(), files.certificate.c_str()};
    *config = grpc_ssl_server_certificate_config_create(files.authority.c_str(), &pair, 1);
    if (*config == nullptr) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_FAIL;
    shown_ = files.certificate;
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  const TlsSource source_;
  Mutex mutex_;
  std::string shown_ ABSL_GUARDED_BY(mutex_);
};

// gRPC does not say when it asks for the last time, so they stay to the end of the
// process: a daemon has one.
ServerFiles* KeepForGood(TlsSource source) {
  static Mutex mutex;
  static auto* const kept = new std::deque<ServerFiles>();
  const MutexLock lock(&mutex);
  return &kept->emplace_back(std::move(source));
}

// gRPC's C++ face takes a server's certificate once and for all; its C face asks a
// function at every handshake.
class RenewableServerCredentials : public grpc::ServerCredentials {
 public:
  explicit RenewableServerCredentials(TlsSource source)
      : files_(KeepForGood(std::move(source))),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(
                GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, &ServerFiles::Fetch,
                files_))) {}
  ~RenewableServerCredentials() override { grpc_server_credentials_release(credentials_); }
  // Who asks is known by certificate alone.
  void SetAuthMetadataProcessor(
      const std::shared_ptr<grpc::AuthMetadataProcessor>& /*processor*/) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    files_->Forget();
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  ServerFiles* const files_;
  grpc_server_credentials* const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MutualTlsServer(TlsSource source) {
  return std::make_shared<RenewableServerCredentials>(std::move(source));
}

std::shared_ptr<grpc::ChannelCredentials> MutualTlsClient(const TlsFiles& files) {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = files.authority;
  options.pem_private_key = files.key;
  options.pem_cert_chain = files.certificate;
  return grpc::SslCredentials(options);
}

grpc::ChannelArguments ChannelArgumentsTo(const std::string& tls_name) {
  grpc::ChannelArguments arguments;
  arguments.SetSslTargetNameOverride(tls_name);
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

absl::StatusOr<std::string> CertificateOf(const grpc::AuthContext& context) {
  const auto shown = context.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (!context.IsPeerAuthenticated() || shown.empty()) {
    return absl::UnauthenticatedError("no certificate of this co-op was shown");
  }
  return identity::CertificateFromPem({shown.front().data(), shown.front().size()});
}

}  // namespace comptoir::rpc
