#include "common/retail/sales/receipt_row.h"

#include <span>
#include <string>

#include "common/base/status.h"
#include "common/retail/days/fold.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {

void FoldReceipt(const Fact& fact, Cents total, Cents deposits, Effect effect,
                 store::Transaction& transaction) {
  COMPTOIR_CHECK(fact.receipt_ordinal != 0);
  v1::ReceiptRow row;
  row.set_sequence(fact.reference.sequence.value());
  row.set_day(fact.business_day().value());
  row.set_total_cents(total.value());
  row.set_deposit_cents(deposits.value());
  row.set_duplicate(effect != Effect::kCount);
  row.set_second(fact.second_of_day());
  transaction.Put(kReceipts, ReceiptKey(fact.reference.journal, fact.receipt_ordinal),
                  row.SerializeAsString());

  NoteUncounted(fact, effect, transaction);

  std::string key = ReceiptDayPrefix(fact.journal->shop, fact.business_day());
  AppendBigEndian64(fact.reference.journal.value(), &key);
  AppendBigEndian32(ReceiptBlock(fact.receipt_ordinal), &key);
  const int64_t sign = SignOf(effect);
  const int64_t cents = sign * (total.value() - deposits.value());
  const bool sale = fact.kind == v1::FACT_KIND_SOLD;
  const int64_t sums[] = {sale ? sign : 0, cents, sale ? 0 : sign, sign * deposits.value()};
  // As short as it can be: most receipts of a sale say two of them.
  const size_t count = deposits.value() != 0 ? 4 : sale ? 2 : 3;
  transaction.Add(kReceiptDays, key, std::span(sums, count));
}

}  // namespace comptoir::retail
