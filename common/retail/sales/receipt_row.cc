#include "common/retail/sales/receipt_row.h"

#include <string>

#include "common/base/status.h"
#include "common/retail/days/fold.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {

void FoldReceipt(const Fact& fact, Cents total, Effect effect, store::Transaction& transaction) {
  COMPTOIR_CHECK(fact.receipt_ordinal != 0);
  v1::ReceiptRow row;
  row.set_sequence(fact.reference.sequence.value());
  row.set_day(fact.business_day().value());
  row.set_total_cents(total.value());
  row.set_duplicate(effect != Effect::kCount);
  row.set_second(fact.second_of_day());
  transaction.Put(kReceipts, ReceiptKey(fact.reference.journal, fact.receipt_ordinal),
                  row.SerializeAsString());

  NoteUncounted(fact, effect, transaction);

  std::string key = ReceiptDayPrefix(fact.journal->shop, fact.business_day());
  AppendBigEndian64(fact.reference.journal.value(), &key);
  AppendBigEndian32(ReceiptBlock(fact.receipt_ordinal), &key);
  const int64_t sign = SignOf(effect);
  const int64_t cents = sign * total.value();
  if (fact.kind == v1::FACT_KIND_SOLD) {
    const int64_t sums[] = {sign, cents};
    transaction.Add(kReceiptDays, key, sums);
  } else {
    const int64_t sums[] = {0, cents, sign};
    transaction.Add(kReceiptDays, key, sums);
  }
}

}  // namespace comptoir::retail
