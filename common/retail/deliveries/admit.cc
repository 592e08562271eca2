#include "common/retail/deliveries/admit.h"

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

absl::Status CheckCost(const v1::ReceivedLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.unit_cost_cents()));
  if (LineTotal(Quantity(line.quantity_milli()), Cents(line.unit_cost_cents())).has_value()) {
    return absl::OkStatus();
  }
  return Refuse(kTotalTooLarge, absl::StrCat("the line costs more than ", kMoneyCentsMax / 100,
                                             ": check quantity and cost"));
}

}  // namespace

absl::Status CheckReceivedLine(const v1::ReceivedLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", line.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckUnit(line.unit()));
  COMPTOIR_RETURN_IF_ERROR(CheckQuantity(line.quantity_milli()));
  if (line.has_expected_milli() &&
      (line.expected_milli() < 0 || line.expected_milli() > kQuantityMilliMax)) {
    return Refuse(
        kBadQuantity,
        absl::StrCat("an expected quantity of ", FormatQuantity(Quantity(line.expected_milli())),
                     " cannot be: it must be from 0 to ", kQuantityMilliMax / 1000));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckLot(line.lot()));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("use-by day", line.use_by_day()));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("best-before day", line.best_before_day()));
  return CheckCost(line);
}

absl::Status CheckGoodsReceived(const v1::GoodsReceived& received) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("producer", received.producer()));
  COMPTOIR_RETURN_IF_ERROR(CheckText("document", received.document(), kDocumentBytesMax, kBadText));
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(received.lines_size()));
  int64_t quantity_milli = 0;  // at most 1,000 lines of 10^12
  for (int i = 0; i < received.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(CheckReceivedLine(received.lines(i)), i + 1));
    quantity_milli += received.lines(i).quantity_milli();
  }
  if (quantity_milli <= kQuantityMilliMax) return absl::OkStatus();
  return Refuse(kBadQuantity,
                absl::StrCat("the lines come to a quantity over ", kQuantityMilliMax / 1000));
}

absl::Status AdmitGoodsReceived(const Fact& fact, const v1::GoodsReceived& received) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckGoodsReceived(received);
}

}  // namespace comptoir::retail
