#include "cli/sheet.h"

#include <optional>
#include <set>

#include "absl/status/statusor.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

std::string Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t") - first + 1));
}

// "  Code-Barres" and "code_barres" are one title.
std::string Normalise(std::string_view title) {
  std::string result = FoldCase(Trimmed(title));
  for (char& c : result) {
    if (c == '_' || c == '-') c = ' ';
  }
  return result;
}

std::vector<std::string> TitlesOf(const SheetColumn& column) {
  std::vector<std::string> titles = {Normalise(column.english)};
  std::set<std::string> seen(titles.begin(), titles.end());
  const auto add = [&](std::string_view title) {
    std::string normal = Normalise(title);
    if (seen.insert(normal).second) titles.push_back(std::move(normal));
  };
  add(column.french);
  for (std::string_view other : column.others) add(other);
  return titles;
}

// "code, product or produit".
std::string Listed(const std::vector<std::string>& words) {
  std::string text;
  for (size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " or " : ", ";
    text += words[i];
  }
  return text;
}

struct Layout {
  std::vector<std::optional<int>> columns;  // of the file; nothing for those not used
  std::vector<std::string> unused;
};

absl::StatusOr<Layout> ReadTitles(const CsvRecord& titles,
                                  const std::vector<SheetColumn>& columns) {
  std::map<std::string, const SheetColumn*> known;
  for (const SheetColumn& column : columns) {
    for (const std::string& title : TitlesOf(column)) known.emplace(title, &column);
  }
  Layout layout;
  std::map<int, std::string> seen;
  for (const std::string& title : titles.fields) {
    const auto found = known.find(Normalise(title));
    if (found == known.end()) {
      layout.columns.emplace_back(std::nullopt);
      layout.unused.push_back(title);
      continue;
    }
    const auto [first, is_first] = seen.emplace(found->second->id, title);
    if (!is_first) {
      return absl::InvalidArgumentError("the columns \"" + first->second + "\" and \"" + title +
                                        "\" mean the same");
    }
    layout.columns.push_back(found->second->read ? std::optional<int>(found->second->id)
                                                 : std::nullopt);
  }
  for (const SheetColumn& column : columns) {
    if (!column.required || seen.contains(column.id)) continue;
    return absl::InvalidArgumentError(
        "the first row must name the columns, and no column is called " + Listed(TitlesOf(column)));
  }
  return layout;
}

absl::StatusOr<SheetRow> ReadRow(const Layout& layout, const CsvRecord& record) {
  if (record.fields.size() != layout.columns.size()) {
    return absl::InvalidArgumentError("there are " + std::to_string(record.fields.size()) +
                                      " fields and the first row names " +
                                      std::to_string(layout.columns.size()) + " columns");
  }
  SheetRow row{record.line, {}};
  for (size_t i = 0; i < record.fields.size(); ++i) {
    std::string text = Trimmed(record.fields[i]);
    if (layout.columns[i] && !text.empty()) row.cells[*layout.columns[i]] = std::move(text);
  }
  return row;
}

}  // namespace

const std::string& SheetRow::Cell(int column) const {
  static const auto* const empty = new std::string();
  const auto found = cells.find(column);
  return found == cells.end() ? *empty : found->second;
}

SheetReading ReadSheet(std::string_view csv, const std::vector<SheetColumn>& columns,
                       const std::function<absl::Status(const SheetRow&)>& on_row) {
  SheetReading reading;
  const CsvTable table = ParseCsv(csv);
  reading.problems = table.problems;
  if (!reading.problems.empty()) return reading;
  if (table.records.empty()) {
    reading.problems.push_back({1, "the file is empty"});
    return reading;
  }
  const size_t title_line = table.records.front().line;
  absl::StatusOr<Layout> layout = ReadTitles(table.records.front(), columns);
  if (!layout.ok()) {
    reading.problems.push_back({title_line, std::string(layout.status().message())});
    return reading;
  }
  if (table.records.size() == 1) {
    reading.problems.push_back({title_line, "there are no rows after the titles"});
  }
  for (size_t i = 1; i < table.records.size(); ++i) {
    if (reading.problems.size() >= kCsvProblemsMax) break;
    // Spreadsheets write rows of nothing but separators.
    const bool is_blank = std::ranges::all_of(
        table.records[i].fields, [](const std::string& field) { return Trimmed(field).empty(); });
    if (is_blank) continue;
    const absl::StatusOr<SheetRow> row = ReadRow(*layout, table.records[i]);
    const absl::Status taken = row.ok() ? on_row(*row) : row.status();
    if (taken.ok()) continue;
    reading.problems.push_back({table.records[i].line, std::string(taken.message())});
  }
  reading.unused_columns = std::move(layout->unused);
  return reading;
}

const std::vector<SheetColumn>& ProductColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {kProductCode, "code", "code", {"product", "produit", "article"}, true},
      {kProductName, "name", "nom", {"libellé", "désignation"}},
      {kProductUnit, "unit", "unité"},
      {kProductProducer, "producer", "producteur"},
      {kProductProducerName, "producer name", "nom du producteur"},
      {kProductGtin, "gtin", "gtin", {"ean", "code-barres", "barcode"}},
      {kProductPrice, "price", "prix", {"prix ttc", "prix tvac"}},
      {kProductVat, "vat", "tva", {"taux de tva"}},
      {kProductDeposit, "deposit", "vidange", {"consigne", "prix de la vidange"}},
      {kProductItem, "item", "numéro de balance", {"plu", "numéro balance"}},
  };
  return *columns;
}

const std::vector<SheetColumn>& ProducerColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {kProducerCode, "code", "code", {"producer", "producteur"}, true},
      {kProducerName, "name", "nom", {"producer name", "nom du producteur"}},
      {kProducerPlace, "place", "lieu", {"localité", "commune", "ville", "town"}},
  };
  return *columns;
}

const std::vector<SheetColumn>& StockColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {kStockProduct, "product", "produit", {"code", "article"}, true},
      {kStockName, "name", "nom", {"libellé", "désignation"}, false, false},
      {kStockQuantity, "quantity", "quantité", {"qty", "qté"}, true},
      {kStockUnit, "unit", "unité"},
      {kStockProducer, "producer", "producteur"},
      {kStockLot, "lot", "lot", {"batch"}},
      {kStockUseBy, "use by", "dlc", {"use by day", "date limite de consommation"}},
      {kStockBestBefore, "best before", "ddm", {"best before day", "dluo"}},
      {kStockUnitCost, "unit cost", "prix d'achat", {"cost", "coût", "prix htva"}},
  };
  return *columns;
}

}  // namespace comptoir::cli
