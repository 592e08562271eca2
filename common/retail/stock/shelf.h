// What facts do to the shelves of their shop.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "common/retail/fact.h"
#include "common/retail/keys.h"

namespace comptoir::retail {

// Calls `visit` with each line's balance and what it puts on the shelf, in
// thousandths; below zero what it takes off. Nothing for facts that move no goods.
void VisitShelf(const Fact& fact,
                absl::FunctionRef<void(const BalanceKey& balance, int64_t milli)> visit);

}  // namespace comptoir::retail
