// Effects of the facts of a shop's day (tables.h: days, uncounted).
#pragma once

#include "absl/status/status.h"
#include "common/retail/effect.h"
#include "common/retail/fact.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/days.pb.h"

namespace comptoir::retail {

absl::Status FoldDayOpened(const Fact& fact, const v1::DayOpened& opened, Effect effect,
                           store::Transaction& transaction);
absl::Status FoldCashMoved(const Fact& fact, const v1::CashMoved& moved, Effect effect,
                           store::Transaction& transaction);
absl::Status FoldDayClosed(const Fact& fact, const v1::DayClosed& closed, Effect effect,
                           store::Transaction& transaction);

// Notes what a closing must leave out: of every fact that money stands behind.
void NoteUncounted(const Fact& fact, Effect effect, store::Transaction& transaction);

}  // namespace comptoir::retail
