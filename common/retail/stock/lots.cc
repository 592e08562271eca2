#include "common/retail/stock/lots.h"

#include <algorithm>
#include <string>

#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

// Of two days, of which 0 is none.
int32_t Earlier(int32_t one, int32_t other) {
  if (one == 0 || other == 0) return one + other;
  return std::min(one, other);
}

absl::Status DescribeLot(const store::Snapshot& snapshot, shop::v1::StockRow* row) {
  std::string prefix;
  AppendCode(row->shop(), &prefix);
  AppendCode(row->product(), &prefix);
  AppendCode(row->lot(), &prefix);
  bool is_first = true;
  auto rows = snapshot.Scan(kLots, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    v1::LotRow lot;
    if (!lot.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of lots is damaged");
    }
    if (is_first) row->set_producer(lot.producer());
    is_first = false;
    if (row->producer() != lot.producer()) row->clear_producer();
    row->set_use_by_day(Earlier(row->use_by_day(), lot.use_by_day()));
    row->set_best_before_day(Earlier(row->best_before_day(), lot.best_before_day()));
  }
  return rows->status();
}

}  // namespace

absl::Status DescribeLots(const store::Snapshot& snapshot, shop::v1::ListStockResponse* stock) {
  for (shop::v1::StockRow& row : *stock->mutable_rows()) {
    if (!row.lot().empty()) COMPTOIR_RETURN_IF_ERROR(DescribeLot(snapshot, &row));
  }
  return absl::OkStatus();
}

void KeepExpiring(Day last, shop::v1::ListStockResponse* stock) {
  const auto is_later = [last](int32_t day) { return day == 0 || day > last.value(); };
  auto* rows = stock->mutable_rows();
  const auto kept = std::remove_if(rows->begin(), rows->end(), [&](const shop::v1::StockRow& row) {
    return is_later(row.use_by_day()) && is_later(row.best_before_day());
  });
  rows->erase(kept, rows->end());
}

absl::StatusOr<Day> UseByDay(const store::Snapshot& snapshot, std::string_view shop,
                             const std::string& product, const std::string& lot) {
  shop::v1::StockRow row;
  row.set_shop(std::string(shop));
  row.set_product(product);
  row.set_lot(lot);
  COMPTOIR_RETURN_IF_ERROR(DescribeLot(snapshot, &row));
  return Day(row.use_by_day());
}

}  // namespace comptoir::retail
