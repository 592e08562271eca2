// What is taken as it was said, and may be a slip all the same: a sentence each, for standard
// error. A till is never told 'no' for what can be. Pure.
#pragma once

#include <cstdint>
#include <ostream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "comptoir/coop/v1/coop.pb.h"
#include "comptoir/shop/v1/catalogue.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {

using Notes = std::vector<std::string>;

// A part of a piece, a lot past its use-by day, and a price of nothing, or of very much, that
// was typed.
Notes NotesOf(const shop::v1::RecordSaleRequest& sale, const shop::v1::Receipt& receipt);
// Lots that tills sold past their use-by day.
Notes NotesOfPastUseBy(const std::vector<shop::v1::LotDay>& lots);
// What was to go back on the shelf and did not, since it is recalled.
Notes NotesOf(const shop::v1::RecordReturnRequest& request, const shop::v1::Receipt& refund);
// A part of a piece, days before `today`, days of no lot, lots that are recalled, and lots that
// came with other days before.
Notes NotesOf(const shop::v1::RecordDeliveryRequest& delivery,
              const shop::v1::RecordDeliveryResponse& response, int32_t today);
// A part of a piece, less than nothing on the shelf, and lots that were not said.
Notes NotesOf(const shop::v1::RecordWasteRequest& waste,
              const shop::v1::RecordWasteResponse& response);
// Less than nothing of `lot` in a list by lot.
Notes NotesOfLot(const shop::v1::ListStockResponse& by_lot, const std::string& lot);
// A part of a piece, lots that are recalled, and a lot, or a `unit` that was said, of which
// something was counted though nothing was known of it.
Notes NotesOf(const shop::v1::RecordCountResponse& response, retail::v1::Unit unit);
// The same as of a delivery, of a file: each begins with its line, "livraison.csv:3: ". Units
// that the file does not say are those of `known`.
Notes NotesOf(const shop::v1::ImportStockRequest& request, const std::string& file,
              const std::vector<size_t>& lines, const shop::v1::ListProductsResponse& known,
              int32_t today);
// Prices of nothing or of very much, and lines that may make a product without VAT or without a
// name.
Notes NotesOf(const coop::v1::ImportProductsRequest& request, const std::string& file,
              const std::vector<size_t>& lines);
// A first day before `today` of prices or VAT.
Notes NotesOfFirstDay(const coop::v1::ImportProductsRequest& request, int32_t today);
// Producers of products that neither the file names nor `known` does.
Notes NotesOfProducers(const coop::v1::ImportProductsRequest& request,
                       const shop::v1::ListNamesResponse& known);
// What shops have of a product in other units than `unit`.
Notes NotesOfUnit(const coop::v1::ListInventoryResponse& inventory, retail::v1::Unit unit);

// A last line without its end, which spreadsheets write: what was cut in a number reads as
// another number.
Notes NotesOfEnd(bool is_ended, const std::string& file);
// `own_prices` of those that were exported are one shop's, and import sets the co-op's.
Notes NotesOfOwnPrices(int own_prices);

// What hides the price just set of `shop` (empty: the whole co-op's) from `first_day` (0: today):
// a later one that is in force already, and of the co-op's, shops' own.
Notes NotesOfHiddenPrice(const shop::v1::CatalogueEntry& entry, const std::string& shop,
                         int32_t first_day);
// A product without a name, or without VAT.
Notes NotesOfMissing(const shop::v1::CatalogueEntry& entry);

// A price of nothing, or of very much: a point that was forgotten.
Notes NotesOfPrice(const std::string& product, int64_t cents);
// A shop that is not among `known`, where any is.
Notes NotesOfShop(const std::string& shop, const std::set<std::string>& known);

std::string UnknownProducerNote(const std::string& producer);

// "note: " before each; of many the first, and how many more there are.
void PrintNotes(const Notes& notes, std::ostream& err);

}  // namespace comptoir::cli
