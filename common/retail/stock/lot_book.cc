#include "common/retail/stock/lot_book.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <set>
#include <tuple>

#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/stock/lots.h"
#include "common/retail/stock/queries.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

// How much less of a lot is taken where all of it would change the price by a cent.
constexpr int64_t kLeftMilliMax = 200;

// Takes `part` or a little less, so that both parts cost what `whole` does; nothing where
// that cannot be. Pieces are not cut.
int64_t PartAtPrice(int64_t part, int64_t whole, v1::Unit unit, Cents unit_price) {
  const int64_t step = unit == v1::UNIT_PIECE ? kOneUnit.value() : 1;
  part -= part % step;
  const auto total = LineTotal(Quantity(whole), unit_price);
  if (!total.has_value()) return 0;
  for (int64_t taken = part; taken > 0 && taken >= part - kLeftMilliMax; taken -= step) {
    const auto one = LineTotal(Quantity(taken), unit_price);
    const auto other = LineTotal(Quantity(whole - taken), unit_price);
    if (one.has_value() && other.has_value() && one->value() + other->value() == total->value())
      return taken;
  }
  return 0;
}

}  // namespace

absl::Status LotBook::Open(const store::Snapshot& snapshot, std::string_view shop, Day today) {
  taken_.clear();
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> changes,
                            snapshot.Get(kEdits, LotChangesKey(shop)));
  std::string current = std::move(changes).value_or("");
  if (current == changes_ && shop == shop_ && today == today_) return absl::OkStatus();
  lots_.clear();
  changes_ = std::move(current);
  shop_ = shop;
  today_ = today;
  return absl::OkStatus();
}

absl::StatusOr<std::vector<LotPick>> LotBook::Pick(const store::Snapshot& snapshot,
                                                   std::string_view product, v1::Unit unit,
                                                   Quantity quantity, Cents unit_price,
                                                   size_t parts_max,
                                                   const RecalledGoods& recalled) {
  std::vector<LotPick> picks;
  int64_t wanted = quantity.value();
  // Where nothing with a lot ever came there is none.
  if (!changes_.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(Lots* const lots, Find(snapshot, product, unit));
    std::set<std::string> empty;
    for (size_t i = 0; i < lots->size() && wanted > 0 && picks.size() < parts_max; ++i) {
      const std::string& lot = (*lots)[i].code;
      if (recalled.Find(lot) != nullptr) continue;
      COMPTOIR_ASSIGN_OR_RETURN(const int64_t held, Left(snapshot, product, unit, lot));
      if (!IsLeft(held, unit)) empty.insert(lot);
      const int64_t left = held - TakenOf(product, lot);
      if (!IsLeft(left, unit)) continue;
      const int64_t part = left >= wanted ? wanted : PartAtPrice(left, wanted, unit, unit_price);
      // The last part is all that is left to take.
      if (part == 0 || (part < wanted && picks.size() + 1 == parts_max)) continue;
      picks.push_back({lot, Quantity(part)});
      Take(product, lot, Quantity(part));
      wanted -= part;
    }
    // Not looked at again before something may have come back.
    if (!empty.empty())
      std::erase_if(*lots, [&](const Lot& lot) { return empty.contains(lot.code); });
  }
  if (wanted > 0) picks.push_back({"", Quantity(wanted)});
  return picks;
}

void LotBook::Take(std::string_view product, const std::string& lot, Quantity quantity) {
  taken_[{std::string(product), lot}] += quantity.value();
}

int64_t LotBook::TakenOf(std::string_view product, const std::string& lot) const {
  if (taken_.empty()) return 0;
  const auto taken = taken_.find({std::string(product), lot});
  return taken == taken_.end() ? 0 : taken->second;
}

absl::StatusOr<LotBook::Lots*> LotBook::Find(const store::Snapshot& snapshot,
                                             std::string_view product, v1::Unit unit) {
  std::string key;
  AppendBalance({product, unit, ""}, &key);
  if (const auto known = lots_.find(key); known != lots_.end()) return &known->second;
  COMPTOIR_ASSIGN_OR_RETURN(Lots lots, Read(snapshot, product, unit));
  if (lots_.size() >= kProductsMax) lots_.clear();
  return &lots_.emplace(std::move(key), std::move(lots)).first->second;
}

absl::StatusOr<LotBook::Lots> LotBook::Read(const store::Snapshot& snapshot,
                                            std::string_view product, v1::Unit unit) const {
  COMPTOIR_ASSIGN_OR_RETURN(const auto found, ReadLotDays(snapshot, shop_, product, unit));
  // Who buys takes what may still be sold; what is past its day waits to be thrown away.
  constexpr int32_t kNoDay = std::numeric_limits<int32_t>::max();
  std::vector<std::tuple<bool, int32_t, Lot>> order;
  for (const auto& [lot, days] : found) {
    const bool is_past = days.use_by != 0 && days.use_by < today_.value();
    order.emplace_back(is_past, days.first() == 0 ? kNoDay : days.first(),
                       Lot{lot, Day(days.use_by)});
  }
  std::ranges::sort(order);
  Lots lots;
  lots.reserve(order.size());
  for (auto& [is_past, day, lot] : order) lots.push_back(std::move(lot));
  return lots;
}

absl::StatusOr<int64_t> LotBook::Left(const store::Snapshot& snapshot, std::string_view product,
                                      v1::Unit unit, const std::string& lot) const {
  COMPTOIR_ASSIGN_OR_RETURN(const LotStock stock,
                            ReadLotStock(snapshot, shop_, {product, unit, lot}));
  return stock.milli();
}

absl::StatusOr<int64_t> LotBook::Untaken(const store::Snapshot& snapshot, std::string_view product,
                                         v1::Unit unit, const std::string& lot) const {
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t held, Left(snapshot, product, unit, lot));
  return held - TakenOf(product, lot);
}

absl::StatusOr<Day> LotBook::UseBy(const store::Snapshot& snapshot, const std::string& product,
                                   v1::Unit unit, const std::string& lot) {
  COMPTOIR_ASSIGN_OR_RETURN(const Lots* const lots, Find(snapshot, product, unit));
  const auto known = std::ranges::find(*lots, lot, &Lot::code);
  if (known != lots->end()) return known->use_by;
  return UseByDay(snapshot, shop_, product, lot);  // of which nothing is left, or that never came
}

}  // namespace comptoir::retail
