#include "cli/catalogue_csv.h"

#include <map>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "cli/parse.h"
#include "cli/utf8.h"
#include "common/base/code.h"
#include "common/base/status.h"

namespace comptoir::cli {
namespace {

using coop::v1::ProductSpec;

enum class Column { kCode, kName, kUnit, kProducer, kProducerName, kGtin, kPrice, kVat };

// As FoldCase and Normalise leave a title.
const std::map<std::string_view, Column>& Titles() {
  static const auto* const titles = new std::map<std::string_view, Column>{
      {"code", Column::kCode},
      {"product", Column::kCode},
      {"produit", Column::kCode},
      {"article", Column::kCode},
      {"name", Column::kName},
      {"nom", Column::kName},
      {"libelle", Column::kName},
      {"designation", Column::kName},
      {"unit", Column::kUnit},
      {"unite", Column::kUnit},
      {"producer", Column::kProducer},
      {"producteur", Column::kProducer},
      {"producer name", Column::kProducerName},
      {"nom du producteur", Column::kProducerName},
      {"gtin", Column::kGtin},
      {"ean", Column::kGtin},
      {"code barres", Column::kGtin},
      {"barcode", Column::kGtin},
      {"price", Column::kPrice},
      {"prix", Column::kPrice},
      {"prix ttc", Column::kPrice},
      {"prix tvac", Column::kPrice},
      {"vat", Column::kVat},
      {"tva", Column::kVat},
      {"taux de tva", Column::kVat},
  };
  return *titles;
}

std::string Trimmed(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// "  Code-Barres" and "code_barres" are one title.
std::string Normalise(const std::string& title) {
  std::string result = FoldCase(Trimmed(title));
  for (char& c : result) {
    if (c == '_' || c == '-') c = ' ';
  }
  return result;
}

struct Layout {
  std::vector<std::optional<Column>> columns;
  std::vector<std::string> unused;
};

absl::StatusOr<Layout> ReadTitles(const CsvRecord& titles) {
  Layout layout;
  std::map<Column, std::string> seen;
  for (const std::string& title : titles.fields) {
    const auto found = Titles().find(Normalise(title));
    if (found == Titles().end()) {
      layout.columns.emplace_back(std::nullopt);
      layout.unused.push_back(title);
      continue;
    }
    const auto [first, is_first] = seen.emplace(found->second, title);
    if (!is_first) {
      return absl::InvalidArgumentError("the columns \"" + first->second + "\" and \"" + title +
                                        "\" mean the same");
    }
    layout.columns.emplace_back(found->second);
  }
  if (seen.contains(Column::kCode)) return layout;
  return absl::InvalidArgumentError(
      "the first row must name the columns, and no column is called code, product, produit or "
      "article");
}

absl::Status SetText(std::string_view what, const std::string& text, std::string* field) {
  if (text.find('\n') != std::string::npos) {
    return absl::InvalidArgumentError("there is a line break in the " + std::string(what));
  }
  *field = text;
  return absl::OkStatus();
}

absl::Status SetCode(std::string_view what, const std::string& text, std::string* field) {
  COMPTOIR_RETURN_IF_ERROR(CheckCode(what, text));
  *field = text;
  return absl::OkStatus();
}

absl::Status SetCell(Column column, const std::string& text, ProductSpec* spec) {
  switch (column) {
    case Column::kCode:
      return SetCode("product", text, spec->mutable_product());
    case Column::kName:
      return SetText("name", text, spec->mutable_name());
    case Column::kProducer:
      return SetCode("producer", text, spec->mutable_producer());
    case Column::kProducerName:
      return SetText("producer's name", text, spec->mutable_producer_name());
    case Column::kGtin:
      return SetText("barcode", text, spec->mutable_gtin());
    case Column::kUnit: {
      COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::Unit unit, ParseUnit(text));
      spec->set_unit(unit);
      return absl::OkStatus();
    }
    case Column::kPrice: {
      COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(text));
      spec->set_price_cents(cents);
      return absl::OkStatus();
    }
    case Column::kVat: {
      COMPTOIR_ASSIGN_OR_RETURN(const uint32_t basis_points, ParseVatBasisPoints(text));
      spec->set_vat_basis_points(basis_points);
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<ProductSpec> ReadRow(const Layout& layout, const CsvRecord& record) {
  if (record.fields.size() != layout.columns.size()) {
    return absl::InvalidArgumentError("there are " + std::to_string(record.fields.size()) +
                                      " fields and the first row names " +
                                      std::to_string(layout.columns.size()) + " columns");
  }
  ProductSpec spec;
  for (size_t i = 0; i < record.fields.size(); ++i) {
    const std::string text = Trimmed(record.fields[i]);
    if (!layout.columns[i] || text.empty()) continue;
    COMPTOIR_RETURN_IF_ERROR(SetCell(*layout.columns[i], text, &spec));
  }
  if (spec.product().empty()) return absl::InvalidArgumentError("the product's code is missing");
  if (!spec.producer_name().empty() && spec.producer().empty()) {
    return absl::InvalidArgumentError("the producer has a name but no code");
  }
  return spec;
}

void ReadRows(const Layout& layout, const CsvTable& table, CatalogueReading* reading) {
  std::map<std::string, size_t> line_of;  // where each code was first seen
  for (size_t i = 1; i < table.records.size(); ++i) {
    const CsvRecord& record = table.records[i];
    if (reading->problems.size() >= kCsvProblemsMax) return;
    absl::StatusOr<ProductSpec> spec = ReadRow(layout, record);
    if (!spec.ok()) {
      reading->problems.push_back({record.line, std::string(spec.status().message())});
      continue;
    }
    const auto [first, is_first] = line_of.emplace(spec->product(), record.line);
    if (!is_first) {
      reading->problems.push_back({record.line, "\"" + first->first + "\" is already in line " +
                                                    std::to_string(first->second)});
      continue;
    }
    *reading->request.add_products() = *std::move(spec);
    reading->lines.push_back(record.line);
  }
}

}  // namespace

CatalogueReading ReadCatalogue(std::string_view csv) {
  CatalogueReading reading;
  const CsvTable table = ParseCsv(csv);
  reading.problems = table.problems;
  if (!reading.problems.empty()) return reading;
  if (table.records.empty()) {
    reading.problems.push_back({1, "the file is empty"});
    return reading;
  }
  const absl::StatusOr<Layout> layout = ReadTitles(table.records.front());
  if (!layout.ok()) {
    reading.problems.push_back(
        {table.records.front().line, std::string(layout.status().message())});
    return reading;
  }
  reading.unused_columns = layout->unused;
  ReadRows(*layout, table, &reading);
  if (reading.problems.empty() && reading.request.products().empty()) {
    reading.problems.push_back({table.records.front().line, "there are no rows after the titles"});
  }
  return reading;
}

}  // namespace comptoir::cli
