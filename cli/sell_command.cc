#include <memory>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/render_shop.h"
#include "cli/request_id.h"
#include "cli/sale_words.h"
#include "common/base/status.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using shop::v1::ShopService;

struct SellOptions {
  std::vector<std::string> items;
  std::vector<std::string> empties;
  std::vector<std::string> payments;
  std::string discount;  // on all of it; empty: none
  std::string lot;
  std::string till;
  std::string staff;
  std::string request_id;  // empty: a new one
  bool force = false;
};

absl::StatusOr<shop::v1::RecordSaleRequest> MakeRequest(const SellOptions& options) {
  shop::v1::RecordSaleRequest request;
  if (options.items.empty() && options.empties.empty()) {
    return absl::InvalidArgumentError("say what is sold, like carottes=1.250, or --empties");
  }
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOrNew(options.request_id));
  for (const std::string& text : options.items) {
    COMPTOIR_RETURN_IF_ERROR(AddArticle(text, options.force, &request));
    request.mutable_lines()->rbegin()->set_lot(options.lot);
  }
  for (const std::string& text : options.empties) {
    COMPTOIR_RETURN_IF_ERROR(AddEmpties(text, options.force, &request));
  }
  if (!options.discount.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const Discount discount, ParseDiscount(options.discount));
    SetDiscount(discount, &request);
  }
  for (const std::string& text : options.payments) {
    COMPTOIR_ASSIGN_OR_RETURN(*request.add_payments(), ParsePayment(text));
  }
  request.set_till(options.till);
  request.set_staff(options.staff);
  return request;
}

// "carottes 2" for carottes=2. Empty where no number follows an article without one.
std::string SplitQuantityAdvice(const std::vector<std::string>& items) {
  for (size_t i = 1; i < items.size(); ++i) {
    const std::string& before = items[i - 1];
    if (!ParseQuantityMilli(items[i]).ok() || before.find_first_of("=@") != std::string::npos) {
      continue;
    }
    return "for " + items[i] + " of " + before + ", write " + before + "=" + items[i];
  }
  return "";
}

absl::StatusOr<ExitCode> Sell(const Settings& settings, const SellOptions& options) {
  const std::string advice = SplitQuantityAdvice(options.items);
  const auto made = MakeRequest(options);
  if (!made.ok()) return advice.empty() ? made.status() : WithAdvice(made.status(), advice);
  const shop::v1::RecordSaleRequest& request = *made;
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const absl::StatusOr<shop::v1::Receipt> receipt =
      Ask(settings, node, &ShopService::Stub::RecordSale, request);
  if (!receipt.ok()) {
    // The sale may stand all the same: only the same id asks without selling twice.
    if (!MayBeDone(receipt.status())) {
      const bool is_split = !advice.empty() && ReasonOf(receipt.status()) == "UNKNOWN_PRODUCT";
      return is_split ? WithAdvice(receipt.status(), advice) : receipt.status();
    }
    return WithAdvice(receipt.status(), "to ask again without selling twice, add --request-id " +
                                            RequestIdText(request.request_id()));
  }
  PrintNotes(NotesOf(request, *receipt), *settings.err);
  if (settings.json) {
    *settings.out << MessageJson(*receipt) << "\n";
  } else {
    RenderReceipt(*receipt, *settings.out);
  }
  return ExitCode::kDone;
}

}  // namespace

void AddSellCommand(CLI::App& app, Action* action) {
  auto options = std::make_shared<SellOptions>();
  CLI::App* command = app.add_subcommand("sell", "Record one sale");
  command
      ->add_option("items", options->items,
                   "Articles: carottes=1.250, pain-gris (one of it), pommes=2@2.40 (at a price), "
                   "savon:-10% or savon:-0.50 (so much off), ean:5449000000996 (as scanned)")
      ->type_name("PRODUCT");
  command
      ->add_option("--empties", options->empties,
                   "Brought back for their deposit: biere=12, biere=12@0.10; may be repeated")
      ->type_name("PRODUCT")
      ->allow_extra_args(false);
  // One word each, so that an article may follow.
  command
      ->add_option("--pay", options->payments,
                   "How it is paid; cash=10.00 for a part; may be repeated (default: cash)")
      ->type_name(kPaymentChoice)
      ->allow_extra_args(false);
  command
      ->add_option("--discount", options->discount,
                   "Taken off all of it: 10% or 0.50; each article bears its part")
      ->type_name("PERCENT|AMOUNT");
  command->add_option("--lot", options->lot,
                      "Batch code of all of it (default: of the lots that expire first)");
  command->add_option("--till", options->till, "Code of the till")->type_name("CODE");
  command->add_option("--staff", options->staff, "Code of who sells")->type_name("CODE");
  command->add_option("--request-id", options->request_id,
                      "Repeat this request: the first answer comes again");
  command->add_flag("--force", options->force, "Quantities over 100000 on one line are meant");
  command->callback([options, action] {
    *action = [options](const Settings& settings) { return Sell(settings, *options); };
  });
}

}  // namespace comptoir::cli
