// Gates of the facts of a shop's day. Not OK, with a sentence and a reason, for a fact
// that folds to nothing (R6).
#pragma once

#include "absl/status/status.h"
#include "common/retail/fact.h"
#include "comptoir/retail/v1/days.pb.h"

namespace comptoir::retail {

inline constexpr size_t kCashReasonBytesMax = 256;
inline constexpr size_t kClosedRangesMax = 1'000;  // of each list: a fact holds both

// What each says, wherever it stands.
absl::Status CheckDayOpened(const v1::DayOpened& opened);
absl::Status CheckCashMoved(const v1::CashMoved& moved);
// That it adds up, too: payments to what was sold, VAT to that, the drawer to both.
absl::Status CheckDayClosed(const v1::DayClosed& closed);

// SHOP, by a node of that shop. A closing may be of another one of its nodes: whether that
// is revoked is the service's to see to.
absl::Status AdmitDayOpened(const Fact& fact, const v1::DayOpened& opened);
absl::Status AdmitCashMoved(const Fact& fact, const v1::CashMoved& moved);
absl::Status AdmitDayClosed(const Fact& fact, const v1::DayClosed& closed);

}  // namespace comptoir::retail
