// trace: from a lot to where it came from and went, from a receipt back.
#include <memory>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "cli/render_recalls.h"
#include "cli/trace.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {

absl::StatusOr<shop::v1::TraceRequest> MakeTraceRequest(const TraceOptions& options) {
  shop::v1::TraceRequest request;
  const bool names_lot = !options.product.empty() || !options.lot.empty();
  const int asked =
      (names_lot ? 1 : 0) + (options.recall.empty() ? 0 : 1) + (options.receipt.empty() ? 0 : 1);
  if (asked != 1 || (names_lot && (options.product.empty() || options.lot.empty()))) {
    return absl::InvalidArgumentError(
        "what is to be traced? Say --product and --lot, or --recall, or --receipt");
  }
  request.set_product(options.product);
  request.set_lot(options.lot);
  request.set_recall(options.recall);
  request.set_receipt(options.receipt);
  request.set_shop(options.shop);
  return request;
}

void AddTraceOptions(CLI::App& command, TraceOptions& options) {
  command.add_option("--product", options.product, "Code of the product")->type_name("PRODUCT");
  command.add_option("--lot", options.lot, "Its batch code");
  command.add_option("--recall", options.recall, "All lots of a recall, by its code");
  command.add_option("--receipt", options.receipt,
                     "Back from a receipt's number to the deliveries its lots may come from");
  command.add_option("--shop", options.shop, "One shop's code (default: all known)")
      ->type_name("SHOP");
}

namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

absl::StatusOr<ExitCode> ShowTrace(const Settings& settings, const TraceOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const shop::v1::TraceRequest request, MakeTraceRequest(options));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto response,
                            daemon.daemon == Daemon::kHub
                                ? AskPages(settings, daemon, &CoopService::Stub::Trace, request)
                                : AskPages(settings, daemon, &ShopService::Stub::Trace, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderTrace(response, *settings.out);
  }
  return ExitCode::kDone;
}

}  // namespace

void AddTraceCommand(CLI::App& app, Action* action) {
  auto options = std::make_shared<TraceOptions>();
  CLI::App* command = app.add_subcommand(
      "trace", "Where a lot came from and where it went (asks a node, or --hub)");
  AddTraceOptions(*command, *options);
  command->callback([options, action] {
    *action = [options](const Settings& settings) { return ShowTrace(settings, *options); };
  });
}

}  // namespace comptoir::cli
