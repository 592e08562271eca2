// What a till's sales keep in memory from one to the next.
#pragma once

#include "common/retail/catalogue/price_book.h"
#include "common/retail/stock/lot_book.h"

namespace comptoir::retail {

// Thread use: one at a time.
struct TillMemory {
  PriceBook prices;
  LotBook lots;
};

}  // namespace comptoir::retail
