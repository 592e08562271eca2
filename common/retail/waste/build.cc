#include "common/retail/waste/build.h"

#include <algorithm>
#include <limits>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/stock/lots.h"
#include "common/retail/stock/queries.h"
#include "common/retail/waste/admit.h"

namespace comptoir::retail {
namespace {

// Where waste is taken from.
struct WasteShelf {
  const store::Snapshot& snapshot;
  std::string_view shop;
  RecallBook recalls;
  std::map<std::tuple<std::string, v1::Unit, std::string>, int64_t> taken;  // by this request

  // What is left of a lot.
  absl::StatusOr<int64_t> Left(const v1::WastedLine& line, const std::string& lot) {
    COMPTOIR_ASSIGN_OR_RETURN(const LotStock stock,
                              ReadLotStock(snapshot, shop, {line.product(), line.unit(), lot}));
    return stock.milli() - taken[{line.product(), line.unit(), lot}];
  }
};

// Lots in the order in which they are thrown away: by the earlier of their days, so that what
// is past its own goes first; those without a day last. Where the reason is a recall, only what
// is recalled; else what is not, before what is.
absl::StatusOr<std::vector<std::string>> LotsToWaste(WasteShelf& shelf, v1::WasteReason reason,
                                                     const v1::WastedLine& line) {
  constexpr int32_t kNoDay = std::numeric_limits<int32_t>::max();
  COMPTOIR_ASSIGN_OR_RETURN(const auto found,
                            ReadLotDays(shelf.snapshot, shelf.shop, line.product(), line.unit()));
  COMPTOIR_ASSIGN_OR_RETURN(const RecalledGoods recalled,
                            shelf.recalls.Find(shelf.snapshot, line.product()));
  std::vector<std::tuple<bool, int32_t, std::string>> order;
  for (const auto& [lot, days] : found) {
    const bool is_recalled = recalled.Find(lot) != nullptr;
    if (reason == v1::WASTE_REASON_RECALLED && !is_recalled) continue;
    order.emplace_back(is_recalled, days.first() == 0 ? kNoDay : days.first(), lot);
  }
  std::ranges::sort(order);
  std::vector<std::string> lots;
  for (auto& [is_recalled, day, lot] : order) lots.push_back(std::move(lot));
  return lots;
}

// Says which lots the last line of `wasted` is taken from: more lines, where that is several.
// `still_to_come`: lines that are still to be added, of all that a fact may have.
absl::Status PickWastedLots(WasteShelf& shelf, int still_to_come, v1::Wasted* wasted) {
  const int index = wasted->lines_size() - 1;
  const v1::WastedLine asked = wasted->lines(index);
  if (!asked.lot().empty() || !CheckQuantity(asked.quantity_milli()).ok()) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const auto lots, LotsToWaste(shelf, wasted->reason(), asked));
  int64_t wanted = asked.quantity_milli();
  v1::WastedLine* line = wasted->mutable_lines(index);
  for (const std::string& lot : lots) {
    const bool has_room = wasted->lines_size() + still_to_come < static_cast<int>(kLinesMax);
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t left, shelf.Left(asked, lot));
    if (!IsLeft(left, asked.unit()) || (left < wanted && !has_room)) continue;
    const int64_t part = std::min(left, wanted);
    line->set_lot(lot);
    line->set_quantity_milli(part);
    shelf.taken[{asked.product(), asked.unit(), lot}] += part;
    wanted -= part;
    if (wanted == 0) return absl::OkStatus();
    line = wasted->add_lines();
    *line = asked;
    line->set_quantity_milli(wanted);
  }
  return absl::OkStatus();
}

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

absl::StatusOr<v1::Wasted> BuildWasted(const store::Snapshot& snapshot, std::string_view shop,
                                       const shop::v1::RecordWasteRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(request.lines_size()));
  v1::Wasted wasted;
  wasted.set_reason(request.reason());
  wasted.set_staff(request.staff());
  WasteShelf shelf{snapshot, shop, {}, {}};
  COMPTOIR_RETURN_IF_ERROR(shelf.recalls.Open(snapshot, shop));
  for (const shop::v1::WasteLine& line : request.lines()) {
    if (line.lot().empty() || !CheckQuantity(line.quantity_milli()).ok()) continue;
    COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot, line.product()));
    shelf.taken[{line.product(), unit, line.lot()}] += line.quantity_milli();
  }
  for (int i = 0; i < request.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(
        AtLine(BuildLine(snapshot, request.lines(i), wasted.add_lines()), i + 1));
    COMPTOIR_RETURN_IF_ERROR(PickWastedLots(shelf, request.lines_size() - i - 1, &wasted));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckWasted(wasted));
  return wasted;
}

}  // namespace comptoir::retail
