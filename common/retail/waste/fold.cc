#include "common/retail/waste/fold.h"

#include "common/retail/account.h"
#include "common/retail/stock/movement.h"
#include "common/retail/waste/waste_row.h"

namespace comptoir::retail {

absl::Status FoldWasted(const Fact& fact, const v1::Wasted& wasted, Effect effect,
                        store::Transaction& transaction) {
  const std::string& shop = fact.journal->shop;
  const int64_t sign = SignOf(effect);
  Mover mover(AccountName(kShopAccounts, shop), AccountName(kWasteAccounts, shop), transaction);
  for (const v1::WastedLine& line : wasted.lines()) {
    const int64_t milli = sign * line.quantity_milli();
    mover.Move({line.product(), line.unit(), line.lot()}, milli);
    AddWaste(fact, wasted.reason(), line.product(), line.unit(), milli, transaction);
  }
  return absl::OkStatus();
}

}  // namespace comptoir::retail
