// The rows of recalls: their keys (tables.h), and what stands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/recall_rows.pb.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::retail {

// Of recalls in one shop; of an empty one, in every shop.
std::string RecallsPrefix(std::string_view shop);
// Of lifts in that scope of one recall.
std::string LiftsPrefix(std::string_view shop, const v1::NamedFact& recall);
// Of one shop's confirmations of one recall.
std::string ConfirmationsPrefix(const v1::NamedFact& recall, std::string_view shop);

// Calls `visit` with each recall's row and where the row stands, those in every shop first,
// until it says that it is enough by giving false. Begins at the key `first`. Rows that say
// nothing are left out, told to the snapshot, and counted in `*unreadable`. DATA_LOSS where the
// table breaks off.
absl::Status VisitRecalls(const store::Snapshot& snapshot, std::string_view first,
                          absl::FunctionRef<bool(const std::string& key, v1::RecallRow row)> visit,
                          int* unreadable = nullptr);

// By who wrote them; none: it stands.
absl::StatusOr<std::vector<v1::RecallLiftRow>> LiftsOf(const store::Snapshot& snapshot,
                                                       const v1::RecallRow& recall);
absl::StatusOr<bool> IsLifted(const store::Snapshot& snapshot, const v1::RecallRow& recall);
// By wall instant. DATA_LOSS where one is damaged.
absl::StatusOr<std::vector<v1::RecallConfirmedRow>> ConfirmationsOf(const store::Snapshot& snapshot,
                                                                    const v1::RecallRow& recall,
                                                                    std::string_view shop);
absl::StatusOr<bool> IsConfirmed(const store::Snapshot& snapshot, const v1::RecallRow& recall,
                                 std::string_view shop);

// "lot L47 of carottes", "all carottes", "what ferme-x delivered from 2026-11-20 to 2026-11-23".
std::string WhatIsRecalled(const v1::Recalled& recalled);

}  // namespace comptoir::retail
