// waste, count, correct, movements and discrepancies.
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/render_goods.h"
#include "cli/render_shop.h"
#include "cli/request_id.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

struct GoodsOptions {
  std::vector<std::string> items;
  std::string reason;
  std::string lot;
  std::string unit;
  bool force = false;
  std::string staff;
  std::string name;
  std::string shop;
  std::string day;
  std::string request_id;  // empty: a new one
};

// An article with how much of it; `verb` says what is done with it.
absl::StatusOr<Item> ParseQuantified(const std::string& text, const char* verb) {
  COMPTOIR_ASSIGN_OR_RETURN(Item item, ParseItem(text));
  if (item.quantity_milli && !item.unit_price_cents) return item;
  return absl::InvalidArgumentError("how much of " + item.product + " was " + verb +
                                    "? write it like " + item.product + "=1.5");
}

// The answer, or what to do where none came though it may be recorded.
template <typename Response>
absl::Status Advised(const absl::StatusOr<Response>& response, const std::string& request_id) {
  if (response.ok() || !MayBeDone(response.status())) return response.status();
  return WithAdvice(response.status(), "to ask again without counting it twice, add --request-id " +
                                           RequestIdText(request_id));
}

// `render` prints what is no JSON.
template <typename Response, typename Render>
ExitCode Show(const Settings& settings, const Response& response, const Render& render) {
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    render(response, *settings.out);
  }
  return ExitCode::kDone;
}

// Without an answer the waste stands all the same, and nothing is noted.
void NoteLot(const Settings& settings, const Connection& node,
             const shop::v1::RecordWasteRequest& waste, const std::string& lot) {
  std::set<std::string> asked;
  for (const shop::v1::WasteLine& line : waste.lines()) {
    if (!asked.insert(line.product()).second) continue;
    shop::v1::ListStockRequest request;
    request.set_product(line.product());
    request.set_by_lot(true);
    const auto by_lot = AskPages(settings, node, &ShopService::Stub::ListStock, request);
    if (by_lot.ok()) PrintNotes(NotesOfLot(*by_lot, lot), *settings.err);
  }
}

absl::StatusOr<ExitCode> Waste(const Settings& settings, const GoodsOptions& options) {
  shop::v1::RecordWasteRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::WasteReason reason, ParseWasteReason(options.reason));
  request.set_reason(reason);
  request.set_staff(options.staff);
  for (const std::string& text : options.items) {
    COMPTOIR_ASSIGN_OR_RETURN(const Item item, ParseQuantified(text, "wasted"));
    if (!options.force) COMPTOIR_RETURN_IF_ERROR(CheckUsualQuantity(*item.quantity_milli));
    shop::v1::WasteLine* line = request.add_lines();
    line->set_product(item.product);
    line->set_quantity_milli(*item.quantity_milli);
    line->set_lot(options.lot);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const auto response = Ask(settings, node, &ShopService::Stub::RecordWaste, request);
  COMPTOIR_RETURN_IF_ERROR(Advised(response, request.request_id()));
  PrintNotes(NotesOf(request, *response), *settings.err);
  const ExitCode done = Show(settings, *response, RenderWaste);
  settings.out->flush();
  if (!options.lot.empty()) NoteLot(settings, node, request, options.lot);
  return done;
}

absl::StatusOr<ExitCode> Count(const Settings& settings, const GoodsOptions& options) {
  shop::v1::RecordCountRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  request.set_staff(options.staff);
  retail::v1::Unit unit = retail::v1::UNIT_UNSPECIFIED;
  if (!options.unit.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(unit, ParseUnit(options.unit));
  }
  for (const std::string& text : options.items) {
    COMPTOIR_ASSIGN_OR_RETURN(const Item item, ParseCountedItem(text));
    if (!options.force) COMPTOIR_RETURN_IF_ERROR(CheckUsualQuantity(*item.quantity_milli));
    shop::v1::CountLine* line = request.add_lines();
    line->set_product(item.product);
    line->set_quantity_milli(*item.quantity_milli);
    if (!options.lot.empty()) line->set_lot(options.lot);
    line->set_unit(unit);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const auto response = Ask(settings, node, &ShopService::Stub::RecordCount, request);
  COMPTOIR_RETURN_IF_ERROR(Advised(response, request.request_id()));
  PrintNotes(NotesOf(*response, unit), *settings.err);
  return Show(settings, *response, RenderCount);
}

absl::StatusOr<ExitCode> Correct(const Settings& settings, const GoodsOptions& options) {
  shop::v1::CorrectRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  request.set_name(options.name);
  request.set_reason(options.reason);
  request.set_staff(options.staff);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const auto response = Ask(settings, node, &ShopService::Stub::Correct, request);
  COMPTOIR_RETURN_IF_ERROR(Advised(response, request.request_id()));
  return Show(settings, *response, RenderCorrection);
}

absl::StatusOr<ExitCode> ShowMovements(const Settings& settings, const GoodsOptions& options) {
  shop::v1::ListMovementsRequest request;
  request.set_shop(options.shop);
  if (!options.day.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t day, ParseDay(options.day));
    request.set_day(day);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon,
                            ConnectForShop(settings, options.shop, "movements"));
  COMPTOIR_ASSIGN_OR_RETURN(
      const shop::v1::ListMovementsResponse response,
      daemon.daemon == Daemon::kHub
          ? AskPages(settings, daemon, &CoopService::Stub::ListMovements, request)
          : AskPages(settings, daemon, &ShopService::Stub::ListMovements, request));
  return Show(settings, response, RenderMovements);
}

absl::StatusOr<ExitCode> ShowDiscrepancies(const Settings& settings, const GoodsOptions& options) {
  shop::v1::ListDiscrepanciesRequest request;
  request.set_shop(options.shop);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const shop::v1::ListDiscrepanciesResponse response,
      daemon.daemon == Daemon::kHub
          ? Ask(settings, daemon, &CoopService::Stub::ListDiscrepancies, request)
          : Ask(settings, daemon, &ShopService::Stub::ListDiscrepancies, request));
  const ExitCode done = Show(settings, response, RenderDiscrepancies);
  if (response.more()) {
    *settings.err << "these are the first "
                  << FormatCount(static_cast<uint64_t>(response.discrepancies_size()),
                                 "discrepancy", "discrepancies")
                  << "; there are more: --shop asks for one shop's\n";
  }
  return done;
}

using Run = absl::StatusOr<ExitCode> (*)(const Settings&, const GoodsOptions&);

// A subcommand that ends in `run`; its options are read into what is returned.
std::pair<CLI::App*, std::shared_ptr<GoodsOptions>> Add(CLI::App& app, Action* action,
                                                        const char* name, const char* description,
                                                        Run run) {
  auto options = std::make_shared<GoodsOptions>();
  CLI::App* command = app.add_subcommand(name, description);
  command->callback([options, action, run] {
    *action = [options, run](const Settings& settings) { return run(settings, *options); };
  });
  return {command, options};
}

void AddRecordOptions(CLI::App& command, GoodsOptions& options) {
  command.add_option("--staff", options.staff, "Code of who says so")->type_name("CODE");
  command.add_option("--request-id", options.request_id,
                     "Repeat this request: the first answer comes again");
}

}  // namespace

void AddGoodsCommands(CLI::App& app, Action* action) {
  const auto [waste, waste_options] =
      Add(app, action, "waste", "Record what was thrown away or given away", &Waste);
  waste->add_option("items", waste_options->items, "What and how much: fraises=1.5")
      ->required()
      ->type_name("PRODUCT");
  waste->add_option("--reason", waste_options->reason, "Why it is not sold")
      ->type_name(kWasteReasonChoice)
      ->required();
  waste->add_option("--lot", waste_options->lot, "Batch code of all of it");
  waste->add_flag("--force", waste_options->force, "Quantities over 100000 are meant");
  AddRecordOptions(*waste, *waste_options);

  const auto [count, count_options] =
      Add(app, action, "count", "Record what was seen on the shelves: a stock-take", &Count);
  count
      ->add_option("items", count_options->items,
                   "What and how much was there, all lots together: carottes=38.5 pain-gris=0")
      ->required()
      ->type_name("PRODUCT");
  count->add_option("--lot", count_options->lot, "Only this lot of each was looked at");
  count->add_option("--unit", count_options->unit, "What came in another unit than they have now")
      ->type_name(kUnitChoice);
  count->add_flag("--force", count_options->force, "Quantities over 100000 are meant");
  AddRecordOptions(*count, *count_options);

  const auto [correct, correct_options] =
      Add(app, action, "correct", "Undo a delivery, waste, count or transfer entered by mistake",
          &Correct);
  correct
      ->add_option("name", correct_options->name,
                   "As it was shown when it was recorded, and by 'movements'")
      ->required();
  correct->add_option("--reason", correct_options->reason, "Why, in a few words")->required();
  AddRecordOptions(*correct, *correct_options);

  const auto [movements, movements_options] =
      Add(app, action, "movements",
          "Deliveries, waste, counts, transfers and corrections of a day (asks a node, or --hub)",
          &ShowMovements);
  movements->add_option("--day", movements_options->day, "Like 2026-11-23 (default: today)");
  movements->add_option("--shop", movements_options->shop, "Code of the shop; the hub needs it")
      ->type_name("SHOP");

  const auto [discrepancies, discrepancies_options] =
      Add(app, action, "discrepancies",
          "What nodes that were cut off from each other did twice (asks a node, or --hub)",
          &ShowDiscrepancies);
  discrepancies
      ->add_option("--shop", discrepancies_options->shop, "Code of the shop (default: all known)")
      ->type_name("SHOP");
}

}  // namespace comptoir::cli
