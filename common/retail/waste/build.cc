#include "common/retail/waste/build.h"

#include "common/base/status.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/waste/admit.h"

namespace comptoir::retail {
namespace {

absl::Status BuildLine(const store::Snapshot& snapshot, const shop::v1::WasteLine& request,
                       v1::WastedLine* line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", request.product()));
  COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot, request.product()));
  if (unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(snapshot, request.product());
  line->set_product(request.product());
  line->set_unit(unit);
  line->set_quantity_milli(request.quantity_milli());
  line->set_lot(request.lot());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Wasted> BuildWasted(const store::Snapshot& snapshot,
                                       const shop::v1::RecordWasteRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(request.lines_size()));
  v1::Wasted wasted;
  wasted.set_reason(request.reason());
  wasted.set_staff(request.staff());
  for (int i = 0; i < request.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(
        AtLine(BuildLine(snapshot, request.lines(i), wasted.add_lines()), i + 1));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckWasted(wasted));
  return wasted;
}

}  // namespace comptoir::retail
