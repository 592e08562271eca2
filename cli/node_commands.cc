// What operators do with nodes; the hub alone is asked.
#include <memory>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/parse.h"
#include "cli/render_admin.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"

namespace comptoir::cli {
namespace {

using admin::v1::AdminService;

// Past what the service waits, for its answer to arrive.
constexpr std::chrono::seconds kAnswerMargin{15};
constexpr std::chrono::seconds kRetireWait{30};

struct NodeOptions {
  std::string node;
  std::string reason;
  std::string wait;
};

absl::StatusOr<ExitCode> ListNodes(const Settings& settings) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const admin::v1::ListNodesResponse response,
      Ask(settings, hub, &AdminService::Stub::ListNodes, admin::v1::ListNodesRequest()));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderNodes(response, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> RevokeNode(const Settings& settings, const NodeOptions& options) {
  admin::v1::RevokeNodeRequest request;
  request.set_node(options.node);
  request.set_reason(options.reason);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const admin::v1::RevokeNodeResponse response,
                            Ask(settings, hub, &AdminService::Stub::RevokeNode, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    *settings.out << Printable(options.node) << (response.repeated() ? " was already " : " is ")
                  << RevocationText(response.revoked()) << "\n";
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> RetireNode(const Settings& settings, const NodeOptions& options) {
  admin::v1::RetireNodeRequest request;
  request.set_node(options.node);
  request.set_reason(options.reason);
  std::chrono::seconds wait = kRetireWait;
  if (!options.wait.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(wait, ParseSeconds(options.wait));
  }
  request.set_wait_seconds(static_cast<uint32_t>(wait.count()));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const admin::v1::RetireNodeResponse response,
      Ask(settings, hub, &AdminService::Stub::RetireNode, request, wait + kAnswerMargin));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    *settings.out << Printable(options.node) << (response.repeated() ? " was already " : " is ")
                  << RevocationText(response.revoked()) << "; the hub holds all of its "
                  << FormatCount(response.entries(), "entry", "entries") << " in "
                  << FormatCount(response.journals(), "journal", "journals") << ": switch it off\n";
  }
  return ExitCode::kDone;
}

}  // namespace

void AddNodeCommand(CLI::App& app, Action* action) {
  CLI::App* node = app.add_subcommand("node", "Nodes of the co-op, as the hub knows them");
  node->require_subcommand(1);
  CLI::App* list = node->add_subcommand("list", "Who was enrolled, is here, waits, was revoked");
  list->callback([action] { *action = &ListNodes; });

  auto options = std::make_shared<NodeOptions>();
  CLI::App* revoke =
      node->add_subcommand("revoke", "Cut a node off for good: lost, stolen, or not to be trusted");
  revoke->add_option("name", options->node, "Name of the node")->required()->type_name("NODE");
  revoke->add_option("--reason", options->reason, "Why, for people of shop and hub")
      ->required()
      ->type_name("TEXT");
  revoke->callback([options, action] {
    *action = [options](const Settings& settings) { return RevokeNode(settings, *options); };
  });

  CLI::App* retire = node->add_subcommand(
      "retire", "Take a node out of service once the hub holds all it has; stops its sales");
  retire->add_option("name", options->node, "Name of the node")->required()->type_name("NODE");
  retire->add_option("--reason", options->reason, "Why, for people (default \"retired\")")
      ->type_name("TEXT");
  retire->add_option("--wait", options->wait,
                     "How long it may take to be level, like 1m (default 30s, at most 4m)");
  retire->callback([options, action] {
    *action = [options](const Settings& settings) { return RetireNode(settings, *options); };
  });
}

}  // namespace comptoir::cli
