#include <memory>
#include <utility>

#include "cli/catalogue_entry.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/parse.h"
#include "cli/render_coop_stock.h"
#include "cli/render_shop.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

constexpr uint32_t kReceiptsPageMax = 1'000;
constexpr uint32_t kExpiringDaysMax = 3'660;

struct ListOptions {
  std::string product;
  std::string number;
  std::string shop;
  std::string first_day;
  std::string last_day;
  size_t receipts_max = 100;
  std::string days = "3";
  bool by_lot = false;
  bool coop = false;
  bool by_product = false;
};

absl::StatusOr<int32_t> ParseDayOrToday(const std::string& text) {
  if (text.empty()) return 0;
  return ParseDay(text);
}

absl::StatusOr<ExitCode> ShowCoopStock(const Settings& settings, const ListOptions& options) {
  shop::v1::ListCoopStockRequest request;
  request.set_product(options.product);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto response,
                            AskPages(settings, node, &ShopService::Stub::ListCoopStock, request));
  if (response.rows().empty()) {
    COMPTOIR_RETURN_IF_ERROR(CheckProductIsKnown(settings, node, options.product));
  }
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderCoopStock(response, options.product, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowBarcode(const Settings& settings, const std::string& barcode) {
  shop::v1::LookUpBarcodeRequest request;
  request.set_barcode(barcode);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto found,
                            Ask(settings, node, &ShopService::Stub::LookUpBarcode, request));
  if (settings.json) {
    *settings.out << MessageJson(found) << "\n";
  } else {
    RenderBarcode(found, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowStock(const Settings& settings, const ListOptions& options) {
  if (options.coop) return ShowCoopStock(settings, options);
  shop::v1::ListStockRequest request;
  request.set_product(options.product);
  request.set_by_lot(options.by_lot);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto response,
                            AskPages(settings, node, &ShopService::Stub::ListStock, request));
  if (response.rows().empty()) {
    COMPTOIR_RETURN_IF_ERROR(CheckProductIsKnown(settings, node, options.product));
  }
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else if (response.rows().empty()) {
    // By lot, those of which nothing is left are not listed.
    *settings.out << NothingOf(options.product)
                  << (options.by_lot ? " is on the shelf\n" : " has moved here yet\n");
  } else {
    RenderStock(response, options.by_lot, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowExpiring(const Settings& settings, const ListOptions& options) {
  shop::v1::ListStockRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(const uint32_t days, ParseWhole(options.days, kExpiringDaysMax));
  request.set_product(options.product);
  request.set_by_lot(true);
  request.set_expires_within_days(days);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  COMPTOIR_ASSIGN_OR_RETURN(auto response,
                            AskPages(settings, node, &ShopService::Stub::ListStock, request));
  if (response.rows().empty()) {
    COMPTOIR_RETURN_IF_ERROR(CheckProductIsKnown(settings, node, options.product));
  }
  SortByExpiry(&response);
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else if (response.rows().empty()) {
    *settings.out << NothingOf(options.product) << " expires by "
                  << FormatDay(response.today() + static_cast<int32_t>(days)) << "\n";
  } else {
    RenderExpiring(response, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowReceipt(const Settings& settings, const ListOptions& options) {
  shop::v1::GetReceiptRequest request;
  request.set_number(options.number);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const shop::v1::Receipt receipt,
                            daemon.daemon == Daemon::kHub
                                ? Ask(settings, daemon, &CoopService::Stub::GetReceipt, request)
                                : Ask(settings, daemon, &ShopService::Stub::GetReceipt, request));
  if (settings.json) {
    *settings.out << MessageJson(receipt) << "\n";
  } else {
    RenderReceipt(receipt, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowReceipts(const Settings& settings, const ListOptions& options) {
  shop::v1::ListReceiptsRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(const int32_t day, ParseDayOrToday(options.first_day));
  request.set_day(day);
  request.set_shop(options.shop);
  request.set_page_size(
      static_cast<uint32_t>(std::min<size_t>(options.receipts_max, kReceiptsPageMax)));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon,
                            ConnectForShop(settings, options.shop, "receipts"));
  const auto is_enough = [&](const shop::v1::ListReceiptsResponse& response) {
    return static_cast<size_t>(response.receipts().size()) >= options.receipts_max;
  };
  COMPTOIR_ASSIGN_OR_RETURN(
      auto response,
      daemon.daemon == Daemon::kHub
          ? AskPages(settings, daemon, &CoopService::Stub::ListReceipts, request, is_enough)
          : AskPages(settings, daemon, &ShopService::Stub::ListReceipts, request, is_enough));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
    return ExitCode::kDone;
  }
  RenderReceipts(response, *settings.out);
  if (!response.next_cursor().empty()) {
    *settings.err << "there are more: raise --limit to see them\n";
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowSales(const Settings& settings, const ListOptions& options) {
  shop::v1::ListSalesRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(const DaySpan days, ParseDaySpan(options.first_day, options.last_day));
  request.set_first_day(days.first);
  request.set_last_day(days.last);
  request.set_shop(options.shop);
  request.set_by_product(options.by_product);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const shop::v1::ListSalesResponse response,
      daemon.daemon == Daemon::kHub
          ? AskPages(settings, daemon, &CoopService::Stub::ListSales, request)
          : AskPages(settings, daemon, &ShopService::Stub::ListSales, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderSales(response, options.by_product, *settings.out);
  }
  return ExitCode::kDone;
}

}  // namespace

absl::StatusOr<ExitCode> ShowProducts(const Settings& settings) {
  const shop::v1::ListProductsRequest request;
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto response,
      daemon.daemon == Daemon::kHub
          ? AskPages(settings, daemon, &CoopService::Stub::ListProducts, request)
          : AskPages(settings, daemon, &ShopService::Stub::ListProducts, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderProducts(response, *settings.out);
  }
  return ExitCode::kDone;
}

namespace {

using ShowAction = absl::StatusOr<ExitCode> (*)(const Settings&, const ListOptions&);

// A subcommand that ends in `show`; its options are read into what is returned.
std::pair<CLI::App*, std::shared_ptr<ListOptions>> AddList(CLI::App& app, Action* action,
                                                           const char* name,
                                                           const char* description,
                                                           ShowAction show) {
  auto options = std::make_shared<ListOptions>();
  CLI::App* command = app.add_subcommand(name, description);
  command->callback([options, action, show] {
    *action = [options, show](const Settings& settings) { return show(settings, *options); };
  });
  return {command, options};
}

}  // namespace

void AddShopCommands(CLI::App& app, Action* action) {
  const auto [stock, stock_options] =
      AddList(app, action, "stock", "What is on this shop's shelves", &ShowStock);
  stock->add_option("product", stock_options->product, "One product's code (default: all)")
      ->type_name("PRODUCT");
  CLI::Option* lots = stock->add_flag("--lots", stock_options->by_lot, "By lot");
  stock
      ->add_flag("--coop", stock_options->coop,
                 "The other shops' too, as the hub last told; answers without it as well")
      ->excludes(lots);

  const auto [expiring, expiring_options] = AddList(
      app, action, "expiring", "Lots on the shelf that expire soon, or have", &ShowExpiring);
  expiring->add_option("product", expiring_options->product, "One product's code (default: all)")
      ->type_name("PRODUCT");
  expiring->add_option("--days", expiring_options->days, "By so many days from today")
      ->capture_default_str()
      ->type_name("DAYS");

  const auto [receipt, receipt_options] =
      AddList(app, action, "receipt", "One receipt (asks a node, or --hub)", &ShowReceipt);
  receipt->add_option("number", receipt_options->number, "As printed on it")->required();

  const auto [receipts, receipts_options] =
      AddList(app, action, "receipts", "Receipts of a day (asks a node, or --hub)", &ShowReceipts);
  receipts->add_option("--day", receipts_options->first_day, "Like 2026-11-23 (default: today)");
  receipts->add_option("--shop", receipts_options->shop, "Code of the shop; the hub needs it")
      ->type_name("SHOP");
  receipts->add_option("--limit", receipts_options->receipts_max, "At most about so many")
      ->capture_default_str()
      ->check(CLI::Range(size_t{1}, size_t{1'000'000}));

  const auto [sales, sales_options] =
      AddList(app, action, "sales", "Sales by day and shop (asks a node, or --hub)", &ShowSales);
  sales->add_option("--from,--day", sales_options->first_day, "First day (default: today)");
  sales->add_option("--to", sales_options->last_day, "Last day (default: the first)");
  sales->add_option("--shop", sales_options->shop, "One shop's code (default: all known)")
      ->type_name("SHOP");
  sales->add_flag("--by-product", sales_options->by_product, "By product, with quantities");

  CLI::App* products =
      app.add_subcommand("products", "Products with prices in force (asks a node, or --hub)");
  products->callback([action] { *action = &ShowProducts; });
  auto barcode = std::make_shared<std::string>();
  CLI::App* look_up = app.add_subcommand("barcode", "What a barcode stands for in this shop");
  look_up->add_option("barcode", *barcode, "Its digits, as scanned")->required();
  look_up->callback([barcode, action] {
    *action = [barcode](const Settings& settings) { return ShowBarcode(settings, *barcode); };
  });
}

}  // namespace comptoir::cli
