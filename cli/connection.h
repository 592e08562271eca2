// Whom a command talks to, and one call to it.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/failure.h"
#include "cli/settings.h"

namespace comptoir::cli {

// What a call waits unless `--timeout` says otherwise.
inline constexpr std::chrono::seconds kCallTimeout{10};
inline constexpr std::chrono::seconds kLongCallTimeout{300};
// Most that one answer may hold.
inline constexpr int kAnswerBytesMax = 64 << 20;
// Name in every hub's certificate, wherever it listens.
inline constexpr char kHubTlsName[] = "hub.comptoir";

enum class Daemon { kNode, kHub };

struct Connection {
  Daemon daemon = Daemon::kNode;
  std::string address;
  std::string identity;                     // file that was shown; empty: none
  std::optional<int64_t> identity_ends_ms;  // since 1970; absent where it is not known
  std::shared_ptr<grpc::Channel> channel;
};

// "host" becomes "host:port".
std::string WithPort(const std::string& address, int port);

// INVALID_ARGUMENT, saying how to write it, unless HOST:PORT.
absl::Status CheckAddress(const std::string& address);

// None of these waits for the other end. INVALID_ARGUMENT where the identity
// file cannot be used, where several nodes are named but one is asked, and where a flag
// names a daemon that is not asked.
absl::StatusOr<Connection> ConnectNode(const Settings& settings);
// Every node that is named, in that order; at least one.
absl::StatusOr<std::vector<Connection>> ConnectNodes(const Settings& settings);
absl::StatusOr<Connection> ConnectHub(const Settings& settings);
// The daemon that a flag names; else the one that the environment names; the
// node where both or neither are.
absl::StatusOr<Connection> ConnectEither(const Settings& settings);

// The same for a list of one shop's `what`, such as "receipts": the hub, which has every
// shop's, must be told whose.
absl::StatusOr<Connection> ConnectForShop(const Settings& settings, const std::string& shop,
                                          const char* what);

// INVALID_ARGUMENT, naming `file`, for a request that no service takes whole.
absl::Status CheckRequestBytes(const std::string& file, size_t request_bytes);

// The status of a call over `connection` that failed. Where nobody answers and the identity
// has ended, that is why, and INVALID_ARGUMENT says so: the other end closes the connection
// without a word.
absl::Status CallFailure(const grpc::Status& status, const grpc::ClientContext& context,
                         const Connection& connection);

// Deadline of a call that begins now.
std::chrono::system_clock::time_point DeadlineOf(const Settings& settings,
                                                 std::chrono::seconds otherwise);

// One unary call, through a member of a generated stub:
// Ask(settings, connection, &ShopService::Stub::ListStock, request).
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> Ask(const Settings& settings, const Connection& connection,
                             grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                          Response*),
                             const Request& request, std::chrono::seconds timeout = kCallTimeout) {
  Stub stub(connection.channel);
  grpc::ClientContext context;
  context.set_deadline(DeadlineOf(settings, timeout));
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) return CallFailure(status, context, connection);
  return response;
}

// All pages of a list as one response; stops early once `is_enough(response)`.
template <typename Stub, typename Request, typename Response, typename IsEnough>
absl::StatusOr<Response> AskPages(const Settings& settings, const Connection& connection,
                                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                                  Request request, IsEnough is_enough) {
  Response all;
  while (true) {
    absl::StatusOr<Response> page = Ask(settings, connection, method, request);
    if (!page.ok()) return page.status();
    const std::string next = page->next_cursor();
    all.MergeFrom(*page);
    all.set_next_cursor(next);
    if (next.empty() || is_enough(all)) return all;
    if (next == request.cursor()) {
      return CallFailure(grpc::Status(grpc::StatusCode::INTERNAL, "the list does not end"), "",
                         connection.address);
    }
    request.set_cursor(next);
  }
}
template <typename Stub, typename Request, typename Response>
absl::StatusOr<Response> AskPages(const Settings& settings, const Connection& connection,
                                  grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                               Response*),
                                  const Request& request) {
  return AskPages(settings, connection, method, request, [](const Response&) { return false; });
}

}  // namespace comptoir::cli
