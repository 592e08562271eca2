// recall add, lift, confirm and list.
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/render_recalls.h"
#include "cli/request_id.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

struct RecallOptions {
  std::string product;
  std::string lot;
  std::string producer;
  std::string first_day;
  std::string last_day;
  std::string shop;
  std::string reason;
  std::string advice;
  std::string staff;
  std::string code;
  std::vector<std::string> codes;
  std::vector<std::string> found;
  std::string request_id;  // empty: a new one
  bool lifted = false;
};

// The answer, or what to do where none came though it may be recorded.
template <typename Response>
absl::Status AdvisedOfRecall(const absl::StatusOr<Response>& response,
                             const std::string& request_id) {
  if (response.ok() || !MayBeDone(response.status())) return response.status();
  return WithAdvice(response.status(), "to ask again without saying it twice, add --request-id " +
                                           RequestIdText(request_id));
}

absl::StatusOr<shop::v1::AddRecallRequest> MakeRecall(const RecallOptions& options) {
  shop::v1::AddRecallRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  request.set_shop(options.shop);
  request.set_product(options.product);
  request.set_lot(options.lot);
  request.set_producer(options.producer);
  request.set_reason(options.reason);
  request.set_advice(options.advice);
  request.set_staff(options.staff);
  const bool is_of_deliveries = !options.producer.empty();
  if (options.product.empty() == !is_of_deliveries) {
    return absl::InvalidArgumentError(
        "what is recalled? Say a product, with --lot or all of it, or --producer with --from and "
        "--to: one of the two");
  }
  if (!is_of_deliveries && !(options.first_day.empty() && options.last_day.empty())) {
    return absl::InvalidArgumentError("days are those of deliveries: say --producer, too");
  }
  if (is_of_deliveries && options.first_day.empty()) {
    return absl::InvalidArgumentError(
        "on which days was it delivered? Say the first with --from, and the last with --to");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const DaySpan days, ParseDaySpan(options.first_day, options.last_day));
  request.set_first_day(days.first);
  request.set_last_day(days.last);
  return request;
}

absl::StatusOr<ExitCode> AddRecall(const Settings& settings, const RecallOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const shop::v1::AddRecallRequest request, MakeRecall(options));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  const auto response = daemon.daemon == Daemon::kHub
                            ? Ask(settings, daemon, &CoopService::Stub::AddRecall, request)
                            : Ask(settings, daemon, &ShopService::Stub::AddRecall, request);
  COMPTOIR_RETURN_IF_ERROR(AdvisedOfRecall(response, request.request_id()));
  if (response->unknown_lot()) {
    PrintNotes({"no lot " + request.lot() + " of " + request.product() +
                " is known to have come: is it written like that? 'comptoir stock --lots' lists "
                "those that are on the shelf"},
               *settings.err);
  }
  if (settings.json) {
    *settings.out << MessageJson(*response) << "\n";
  } else {
    RenderRecall(response->recall(), *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> LiftRecalls(const Settings& settings, const RecallOptions& options) {
  shop::v1::LiftRecallsRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  for (const std::string& code : options.codes) request.add_codes(code);
  request.set_reason(options.reason);
  request.set_staff(options.staff);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  const auto response = daemon.daemon == Daemon::kHub
                            ? Ask(settings, daemon, &CoopService::Stub::LiftRecalls, request)
                            : Ask(settings, daemon, &ShopService::Stub::LiftRecalls, request);
  COMPTOIR_RETURN_IF_ERROR(AdvisedOfRecall(response, request.request_id()));
  if (settings.json) {
    *settings.out << MessageJson(*response) << "\n";
    return ExitCode::kDone;
  }
  for (const shop::v1::Recall& recall : response->recalls()) RenderRecall(recall, *settings.out);
  return ExitCode::kDone;
}

// "carottes=3.5", or "carottes:L47=3.5" with its lot.
absl::StatusOr<shop::v1::FoundLine> ParseFound(const std::string& text, const std::string& lot) {
  shop::v1::FoundLine line;
  const size_t equals = text.rfind('=');
  const size_t colon = text.find(':');
  const bool names_lot =
      colon != std::string::npos && equals != std::string::npos && colon < equals;
  const std::string item = names_lot ? text.substr(0, colon) + text.substr(equals) : text;
  COMPTOIR_ASSIGN_OR_RETURN(const Item found, ParseCountedItem(item));
  line.set_product(found.product);
  line.set_lot(names_lot ? text.substr(colon + 1, equals - colon - 1) : lot);
  line.set_quantity_milli(*found.quantity_milli);
  return line;
}

absl::StatusOr<ExitCode> ConfirmRecall(const Settings& settings, const RecallOptions& options) {
  shop::v1::ConfirmRecallRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  request.set_code(options.code);
  request.set_staff(options.staff);
  for (const std::string& text : options.found) {
    COMPTOIR_ASSIGN_OR_RETURN(*request.add_found(), ParseFound(text, options.lot));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const auto response = Ask(settings, node, &ShopService::Stub::ConfirmRecall, request);
  COMPTOIR_RETURN_IF_ERROR(AdvisedOfRecall(response, request.request_id()));
  if (settings.json) {
    *settings.out << MessageJson(*response) << "\n";
  } else {
    RenderConfirmed(*response, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowRecalls(const Settings& settings, const RecallOptions& options) {
  shop::v1::ListRecallsRequest request;
  request.set_code(options.code);
  request.set_lifted(options.lifted);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto response,
      daemon.daemon == Daemon::kHub
          ? AskPages(settings, daemon, &CoopService::Stub::ListRecalls, request)
          : AskPages(settings, daemon, &ShopService::Stub::ListRecalls, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else if (options.code.empty()) {
    RenderRecalls(response, *settings.out);
  } else {
    for (const shop::v1::Recall& recall : response.recalls()) RenderRecall(recall, *settings.out);
  }
  return ExitCode::kDone;
}

using RecallAction = absl::StatusOr<ExitCode> (*)(const Settings&, const RecallOptions&);

std::pair<CLI::App*, std::shared_ptr<RecallOptions>> AddRecallSubcommand(
    CLI::App& parent, Action* action, const char* name, const char* description, RecallAction run) {
  auto options = std::make_shared<RecallOptions>();
  CLI::App* command = parent.add_subcommand(name, description);
  command->callback([options, action, run] {
    *action = [options, run](const Settings& settings) { return run(settings, *options); };
  });
  return {command, options};
}

void AddWriterOptions(CLI::App& command, RecallOptions& options) {
  command.add_option("--staff", options.staff, "Code of who says so")->type_name("CODE");
  command.add_option("--request-id", options.request_id,
                     "Repeat this request: the first answer comes again");
}

}  // namespace

void AddRecallCommand(CLI::App& app, Action* action) {
  CLI::App* recall = app.add_subcommand("recall", "Goods that must not be sold any more");
  recall->require_subcommand(1);

  const auto [add, add_options] =
      AddRecallSubcommand(*recall, action, "add",
                          "Recall goods: in every shop with --hub, at a node in its own; tills "
                          "refuse them from then on",
                          &AddRecall);
  add->add_option("product", add_options->product, "Code of the product; or --producer")
      ->type_name("PRODUCT");
  add->add_option("--lot", add_options->lot, "Batch code (default: all of the product)");
  add->add_option("--producer", add_options->producer,
                  "What this producer delivered on some days, of all products")
      ->type_name("PRODUCER");
  add->add_option("--from", add_options->first_day, "First day of its deliveries, 2026-11-20");
  add->add_option("--to", add_options->last_day, "Last day of its deliveries (default: the first)");
  add->add_option("--reason", add_options->reason, "Why, for people of shops and hub")
      ->required()
      ->type_name("TEXT");
  add->add_option("--advice", add_options->advice, "What customers who have it should do")
      ->type_name("TEXT");
  add->add_option("--shop", add_options->shop, "In one shop only")->type_name("SHOP");
  AddWriterOptions(*add, *add_options);

  const auto [lift, lift_options] = AddRecallSubcommand(
      *recall, action, "lift", "It may be sold again: at the hub, or a shop's own at its node",
      &LiftRecalls);
  lift->add_option("code", lift_options->codes, "As it was shown when it was written")->required();
  lift->add_option("--reason", lift_options->reason, "Why, for people of shops and hub")
      ->required()
      ->type_name("TEXT");
  AddWriterOptions(*lift, *lift_options);

  const auto [confirm, confirm_options] =
      AddRecallSubcommand(*recall, action, "confirm",
                          "This shop has seen it, and its shelves are clear of it", &ConfirmRecall);
  confirm->add_option("code", confirm_options->code, "Of the recall")->required();
  confirm->add_option("found", confirm_options->found,
                      "What was there of it: carottes=3.5, or carottes:L47=3.5 with its lot");
  confirm->add_option("--lot", confirm_options->lot, "Batch code of what was found");
  AddWriterOptions(*confirm, *confirm_options);
  confirm->get_option("--staff")->required();

  const auto [list, list_options] = AddRecallSubcommand(
      *recall, action, "list", "What stands, and which shops have confirmed it (a node, or --hub)",
      &ShowRecalls);
  list->add_option("code", list_options->code, "One recall (default: all that stand)");
  list->add_flag("--lifted", list_options->lifted, "Those that were lifted, too");
}

}  // namespace comptoir::cli
