#include "cli/catalogue_csv.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/status/status.h"
#include "cli/parse.h"
#include "common/base/code.h"
#include "common/base/status.h"

namespace comptoir::cli {
namespace {

using coop::v1::ProducerSpec;
using coop::v1::ProductSpec;
using shop::v1::StockLine;

absl::Status SetText(std::string_view what, const std::string& text, std::string* field) {
  if (text.find('\n') != std::string::npos) {
    return absl::InvalidArgumentError("there is a line break in the " + std::string(what));
  }
  *field = text;
  return absl::OkStatus();
}

// An empty cell is left alone.
absl::Status SetCode(std::string_view what, const std::string& text, std::string* field) {
  if (!text.empty()) COMPTOIR_RETURN_IF_ERROR(CheckCode(what, text));
  *field = text;
  return absl::OkStatus();
}

// Rows of a kind that may name each code once.
class UniqueCodes {
 public:
  absl::Status Add(const std::string& code, size_t line) {
    const auto [first, is_first] = line_of_.emplace(code, line);
    if (is_first) return absl::OkStatus();
    return absl::InvalidArgumentError("\"" + code + "\" is already in line " +
                                      std::to_string(first->second));
  }

 private:
  std::map<std::string, size_t> line_of_;  // where each was first seen
};

absl::StatusOr<ProductSpec> ReadProduct(const SheetRow& row) {
  ProductSpec spec;
  COMPTOIR_RETURN_IF_ERROR(SetCode("product", row.Cell(kProductCode), spec.mutable_product()));
  COMPTOIR_RETURN_IF_ERROR(SetText("name", row.Cell(kProductName), spec.mutable_name()));
  COMPTOIR_RETURN_IF_ERROR(
      SetCode("producer", row.Cell(kProductProducer), spec.mutable_producer()));
  COMPTOIR_RETURN_IF_ERROR(
      SetText("producer's name", row.Cell(kProductProducerName), spec.mutable_producer_name()));
  COMPTOIR_RETURN_IF_ERROR(SetText("barcode", row.Cell(kProductGtin), spec.mutable_gtin()));
  if (row.cells.contains(kProductUnit)) {
    COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::Unit unit, ParseUnit(row.Cell(kProductUnit)));
    spec.set_unit(unit);
  }
  if (row.cells.contains(kProductPrice)) {
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(row.Cell(kProductPrice)));
    spec.set_price_cents(cents);
  }
  if (row.cells.contains(kProductVat)) {
    COMPTOIR_ASSIGN_OR_RETURN(const uint32_t basis_points,
                              ParseVatBasisPoints(row.Cell(kProductVat)));
    spec.set_vat_basis_points(basis_points);
  }
  COMPTOIR_RETURN_IF_ERROR(SetText("item's number", row.Cell(kProductItem), spec.mutable_item()));
  if (row.cells.contains(kProductDeposit)) {
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(row.Cell(kProductDeposit)));
    spec.set_deposit_cents(cents);
  }
  if (spec.product().empty()) return absl::InvalidArgumentError("the product's code is missing");
  if (!spec.producer_name().empty() && spec.producer().empty()) {
    return absl::InvalidArgumentError("the producer has a name but no code");
  }
  return spec;
}

absl::StatusOr<ProducerSpec> ReadProducer(const SheetRow& row) {
  ProducerSpec spec;
  COMPTOIR_RETURN_IF_ERROR(SetCode("producer", row.Cell(kProducerCode), spec.mutable_producer()));
  COMPTOIR_RETURN_IF_ERROR(SetText("name", row.Cell(kProducerName), spec.mutable_name()));
  COMPTOIR_RETURN_IF_ERROR(SetText("place", row.Cell(kProducerPlace), spec.mutable_place()));
  if (spec.producer().empty()) return absl::InvalidArgumentError("the producer's code is missing");
  if (spec.name().empty() && spec.place().empty()) {
    return absl::InvalidArgumentError("neither a name nor a place is said");
  }
  return spec;
}

absl::StatusOr<StockLine> ReadStockLine(const SheetRow& row, bool takes_large) {
  StockLine line;
  COMPTOIR_RETURN_IF_ERROR(SetCode("product", row.Cell(kStockProduct), line.mutable_product()));
  COMPTOIR_RETURN_IF_ERROR(SetCode("producer", row.Cell(kStockProducer), line.mutable_producer()));
  COMPTOIR_RETURN_IF_ERROR(SetText("lot", row.Cell(kStockLot), line.mutable_lot()));
  if (line.product().empty()) return absl::InvalidArgumentError("the product's code is missing");
  if (!row.cells.contains(kStockQuantity)) {
    return absl::InvalidArgumentError("the quantity is missing");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t milli, ParseQuantityMilli(row.Cell(kStockQuantity)));
  if (!takes_large) COMPTOIR_RETURN_IF_ERROR(CheckUsualQuantity(milli));
  line.set_quantity_milli(milli);
  if (row.cells.contains(kStockUnit)) {
    COMPTOIR_ASSIGN_OR_RETURN(const retail::v1::Unit unit, ParseUnit(row.Cell(kStockUnit)));
    line.set_unit(unit);
  }
  if (row.cells.contains(kStockUseBy)) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t day, ParseDay(row.Cell(kStockUseBy)));
    line.set_use_by_day(day);
  }
  if (row.cells.contains(kStockBestBefore)) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t day, ParseDay(row.Cell(kStockBestBefore)));
    line.set_best_before_day(day);
  }
  if (row.cells.contains(kStockUnitCost)) {
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t cents, ParsePriceCents(row.Cell(kStockUnitCost)));
    line.set_unit_cost_cents(cents);
  }
  return line;
}

// Reads a file whose rows become what `add` adds to the request.
template <typename Reading>
Reading ReadFileRows(std::string_view csv, const std::vector<SheetColumn>& columns, auto add) {
  Reading reading;
  static_cast<SheetReading&>(reading) =
      ReadSheet(csv, columns, [&](const SheetRow& row) -> absl::Status {
        COMPTOIR_RETURN_IF_ERROR(add(row, &reading.request));
        reading.lines.push_back(row.line);
        return absl::OkStatus();
      });
  return reading;
}

}  // namespace

CatalogueReading ReadCatalogue(std::string_view csv) {
  UniqueCodes codes;
  return ReadFileRows<CatalogueReading>(
      csv, ProductColumns(),
      [&](const SheetRow& row, coop::v1::ImportProductsRequest* request) -> absl::Status {
        COMPTOIR_ASSIGN_OR_RETURN(ProductSpec spec, ReadProduct(row));
        COMPTOIR_RETURN_IF_ERROR(codes.Add(spec.product(), row.line));
        *request->add_products() = std::move(spec);
        return absl::OkStatus();
      });
}

ProducersReading ReadProducers(std::string_view csv) {
  UniqueCodes codes;
  return ReadFileRows<ProducersReading>(
      csv, ProducerColumns(),
      [&](const SheetRow& row, coop::v1::ImportProducersRequest* request) -> absl::Status {
        COMPTOIR_ASSIGN_OR_RETURN(ProducerSpec spec, ReadProducer(row));
        COMPTOIR_RETURN_IF_ERROR(codes.Add(spec.producer(), row.line));
        *request->add_producers() = std::move(spec);
        return absl::OkStatus();
      });
}

StockReading ReadStock(std::string_view csv, bool takes_large) {
  StockReading reading = ReadFileRows<StockReading>(
      csv, StockColumns(),
      [&](const SheetRow& row, shop::v1::ImportStockRequest* request) -> absl::Status {
        COMPTOIR_ASSIGN_OR_RETURN(StockLine line, ReadStockLine(row, takes_large));
        *request->add_lines() = std::move(line);
        return absl::OkStatus();
      });
  // What `export` writes of sales and receipts names products and quantities, too.
  const auto has = [&reading](std::string_view english, std::string_view french) {
    return std::ranges::any_of(reading.unused_columns, [&](const std::string& title) {
      return title == english || title == french;
    });
  };
  if (has("receipt", "ticket") || (has("day", "jour") && has("shop", "magasin"))) {
    reading.problems = {{1, "this is a list of what was sold, and no delivery"}};
  }
  return reading;
}

}  // namespace comptoir::cli
