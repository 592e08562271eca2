// What people type of a sale, one word an article: for `sell`, and for tills played from a
// file. Pure.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "cli/parse.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {

// Adds an article: as ParseItem, or by a barcode in the product's place, as "ean:5449000000996=3"
// and "ean:2100042012509"; and what is taken off it behind ":-", as in "pain-gris=2:-0.50" and
// "carottes=1.250@2.40:-10%". Quantities over the usual only where `takes_large`. INVALID_ARGUMENT
// with a sentence for what is none, and for more than a sale takes.
absl::Status AddArticle(std::string_view word, bool takes_large, shop::v1::RecordSaleRequest* sale);

// Adds empties that are brought back: "biere=12", or "biere=12@0.10" where the catalogue is not
// to say what a piece is given back for. Whole pieces; `takes_large` as above.
absl::Status AddEmpties(std::string_view word, bool takes_large, shop::v1::RecordSaleRequest* sale);

// Of a line or a whole sale.
template <typename Request>
void SetDiscount(const Discount& discount, Request* request) {
  request->set_discount_cents(discount.cents);
  request->set_discount_basis_points(discount.basis_points);
}

}  // namespace comptoir::cli
