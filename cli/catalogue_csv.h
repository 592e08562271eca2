// Catalogue and stock from spreadsheets, as the requests that set them. Pure.
//
// The first row names the columns, in French or English, in any order and case
// (sheet.h), of products:
//   code | product | produit | article      the product's code; the only one required
//   name | nom | libellé | désignation
//   unit | unité                            piece, kg or litre
//   producer | producteur                   the producer's code
//   producer name | nom du producteur
//   gtin | ean | code-barres | barcode
//   price | prix | prix ttc | prix tvac     euros a unit, VAT included
//   vat | tva | taux de tva                 per cent
//   deposit | vidange | consigne | prix de la vidange           euros a piece, outside VAT; 0: none
//   item | plu | numéro de balance          its number on labels of scales
// of producers:
//   code | producer | producteur            required
//   name | nom | producer name | nom du producteur
//   place | lieu | localité | commune | ville | town
// of stock:
//   product | produit | code | article      required
//   quantity | quantité | qty | qté         required; above zero
//   unit | unité                            where it stands, it must be the product's
//   producer | producteur                   its code; empty: the one of the catalogue
//   lot | batch
//   use by | dlc | use by day | date limite de consommation     2026-12-05
//   best before | ddm | best before day | dluo                  2026-12-05
//   unit cost | prix d'achat | cost | coût | prix htva          euros a unit, VAT excluded
// An empty cell leaves the field alone. Other columns are not used, and named.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/sheet.h"
#include "comptoir/coop/v1/coop.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {

template <typename Request>
struct FileReading : SheetReading {
  Request request;            // what the file says, and nothing else
  std::vector<size_t> lines;  // of the file, where each row of the request stands
};
using CatalogueReading = FileReading<coop::v1::ImportProductsRequest>;
using ProducersReading = FileReading<coop::v1::ImportProducersRequest>;
using StockReading = FileReading<shop::v1::ImportStockRequest>;

CatalogueReading ReadCatalogue(std::string_view csv);
ProducersReading ReadProducers(std::string_view csv);
// `takes_large`: quantities over kUsualQuantityMilliMax are meant.
StockReading ReadStock(std::string_view csv, bool takes_large);

}  // namespace comptoir::cli
