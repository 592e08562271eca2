#include "cli/render_shop.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "cli/format.h"
#include "cli/table.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using Align = Table::Align;

std::string QuantityWithUnit(int64_t milli, retail::v1::Unit unit) {
  const std::string quantity = FormatQuantity(milli, unit);
  return unit == retail::v1::UNIT_PIECE ? quantity : quantity + " " + FormatUnit(unit);
}

// A customer buys three of something, whatever lots they are of.
std::vector<shop::v1::ReceiptLine> WithoutLots(const shop::v1::Receipt& receipt) {
  std::vector<shop::v1::ReceiptLine> lines;
  for (const shop::v1::ReceiptLine& line : receipt.lines()) {
    shop::v1::ReceiptLine* last = lines.empty() ? nullptr : &lines.back();
    if (last != nullptr && last->product() == line.product() && last->unit() == line.unit() &&
        last->unit_price_cents() == line.unit_price_cents() &&
        last->vat_basis_points() == line.vat_basis_points() && last->lot() != line.lot() &&
        !last->by_label() && !line.by_label()) {
      last->set_quantity_milli(last->quantity_milli() + line.quantity_milli());
      last->set_total_cents(last->total_cents() + line.total_cents());
      last->set_discount_cents(last->discount_cents() + line.discount_cents());
      last->set_receipt_discount_cents(last->receipt_discount_cents() +
                                       line.receipt_discount_cents());
      last->set_deposit_cents(last->deposit_cents() + line.deposit_cents());
      last->set_lot(line.lot());
    } else {
      lines.push_back(line);
    }
  }
  return lines;
}

// The earlier day; one that is unknown is none.
int32_t ExpiryDay(const shop::v1::StockRow& row) {
  if (row.use_by_day() == 0) return row.best_before_day();
  if (row.best_before_day() == 0) return row.use_by_day();
  return std::min(row.use_by_day(), row.best_before_day());
}

// "use by 2026-12-05", "best before 2027-03-01"; empty where neither is known.
std::string ExpiryOf(const shop::v1::StockRow& row) {
  const int32_t day = ExpiryDay(row);
  if (day == 0) return "";
  return (day == row.use_by_day() ? "use by " : "best before ") + FormatDay(day);
}

// "RECALLED k7qm2w"; empty where it is not.
std::string RecalledMark(const shop::v1::StockRow& row) {
  std::string mark;
  for (const std::string& code : row.recalls()) mark += (mark.empty() ? "RECALLED " : ", ") + code;
  return mark;
}

std::string InDays(int32_t days) {
  if (days < 0) return "past";
  if (days == 0) return "today";
  return days == 1 ? "tomorrow" : "in " + std::to_string(days) + " days";
}

std::string MarksOf(const shop::v1::Receipt& receipt) {
  std::string marks;
  const auto mark = [&marks](const char* text) {
    if (!marks.empty()) marks += "; ";
    marks += text;
  };
  if (receipt.kind() == shop::v1::RECEIPT_KIND_RETURN) mark("return");
  if (receipt.kind() == shop::v1::RECEIPT_KIND_VOID) mark("void");
  if (receipt.duplicate()) mark("duplicate, does not count");
  if (receipt.doubtful()) mark("clock doubtful");
  return marks;
}

void RenderTotals(const shop::v1::Receipt& receipt, std::ostream& out) {
  Table totals({{"", Align::kLeft}, {"", Align::kRight}});
  if (receipt.discount_cents() != 0) {
    totals.AddRow({"discount", FormatMoney(-receipt.discount_cents())});
  }
  totals.AddRow({"total", FormatMoney(receipt.total_cents())});
  for (const auto& payment : receipt.payments()) {
    totals.AddRow({FormatPaymentMethod(payment.method()), FormatMoney(payment.amount_cents())});
  }
  if (receipt.cash_rounding_cents() != 0) {
    totals.AddRow({"rounding to 5 cents", FormatMoney(receipt.cash_rounding_cents())});
  }
  for (const auto& share : receipt.vat()) {
    totals.AddRow(
        {"VAT " + FormatVat(share.basis_points()) + " in " + FormatMoney(share.total_cents()),
         FormatMoney(share.vat_cents())});
  }
  if (receipt.deposit_cents() != 0) {
    totals.AddRow({"deposits, without VAT", FormatMoney(receipt.deposit_cents())});
  }
  totals.Print(out);
}

}  // namespace

std::string PaymentsText(const shop::v1::Receipt& receipt,
                         const std::function<std::string(int64_t)>& money) {
  std::string text;
  for (const auto& payment : receipt.payments()) {
    if (!text.empty()) text += " + ";
    text += FormatPaymentMethod(payment.method());
    if (receipt.payments().size() > 1) text += " " + money(payment.amount_cents());
  }
  return text;
}

void SortByExpiry(shop::v1::ListStockResponse* by_lot) {
  std::ranges::sort(*by_lot->mutable_rows(), {}, [](const shop::v1::StockRow& row) {
    return std::tuple(ExpiryDay(row), std::string_view(row.product()), std::string_view(row.lot()));
  });
}

void RenderExpiring(const shop::v1::ListStockResponse& by_lot, std::ostream& out) {
  Table table({{"expires", Align::kLeft},
               {"", Align::kLeft},
               {"product", Align::kLeft},
               {"name", Align::kLeft},
               {"lot", Align::kLeft},
               {"on shelf", Align::kRight},
               {"unit", Align::kLeft},
               {"producer", Align::kLeft},
               {"", Align::kLeft}});
  for (const auto& row : by_lot.rows()) {
    table.AddRow({ExpiryOf(row), InDays(ExpiryDay(row) - by_lot.today()), row.product(), row.name(),
                  row.lot(), FormatQuantity(row.quantity_milli(), row.unit()),
                  FormatUnit(row.unit()), row.producer(), RecalledMark(row)});
  }
  table.Print(out);
}

void RenderStock(const shop::v1::ListStockResponse& response, bool by_lot, std::ostream& out) {
  std::vector<Table::Column> columns = {{"product", Align::kLeft}, {"name", Align::kLeft}};
  if (by_lot) columns.push_back({"lot", Align::kLeft});
  if (by_lot) columns.push_back({"expires", Align::kLeft});
  columns.push_back({"on shelf", Align::kRight});
  // Most days there is nothing to say in it.
  const bool is_awaited = std::any_of(response.rows().begin(), response.rows().end(),
                                      [](const auto& row) { return row.in_transit_milli() != 0; });
  if (is_awaited) columns.push_back({"on its way", Align::kRight});
  columns.push_back({"unit", Align::kLeft});
  if (by_lot) columns.push_back({"", Align::kLeft});
  Table table(columns);
  for (const auto& row : response.rows()) {
    std::vector<std::string> cells = {row.product(), row.name()};
    if (by_lot) cells.push_back(row.lot().empty() ? "unknown" : row.lot());
    if (by_lot) cells.push_back(ExpiryOf(row));
    cells.push_back(FormatQuantity(row.quantity_milli(), row.unit()));
    if (is_awaited) {
      cells.push_back(
          row.in_transit_milli() == 0 ? "" : FormatQuantity(row.in_transit_milli(), row.unit()));
    }
    cells.push_back(FormatUnit(row.unit()));
    if (by_lot) cells.push_back(RecalledMark(row));
    table.AddRow(cells);
  }
  table.Print(out);
}

void RenderReceipt(const shop::v1::Receipt& receipt, std::ostream& out) {
  out << Printable(receipt.number()) << "\n";
  if (!receipt.refers_to().empty()) {
    out << (receipt.kind() == shop::v1::RECEIPT_KIND_VOID ? "voids " : "refunds part of ")
        << Printable(receipt.refers_to()) << "\n";
  }
  out << FormatInstant(receipt.wall_ms(), receipt.utc_offset_minutes());
  if (!receipt.till().empty()) out << ", till " << Printable(receipt.till());
  if (const std::string marks = MarksOf(receipt); !marks.empty()) out << " (" << marks << ")";
  out << "\n\n";
  Table lines({{"article", Align::kLeft},
               {"quantity", Align::kRight},
               {"price", Align::kRight},
               {"VAT", Align::kRight},
               {"total", Align::kRight}});
  for (const auto& line : WithoutLots(receipt)) {
    lines.AddRow(
        {line.name().empty() ? line.product() : line.name(),
         QuantityWithUnit(line.quantity_milli(), line.unit()), FormatMoney(line.unit_price_cents()),
         FormatVat(line.vat_basis_points()),
         FormatMoney(line.total_cents() + line.discount_cents() + line.receipt_discount_cents())});
    if (line.label_differs()) lines.AddRow({"  costs what its label says", "", "", "", ""});
    if (line.discount_cents() != 0) {
      lines.AddRow({"  discount", "", "", "", FormatMoney(-line.discount_cents())});
    }
    if (line.deposit_cents() != 0) {
      lines.AddRow({"  deposit", "", "", "", FormatMoney(line.deposit_cents())});
    }
  }
  for (const auto& empties : receipt.empties()) {
    lines.AddRow({"empties of " + (empties.name().empty() ? empties.product() : empties.name()),
                  std::to_string(empties.pieces()), FormatMoney(-empties.deposit_cents()), "",
                  FormatMoney(empties.total_cents())});
  }
  lines.Print(out);
  RenderTotals(receipt, out);
}

void RenderBarcode(const shop::v1::LookUpBarcodeResponse& found, std::ostream& out) {
  const shop::v1::Product& product = found.product();
  Table table({{"product", Align::kLeft}, {Printable(product.product()), Align::kLeft}});
  if (!product.name().empty()) table.AddRow({"name", product.name()});
  if (found.has_quantity_milli()) {
    table.AddRow({"quantity", QuantityWithUnit(found.quantity_milli(), product.unit())});
  }
  if (found.has_label_cents()) table.AddRow({"costs", FormatMoney(found.label_cents())});
  table.AddRow({"price", (product.has_price_cents() ? FormatMoney(product.price_cents()) : "none") +
                             " a " + FormatUnit(product.unit())});
  table.AddRow({"read by", found.rule().empty() ? "its GTIN" : "rule " + found.rule()});
  table.Print(out);
}

void RenderReceipts(const shop::v1::ListReceiptsResponse& response, std::ostream& out) {
  if (response.receipts().empty()) {
    out << "no receipts that day\n";
    return;
  }
  Table table({{"receipt", Align::kLeft},
               {"time", Align::kLeft},
               {"lines", Align::kRight},
               {"total", Align::kRight},
               {"paid by", Align::kLeft},
               {"", Align::kLeft}});
  for (const auto& receipt : response.receipts()) {
    table.AddRow(
        {receipt.number(), FormatInstant(receipt.wall_ms(), receipt.utc_offset_minutes()),
         std::to_string(WithoutLots(receipt).size() + static_cast<size_t>(receipt.empties_size())),
         FormatMoney(receipt.total_cents()), PaymentsText(receipt, &FormatMoney),
         MarksOf(receipt)});
  }
  table.Print(out);
}

void RenderSales(const shop::v1::ListSalesResponse& response, bool by_product, std::ostream& out) {
  if (response.rows().empty()) {
    out << "no sales in that time\n";
    return;
  }
  std::vector<Table::Column> columns = {{"day", Align::kLeft}, {"shop", Align::kLeft}};
  if (by_product) {
    columns.insert(columns.end(), {{"product", Align::kLeft},
                                   {"name", Align::kLeft},
                                   {"quantity", Align::kRight},
                                   {"unit", Align::kLeft}});
  } else {
    columns.push_back({"receipts", Align::kRight});
  }
  columns.push_back({"total", Align::kRight});
  // Most shops have none.
  const bool has_deposits = std::ranges::any_of(
      response.rows(), [](const auto& row) { return row.deposit_cents() != 0; });
  if (has_deposits) columns.push_back({"deposits", Align::kRight});
  Table table(columns);
  int64_t receipts = 0;
  int64_t cents = 0;
  int64_t deposit_cents = 0;
  for (const auto& row : response.rows()) {
    receipts += row.receipts();
    cents += row.total_cents();
    deposit_cents += row.deposit_cents();
    std::vector<std::string> cells = {FormatDay(row.day()), row.shop()};
    if (by_product) {
      cells.insert(cells.end(),
                   {row.product(), row.name(), FormatQuantity(row.quantity_milli(), row.unit()),
                    FormatUnit(row.unit())});
    } else {
      cells.push_back(std::to_string(row.receipts()));
    }
    cells.push_back(FormatMoney(row.total_cents()));
    if (has_deposits) cells.push_back(FormatMoney(row.deposit_cents()));
    table.AddRow(cells);
  }
  table.AddRule();
  std::vector<std::string> totals(columns.size());
  totals[0] = "all";
  if (!by_product) totals[2] = std::to_string(receipts);
  totals[columns.size() - (has_deposits ? 2 : 1)] = FormatMoney(cents);
  if (has_deposits) totals.back() = FormatMoney(deposit_cents);
  table.AddRow(totals);
  table.Print(out);
}

void RenderProducts(const shop::v1::ListProductsResponse& response, std::ostream& out) {
  if (response.products().empty()) {
    out << "no products are known here yet\n";
    return;
  }
  const bool has_deposits = std::ranges::any_of(
      response.products(), [](const auto& product) { return product.deposit_cents() != 0; });
  std::vector<Table::Column> columns = {{"product", Align::kLeft},
                                        {"name", Align::kLeft},
                                        {"unit", Align::kLeft},
                                        {"price", Align::kRight},
                                        {"VAT", Align::kRight}};
  if (has_deposits) columns.push_back({"deposit", Align::kRight});
  columns.insert(columns.end(), {{"producer", Align::kLeft}, {"", Align::kLeft}});
  Table table(columns);
  for (const auto& product : response.products()) {
    std::vector<std::string> cells = {
        product.product(), product.name(), FormatUnit(product.unit()),
        product.has_price_cents() ? FormatMoney(product.price_cents()) : "none",
        FormatVat(product.vat_basis_points())};
    if (has_deposits) {
      cells.push_back(product.deposit_cents() == 0 ? "" : FormatMoney(product.deposit_cents()));
    }
    cells.insert(cells.end(), {product.producer(), product.conflict() ? "conflict" : ""});
    table.AddRow(cells);
  }
  table.Print(out);
}

}  // namespace comptoir::cli
