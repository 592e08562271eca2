#include "cli/connection.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "absl/strings/numbers.h"
#include "cli/files.h"
#include "cli/pem.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

constexpr int kNodePort = 7410;
constexpr int kHubPort = 7400;
constexpr size_t kIdentityBytesMax = 64 << 10;
constexpr int kReconnectMillisMin = 50;
constexpr int kReconnectMillisMax = 1'000;

grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kAnswerBytesMax);
  // A shop's box is on this machine or its LAN, never behind a proxy of the web.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMillisMin);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectMillisMax);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMillisMax);
  return arguments;
}

std::string FirstOf(const std::string& flag, const std::string& environment,
                    const char* otherwise) {
  if (!flag.empty()) return flag;
  return environment.empty() ? otherwise : environment;
}

int64_t NowMs() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

// Says `status` of the file.
absl::Status OfIdentity(const std::string& file, const absl::Status& status) {
  return absl::InvalidArgumentError(file + ": " + std::string(status.message()));
}

// Fills in who asks.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> Credentials(const Settings& settings,
                                                                      Connection* connection) {
  if (settings.identity.empty()) {
    return absl::InvalidArgumentError(
        "the hub asks who is there: give --identity FILE or COMPTOIR_IDENTITY; comptoir-hub init "
        "wrote operator.pem into the hub's data folder");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const std::string pem, ReadFile(settings.identity, kIdentityBytesMax));
  absl::StatusOr<PemIdentity> identity = SplitPem(pem);
  if (!identity.ok()) return OfIdentity(settings.identity, identity.status());
  connection->identity = settings.identity;
  // A damaged certificate is TLS's to judge.
  if (const auto ends_ms = ExpiryOf(identity->certificate); ends_ms.ok()) {
    connection->identity_ends_ms = *ends_ms;
    const absl::StatusOr<std::string> warning = ExpiryWarning(*ends_ms, NowMs());
    if (!warning.ok()) return OfIdentity(settings.identity, warning.status());
    if (!warning->empty()) *settings.err << settings.identity << ": " << *warning << "\n";
  }
  grpc::SslCredentialsOptions options;
  options.pem_private_key = identity->key;
  options.pem_cert_chain = identity->certificate;
  options.pem_root_certs = identity->authority;
  return grpc::SslCredentials(options);
}

}  // namespace

std::string WithPort(const std::string& address, int port) {
  const size_t colon = address.rfind(':');
  const bool is_bare_ipv6 = address.find(':') != colon && !address.ends_with(']') &&
                            address.find('[') == std::string::npos;
  if (is_bare_ipv6) return "[" + address + "]:" + std::to_string(port);
  const bool has_port = colon != std::string::npos && !address.ends_with(']');
  return has_port ? address : address + ":" + std::to_string(port);
}

absl::Status CheckAddress(const std::string& address) {
  int port = 0;
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  if (!host.empty() && host.find_first_not_of("0123456789") == std::string::npos) {
    return absl::InvalidArgumentError(
        "\"" + Printable(host) + "\" is a port without a host: write 127.0.0.1:" + Printable(host));
  }
  const std::string digits = address.substr(colon + 1);  // all of it without a colon
  const bool is_number = digits.find_first_not_of("0123456789") == std::string::npos;
  if (colon > 0 && is_number && absl::SimpleAtoi(digits, &port) && port > 0 && port <= 65'535) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("\"" + Printable(address) +
                                    "\" is not an address: write HOST:PORT, a port of 1 to 65535");
}

namespace {

absl::Status CheckOneNode(const Settings& settings) {
  if (settings.more_nodes.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("this asks one daemon: give --node once");
}

absl::Status CheckNoHub(const Settings& settings) {
  if (settings.hub_flag.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("this asks a shop's node: give --node, not --hub");
}

absl::Status CheckNoNode(const Settings& settings) {
  if (settings.node_flag.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError("this asks the hub: give --hub, not --node");
}

absl::StatusOr<Connection> ConnectTo(const std::string& node) {
  Connection connection;
  connection.daemon = Daemon::kNode;
  connection.address = WithPort(node, kNodePort);
  COMPTOIR_RETURN_IF_ERROR(CheckAddress(connection.address));
  connection.channel = grpc::CreateCustomChannel(connection.address,
                                                 grpc::InsecureChannelCredentials(), Arguments());
  return connection;
}

}  // namespace

absl::StatusOr<Connection> ConnectNode(const Settings& settings) {
  COMPTOIR_RETURN_IF_ERROR(CheckNoHub(settings));
  COMPTOIR_RETURN_IF_ERROR(CheckOneNode(settings));
  return ConnectTo(FirstOf(settings.node_flag, settings.node_environment, kDefaultNode));
}

absl::StatusOr<std::vector<Connection>> ConnectNodes(const Settings& settings) {
  COMPTOIR_RETURN_IF_ERROR(CheckNoHub(settings));
  std::vector<Connection> nodes;
  COMPTOIR_ASSIGN_OR_RETURN(
      nodes.emplace_back(),
      ConnectTo(FirstOf(settings.node_flag, settings.node_environment, kDefaultNode)));
  for (const std::string& node : settings.more_nodes) {
    COMPTOIR_ASSIGN_OR_RETURN(nodes.emplace_back(), ConnectTo(node));
  }
  return nodes;
}

absl::Status CheckRequestBytes(const std::string& file, size_t request_bytes) {
  if (request_bytes <= kFrameBytesMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      file + ": it makes a request of " + std::to_string(request_bytes) +
      " bytes, and services take at most " + std::to_string(kFrameBytesMax) + ": split the file");
}

absl::StatusOr<Connection> ConnectHub(const Settings& settings) {
  COMPTOIR_RETURN_IF_ERROR(CheckNoNode(settings));
  Connection connection;
  connection.daemon = Daemon::kHub;
  connection.address =
      WithPort(FirstOf(settings.hub_flag, settings.hub_environment, kDefaultHub), kHubPort);
  COMPTOIR_RETURN_IF_ERROR(CheckAddress(connection.address));
  COMPTOIR_ASSIGN_OR_RETURN(const auto credentials, Credentials(settings, &connection));
  grpc::ChannelArguments arguments = Arguments();
  arguments.SetSslTargetNameOverride(kHubTlsName);
  connection.channel = grpc::CreateCustomChannel(connection.address, credentials, arguments);
  return connection;
}

absl::StatusOr<Connection> ConnectEither(const Settings& settings) {
  if (!settings.node_flag.empty() && !settings.hub_flag.empty()) {
    return absl::InvalidArgumentError("this asks one daemon: give --node or --hub, not both");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckOneNode(settings));
  const bool hub_by_flag = !settings.hub_flag.empty();
  const bool hub_by_environment = settings.node_flag.empty() && settings.node_environment.empty() &&
                                  !settings.hub_environment.empty();
  return hub_by_flag || hub_by_environment ? ConnectHub(settings) : ConnectNode(settings);
}

absl::StatusOr<Connection> ConnectForShop(const Settings& settings, const std::string& shop,
                                          const char* what) {
  COMPTOIR_ASSIGN_OR_RETURN(Connection daemon, ConnectEither(settings));
  if (daemon.daemon == Daemon::kNode || !shop.empty()) return daemon;
  return absl::InvalidArgumentError(std::string("the hub has every shop's ") + what +
                                    ": say which with --shop");
}

absl::Status CallFailure(const grpc::Status& status, const grpc::ClientContext& context,
                         const Connection& connection) {
  const absl::Status failure = CallFailure(status, context, connection.address);
  const bool may_be_ended = failure.code() == absl::StatusCode::kUnavailable &&
                            ExitCodeOf(failure) == ExitCode::kUnanswered &&
                            connection.identity_ends_ms.has_value();
  if (!may_be_ended) return failure;
  const auto warning = ExpiryWarning(*connection.identity_ends_ms, NowMs());
  return warning.ok() ? failure : OfIdentity(connection.identity, warning.status());
}

std::chrono::system_clock::time_point DeadlineOf(const Settings& settings,
                                                 std::chrono::seconds otherwise) {
  return std::chrono::system_clock::now() + settings.timeout.value_or(otherwise);
}

}  // namespace comptoir::cli
