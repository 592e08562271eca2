#include "common/retail/corrections/admit.h"

#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/named.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {

absl::Status CheckCorrected(const v1::Corrected& corrected) {
  COMPTOIR_RETURN_IF_ERROR(CheckNamed(corrected.fact()));
  if (!MayBeCorrected(corrected.kind())) {
    return Refuse(
        kNotCorrectable,
        "only a delivery, waste, a count or a transfer can be corrected: a sale is returned or "
        "voided");
  }
  if (corrected.reason().empty()) {
    return Refuse(kBadText, "it says no reason: say why it is corrected");
  }
  COMPTOIR_RETURN_IF_ERROR(
      CheckText("reason", corrected.reason(), kCorrectionReasonBytesMax, kBadText));
  return CheckOptionalCode("staff", corrected.staff());
}

absl::Status AdmitCorrected(const Fact& fact, const v1::Corrected& corrected) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  const Release* release = fact.journal->release;
  if (release != nullptr && release->not_known.contains(corrected.kind())) {
    return Refuse(kNotCorrectable, "it corrects a kind of fact that is not known here");
  }
  return CheckCorrected(corrected);
}

}  // namespace comptoir::retail
