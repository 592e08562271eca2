#include <memory>

#include "cli/catalogue_entry.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/render_coop.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;

absl::StatusOr<ExitCode> ShowInventory(const Settings& settings, const std::string& product) {
  coop::v1::ListInventoryRequest request;
  request.set_product(product);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto response,
                            AskPages(settings, hub, &CoopService::Stub::ListInventory, request));
  if (response.rows().empty()) {
    COMPTOIR_RETURN_IF_ERROR(CheckProductIsKnown(settings, hub, product));
  }
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else if (response.rows().empty()) {
    *settings.out << NothingOf(product) << " has moved in any shop yet\n";
  } else {
    RenderInventory(response, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowShops(const Settings& settings) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const coop::v1::ListShopsResponse response,
      Ask(settings, hub, &CoopService::Stub::ListShops, coop::v1::ListShopsRequest()));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderShops(response, *settings.out);
  }
  return ExitCode::kDone;
}

}  // namespace

void AddCoopCommands(CLI::App& app, Action* action) {
  auto product = std::make_shared<std::string>();
  CLI::App* inventory = app.add_subcommand("inventory", "Product by shop: what is on each shelf");
  inventory->add_option("product", *product, "One product's code (default: all)")
      ->type_name("PRODUCT");
  inventory->callback([product, action] {
    *action = [product](const Settings& settings) { return ShowInventory(settings, *product); };
  });

  CLI::App* shops = app.add_subcommand("shops", "Every shop: link, backlog, clock, version");
  shops->callback([action] { *action = &ShowShops; });
}

}  // namespace comptoir::cli
