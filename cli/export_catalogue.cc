#include <map>
#include <optional>

#include "cli/export.h"
#include "cli/format.h"
#include "cli/notes.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

std::string DayOrEmpty(int32_t day) { return day == 0 ? "" : FormatDay(day); }

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

}  // namespace

std::vector<std::string> ProductCells(const shop::v1::Product& product,
                                      const std::string& producer_name, const CsvWriter& csv) {
  const bool bears_deposit =
      product.deposit_cents() != 0 && product.unit() == retail::v1::UNIT_PIECE;
  // Without VAT set a product sells at 0 %: the same, read back.
  return {product.product(),
          product.name(),
          FormatUnit(product.unit()),
          product.producer(),
          producer_name,
          product.gtin(),
          product.has_price_cents() ? csv.Money(product.price_cents()) : "",
          product.vat_basis_points() == 0 ? "" : csv.Percent(product.vat_basis_points()),
          bears_deposit ? csv.Money(product.deposit_cents()) : "",
          product.item()};
}

absl::StatusOr<ExitCode> ExportProducts(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto names, ProducerNames(settings, daemon));
  std::optional<ExportSheet> sheet;
  int own_prices = 0;
  const auto take = [&](const shop::v1::ListProductsResponse& page) {
    if (!sheet) sheet.emplace(settings, options, ProductColumns());
    for (const shop::v1::Product& product : page.products()) {
      if (product.own_price()) ++own_prices;
      sheet->Add(product, [&](const CsvWriter& csv) {
        const auto named = names.find(product.producer());
        return ProductCells(product, named == names.end() ? "" : named->second, csv);
      });
    }
  };
  COMPTOIR_RETURN_IF_ERROR(EachPage(settings, daemon, &CoopService::Stub::ListProducts,
                                    &ShopService::Stub::ListProducts,
                                    shop::v1::ListProductsRequest(), take));
  PrintNotes(NotesOfOwnPrices(own_prices), *settings.err);
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ExportProducers(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  shop::v1::ListNamesRequest request;
  request.set_subject(shop::v1::SUBJECT_PRODUCER);
  std::optional<ExportSheet> sheet;
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
  ExportSheet sheet(settings, options, StockColumns());
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

}  // namespace comptoir::cli
