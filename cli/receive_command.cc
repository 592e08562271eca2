#include <memory>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/delivery_papers.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/render_shop.h"
#include "cli/request_id.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using shop::v1::ShopService;

struct ReceiveOptions {
  std::string producer;
  std::vector<std::string> items;
  std::string lot;
  std::string use_by;
  std::string best_before;
  std::string document;
  std::string request_id;  // empty: a new one
  bool force = false;
};

absl::StatusOr<int32_t> ParseDayOrNone(const std::string& text) {
  if (text.empty()) return 0;
  return ParseDay(text);
}

absl::StatusOr<shop::v1::DeliveryLine> MakeLine(const ReceiveOptions& options,
                                                const std::string& text) {
  shop::v1::DeliveryLine line;
  COMPTOIR_ASSIGN_OR_RETURN(const Item item, ParseItem(text));
  if (!item.quantity_milli) {
    return absl::InvalidArgumentError("how much of " + item.product +
                                      " was delivered? write it like " + item.product + "=40");
  }
  if (!options.force) COMPTOIR_RETURN_IF_ERROR(CheckUsualQuantity(*item.quantity_milli));
  COMPTOIR_ASSIGN_OR_RETURN(const int32_t use_by_day, ParseDayOrNone(options.use_by));
  COMPTOIR_ASSIGN_OR_RETURN(const int32_t best_before_day, ParseDayOrNone(options.best_before));
  line.set_product(item.product);
  line.set_quantity_milli(*item.quantity_milli);
  line.set_unit_cost_cents(item.unit_price_cents.value_or(0));
  line.set_lot(options.lot);
  line.set_use_by_day(use_by_day);
  line.set_best_before_day(best_before_day);
  return line;
}

absl::StatusOr<shop::v1::RecordDeliveryRequest> MakeRequest(const ReceiveOptions& options) {
  shop::v1::RecordDeliveryRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  request.set_producer(options.producer);
  request.set_document(options.document);
  for (const std::string& text : options.items) {
    COMPTOIR_ASSIGN_OR_RETURN(*request.add_lines(), MakeLine(options, text));
  }
  return request;
}

void NoteSamePaper(const Settings& settings, const Connection& node,
                   const shop::v1::RecordDeliveryResponse& response,
                   const ReceiveOptions& options) {
  settings.out->flush();
  if (options.document.empty()) return;
  DeliveryNames own;
  *own.Add() = response.name();
  NotePaper(settings, node, own);
}

absl::StatusOr<ExitCode> Receive(const Settings& settings, const ReceiveOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const shop::v1::RecordDeliveryRequest request, MakeRequest(options));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const absl::StatusOr<shop::v1::RecordDeliveryResponse> response =
      Ask(settings, node, &ShopService::Stub::RecordDelivery, request);
  if (!response.ok()) {
    // The delivery may stand all the same: only the same id asks without counting it twice.
    if (!MayBeDone(response.status())) return response.status();
    return WithAdvice(response.status(), "to ask again without receiving twice, add --request-id " +
                                             RequestIdText(request.request_id()));
  }
  PrintNotes(NotesOf(request, *response, LocalToday()), *settings.err);
  if (response->unknown_producer()) {
    *settings.err << "note: nobody wrote about a producer \"" << Printable(options.producer)
                  << "\" yet; the delivery stands under that code. Is it right? 'comptoir producer "
                     "set "
                  << Printable(options.producer) << " --name NAME' at the hub makes it known\n";
  }
  if (settings.json) {
    *settings.out << MessageJson(*response) << "\n";
    NoteSamePaper(settings, node, *response, options);
    return ExitCode::kDone;
  }
  *settings.out << "received from " << options.producer << " as " << Printable(response->name())
                << "; on the shelves now:\n";
  shop::v1::ListStockResponse stock;
  *stock.mutable_rows() = response->stock();
  RenderStock(stock, /*by_lot=*/false, *settings.out);
  NoteSamePaper(settings, node, *response, options);
  return ExitCode::kDone;
}

}  // namespace

void AddReceiveCommand(CLI::App& app, Action* action) {
  auto options = std::make_shared<ReceiveOptions>();
  CLI::App* command = app.add_subcommand("receive", "Record a delivery from one producer");
  command->add_option("--producer", options->producer, "Code of the producer")
      ->required()
      ->type_name("PRODUCER");
  command
      ->add_option("items", options->items,
                   "What came: carottes=40, or carottes=40@1.10 with its cost, VAT excluded")
      ->required()
      ->type_name("PRODUCT");
  command->add_option("--lot", options->lot, "Batch code of all of it");
  command->add_option("--use-by", options->use_by, "Use-by day (DLC) of all of it, 2026-12-05");
  command->add_option("--best-before", options->best_before,
                      "Best-before day (DDM) of all of it, 2026-12-05");
  command->add_option("--document", options->document, "Number of the delivery paper");
  command->add_option("--request-id", options->request_id,
                      "Repeat this request: the first answer comes again");
  command->add_flag("--force", options->force, "Quantities over 100000 on one line are meant");
  command->callback([options, action] {
    *action = [options](const Settings& settings) { return Receive(settings, *options); };
  });
}

}  // namespace comptoir::cli
