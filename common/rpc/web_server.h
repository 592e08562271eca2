// The browser and curl face: HTTP or HTTPS with unary JSON as the Connect
// protocol speaks it (POST /package.Service/Method, proto3 JSON both ways,
// errors as {"code": …, "message": …}).
//
// Thread use: add everything, then Start; handlers run on the server's threads.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/credentials.h"
#include "google/protobuf/util/json_util.h"

namespace httplib {
class Server;
}

namespace comptoir::rpc {

class WebServer {
 public:
  static constexpr size_t kBodyBytesMax = 1 << 20;

  // HTTPS where `tls` is given: sends leaf and authority, asks for no client certificate.
  static absl::StatusOr<std::unique_ptr<WebServer>> Make(const TlsFiles* tls);
  // HTTPS, with what `tls` gives at each new connection.
  static absl::StatusOr<std::unique_ptr<WebServer>> MakeSecure(TlsSource tls);
  ~WebServer();

  using JsonHandler = std::function<absl::StatusOr<std::string>(const std::string& body)>;
  void HandleJson(const std::string& path, JsonHandler handler);

  // `handler` takes a request message and gives a StatusOr of the response.
  template <typename Request, typename Handler>
  void Handle(const std::string& path, Handler handler) {
    HandleJson(path, [handler](const std::string& body) -> absl::StatusOr<std::string> {
      Request request;
      const auto parsed = google::protobuf::util::JsonStringToMessage(body, &request);
      if (!parsed.ok()) {
        return absl::InvalidArgumentError("the body is not the JSON of this request: " +
                                          std::string(parsed.message()));
      }
      auto response = handler(request);
      if (!response.ok()) return response.status();
      std::string json;
      google::protobuf::util::JsonPrintOptions options;
      options.always_print_primitive_fields = true;
      const auto printed = google::protobuf::util::MessageToJsonString(*response, &json, options);
      if (!printed.ok()) return absl::InternalError(std::string(printed.message()));
      return json;
    });
  }
  // What a GET of `path` answers.
  struct Page {
    int http_status = 200;
    std::string content_type;
    std::string body;
  };
  void HandlePage(const std::string& path, std::function<Page()> handler);

  // Binds host:port (port 0 picks one, an IPv6 address stands in brackets) and
  // serves. UNAVAILABLE when the port is in use.
  absl::Status Start(const std::string& host, int port);
  int port() const { return port_; }
  void Stop();

 private:
  WebServer();
  void SetLimits();

  // Before the server, whose handshakes ask it.
  std::unique_ptr<const TlsSource> tls_;
  std::unique_ptr<httplib::Server> server_;
  int port_ = 0;
  std::atomic<bool> accepting_ = false;
  std::thread thread_;
};

// A host as the resolver takes it: an IPv6 address without its brackets.
std::string HostToResolve(const std::string& host);

// Name and HTTP status of a canonical code in the Connect protocol.
std::string_view ConnectCode(absl::StatusCode code);
int ConnectHttpStatus(absl::StatusCode code);

}  // namespace comptoir::rpc
