// The numbers by which a product is found from a barcode: rows of the table `barcodes`, kept in
// step with the product's registers. A row stands for as long as some write that stands says its
// number: a function of the registers, and so the same whatever came first.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/retail/catalogue/registers.h"
#include "common/store/store.h"

namespace comptoir::retail {

// Of a value of the field with this number in ProductEdited: its GTINs or its item, each spelled
// so that equal numbers are equal. None of other fields.
std::set<std::string> BarcodesOf(int field, std::string_view value);

// The same of all values that stand at `key`, the field's of `product`.
absl::StatusOr<std::set<std::string>> StandingBarcodes(const store::Reader& reader,
                                                       std::string_view key, int field);

// Puts and erases rows of `product` by what stood before and stands now.
void FoldBarcodes(std::string_view product, int field, const std::set<std::string>& before,
                  const std::set<std::string>& after, store::Transaction& transaction);

}  // namespace comptoir::retail
