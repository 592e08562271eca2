// From what people say of recalls to the facts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/store/store.h"
#include "comptoir/retail/v1/recall_rows.pb.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "comptoir/shop/v1/recalls.pb.h"

namespace comptoir::retail {

// The recall that people call `code`, or by the name of its fact, of those held here: of
// several with one code the one that stands. NOT_FOUND, or INVALID_ARGUMENT where the code does
// not say which is meant; with a reason.
absl::StatusOr<v1::RecallRow> FindRecall(const store::Snapshot& snapshot, std::string_view code);
// The one that a fact names; NOT_FOUND where it is not held here.
absl::StatusOr<v1::RecallRow> FindRecallNamed(const store::Snapshot& snapshot,
                                              const v1::NamedFact& name);
// As FindRecall takes it, whatever the recall's code.
std::string NameOfRecall(const v1::RecallRow& recall);

// In `shop`, or in every shop for an empty one; with a code of its own among those that are
// known here. NOT_FOUND for an unknown product, else what the gate would say. A lot or a producer
// need not be known: what is recalled may be on its way.
absl::StatusOr<v1::Recalled> BuildRecalled(const store::Snapshot& snapshot, std::string_view shop,
                                           const shop::v1::AddRecallRequest& request);

struct RecallLift {
  v1::RecallLifted lifted;
  std::string shop;  // in whose journal; empty: COOP
};
// FAILED_PRECONDITION for a recall that is lifted already; INVALID_ARGUMENT for recalls of
// several scopes.
absl::StatusOr<RecallLift> BuildRecallLifted(const store::Snapshot& snapshot,
                                             const shop::v1::LiftRecallsRequest& request);

// FAILED_PRECONDITION for a recall that is lifted. What was found of a recall of one lot is of that
// lot where the request says none.
absl::StatusOr<v1::RecallConfirmed> BuildRecallConfirmed(
    const store::Snapshot& snapshot, const shop::v1::ConfirmRecallRequest& request);

}  // namespace comptoir::retail
