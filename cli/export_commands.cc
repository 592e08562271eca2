#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/csv_writer.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/parse.h"
#include "cli/sheet.h"
#include "cli/utf8.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

constexpr uint32_t kReceiptsPage = 1'000;
constexpr int32_t kExportDaysMax = 3'660;

struct ExportOptions {
  std::string language = "en";
  std::string separator;  // empty: as the language has it
  std::string decimal;    // empty: as the language has it
  bool byte_order_mark = false;
  std::string shop;
  std::string first_day;
  std::string last_day;
};

// French spreadsheets take ; between fields, since the comma is in their numbers.
CsvStyle StyleOf(const ExportOptions& options) {
  CsvStyle style;
  style.french = options.language == "fr";
  if (style.french) style = {';', ',', true};
  if (options.separator == ";") style.separator = ';';
  if (options.separator == ",") style.separator = ',';
  if (options.separator == "tab") style.separator = '\t';
  if (options.decimal == "comma") style.decimal_sign = ',';
  if (options.decimal == "point") style.decimal_sign = '.';
  return style;
}

// Rows as they come: CSV, or with --json each row's message on a line.
class Sheet {
 public:
  Sheet(const Settings& settings, const ExportOptions& options,
        const std::vector<SheetColumn>& columns)
      : settings_(settings), csv_(*settings.out, StyleOf(options)) {
    if (settings.json) return;
    if (options.byte_order_mark) *settings.out << kByteOrderMark;
    std::vector<std::string> titles;
    for (const SheetColumn& column : columns) {
      titles.emplace_back(csv_.style().french ? column.french : column.english);
    }
    csv_.Row(titles);
  }

  // `cells` makes the row of `message`.
  void Add(const google::protobuf::Message& message,
           const std::function<std::vector<std::string>(const CsvWriter&)>& cells) {
    if (settings_.json) {
      *settings_.out << MessageJson(message) << "\n";
    } else {
      csv_.Row(cells(csv_));
    }
  }

 private:
  const Settings& settings_;
  CsvWriter csv_;
};

std::string DayOrEmpty(int32_t day) { return day == 0 ? "" : FormatDay(day); }

// Asks the hub or the node, whichever the connection is to, page by page.
template <typename Request, typename Response, typename Take>
absl::Status EachPage(const Settings& settings, const Connection& daemon,
                      grpc::Status (CoopService::Stub::*at_hub)(grpc::ClientContext*,
                                                                const Request&, Response*),
                      grpc::Status (ShopService::Stub::*at_node)(grpc::ClientContext*,
                                                                 const Request&, Response*),
                      Request request, Take take) {
  while (true) {
    COMPTOIR_ASSIGN_OR_RETURN(const Response page, daemon.daemon == Daemon::kHub
                                                       ? Ask(settings, daemon, at_hub, request)
                                                       : Ask(settings, daemon, at_node, request));
    take(page);
    if (page.next_cursor().empty()) return absl::OkStatus();
    if (page.next_cursor() == request.cursor()) {
      return CallFailure(grpc::Status(grpc::StatusCode::INTERNAL, "the list does not end"), "",
                         daemon.address);
    }
    request.set_cursor(page.next_cursor());
  }
}

absl::StatusOr<std::map<std::string, std::string>> ProducerNames(const Settings& settings,
                                                                 const Connection& daemon) {
  std::map<std::string, std::string> names;
  shop::v1::ListNamesRequest request;
  request.set_subject(shop::v1::SUBJECT_PRODUCER);
  COMPTOIR_RETURN_IF_ERROR(EachPage(settings, daemon, &CoopService::Stub::ListNames,
                                    &ShopService::Stub::ListNames, request,
                                    [&](const shop::v1::ListNamesResponse& page) {
                                      for (const auto& named : page.names()) {
                                        names[named.code()] = named.name();
                                      }
                                    }));
  return names;
}

absl::StatusOr<ExitCode> ExportProducts(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto names, ProducerNames(settings, daemon));
  std::optional<Sheet> sheet;
  const auto take = [&](const shop::v1::ListProductsResponse& page) {
    if (!sheet) sheet.emplace(settings, options, ProductColumns());
    for (const shop::v1::Product& product : page.products()) {
      sheet->Add(product, [&](const CsvWriter& csv) -> std::vector<std::string> {
        const auto named = names.find(product.producer());
        // Without VAT set a product sells at 0 %: the same, read back.
        return {product.product(),
                product.name(),
                FormatUnit(product.unit()),
                product.producer(),
                named == names.end() ? "" : named->second,
                product.gtin(),
                product.has_price_cents() ? csv.Money(product.price_cents()) : "",
                product.vat_basis_points() == 0 ? "" : csv.Percent(product.vat_basis_points())};
      });
    }
  };
  COMPTOIR_RETURN_IF_ERROR(EachPage(settings, daemon, &CoopService::Stub::ListProducts,
                                    &ShopService::Stub::ListProducts,
                                    shop::v1::ListProductsRequest(), take));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ExportProducers(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  shop::v1::ListNamesRequest request;
  request.set_subject(shop::v1::SUBJECT_PRODUCER);
  std::optional<Sheet> sheet;
  const auto take = [&](const shop::v1::ListNamesResponse& page) {
    if (!sheet) sheet.emplace(settings, options, ProducerColumns());
    for (const shop::v1::Named& named : page.names()) {
      sheet->Add(named, [&](const CsvWriter&) -> std::vector<std::string> {
        return {named.code(), named.name(), named.place()};
      });
    }
  };
  COMPTOIR_RETURN_IF_ERROR(EachPage(settings, daemon, &CoopService::Stub::ListNames,
                                    &ShopService::Stub::ListNames, request, take));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ExportStock(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  // Of stock without a lot nobody knows whose it was; the catalogue says whose it is.
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto products,
      AskPages(settings, node, &ShopService::Stub::ListProducts, shop::v1::ListProductsRequest()));
  std::map<std::string, std::string> producers;
  for (const auto& product : products.products()) producers[product.product()] = product.producer();
  shop::v1::ListStockRequest request;
  request.set_by_lot(true);
  COMPTOIR_ASSIGN_OR_RETURN(const auto stock,
                            AskPages(settings, node, &ShopService::Stub::ListStock, request));
  Sheet sheet(settings, options, StockColumns());
  for (const shop::v1::StockRow& row : stock.rows()) {
    sheet.Add(row, [&](const CsvWriter& csv) -> std::vector<std::string> {
      return {row.product(),
              row.name(),
              csv.Quantity(row.quantity_milli(), row.unit()),
              FormatUnit(row.unit()),
              row.producer().empty() ? producers[row.product()] : row.producer(),
              row.lot(),
              DayOrEmpty(row.use_by_day()),
              DayOrEmpty(row.best_before_day()),
              ""};
    });
  }
  return ExitCode::kDone;
}

const std::vector<SheetColumn>& ReceiptColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {0, "receipt", "ticket"},    {1, "shop", "magasin"}, {2, "day", "jour"},
      {3, "time", "heure"},        {4, "till", "caisse"},  {5, "line", "ligne"},
      {6, "product", "produit"},   {7, "name", "nom"},     {8, "lot", "lot"},
      {9, "quantity", "quantité"}, {10, "unit", "unité"},  {11, "price", "prix"},
      {12, "total", "total"},      {13, "vat", "tva"},     {14, "receipt total", "total du ticket"},
      {15, "note", "note"},
  };
  return *columns;
}

void AddReceipt(const shop::v1::Receipt& receipt, Sheet* sheet) {
  const std::string instant = FormatInstant(receipt.wall_ms(), receipt.utc_offset_minutes());
  const std::string note = receipt.duplicate()  ? "duplicate, does not count"
                           : receipt.doubtful() ? "clock doubtful"
                                                : "";
  int number = 0;
  for (const shop::v1::ReceiptLine& line : receipt.lines()) {
    ++number;
    sheet->Add(line, [&](const CsvWriter& csv) -> std::vector<std::string> {
      return {receipt.number(),
              receipt.shop(),
              FormatDay(receipt.day()),
              instant.substr(instant.find(' ') + 1),
              receipt.till(),
              std::to_string(number),
              line.product(),
              line.name(),
              line.lot(),
              csv.Quantity(line.quantity_milli(), line.unit()),
              FormatUnit(line.unit()),
              csv.Money(line.unit_price_cents()),
              csv.Money(line.total_cents()),
              csv.Percent(line.vat_basis_points()),
              csv.Money(receipt.total_cents()),
              note};
    });
  }
}

struct Days {
  int32_t first = 0;  // 0: today
  int32_t last = 0;
};
absl::StatusOr<Days> ParseDays(const ExportOptions& options) {
  Days days;
  if (!options.first_day.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(days.first, ParseDay(options.first_day));
  }
  days.last = days.first;
  if (options.last_day.empty()) return days;
  if (options.first_day.empty()) {
    return absl::InvalidArgumentError("say the first day too, when there is a last one");
  }
  COMPTOIR_ASSIGN_OR_RETURN(days.last, ParseDay(options.last_day));
  if (days.last < days.first || days.last - days.first > kExportDaysMax) {
    return absl::InvalidArgumentError("the last day must be from the first to ten years after it");
  }
  return days;
}

absl::StatusOr<ExitCode> ExportReceipts(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const Days days, ParseDays(options));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  if (daemon.daemon == Daemon::kHub && options.shop.empty()) {
    return absl::InvalidArgumentError("the hub has every shop's receipts: say which with --shop");
  }
  shop::v1::ListReceiptsRequest request;
  request.set_shop(options.shop);
  request.set_page_size(kReceiptsPage);
  std::optional<Sheet> sheet;
  for (int32_t day = days.first; day <= days.last; ++day) {
    request.set_day(day);
    COMPTOIR_RETURN_IF_ERROR(EachPage(settings, daemon, &CoopService::Stub::ListReceipts,
                                      &ShopService::Stub::ListReceipts, request,
                                      [&](const shop::v1::ListReceiptsResponse& page) {
                                        if (!sheet)
                                          sheet.emplace(settings, options, ReceiptColumns());
                                        for (const shop::v1::Receipt& receipt : page.receipts()) {
                                          if (settings.json) {
                                            *settings.out << MessageJson(receipt) << "\n";
                                          } else {
                                            AddReceipt(receipt, &*sheet);
                                          }
                                        }
                                      }));
  }
  return ExitCode::kDone;
}

const std::vector<SheetColumn>& SalesColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {0, "day", "jour"},    {1, "shop", "magasin"},      {2, "product", "produit"},
      {3, "name", "nom"},    {4, "quantity", "quantité"}, {5, "unit", "unité"},
      {6, "total", "total"},
  };
  return *columns;
}

absl::StatusOr<ExitCode> ExportSales(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const Days days, ParseDays(options));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  shop::v1::ListSalesRequest request;
  request.set_first_day(days.first);
  request.set_last_day(days.last);
  request.set_shop(options.shop);
  request.set_by_product(true);
  std::optional<Sheet> sheet;
  const auto take = [&](const shop::v1::ListSalesResponse& page) {
    if (!sheet) sheet.emplace(settings, options, SalesColumns());
    for (const shop::v1::SalesRow& row : page.rows()) {
      sheet->Add(row, [&](const CsvWriter& csv) -> std::vector<std::string> {
        return {FormatDay(row.day()),
                row.shop(),
                row.product(),
                row.name(),
                csv.Quantity(row.quantity_milli(), row.unit()),
                FormatUnit(row.unit()),
                csv.Money(row.total_cents())};
      });
    }
  };
  COMPTOIR_RETURN_IF_ERROR(EachPage(settings, daemon, &CoopService::Stub::ListSales,
                                    &ShopService::Stub::ListSales, request, take));
  return ExitCode::kDone;
}

using Export = absl::StatusOr<ExitCode> (*)(const Settings&, const ExportOptions&);

std::pair<CLI::App*, std::shared_ptr<ExportOptions>> AddSheetCommand(
    CLI::App& parent, Action* action, const char* name, const char* description, Export run) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = parent.add_subcommand(name, description);
  command->add_option("--lang", options->language, "Titles, and how numbers are written")
      ->capture_default_str()
      ->check(CLI::IsMember({"en", "fr"}));
  command->add_option("--separator", options->separator, "Between fields (fr: ;, en: ,)")
      ->check([](const std::string& text) -> std::string {
        const bool is_known = text == ";" || text == "," || text == "tab";
        return is_known ? "" : "write ';', ',' or tab";
      });
  command->add_option("--decimal", options->decimal, "In numbers (fr: comma, en: point)")
      ->check(CLI::IsMember({"comma", "point"}));
  command->add_flag("--bom", options->byte_order_mark,
                    "Begin with a byte order mark, as some spreadsheets want it");
  command->callback([options, action, run] {
    *action = [options, run](const Settings& settings) { return run(settings, *options); };
  });
  return {command, options};
}

void AddDays(CLI::App* command, const std::shared_ptr<ExportOptions>& options,
             const char* first_day, const char* shop) {
  command->add_option(first_day, options->first_day, "First day, like 2026-11-23 (default: today)");
  command->add_option("--to", options->last_day, "Last day (default: the first)");
  command->add_option("--shop", options->shop, shop)->type_name("SHOP");
}

}  // namespace

void AddExportCommand(CLI::App& app, Action* action) {
  CLI::App* parent = app.add_subcommand("export", "CSV on standard output, as import reads it");
  parent->require_subcommand(1);
  AddSheetCommand(*parent, action, "products", "Products with prices in force (a node, or --hub)",
                  &ExportProducts);
  AddSheetCommand(*parent, action, "producers", "Producers (a node, or --hub)", &ExportProducers);
  AddSheetCommand(*parent, action, "stock", "What is on this shop's shelves, by lot", &ExportStock);
  const auto [receipts, receipts_options] =
      AddSheetCommand(*parent, action, "receipts",
                      "A row a line of every receipt (a node, or --hub)", &ExportReceipts);
  AddDays(receipts, receipts_options, "--day,--from", "Code of the shop; the hub needs it");
  const auto [sales, sales_options] = AddSheetCommand(
      *parent, action, "sales", "Sales by day, shop and product (a node, or --hub)", &ExportSales);
  AddDays(sales, sales_options, "--from,--day", "One shop's code (default: all known)");
}

}  // namespace comptoir::cli
