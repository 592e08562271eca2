// day open, in, out, close, show.
#include <memory>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/render_day.h"
#include "cli/request_id.h"
#include "common/base/status.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using shop::v1::ShopService;

struct DayOptions {
  std::string amount;
  std::string reason;
  std::string counted;
  std::string of_node;
  std::string day;
  std::string shop;
  std::string staff;
  std::string request_id;  // empty: a new one
};

// Asks the node; what to do where no answer came though it may be recorded.
template <typename Request, typename Response>
absl::StatusOr<Response> AskNode(const Settings& settings, const Connection& node,
                                 grpc::Status (ShopService::Stub::*call)(grpc::ClientContext*,
                                                                         const Request&, Response*),
                                 const Request& request) {
  absl::StatusOr<Response> response = Ask(settings, node, call, request);
  if (response.ok() || !MayBeDone(response.status())) return response;
  return WithAdvice(response.status(),
                    "to ask again without recording it twice, add --request-id " +
                        RequestIdText(request.request_id()));
}

// The settings' JSON, or `sentence`.
template <typename Response>
ExitCode Say(const Settings& settings, const Response& response, const std::string& sentence) {
  *settings.out << (settings.json ? MessageJson(response) : sentence) << "\n";
  return ExitCode::kDone;
}

template <typename Response>
std::string InTheDrawer(const Response& response) {
  if (!response.has_drawer_cents()) return "what is in the drawer cannot be read there";
  return absl::StrCat(FormatMoney(response.drawer_cents()), " should be in the drawer");
}

absl::StatusOr<ExitCode> OpenDay(const Settings& settings, const DayOptions& options) {
  shop::v1::OpenDayRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(options.amount));
  request.set_float_cents(cents);
  request.set_staff(options.staff);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto response,
                            AskNode(settings, node, &ShopService::Stub::OpenDay, request));
  return Say(settings, response, absl::StrCat("opened; ", InTheDrawer(response)));
}

absl::StatusOr<ExitCode> MoveCash(const Settings& settings, const DayOptions& options,
                                  int64_t sign) {
  shop::v1::MoveCashRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(options.amount));
  request.set_amount_cents(sign * cents);
  request.set_reason(options.reason);
  request.set_staff(options.staff);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto response,
                            AskNode(settings, node, &ShopService::Stub::MoveCash, request));
  return Say(settings, response, absl::StrCat("recorded; ", InTheDrawer(response)));
}

// Never a refusal: what waits is no less sold. While the link is up it goes within moments.
// Where the node does not say, nothing is noted.
void NoteWaiting(const Settings& settings, const Connection& node) {
  const auto status =
      Ask(settings, node, &admin::v1::AdminService::Stub::GetStatus, admin::v1::GetStatusRequest());
  if (!status.ok() || status->link().online() || status->link().waiting_entries() == 0) return;
  PrintNotes(
      {absl::StrCat("the hub is not reached, and ",
                    FormatCount(status->link().waiting_entries(), "entry waits", "entries wait"),
                    ": leave the machine on until they are there")},
      *settings.err);
}

absl::StatusOr<ExitCode> CloseDay(const Settings& settings, const DayOptions& options) {
  shop::v1::CloseDayRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  if (!options.counted.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(options.counted));
    request.set_counted_cents(cents);
  }
  request.set_staff(options.staff);
  request.set_node(options.of_node);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto response,
                            AskNode(settings, node, &ShopService::Stub::CloseDay, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderClosing(response, *settings.out);
  }
  settings.out->flush();
  NoteWaiting(settings, node);
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowDay(const Settings& settings, const DayOptions& options) {
  shop::v1::ShowDayRequest request;
  request.set_shop(options.shop);
  if (!options.day.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t day, ParseDay(options.day));
    request.set_day(day);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectForShop(settings, options.shop, "day"));
  COMPTOIR_ASSIGN_OR_RETURN(
      const shop::v1::ShowDayResponse response,
      daemon.daemon == Daemon::kHub
          ? Ask(settings, daemon, &coop::v1::CoopService::Stub::ShowDay, request)
          : Ask(settings, daemon, &ShopService::Stub::ShowDay, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderDay(response, *settings.out);
  }
  return ExitCode::kDone;
}

template <typename Run>
CLI::App* AddDay(CLI::App& day, Action* action, const char* name, const char* description,
                 const std::shared_ptr<DayOptions>& options, Run run) {
  CLI::App* command = day.add_subcommand(name, description);
  command->callback([options, action, run] {
    *action = [options, run](const Settings& settings) { return run(settings, *options); };
  });
  return command;
}

void AddDayRecordOptions(CLI::App& command, DayOptions& options) {
  command.add_option("--staff", options.staff, "Code of who says so")->type_name("CODE");
  command.add_option("--request-id", options.request_id,
                     "Repeat this request: the first answer comes again");
}

void AddCash(CLI::App& day, Action* action, const char* name, const char* description,
             int64_t sign) {
  auto options = std::make_shared<DayOptions>();
  CLI::App* command = AddDay(day, action, name, description, options,
                             [sign](const Settings& settings, const DayOptions& said) {
                               return MoveCash(settings, said, sign);
                             });
  command->add_option("amount", options->amount, "Euros: 50.00")->required();
  command->add_option("--reason", options->reason, "What for, in a few words")->required();
  AddDayRecordOptions(*command, *options);
}

}  // namespace

void AddDayCommand(CLI::App& app, Action* action) {
  CLI::App* day = app.add_subcommand("day", "The drawer, and closing the day of a node");
  day->require_subcommand(1);
  auto open = std::make_shared<DayOptions>();
  CLI::App* open_command = AddDay(
      *day, action, "open", "Say what is in the drawer before the first sale", open, &OpenDay);
  open_command->add_option("--float", open->amount, "Euros: 150.00")->required();
  AddDayRecordOptions(*open_command, *open);

  AddCash(*day, action, "in", "Record cash that came into the drawer and was no sale", 1);
  AddCash(*day, action, "out", "Record cash that left the drawer", -1);

  auto close = std::make_shared<DayOptions>();
  CLI::App* close_command =
      AddDay(*day, action, "close",
             "Close the day of this node (Z): all that no closing covered yet", close, &CloseDay);
  close_command->add_option("--counted", close->counted, "Euros that were counted in the drawer");
  close_command->add_option("--of", close->of_node, "Another node of the shop, which was revoked")
      ->type_name("NODE");
  AddDayRecordOptions(*close_command, *close);

  auto show = std::make_shared<DayOptions>();
  CLI::App* show_command = AddDay(
      *day, action, "show", "Closings of a day, and what is not closed yet (asks a node, or --hub)",
      show, &ShowDay);
  show_command->add_option("--day", show->day, "Like 2026-11-23 (default: today)");
  show_command->add_option("--shop", show->shop, "Code of the shop; the hub needs it")
      ->type_name("SHOP");
}

}  // namespace comptoir::cli
