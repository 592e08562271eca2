// Gate of sales. Not OK, with a sentence and a reason, for a fact that folds to
// nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/retail/quantity.h"
#include "common/retail/sales/amounts.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

inline constexpr int64_t kEmptiesPiecesMax = 1'000'000'000;

// How much a sale may be about: lines, or empties, or both.
absl::Status CheckSaleSize(int lines, int empties);
absl::Status CheckEmpties(const v1::Empties& empties);
absl::Status CheckSoldLine(const v1::SoldLine& line);
// Checks every line and all empties, and what they come to: the lines before discounts but with
// deposits, and the empties, at most kMoneyCentsMax together, as is each of them.
absl::Status CheckLines(const v1::Sold& sold);
// That, and the receipt's discount; gives what is to be paid.
absl::StatusOr<Cents> CheckAmounts(const v1::Sold& sold);
// What it says, wherever it stands.
absl::Status CheckSold(const v1::Sold& sold);
// SHOP, by a node of that shop.
absl::Status AdmitSold(const Fact& fact, const v1::Sold& sold);

}  // namespace comptoir::retail
