// What a till's sales keep in memory from one to the next.
#pragma once

#include <vector>

#include "common/retail/catalogue/price_book.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/stock/lot_book.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

// Thread use: one at a time.
struct TillMemory {
  PriceBook prices;
  LotBook lots;
  RecallBook recalls;
  // Of the sale that was built last: lots in it whose use-by day is past, each once.
  std::vector<shop::v1::LotDay> past_use_by;
};

}  // namespace comptoir::retail
