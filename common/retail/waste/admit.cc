#include "common/retail/waste/admit.h"

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

absl::Status CheckWastedLine(const v1::WastedLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", line.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckUnit(line.unit()));
  COMPTOIR_RETURN_IF_ERROR(CheckQuantity(line.quantity_milli()));
  return CheckLot(line.lot());
}

}  // namespace

absl::Status CheckWasteReason(v1::WasteReason reason) {
  if (reason > v1::WASTE_REASON_UNSPECIFIED && v1::WasteReason_IsValid(reason)) {
    return absl::OkStatus();
  }
  return Refuse(
      kBadWasteReason,
      absl::StrCat("waste reason ", static_cast<int>(reason),
                   " is none: say expired, damaged, donated, tasting, staff, theft or recalled"));
}

absl::Status CheckWasted(const v1::Wasted& wasted) {
  COMPTOIR_RETURN_IF_ERROR(CheckWasteReason(wasted.reason()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", wasted.staff()));
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(wasted.lines_size()));
  int64_t quantity_milli = 0;  // at most 1,000 lines of 10^12
  for (int i = 0; i < wasted.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(CheckWastedLine(wasted.lines(i)), i + 1));
    quantity_milli += wasted.lines(i).quantity_milli();
  }
  if (quantity_milli <= kQuantityMilliMax) return absl::OkStatus();
  return Refuse(kBadQuantity,
                absl::StrCat("the lines come to a quantity over ", kQuantityMilliMax / 1000));
}

absl::Status AdmitWasted(const Fact& fact, const v1::Wasted& wasted) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckWasted(wasted);
}

}  // namespace comptoir::retail
