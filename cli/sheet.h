// A spreadsheet whose first row names its columns. Pure.
//
// Columns may stand in any order, be called by any of their titles in French or
// English, in any case, with or without accents, with spaces, dashes or
// underscores. What is written by `export` is read by `import`: both take their
// titles from the same list.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "cli/csv.h"

namespace comptoir::cli {

struct SheetColumn {
  int id;                                     // the caller's own
  std::string_view english;                   // as exported
  std::string_view french;                    // as exported
  std::vector<std::string_view> others = {};  // that mean the same
  bool required = false;
  bool read = true;  // false: known, and of no use to an import
};

struct SheetRow {
  size_t line = 0;                   // of the file, from 1
  std::map<int, std::string> cells;  // by column, trimmed; those that are not empty

  // Empty where the cell is.
  const std::string& Cell(int column) const;
};

struct SheetReading {
  std::vector<std::string> unused_columns;  // titles that mean nothing here
  std::vector<CsvProblem> problems;         // by line; where there is one, nothing is to be sent
};

// Calls `on_row` with every row; a status that is not OK becomes a problem of its
// line. At most kCsvProblemsMax are told.
SheetReading ReadSheet(std::string_view csv, const std::vector<SheetColumn>& columns,
                       const std::function<absl::Status(const SheetRow&)>& on_row);

// Products of the catalogue.
enum ProductColumn : int {
  kProductCode,
  kProductName,
  kProductUnit,
  kProductProducer,
  kProductProducerName,
  kProductGtin,
  kProductPrice,
  kProductVat,
  kProductDeposit,
  kProductItem,
};
const std::vector<SheetColumn>& ProductColumns();

enum ProducerColumn : int { kProducerCode, kProducerName, kProducerPlace };
const std::vector<SheetColumn>& ProducerColumns();

// What was delivered, or what is on the shelves.
enum StockColumn : int {
  kStockProduct,
  kStockName,
  kStockQuantity,
  kStockUnit,
  kStockProducer,
  kStockLot,
  kStockUseBy,
  kStockBestBefore,
  kStockUnitCost,
};
const std::vector<SheetColumn>& StockColumns();

}  // namespace comptoir::cli
