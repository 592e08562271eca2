// Gate of sales. Not OK, with a sentence and a reason, for a fact that folds to
// nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/retail/quantity.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// A line's quantity: one unit where it says none.
inline Quantity QuantityOf(const v1::SoldLine& line) {
  return line.has_quantity_milli() ? Quantity(line.quantity_milli()) : kOneUnit;
}

// Its total: at most kMoneyCentsMax.
absl::StatusOr<Cents> CheckSoldLine(const v1::SoldLine& line);
// Checks every line and gives their total: at most kMoneyCentsMax, as is each line's.
absl::StatusOr<Cents> CheckLines(const v1::Sold& sold);
// What it says, wherever it stands.
absl::Status CheckSold(const v1::Sold& sold);
// SHOP, by a node of that shop.
absl::Status AdmitSold(const Fact& fact, const v1::Sold& sold);

// Of a sale that was admitted.
Cents LineTotalOf(const v1::SoldLine& line);
Cents TotalOf(const v1::Sold& sold);

}  // namespace comptoir::retail
