#include "common/retail/deliveries/build.h"

#include <set>
#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/deliveries/admit.h"
#include "common/retail/stock/lots.h"

namespace comptoir::retail {
namespace {

absl::Status BuildLine(const store::Snapshot& snapshot, const shop::v1::DeliveryLine& request,
                       v1::ReceivedLine* line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", request.product()));
  COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot, request.product()));
  if (unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(snapshot, request.product());
  line->set_product(request.product());
  line->set_unit(unit);
  line->set_quantity_milli(request.quantity_milli());
  if (request.has_expected_milli()) line->set_expected_milli(request.expected_milli());
  line->set_lot(request.lot());
  line->set_use_by_day(request.use_by_day());
  line->set_best_before_day(request.best_before_day());
  line->set_unit_cost_cents(request.unit_cost_cents());
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::GoodsReceived> BuildGoodsReceived(
    const store::Snapshot& snapshot, const shop::v1::RecordDeliveryRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(request.lines_size()));
  v1::GoodsReceived received;
  received.set_producer(request.producer());
  received.set_document(request.document());
  for (int i = 0; i < request.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(
        AtLine(BuildLine(snapshot, request.lines(i), received.add_lines()), i + 1));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckGoodsReceived(received));
  return received;
}

absl::StatusOr<std::vector<shop::v1::LotDay>> OtherDaysOf(const store::Snapshot& snapshot,
                                                          std::string_view shop,
                                                          const v1::GoodsReceived& received) {
  std::vector<shop::v1::LotDay> others;
  std::set<std::pair<std::string, std::string>> asked;
  for (const v1::ReceivedLine& line : received.lines()) {
    if (line.lot().empty() || !asked.emplace(line.product(), line.lot()).second) continue;
    COMPTOIR_ASSIGN_OR_RETURN(const auto lots,
                              ReadLotDays(snapshot, shop, line.product(), line.unit()));
    const auto known = lots.find(line.lot());
    if (known == lots.end()) continue;
    const LotDays& days = known->second;
    // A day that one of them does not say is no other day.
    const auto differ = [](int32_t before, int32_t now) {
      return before != 0 && now != 0 && before != now;
    };
    if (!differ(days.use_by, line.use_by_day()) &&
        !differ(days.best_before, line.best_before_day())) {
      continue;
    }
    shop::v1::LotDay& other = others.emplace_back();
    other.set_product(line.product());
    other.set_lot(line.lot());
    other.set_use_by_day(days.use_by);
    other.set_best_before_day(days.best_before);
  }
  return others;
}

}  // namespace comptoir::retail
