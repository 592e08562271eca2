#include "common/retail/sales/fold.h"

#include <string>

#include "common/base/status.h"
#include "common/retail/account.h"
#include "common/retail/calendar.h"
#include "common/retail/keys.h"
#include "common/retail/sales/admit.h"
#include "common/retail/stock/movement.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

constexpr int64_t kMillisPerSecond = 1'000;

uint32_t SecondOfDay(const Fact& fact) {
  const int64_t local_ms = fact.wall_ms + fact.utc_offset_minutes * kMillisPerMinute;
  return static_cast<uint32_t>((local_ms - FloorDivide(local_ms, kMillisPerDay) * kMillisPerDay) /
                               kMillisPerSecond);
}

void FoldReceipt(const Fact& fact, Cents total, Effect effect, store::Transaction& transaction) {
  COMPTOIR_CHECK(fact.receipt_ordinal != 0);
  v1::ReceiptRow row;
  row.set_sequence(fact.reference.sequence.value());
  row.set_day(fact.business_day().value());
  row.set_total_cents(total.value());
  row.set_duplicate(effect != Effect::kCount);
  row.set_second(SecondOfDay(fact));
  transaction.Put(kReceipts, ReceiptKey(fact.reference.journal, fact.receipt_ordinal),
                  row.SerializeAsString());

  std::string key = ReceiptDayPrefix(fact.journal->shop, fact.business_day());
  AppendBigEndian64(fact.reference.journal.value(), &key);
  AppendBigEndian32(ReceiptBlock(fact.receipt_ordinal), &key);
  const int64_t sums[] = {SignOf(effect), SignOf(effect) * total.value()};
  transaction.Add(kReceiptDays, key, sums);
}

}  // namespace

absl::Status FoldSold(const Fact& fact, const v1::Sold& sold, Effect effect,
                      store::Transaction& transaction) {
  const std::string& shop = fact.journal->shop;
  const int64_t sign = SignOf(effect);
  Mover mover(AccountName(kShopAccounts, shop), AccountName(kCustomerAccounts, shop), transaction);
  std::string sales_key;
  AppendCode(shop, &sales_key);
  AppendSigned32(static_cast<int32_t>(fact.business_hour()), &sales_key);
  const size_t prefix_bytes = sales_key.size();

  int64_t total_cents = 0;
  for (const v1::SoldLine& line : sold.lines()) {
    const int64_t milli = sign * QuantityOf(line).value();
    const int64_t line_cents = LineTotalOf(line).value();
    total_cents += line_cents;
    mover.Move({line.product(), line.unit(), line.lot()}, milli);
    sales_key.resize(prefix_bytes);
    AppendCode(line.product(), &sales_key);
    AppendUnit(line.unit(), &sales_key);
    const int64_t sums[] = {milli, sign * line_cents};
    transaction.Add(kSales, sales_key, sums);
  }
  FoldReceipt(fact, Cents(total_cents), effect, transaction);
  return absl::OkStatus();
}

}  // namespace comptoir::retail
