// What a barcode stands for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/barcodes/rules.h"
#include "common/retail/catalogue/price_book.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Products whose winning value says `code`, as BarcodesOf spells it, in the field with this number
// in ProductEdited: by code, at most a few.
absl::StatusOr<std::vector<std::string>> ProductsWith(const store::Snapshot& snapshot, int field,
                                                      const std::string& code);

// A barcode as it was scanned, read.
struct Scanned {
  std::string product;
  std::optional<Label> label;  // nullopt: a GTIN
};
// A label of the product whose item number a rule reads in it; or the product one of whose GTINs
// it is. INVALID_ARGUMENT (BAD_BARCODE) for what was misread; NOT_FOUND (UNKNOWN_BARCODE) for what
// no product has; FAILED_PRECONDITION (AMBIGUOUS) where several have it, one by a label and
// another by a GTIN among them.
absl::StatusOr<Scanned> FindBarcode(const store::Snapshot& snapshot, const BarcodeRules& rules,
                                    std::string_view barcode);

// How much a label stands for, of a product at its terms. A weight is of what is sold by the
// kilogram. Of a price, what the price in force makes of it, at least a gram; of what is sold by
// the piece, one. FAILED_PRECONDITION for a weight of another unit, and for a price of goods that
// cost nothing, or no one knows what; INVALID_ARGUMENT for a label of nothing.
absl::StatusOr<int64_t> QuantityOfLabel(const Label& label, const SaleTerms& terms);

// All that is known of it at `shop` on `today`.
absl::StatusOr<shop::v1::LookUpBarcodeResponse> LookUpBarcode(const store::Snapshot& snapshot,
                                                              const BarcodeRules& rules,
                                                              std::string_view shop, Day today,
                                                              std::string_view barcode);

}  // namespace comptoir::retail
