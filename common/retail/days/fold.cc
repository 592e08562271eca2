#include "common/retail/days/fold.h"

#include <string>
#include <utility>

#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

absl::Status FoldRow(const Fact& fact, Effect effect, store::Transaction& transaction,
                     v1::DayRow row = {}) {
  row.set_kind(fact.kind);
  row.set_day(fact.business_day().value());
  row.set_second(fact.second_of_day());
  row.set_node(fact.journal->writer.node);
  row.set_counted(effect == Effect::kCount);
  transaction.Put(kDays,
                  ShopEntryKey(fact.journal->shop, fact.reference.journal, fact.reference.sequence),
                  row.SerializeAsString());
  return absl::OkStatus();
}

}  // namespace

absl::Status FoldDayOpened(const Fact& fact, const v1::DayOpened& /*opened*/, Effect effect,
                           store::Transaction& transaction) {
  NoteUncounted(fact, effect, transaction);
  return FoldRow(fact, effect, transaction);
}

absl::Status FoldCashMoved(const Fact& fact, const v1::CashMoved& /*moved*/, Effect effect,
                           store::Transaction& transaction) {
  NoteUncounted(fact, effect, transaction);
  return FoldRow(fact, effect, transaction);
}

absl::Status FoldDayClosed(const Fact& fact, const v1::DayClosed& closed, Effect effect,
                           store::Transaction& transaction) {
  v1::DayRow row;
  row.set_closes(closed.node());
  row.set_number(closed.number());
  *row.mutable_covers() = closed.covers();
  *row.mutable_takes_back() = closed.takes_back();
  return FoldRow(fact, effect, transaction, std::move(row));
}

void NoteUncounted(const Fact& fact, Effect effect, store::Transaction& transaction) {
  // What once does not count never does again: of the facts of a request the lowest counts.
  if (effect == Effect::kCount) return;
  transaction.Put(kUncounted,
                  ShopEntryKey(fact.journal->shop, fact.reference.journal, fact.reference.sequence),
                  "");
}

}  // namespace comptoir::retail
