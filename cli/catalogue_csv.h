// A catalogue from a spreadsheet, as the request that sets it. Pure.
//
// The first row names the columns, in French or English, in any order and case:
//   code | product | produit | article      the product's code; the only one required
//   name | nom | libellé | désignation
//   unit | unité                            piece, kg or litre
//   producer | producteur                   the producer's code
//   producer name | nom du producteur
//   gtin | ean | code-barres | barcode
//   price | prix | prix ttc | prix tvac     euros a unit, VAT included
//   vat | tva | taux de tva                 per cent
// An empty cell leaves the field alone. Other columns are not used, and named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/csv.h"
#include "comptoir/coop/v1/coop.pb.h"

namespace comptoir::cli {

struct CatalogueReading {
  coop::v1::ImportProductsRequest request;  // products only
  std::vector<size_t> lines;                // of the file, where each of them stands
  std::vector<std::string> unused_columns;
  std::vector<CsvProblem> problems;  // by line; where there is one, nothing is to be sent
};

CatalogueReading ReadCatalogue(std::string_view csv);

}  // namespace comptoir::cli
