#include <optional>

#include "cli/export.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/render_shop.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

const std::vector<SheetColumn>& ReceiptColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {0, "receipt", "ticket"},
      {1, "shop", "magasin"},
      {2, "day", "jour"},
      {3, "time", "heure"},
      {4, "till", "caisse"},
      {5, "line", "ligne"},
      {6, "product", "produit"},
      {7, "name", "nom"},
      {8, "lot", "lot"},
      {9, "quantity", "quantité"},
      {10, "unit", "unité"},
      {11, "price", "prix"},
      {12, "total", "total"},
      {13, "vat", "tva"},
      {14, "receipt total", "total du ticket"},
      {15, "payment", "paiement"},
      {16, "cash rounding", "arrondi"},
      {17, "note", "note"},
      {18, "discount", "remise"},
      {19, "deposit", "vidange"},
  };
  return *columns;
}

// What each row of a receipt begins with.
std::vector<std::string> BeginningOf(const shop::v1::Receipt& receipt, int number,
                                     const std::string& product, const std::string& name) {
  const std::string instant = FormatInstant(receipt.wall_ms(), receipt.utc_offset_minutes());
  return {receipt.number(),
          receipt.shop(),
          FormatDay(receipt.day()),
          instant.substr(instant.find(' ') + 1),
          receipt.till(),
          std::to_string(number),
          product,
          name};
}

void AddReceipt(const shop::v1::Receipt& receipt, ExportSheet* sheet) {
  const std::string note = receipt.duplicate()  ? "duplicate, does not count"
                           : receipt.doubtful() ? "clock doubtful"
                                                : "";
  int number = 0;
  for (const shop::v1::ReceiptLine& line : receipt.lines()) {
    ++number;
    sheet->Add(line, [&](const CsvWriter& csv) -> std::vector<std::string> {
      std::vector<std::string> cells = BeginningOf(receipt, number, line.product(), line.name());
      cells.insert(
          cells.end(),
          {line.lot(), csv.Quantity(line.quantity_milli(), line.unit()), FormatUnit(line.unit()),
           csv.Money(line.unit_price_cents()), csv.Money(line.total_cents()),
           csv.Percent(line.vat_basis_points()), csv.Money(receipt.total_cents()),
           PaymentsText(receipt, [&](int64_t cents) { return csv.Money(cents); }),
           csv.Money(receipt.cash_rounding_cents()), note,
           csv.Money(line.discount_cents() + line.receipt_discount_cents()),
           csv.Money(line.deposit_cents())});
      return cells;
    });
  }
  // No goods, and no quantity of them.
  for (const shop::v1::ReceiptEmpties& empties : receipt.empties()) {
    ++number;
    sheet->Add(empties, [&](const CsvWriter& csv) -> std::vector<std::string> {
      std::vector<std::string> cells =
          BeginningOf(receipt, number, empties.product(), empties.name());
      cells.insert(cells.end(),
                   {"", "", "", "", "", "", csv.Money(receipt.total_cents()),
                    PaymentsText(receipt, [&](int64_t cents) { return csv.Money(cents); }),
                    csv.Money(receipt.cash_rounding_cents()),
                    std::string(note) + (note.empty() ? "" : "; ") +
                        "empties: " + std::to_string(empties.pieces()),
                    "", csv.Money(empties.total_cents())});
      return cells;
    });
  }
}

const std::vector<SheetColumn>& SalesColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {0, "day", "jour"},    {1, "shop", "magasin"},      {2, "product", "produit"},
      {3, "name", "nom"},    {4, "quantity", "quantité"}, {5, "unit", "unité"},
      {6, "total", "total"},
  };
  return *columns;
}

}  // namespace

absl::StatusOr<ExitCode> ExportReceipts(const Settings& settings, const ExportOptions& options) {
  std::optional<ExportSheet> sheet;
  const auto take = [&](const shop::v1::ListReceiptsResponse& page) {
    if (!sheet) sheet.emplace(settings, options, ReceiptColumns());
    for (const shop::v1::Receipt& receipt : page.receipts()) {
      if (settings.json) {
        *settings.out << MessageJson(receipt) << "\n";
      } else {
        AddReceipt(receipt, &*sheet);
      }
    }
  };
  COMPTOIR_RETURN_IF_ERROR(EachPageOfDays(settings, options, "receipts",
                                          &CoopService::Stub::ListReceipts,
                                          &ShopService::Stub::ListReceipts, take));
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ExportSales(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const DaySpan days, ParseDaySpan(options.first_day, options.last_day));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  shop::v1::ListSalesRequest request;
  request.set_first_day(days.first);
  request.set_last_day(days.last);
  request.set_shop(options.shop);
  request.set_by_product(true);
  std::optional<ExportSheet> sheet;
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

}  // namespace comptoir::cli
