// Gate of returns and voids. Not OK, with a sentence and a reason, for a fact that
// folds to nothing (R6).
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/retail/quantity.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// What an admitted one gives back, each 0 or above.
struct RefundAmounts {
  explicit RefundAmounts(const v1::Returned& returned);
  // Given back, before cash is rounded; below zero: the customer pays it.
  Cents total() const { return Cents(goods.value() + deposits.value() - empties.value()); }

  Cents goods;
  Cents deposits;
  Cents empties;  // paid again by the customer
};

// Checks every line and all empties, and gives what is given back for all: goods, deposits and
// empties together at most kMoneyCentsMax.
absl::StatusOr<Cents> CheckLines(const v1::Returned& returned);
// What it says, wherever it stands.
absl::Status CheckReturned(const v1::Returned& returned);
// SHOP, by a node of that shop.
absl::Status AdmitReturned(const Fact& fact, const v1::Returned& returned);

// What `quantity_milli` of the line it takes back cost, rounded half away from zero: that part
// of what was paid for it. nullopt where that is over kMoneyCentsMax.
std::optional<Cents> WorthOf(const v1::ReturnedLine& line, int64_t quantity_milli);

// The same of the deposit that was charged with it.
std::optional<Cents> DepositOf(const v1::ReturnedLine& line, int64_t quantity_milli);

// Of one that was admitted: what is given back in all.
Cents RefundOf(const v1::Returned& returned);

}  // namespace comptoir::retail
