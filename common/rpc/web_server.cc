#include "common/rpc/web_server.h"

#include <httplib.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "comptoir/rpc/v1/error.pb.h"

namespace comptoir::rpc {
namespace {

// Short: a client that says nothing holds a thread, and a stop, this long.
constexpr time_t kReadSeconds = 3;
constexpr time_t kKeepAliveSeconds = 1;
constexpr char kJson[] = "application/json";

struct ErrorCode {
  absl::StatusCode code;
  std::string_view name;
  int http;
};
constexpr ErrorCode kErrors[] = {
    {absl::StatusCode::kCancelled, "canceled", 499},
    {absl::StatusCode::kUnknown, "unknown", 500},
    {absl::StatusCode::kInvalidArgument, "invalid_argument", 400},
    {absl::StatusCode::kDeadlineExceeded, "deadline_exceeded", 504},
    {absl::StatusCode::kNotFound, "not_found", 404},
    {absl::StatusCode::kAlreadyExists, "already_exists", 409},
    {absl::StatusCode::kPermissionDenied, "permission_denied", 403},
    {absl::StatusCode::kResourceExhausted, "resource_exhausted", 429},
    {absl::StatusCode::kFailedPrecondition, "failed_precondition", 400},
    {absl::StatusCode::kAborted, "aborted", 409},
    {absl::StatusCode::kOutOfRange, "out_of_range", 400},
    {absl::StatusCode::kUnimplemented, "unimplemented", 501},
    {absl::StatusCode::kInternal, "internal", 500},
    {absl::StatusCode::kUnavailable, "unavailable", 503},
    {absl::StatusCode::kDataLoss, "data_loss", 500},
    {absl::StatusCode::kUnauthenticated, "unauthenticated", 401},
};

const ErrorCode& Find(absl::StatusCode code) {
  for (const ErrorCode& error : kErrors) {
    if (error.code == code) return error;
  }
  return kErrors[1];
}

std::string ErrorJson(const absl::Status& status) {
  v1::ConnectError error;
  error.set_code(std::string(ConnectCode(status.code())));
  error.set_message(std::string(status.message()));
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(error, &json).ok()) {
    json = R"({"code":"internal","message":"the error cannot be shown"})";
  }
  return json;
}

X509* ReadCertificate(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return certificate;
}

EVP_PKEY* ReadKey(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return key;
}

// The authority goes along: an enrolling client knows it by its fingerprint alone.
bool UseFiles(SSL& connection, const TlsFiles& tls) {
  X509* leaf = ReadCertificate(tls.certificate);
  X509* authority = ReadCertificate(tls.authority);
  EVP_PKEY* key = ReadKey(tls.key);
  const bool good =
      leaf != nullptr && authority != nullptr && key != nullptr &&
      SSL_use_certificate(&connection, leaf) == 1 && SSL_clear_chain_certs(&connection) == 1 &&
      SSL_add1_chain_cert(&connection, authority) == 1 && SSL_use_PrivateKey(&connection, key) == 1;
  X509_free(leaf);
  X509_free(authority);
  EVP_PKEY_free(key);
  return good;
}

// Of OpenSSL, at the start of each handshake: 1 to go on, 0 to end it.
int UseCurrentFiles(SSL* connection, void* source) {
  return UseFiles(*connection, (*static_cast<const TlsSource*>(source))()) ? 1 : 0;
}

// Whether a connection could be served with these.
bool AreUsable(SSL_CTX& context, const TlsFiles& tls) {
  SSL* trial = SSL_new(&context);
  const bool good = trial != nullptr && UseFiles(*trial, tls);
  SSL_free(trial);
  return good;
}

bool Prepare(SSL_CTX& context, const TlsSource& source) {
  if (SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) != 1 ||
      !AreUsable(context, source())) {
    return false;
  }
  SSL_CTX_set_cert_cb(&context, UseCurrentFiles, const_cast<TlsSource*>(&source));
  return true;
}

}  // namespace

std::string HostToResolve(const std::string& host) {
  if (!host.starts_with('[') || !host.ends_with(']')) return host;
  return host.substr(1, host.size() - 2);
}

std::string_view ConnectCode(absl::StatusCode code) { return Find(code).name; }
int ConnectHttpStatus(absl::StatusCode code) { return Find(code).http; }

WebServer::WebServer() = default;

WebServer::~WebServer() { Stop(); }

absl::StatusOr<std::unique_ptr<WebServer>> WebServer::Make(const TlsFiles* tls) {
  if (tls != nullptr) return MakeSecure(*tls);
  auto web = std::unique_ptr<WebServer>(new WebServer());
  web->server_ = std::make_unique<httplib::Server>();
  web->SetLimits();
  return web;
}

absl::StatusOr<std::unique_ptr<WebServer>> WebServer::MakeSecure(TlsSource tls) {
  auto web = std::unique_ptr<WebServer>(new WebServer());
  web->tls_ = std::make_unique<const TlsSource>(std::move(tls));
  web->server_ = std::make_unique<httplib::SSLServer>(
      [source = web->tls_.get()](SSL_CTX& context) { return Prepare(context, *source); });
  if (!web->server_->is_valid()) {
    return absl::FailedPreconditionError("the certificate or key for HTTPS cannot be used");
  }
  web->SetLimits();
  return web;
}

void WebServer::SetLimits() {
  server_->set_payload_max_length(kBodyBytesMax);
  server_->set_read_timeout(kReadSeconds);
  server_->set_keep_alive_timeout(kKeepAliveSeconds);
  server_->set_write_timeout(kReadSeconds);
}

void WebServer::HandleJson(const std::string& path, JsonHandler handler) {
  server_->Post(path, [handler = std::move(handler)](const httplib::Request& request,
                                                     httplib::Response& response) {
    const absl::StatusOr<std::string> json = handler(request.body);
    if (json.ok()) {
      response.set_content(*json, kJson);
      return;
    }
    response.status = ConnectHttpStatus(json.status().code());
    response.set_content(ErrorJson(json.status()), kJson);
  });
}

void WebServer::HandlePage(const std::string& path, std::function<Page()> handler) {
  server_->Get(
      path, [handler = std::move(handler)](const httplib::Request&, httplib::Response& response) {
        const Page page = handler();
        response.status = page.http_status;
        response.set_content(page.body, page.content_type);
      });
}

absl::Status WebServer::Start(const std::string& host, int port) {
  // Without SO_REUSEPORT, which httplib sets by default: two daemons must not
  // share a port silently.
  server_->set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  if (port == 0) {
    port_ = server_->bind_to_any_port(HostToResolve(host));
  } else {
    port_ = server_->bind_to_port(HostToResolve(host), port) ? port : -1;
  }
  if (port_ <= 0) {
    return absl::UnavailableError(absl::StrCat("cannot listen on ", host, ":", port,
                                               " for the web: is another program using that port? "
                                               "web-listen chooses another"));
  }
  accepting_ = true;
  thread_ = std::thread([this] {
    server_->listen_after_bind();
    accepting_ = false;
  });
  return absl::OkStatus();
}

void WebServer::Stop() {
  if (!thread_.joinable()) return;
  // stop() does nothing before the accept loop runs, which may also have ended.
  while (accepting_ && !server_->is_running()) std::this_thread::yield();
  server_->stop();
  thread_.join();
}

}  // namespace comptoir::rpc
