#include <memory>
#include <optional>

#include "cli/catalogue_entry.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/render_catalogue.h"
#include "cli/render_shop.h"
#include "cli/request_id.h"
#include "common/base/status.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using admin::v1::AdminService;
using coop::v1::CoopService;
using shop::v1::ShopService;

struct EditOptions {
  std::string code;
  // Absent: left alone; empty: taken away.
  std::optional<std::string> name;
  std::optional<std::string> place;
  std::optional<std::string> unit;
  std::optional<std::string> producer;
  std::optional<std::string> gtin;
  std::optional<std::string> need;
  std::optional<std::string> vat;
  std::optional<std::string> deposit;
  std::optional<std::string> item;
  std::string first_day;
  std::string request_id;  // empty: a new one
};

struct PriceOptions {
  std::string product;
  std::string price;  // empty: show
  std::string first_day;
  std::string shop;
  bool coop = false;
  std::string request_id;
};

absl::StatusOr<std::string> RequestIdOf(const std::string& text) {
  if (!text.empty()) return ParseRequestId(text);
  SystemRandom random;
  return RequestIds(random).Next();
}

// Only the same id asks again without writing twice.
absl::Status WithRequestId(const absl::Status& status, const std::string& request_id) {
  if (!MayBeDone(status)) return status;
  return WithAdvice(status, "to ask again, add --request-id " + RequestIdText(request_id));
}

void SetText(const std::optional<std::string>& text, auto mutable_edit) {
  if (text) mutable_edit()->set_value(*text);
}

template <typename Message>
absl::StatusOr<ExitCode> Print(const Settings& settings, const absl::StatusOr<Message>& message,
                               auto render) {
  if (!message.ok()) return message.status();
  if (settings.json) {
    *settings.out << MessageJson(*message) << "\n";
  } else {
    render(*message, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowEntry(const Settings& settings, shop::v1::Subject subject,
                                   const std::string& code) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  return Print(settings, FetchEntry(settings, daemon, subject, code), &RenderEntry);
}

absl::StatusOr<ExitCode> ShowNames(const Settings& settings, shop::v1::Subject subject) {
  shop::v1::ListNamesRequest request;
  request.set_subject(subject);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  const auto names = daemon.daemon == Daemon::kHub
                         ? AskPages(settings, daemon, &CoopService::Stub::ListNames, request)
                         : AskPages(settings, daemon, &ShopService::Stub::ListNames, request);
  return Print(settings, names, [&](const auto& response, std::ostream& out) {
    RenderNames(response, subject, out);
  });
}

absl::StatusOr<ExitCode> ShowConflicts(const Settings& settings) {
  const shop::v1::ListConflictsRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  return Print(settings,
               daemon.daemon == Daemon::kHub
                   ? AskPages(settings, daemon, &CoopService::Stub::ListConflicts, request)
                   : AskPages(settings, daemon, &ShopService::Stub::ListConflicts, request),
               &RenderConflicts);
}

// Sends an edit to the hub and says what came of it.
template <typename Request>
absl::StatusOr<ExitCode> SendEdit(
    const Settings& settings, const Connection& hub,
    grpc::Status (CoopService::Stub::*method)(grpc::ClientContext*, const Request&,
                                              shop::v1::EditResponse*),
    const Request& request, const std::string& what) {
  const absl::StatusOr<shop::v1::EditResponse> response = Ask(settings, hub, method, request);
  if (!response.ok()) return WithRequestId(response.status(), request.request_id());
  return Print(settings, response, [&](const shop::v1::EditResponse& edit, std::ostream& out) {
    RenderEdit(edit, what, out);
  });
}

// What is on the shelves keeps the unit that it came in. Without an answer the edit stands all
// the same, and nothing is noted.
void NoteUnit(const Settings& settings, const Connection& hub,
              const shop::v1::EditProductRequest& edit) {
  coop::v1::ListInventoryRequest request;
  request.set_product(edit.product());
  const auto inventory = AskPages(settings, hub, &CoopService::Stub::ListInventory, request);
  if (inventory.ok()) PrintNotes(NotesOfUnit(*inventory, edit.unit().value()), *settings.err);
}

// As NoteUnit. Of a product that was made, or whose name was written.
void NoteMissing(const Settings& settings, const Connection& hub, const std::string& product) {
  const auto entry = FetchEntry(settings, hub, shop::v1::SUBJECT_PRODUCT, product);
  if (entry.ok()) PrintNotes(NotesOfMissing(*entry), *settings.err);
}

// As NoteUnit.
void NoteProducer(const Settings& settings, const Connection& hub, const std::string& producer) {
  if (producer.empty()) return;
  const auto entry = FetchEntry(settings, hub, shop::v1::SUBJECT_PRODUCER, producer);
  if (ReasonOf(entry.status()) != "UNKNOWN_PRODUCER") return;
  PrintNotes({UnknownProducerNote(producer)}, *settings.err);
}

absl::StatusOr<ExitCode> SetProduct(const Settings& settings, const EditOptions& options) {
  shop::v1::EditProductRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOf(options.request_id));
  request.set_product(options.code);
  SetText(options.name, [&] { return request.mutable_name(); });
  SetText(options.producer, [&] { return request.mutable_producer(); });
  SetText(options.gtin, [&] { return request.mutable_gtin(); });
  SetText(options.need, [&] { return request.mutable_need(); });
  SetText(options.item, [&] { return request.mutable_item(); });
  if (options.unit) {
    COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::Unit unit, ParseUnit(*options.unit));
    request.mutable_unit()->set_value(unit);
  }
  if (options.vat) {
    COMPTOIR_ASSIGN_OR_RETURN(const uint32_t basis_points, ParseVatBasisPoints(*options.vat));
    request.mutable_vat()->set_value(basis_points);
  }
  if (options.deposit) {
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(*options.deposit));
    request.mutable_deposit()->set_value(cents);
  }
  if (!options.first_day.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t first_day, ParseDay(options.first_day));
    request.set_first_day(first_day);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  const auto done =
      SendEdit(settings, hub, &CoopService::Stub::EditProduct, request, "product " + options.code);
  settings.out->flush();
  if (done.ok() && options.producer) NoteProducer(settings, hub, *options.producer);
  if (done.ok() && options.unit) NoteUnit(settings, hub, request);
  if (done.ok() && (options.unit || options.name)) NoteMissing(settings, hub, options.code);
  return done;
}

absl::StatusOr<ExitCode> SetProducer(const Settings& settings, const EditOptions& options) {
  shop::v1::EditProducerRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOf(options.request_id));
  request.set_producer(options.code);
  SetText(options.name, [&] { return request.mutable_name(); });
  SetText(options.place, [&] { return request.mutable_place(); });
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  return SendEdit(settings, hub, &CoopService::Stub::EditProducer, request,
                  "producer " + options.code);
}

absl::StatusOr<ExitCode> SetShop(const Settings& settings, const EditOptions& options) {
  shop::v1::EditShopRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOf(options.request_id));
  request.set_shop(options.code);
  SetText(options.name, [&] { return request.mutable_name(); });
  SetText(options.place, [&] { return request.mutable_place(); });
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  const auto known = KnownShops(settings, hub);
  const auto done =
      SendEdit(settings, hub, &CoopService::Stub::EditShop, request, "shop " + options.code);
  settings.out->flush();
  if (done.ok() && known.ok()) PrintNotes(NotesOfShop(options.code, *known), *settings.err);
  return done;
}

// "carottes at 2.40 from 2026-12-01, in outremeuse".
std::string PriceText(const shop::v1::SetPriceRequest& request, Daemon daemon) {
  std::string text = request.product() + " at " + FormatMoney(request.price().value()) + " from ";
  text += request.first_day() == 0 ? "today" : FormatDay(request.first_day());
  if (!request.shop().empty()) return text + ", in " + request.shop();
  const bool co_op = request.coop() || daemon == Daemon::kHub;
  return text + (co_op ? ", in the whole co-op" : ", in this shop");
}

// Without an answer the price stands all the same, and nothing is noted.
void NoteHiddenPrice(const Settings& settings, const Connection& daemon,
                     const shop::v1::SetPriceRequest& request) {
  const bool at_hub = daemon.daemon == Daemon::kHub;
  const bool is_own = !request.shop().empty() || (!request.coop() && !at_hub);
  // A shop's own from today on is hidden by nothing.
  if (is_own && (request.first_day() == 0 || request.first_day() >= LocalToday())) return;
  const auto entry = FetchEntry(settings, daemon, shop::v1::SUBJECT_PRODUCT, request.product());
  if (!entry.ok()) return;
  std::string shop = request.shop();
  if (is_own && shop.empty()) {
    const auto status =
        Ask(settings, daemon, &AdminService::Stub::GetStatus, admin::v1::GetStatusRequest());
    if (!status.ok()) return;
    shop = status->shop();
  }
  PrintNotes(NotesOfHiddenPrice(*entry, shop, request.first_day()), *settings.err);
}

absl::StatusOr<ExitCode> SetPrice(const Settings& settings, const PriceOptions& options) {
  shop::v1::SetPriceRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(*request.mutable_request_id(), RequestIdOf(options.request_id));
  request.set_product(options.product);
  request.set_shop(options.shop);
  request.set_coop(options.coop);
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(options.price));
  request.mutable_price()->set_value(cents);
  if (!options.first_day.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t first_day, ParseDay(options.first_day));
    request.set_first_day(first_day);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  const absl::StatusOr<shop::v1::EditResponse> response =
      daemon.daemon == Daemon::kHub ? Ask(settings, daemon, &CoopService::Stub::SetPrice, request)
                                    : Ask(settings, daemon, &ShopService::Stub::SetPrice, request);
  if (!response.ok()) return WithRequestId(response.status(), request.request_id());
  PrintNotes(NotesOfPrice(options.product, cents), *settings.err);
  const auto done =
      Print(settings, response, [&](const shop::v1::EditResponse& edit, std::ostream& out) {
        RenderEdit(edit, PriceText(request, daemon.daemon), out);
      });
  settings.out->flush();
  NoteHiddenPrice(settings, daemon, request);
  return done;
}

absl::StatusOr<ExitCode> Price(const Settings& settings, const PriceOptions& options) {
  if (!options.price.empty()) return SetPrice(settings, options);
  if (options.coop || !options.shop.empty() || !options.first_day.empty()) {
    return absl::InvalidArgumentError("say the price as well: comptoir price " + options.product +
                                      " 2.40");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  return Print(settings, FetchEntry(settings, daemon, shop::v1::SUBJECT_PRODUCT, options.product),
               &RenderPrices);
}

void AddShowCommand(CLI::App& parent, Action* action, shop::v1::Subject subject,
                    const char* code_type) {
  auto code = std::make_shared<std::string>();
  CLI::App* show = parent.add_subcommand(
      "show", "Every field with every value that stands (asks a node, or --hub)");
  show->add_option("code", *code, "Its code")->required()->type_name(code_type);
  show->callback([code, subject, action] {
    *action = [code, subject](const Settings& settings) {
      return ShowEntry(settings, subject, *code);
    };
  });
}

using Set = absl::StatusOr<ExitCode> (*)(const Settings&, const EditOptions&);

// "set" with the options that all subjects have.
std::pair<CLI::App*, std::shared_ptr<EditOptions>> AddSetCommand(CLI::App& parent, Action* action,
                                                                 const char* code_type, Set set) {
  auto options = std::make_shared<EditOptions>();
  CLI::App* command = parent.add_subcommand("set", "Write fields at the hub; others are left");
  command->add_option("code", options->code, "Its code")->required()->type_name(code_type);
  command->add_option("--name", options->name, "Its name");
  command->add_option("--request-id", options->request_id,
                      "Repeat this request: the first answer comes again");
  command->callback([options, action, set] {
    *action = [options, set](const Settings& settings) { return set(settings, *options); };
  });
  return {command, options};
}

void AddProductCommand(CLI::App& app, Action* action) {
  CLI::App* product = app.add_subcommand("product", "One product: list, show, set");
  product->require_subcommand(1);
  CLI::App* list = product->add_subcommand("list", "As 'products'");
  list->callback([action] { *action = &ShowProducts; });
  AddShowCommand(*product, action, shop::v1::SUBJECT_PRODUCT, "PRODUCT");
  const auto [set, options] = AddSetCommand(*product, action, "PRODUCT", &SetProduct);
  set->add_option("--unit", options->unit, "What it is counted in; a new product needs it")
      ->type_name(kUnitChoice);
  set->add_option("--producer", options->producer, "Code of its producer")->type_name("PRODUCER");
  set->add_option("--gtin", options->gtin,
                  "Its barcode, or several in one word, apart by a blank; \"\" takes them away");
  set->add_option("--item", options->item,
                  "Its number on labels of the shop's scales; \"\" takes it away");
  set->add_option("--need", options->need, "Code of the need it fills; \"\" takes it away")
      ->type_name("CODE");
  set->add_option("--vat", options->vat, "VAT in per cent, like 6");
  set->add_option("--deposit", options->deposit,
                  "Charged for each piece besides, outside VAT, like 0.10; 0 takes it away");
  set->add_option("--from", options->first_day, "First day of the VAT (default: today)");
}

void AddPartyCommand(CLI::App& app, Action* action, shop::v1::Subject subject, const char* name,
                     const char* code_type, Set set) {
  CLI::App* party =
      app.add_subcommand(name, std::string("Names and places: list, show, set one ") + name);
  party->require_subcommand(1);
  CLI::App* list = party->add_subcommand("list", "All that are named (asks a node, or --hub)");
  list->callback([action, subject] {
    *action = [subject](const Settings& settings) { return ShowNames(settings, subject); };
  });
  AddShowCommand(*party, action, subject, code_type);
  const auto [command, options] = AddSetCommand(*party, action, code_type, set);
  command->add_option("--place", options->place, "Where it is");
}

void AddPriceCommand(CLI::App& app, Action* action) {
  auto options = std::make_shared<PriceOptions>();
  CLI::App* price = app.add_subcommand(
      "price", "Show a product's prices, or set one: this shop's own, or at --hub the co-op's");
  price->add_option("product", options->product, "Code of the product")
      ->required()
      ->type_name("PRODUCT");
  price->add_option("price", options->price,
                    "Euros a unit, VAT included, like 2.40 (default: show what is set)");
  price->add_option("--from", options->first_day, "First day (default: today)");
  CLI::Option* own = price->add_option("--shop", options->shop, "At the hub: one shop's own price")
                         ->type_name("SHOP");
  price
      ->add_flag("--coop", options->coop,
                 "At a node: the whole co-op's price, if its certificate lets it")
      ->excludes(own);
  price->add_option("--request-id", options->request_id,
                    "Repeat this request: the first answer comes again");
  price->callback([options, action] {
    *action = [options](const Settings& settings) { return Price(settings, *options); };
  });
}

}  // namespace

void AddCatalogueCommands(CLI::App& app, Action* action) {
  AddProductCommand(app, action);
  AddPartyCommand(app, action, shop::v1::SUBJECT_PRODUCER, "producer", "PRODUCER", &SetProducer);
  AddPartyCommand(app, action, shop::v1::SUBJECT_SHOP, "shop", "SHOP", &SetShop);
  AddPriceCommand(app, action);
  CLI::App* conflicts =
      app.add_subcommand("conflicts", "Fields written by people who did not know of each other");
  conflicts->require_subcommand(1);
  CLI::App* list = conflicts->add_subcommand(
      "list", "What stands, who wrote it, which one wins (asks a node, or --hub)");
  list->callback([action] { *action = &ShowConflicts; });
}

}  // namespace comptoir::cli
