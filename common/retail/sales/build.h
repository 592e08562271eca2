// From what a till says of a sale to the fact.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/barcodes/rules.h"
#include "common/retail/sales/till_memory.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/retail.pb.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Fills in unit, price and VAT in force at `shop` on `today`. Without payments all
// is paid in cash; cash that pays the rest is rounded to 5 cents. NOT_FOUND for an
// unknown product, FAILED_PRECONDITION for one without a price (where the line
// says none) or unit, else INVALID_ARGUMENT; with the line's number and a reason.
//
// The fact is as short as it can be: a quantity of one unit and the last payment's
// amount are left out.
//
// A product that bears a deposit is charged it besides, and so are empties given back for it:
// FAILED_PRECONDITION for those of a product without one, where the request says none.
//
// A line may name its product by a barcode, read by `rules` (barcodes/lookup.h). What a label says
// a line costs is what it costs; such a line is of one lot.
//
// Discounts are written as amounts; where a line becomes several, one by lot, each bears its
// part of the line's (SpreadCents).
//
// A line that names no lot is written as one line a lot that it is taken from (LotBook),
// where the product's deliveries had any.
//
// FAILED_PRECONDITION (RECALLED) for goods that are recalled at `shop`, and for those whose lot
// is not said where all that the shelf is known to hold of them is, and was not cleared of.
absl::StatusOr<v1::Sold> BuildSold(const store::Snapshot& snapshot, TillMemory& memory,
                                   std::string_view shop, Day today,
                                   const shop::v1::RecordSaleRequest& request,
                                   const BarcodeRules& rules = {});
// The same without a memory between sales.
absl::StatusOr<v1::Sold> BuildSold(const store::Snapshot& snapshot, std::string_view shop,
                                   Day today, const shop::v1::RecordSaleRequest& request,
                                   const BarcodeRules& rules = {});

}  // namespace comptoir::retail
