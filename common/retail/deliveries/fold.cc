#include "common/retail/deliveries/fold.h"

#include "common/retail/account.h"
#include "common/retail/stock/lots.h"
#include "common/retail/stock/movement.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
absl::Status FoldGoodsReceived(const Fact& fact, const v1::GoodsReceived& received, Effect effect,
                               store::Transaction& transaction) {
  Mover mover(AccountName(kProducerAccounts, received.producer()),
              AccountName(kShopAccounts, fact.journal->shop), transaction);
  const int64_t sign = SignOf(effect);
  for (int i = 0; i < received.lines_size(); ++i) {
    const v1::ReceivedLine& line = received.lines(i);
    mover.Move({line.product(), line.unit(), line.lot()}, sign * line.quantity_milli());
    v1::LotRow lot;
    lot.set_producer(received.producer());
    lot.set_use_by_day(line.use_by_day());
    lot.set_best_before_day(line.best_before_day());
    lot.set_received_milli(line.quantity_milli());
    lot.set_unit(line.unit());
    // A clock in doubt does not say on which day it came: it may be any that is recalled.
    lot.set_day(fact.doubtful ? 0 : fact.business_day().value());
    FoldLot(fact, {line.product(), line.unit(), line.lot()}, i, lot, effect, transaction);
  }
  return absl::OkStatus();
}

}  // namespace comptoir::retail
