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
bool UseFiles(SSL_CTX& context, const TlsFiles& tls) {
  X509* leaf = ReadCertificate(tls.certificate);
  X509* authority = ReadCertificate(tls.authority);
  EVP_PKEY* key = ReadKey(tls.key);
  const bool good = leaf != nullptr && authority != nullptr && key != nullptr &&
                    SSL_CTX_set_min_proto_version(&context, TLS1_2_VERSION) == 1 &&
                    SSL_CTX_use_certificate(&context, leaf) == 1 &&
                    SSL_CTX_add1_chain_cert(&context, authority) == 1 &&
                    SSL_CTX_use_PrivateKey(&context, key) == 1;
  X509_free(leaf);
  X509_free(authority);
  EVP_PKEY_free(key);
  return good;
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
  auto web = std::unique_ptr<WebServer>(new WebServer());
  if (tls == nullptr) {
    web->server_ = std::make_unique<httplib::Server>();
  } else {
    web->server_ = std::make_unique<httplib::SSLServer>(
        [tls](SSL_CTX& context) { return UseFiles(context, *tls); });
    if (!web->server_->is_valid()) {
      return absl::FailedPreconditionError("the certificate or key for HTTPS cannot be used");
    }
  }
  web->server_->set_payload_max_length(kBodyBytesMax);
  web->server_->set_read_timeout(kReadSeconds);
  web->server_->set_keep_alive_timeout(kKeepAliveSeconds);
  web->server_->set_write_timeout(kReadSeconds);
  return web;
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
                                               ": is another program using that port?"));
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
