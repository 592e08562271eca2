// transfer send, receive, settle and list.
#include <memory>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/failure.h"
#include "cli/json.h"
#include "cli/parse.h"
#include "cli/render_transfers.h"
#include "cli/request_id.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

struct TransferOptions {
  std::string transfer;
  std::string to;
  std::vector<std::string> items;
  std::string lot;
  std::string use_by;
  std::string best_before;
  std::string producer;
  std::string reason;
  std::string staff;
  std::string request_id;  // empty: a new one
  bool force = false;
  bool open = false;
  std::string shop;
};

absl::StatusOr<shop::v1::TransferGoods> ParseGoods(const TransferOptions& options,
                                                   const std::string& text) {
  COMPTOIR_ASSIGN_OR_RETURN(const Item item, ParseItem(text));
  if (item.unit_price_cents) {
    return absl::InvalidArgumentError("goods change shops without a price: write " + item.product +
                                      "=1.5");
  }
  shop::v1::TransferGoods goods;
  goods.set_product(item.product);
  if (item.quantity_milli) {
    if (!options.force) COMPTOIR_RETURN_IF_ERROR(CheckUsualQuantity(*item.quantity_milli));
    goods.set_quantity_milli(*item.quantity_milli);
  }
  goods.set_lot(options.lot);
  goods.set_producer(options.producer);
  if (!options.use_by.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t day, ParseDay(options.use_by));
    goods.set_use_by_day(day);
  }
  if (!options.best_before.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t day, ParseDay(options.best_before));
    goods.set_best_before_day(day);
  }
  return goods;
}

// Request id, staff and lines, which all three requests have.
template <typename Request>
absl::Status FillTransferRequest(const TransferOptions& options, Request* request) {
  const bool says_of_lot = !options.lot.empty() || !options.use_by.empty() ||
                           !options.best_before.empty() || !options.producer.empty();
  if (options.items.empty() && says_of_lot) {
    return absl::InvalidArgumentError(
        "--lot, --use-by, --best-before and --producer say something of the products that are "
        "named: name them, as in carottes=2, or leave the options out");
  }
  COMPTOIR_ASSIGN_OR_RETURN(*request->mutable_request_id(), RequestIdOrNew(options.request_id));
  request->set_staff(options.staff);
  for (const std::string& text : options.items) {
    COMPTOIR_ASSIGN_OR_RETURN(*request->add_lines(), ParseGoods(options, text));
  }
  return absl::OkStatus();
}

template <typename Request>
absl::StatusOr<ExitCode> RecordTransfer(
    const Settings& settings, const Request& request,
    grpc::Status (ShopService::Stub::*method)(grpc::ClientContext*, const Request&,
                                              shop::v1::TransferResponse*),
    void (*render)(const shop::v1::TransferResponse&, std::ostream&)) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const absl::StatusOr<shop::v1::TransferResponse> response = Ask(settings, node, method, request);
  if (!response.ok()) {
    // It may stand all the same: only the same id asks without counting it twice.
    if (!MayBeDone(response.status())) return response.status();
    return WithAdvice(response.status(),
                      "to ask again without counting it twice, add --request-id " +
                          RequestIdText(request.request_id()));
  }
  if (settings.json) {
    *settings.out << MessageJson(*response) << "\n";
  } else {
    render(*response, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> SendTransfer(const Settings& settings, const TransferOptions& options) {
  shop::v1::SendTransferRequest request;
  COMPTOIR_RETURN_IF_ERROR(FillTransferRequest(options, &request));
  request.set_to(options.to);
  for (const shop::v1::TransferGoods& goods : request.lines()) {
    if (goods.has_quantity_milli()) continue;
    return absl::InvalidArgumentError("how much of " + goods.product() +
                                      " is sent? write it like " + goods.product() + "=1.5");
  }
  return RecordTransfer(settings, request, &ShopService::Stub::SendTransfer, &RenderSent);
}

absl::StatusOr<ExitCode> ReceiveTransfer(const Settings& settings, const TransferOptions& options) {
  shop::v1::ReceiveTransferRequest request;
  COMPTOIR_RETURN_IF_ERROR(FillTransferRequest(options, &request));
  request.set_transfer(options.transfer);
  return RecordTransfer(settings, request, &ShopService::Stub::ReceiveTransfer, &RenderReceived);
}

absl::StatusOr<ExitCode> SettleTransfer(const Settings& settings, const TransferOptions& options) {
  shop::v1::SettleTransferRequest request;
  COMPTOIR_RETURN_IF_ERROR(FillTransferRequest(options, &request));
  COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::WasteReason reason, ParseWasteReason(options.reason));
  request.set_reason(reason);
  request.set_transfer(options.transfer);
  return RecordTransfer(settings, request, &ShopService::Stub::SettleTransfer, &RenderSettled);
}

absl::StatusOr<ExitCode> ShowTransfers(const Settings& settings, const TransferOptions& options) {
  shop::v1::ListTransfersRequest request;
  request.set_transfer(options.transfer);
  request.set_open(options.open);
  request.set_shop(options.shop);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const shop::v1::ListTransfersResponse response,
      daemon.daemon == Daemon::kHub
          ? AskPages(settings, daemon, &CoopService::Stub::ListTransfers, request)
          : AskPages(settings, daemon, &ShopService::Stub::ListTransfers, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderTransfers(response, options.open, *settings.out);
  }
  return ExitCode::kDone;
}

using RunTransfer = absl::StatusOr<ExitCode> (*)(const Settings&, const TransferOptions&);

std::pair<CLI::App*, std::shared_ptr<TransferOptions>> AddTransfer(CLI::App& transfer,
                                                                   Action* action, const char* name,
                                                                   const char* description,
                                                                   RunTransfer run) {
  auto options = std::make_shared<TransferOptions>();
  CLI::App* command = transfer.add_subcommand(name, description);
  command->callback([options, action, run] {
    *action = [options, run](const Settings& settings) { return run(settings, *options); };
  });
  return {command, options};
}

void AddTransferRecordOptions(CLI::App& command, TransferOptions& options) {
  command.add_option("--lot", options.lot, "Batch code of all of it");
  command.add_flag("--force", options.force, "Quantities over 100000 on one line are meant");
  command.add_option("--staff", options.staff, "Code of who says so")->type_name("CODE");
  command.add_option("--request-id", options.request_id,
                     "Repeat this request: the first answer comes again");
}

void AddLotOptions(CLI::App& command, TransferOptions& options) {
  command.add_option("--use-by", options.use_by, "Use-by day (DLC) of all of it, 2026-12-05");
  command.add_option("--best-before", options.best_before,
                     "Best-before day (DDM) of all of it, 2026-12-05");
  command.add_option("--producer", options.producer, "Code of who made all of it")
      ->type_name("PRODUCER");
}

constexpr char kIdHelp[] = "As the delivery paper says: outremeuse-k7qm2-w4x8c";

}  // namespace

void AddTransferCommand(CLI::App& app, Action* action) {
  CLI::App* transfer = app.add_subcommand("transfer", "Goods from one shop to another");
  transfer->require_subcommand(1);

  const auto [send, send_options] = AddTransfer(
      *transfer, action, "send",
      "Record what leaves for another shop; prints the id for the delivery paper", &SendTransfer);
  send->add_option("--to", send_options->to, "Code of the shop it goes to")
      ->required()
      ->type_name("SHOP");
  send->add_option("items", send_options->items, "What and how much: carottes=10 pain-gris=4")
      ->required()
      ->type_name("PRODUCT");
  AddTransferRecordOptions(*send, *send_options);
  AddLotOptions(*send, *send_options);

  const auto [receive, receive_options] =
      AddTransfer(*transfer, action, "receive", "Count in what arrived, in part or all of it",
                  &ReceiveTransfer);
  receive->add_option("transfer", receive_options->transfer, kIdHelp)->required();
  receive
      ->add_option("items", receive_options->items,
                   "What arrived: carottes=10 (default: all that is on its way)")
      ->type_name("PRODUCT");
  AddTransferRecordOptions(*receive, *receive_options);
  AddLotOptions(*receive, *receive_options);

  const auto [settle, settle_options] =
      AddTransfer(*transfer, action, "settle", "Give up what will not arrive: it counts as waste",
                  &SettleTransfer);
  settle->add_option("transfer", settle_options->transfer, kIdHelp)->required();
  settle
      ->add_option("items", settle_options->items,
                   "What is missing: carottes=2 (default: all that is on its way)")
      ->type_name("PRODUCT");
  settle->add_option("--reason", settle_options->reason, "Why it does not arrive")
      ->type_name(kWasteReasonChoice)
      ->required();
  AddTransferRecordOptions(*settle, *settle_options);

  const auto [list, list_options] = AddTransfer(
      *transfer, action, "list",
      "What went from shop to shop, the latest first (asks a node, or --hub)", &ShowTransfers);
  list->add_option("transfer", list_options->transfer, "Only this one");
  list->add_flag("--open", list_options->open, "Only what is on its way, the oldest first");
  list->add_option("--shop", list_options->shop, "From or to this shop (default: all known)")
      ->type_name("SHOP");
}

}  // namespace comptoir::cli
