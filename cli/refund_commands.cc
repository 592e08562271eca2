// return and void.
#include <memory>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/render_shop.h"
#include "cli/request_id.h"
#include "common/base/status.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using shop::v1::ShopService;

struct RefundOptions {
  std::string number;
  std::vector<std::string> items;  // of a return
  std::string wasted;              // of a return; empty: back on the shelf
  std::vector<std::string> payments;
  std::string till;
  std::string staff;
  std::string request_id;  // empty: a new one
};

// What returns and voids say alike.
template <typename Request>
absl::StatusOr<Request> MakeRequest(const RefundOptions& options) {
  Request request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  request.set_number(options.number);
  for (const std::string& text : options.payments) {
    COMPTOIR_ASSIGN_OR_RETURN(*request.add_payments(), ParsePayment(text));
  }
  request.set_till(options.till);
  request.set_staff(options.staff);
  return request;
}

absl::StatusOr<ExitCode> Show(const Settings& settings, const std::string& request_id,
                              const absl::StatusOr<shop::v1::Receipt>& receipt) {
  if (!receipt.ok()) {
    if (!MayBeDone(receipt.status())) return receipt.status();
    return WithAdvice(receipt.status(),
                      "to ask again without giving money back twice, add --request-id " +
                          RequestIdText(request_id));
  }
  if (settings.json) {
    *settings.out << MessageJson(*receipt) << "\n";
  } else {
    RenderReceipt(*receipt, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> Return(const Settings& settings, const RefundOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(auto request, MakeRequest<shop::v1::RecordReturnRequest>(options));
  retail::v1::WasteReason wasted = retail::v1::WASTE_REASON_UNSPECIFIED;
  if (!options.wasted.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(wasted, ParseWasteReason(options.wasted));
  }
  for (const std::string& text : options.items) {
    COMPTOIR_ASSIGN_OR_RETURN(const Item item, ParseItem(text));
    if (item.unit_price_cents) {
      return absl::InvalidArgumentError("what is given back is what was paid: leave the price of " +
                                        item.product + " out");
    }
    shop::v1::ReturnLine* line = request.add_lines();
    line->set_product(item.product);
    if (item.quantity_milli) line->set_quantity_milli(*item.quantity_milli);
    line->set_wasted(wasted);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const auto refund = Ask(settings, node, &ShopService::Stub::RecordReturn, request);
  if (refund.ok()) PrintNotes(NotesOf(request, *refund), *settings.err);
  return Show(settings, request.request_id(), refund);
}

absl::StatusOr<ExitCode> Void(const Settings& settings, const RefundOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto request, MakeRequest<shop::v1::VoidReceiptRequest>(options));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  return Show(settings, request.request_id(),
              Ask(settings, node, &ShopService::Stub::VoidReceipt, request));
}

void AddSharedOptions(CLI::App& command, RefundOptions& options, const char* usual) {
  command
      .add_option(
          "--pay", options.payments,
          std::string(
              "How the money is given back; cash=10.00 for a part; may be repeated (default: ") +
              usual + ")")
      ->type_name(kPaymentChoice)
      ->allow_extra_args(false);
  command.add_option("--till", options.till, "Code of the till")->type_name("CODE");
  command.add_option("--staff", options.staff, "Code of who does it")->type_name("CODE");
  command.add_option("--request-id", options.request_id,
                     "Repeat this request: the first answer comes again");
}

}  // namespace

void AddRefundCommands(CLI::App& app, Action* action) {
  auto options = std::make_shared<RefundOptions>();
  CLI::App* take_back = app.add_subcommand("return", "Take back part of a sale, for a refund");
  take_back->add_option("receipt", options->number, "Number of the sale's receipt")->required();
  take_back
      ->add_option("items", options->items,
                   "What comes back: carottes=0.500, pain-gris (all that is left of it)")
      ->required()
      ->type_name("PRODUCT");
  take_back
      ->add_option("--wasted", options->wasted,
                   "Not fit to sell again, and why (default: back on the shelf)")
      ->type_name(kWasteReasonChoice);
  AddSharedOptions(*take_back, *options, "cash");
  take_back->callback([options, action] {
    *action = [options](const Settings& settings) { return Return(settings, *options); };
  });

  auto void_options = std::make_shared<RefundOptions>();
  CLI::App* undo =
      app.add_subcommand("void", "Take back all that is left of a sale rung up by mistake");
  undo->add_option("receipt", void_options->number, "Number of the sale's receipt")->required();
  AddSharedOptions(*undo, *void_options, "as it was paid");
  undo->callback([void_options, action] {
    *action = [void_options](const Settings& settings) { return Void(settings, *void_options); };
  });
}

}  // namespace comptoir::cli
