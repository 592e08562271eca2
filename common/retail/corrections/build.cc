#include "common/retail/corrections/build.h"

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/corrections/admit.h"
#include "common/retail/corrections/fold.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {

absl::StatusOr<v1::Corrected> BuildCorrected(const store::Snapshot& snapshot, const Fact& named,
                                             const shop::v1::CorrectRequest& request) {
  if (!MayBeCorrected(named.kind)) {
    return WithReason(absl::FailedPreconditionError(
                          absl::StrCat(Quoted(request.name()),
                                       " is no delivery, waste, count or transfer: a sale is "
                                       "taken back with 'return' or 'void'")),
                      kNotCorrectable);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const bool corrected,
                            IsCorrected(snapshot, named.journal->shop, named.name()));
  if (corrected) {
    return WithReason(absl::FailedPreconditionError(
                          absl::StrCat(Quoted(request.name()), " is corrected already")),
                      kAlreadyCorrected);
  }
  v1::Corrected correction;
  *correction.mutable_fact() = named.name();
  correction.set_kind(named.kind);
  correction.set_reason(request.reason());
  correction.set_staff(request.staff());
  COMPTOIR_RETURN_IF_ERROR(CheckCorrected(correction));
  return correction;
}

}  // namespace comptoir::retail
