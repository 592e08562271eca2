#include "common/retail/deliveries/fold.h"

#include <string>

#include "common/retail/account.h"
#include "common/retail/keys.h"
#include "common/retail/stock/movement.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

std::string LotKey(const Fact& fact, const v1::ReceivedLine& line, int index) {
  std::string key;
  AppendCode(fact.journal->shop, &key);
  AppendCode(line.product(), &key);
  AppendCode(line.lot(), &key);
  AppendBigEndian64(fact.reference.journal.value(), &key);
  AppendBigEndian64(fact.reference.sequence.value(), &key);
  AppendBigEndian32(static_cast<uint32_t>(index), &key);
  return key;
}

void FoldLot(const Fact& fact, const std::string& producer, const v1::ReceivedLine& line, int index,
             Effect effect, store::Transaction& transaction) {
  if (effect == Effect::kDuplicate) return;
  const std::string key = LotKey(fact, line, index);
  if (effect == Effect::kUncount) return transaction.Erase(kLots, key);
  v1::LotRow row;
  row.set_producer(producer);
  row.set_use_by_day(line.use_by_day());
  row.set_best_before_day(line.best_before_day());
  row.set_received_milli(line.quantity_milli());
  row.set_unit(line.unit());
  row.set_day(fact.business_day().value());
  transaction.Put(kLots, key, row.SerializeAsString());
}

}  // namespace

absl::Status FoldGoodsReceived(const Fact& fact, const v1::GoodsReceived& received, Effect effect,
                               store::Transaction& transaction) {
  Mover mover(AccountName(kProducerAccounts, received.producer()),
              AccountName(kShopAccounts, fact.journal->shop), transaction);
  const int64_t sign = SignOf(effect);
  for (int i = 0; i < received.lines_size(); ++i) {
    const v1::ReceivedLine& line = received.lines(i);
    mover.Move({line.product(), line.unit(), line.lot()}, sign * line.quantity_milli());
    FoldLot(fact, received.producer(), line, i, effect, transaction);
  }
  return absl::OkStatus();
}

}  // namespace comptoir::retail
