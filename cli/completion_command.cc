#include <memory>
#include <set>
#include <string>

#include "cli/catalogue_entry.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/connection.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

absl::Status RefuseJson(const Settings& settings) {
  if (!settings.json) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "completion is for shells and prints no JSON: 'products', 'producer list' and 'shop list' "
      "do");
}

absl::StatusOr<ExitCode> PrintProducts(const Settings& settings, const Connection& daemon) {
  const shop::v1::ListProductsRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto response,
      daemon.daemon == Daemon::kHub
          ? AskPages(settings, daemon, &CoopService::Stub::ListProducts, request)
          : AskPages(settings, daemon, &ShopService::Stub::ListProducts, request));
  for (const auto& product : response.products()) {
    *settings.out << Printable(product.product()) << "\n";
  }
  return ExitCode::kDone;
}

// The hub alone knows them.
absl::StatusOr<ExitCode> PrintNodes(const Settings& settings) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto response,
      Ask(settings, hub, &admin::v1::AdminService::Stub::ListNodes, admin::v1::ListNodesRequest()));
  for (const auto& node : response.nodes()) *settings.out << Printable(node.node()) << "\n";
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> PrintCodes(const Settings& settings, const std::string& kind) {
  COMPTOIR_RETURN_IF_ERROR(RefuseJson(settings));
  if (kind == "node") return PrintNodes(settings);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  if (kind == "product") return PrintProducts(settings, daemon);
  if (daemon.daemon == Daemon::kHub && kind == "shop") {
    COMPTOIR_ASSIGN_OR_RETURN(const std::set<std::string> shops, KnownShops(settings, daemon));
    for (const std::string& shop : shops) *settings.out << Printable(shop) << "\n";
    return ExitCode::kDone;
  }
  shop::v1::ListNamesRequest request;
  request.set_subject(kind == "shop" ? shop::v1::SUBJECT_SHOP : shop::v1::SUBJECT_PRODUCER);
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto response,
      daemon.daemon == Daemon::kHub
          ? AskPages(settings, daemon, &CoopService::Stub::ListNames, request)
          : AskPages(settings, daemon, &ShopService::Stub::ListNames, request));
  for (const auto& named : response.names()) *settings.out << Printable(named.code()) << "\n";
  return ExitCode::kDone;
}

}  // namespace

void AddCompletionCommand(CLI::App& app, Action* action) {
  CLI::App* completion = app.add_subcommand("completion", "Completion for shells");
  completion->require_subcommand(1);
  CLI::App* bash =
      completion->add_subcommand("bash", "Print the script: source <(comptoir completion bash)");
  bash->callback([&app, action] {
    *action = [&app](const Settings& settings) -> absl::StatusOr<ExitCode> {
      COMPTOIR_RETURN_IF_ERROR(RefuseJson(settings));
      *settings.out << BashCompletion(app);
      return ExitCode::kDone;
    };
  });
  auto kind = std::make_shared<std::string>();
  CLI::App* codes = completion->add_subcommand(
      "codes", "Codes that a service knows, one a line (asks a node, or --hub)");
  codes->add_option("kind", *kind, "Of what")
      ->required()
      ->check(CLI::IsMember({"product", "producer", "shop", "node"}));
  codes->callback([kind, action] {
    *action = [kind](const Settings& settings) { return PrintCodes(settings, *kind); };
  });
}

}  // namespace comptoir::cli
