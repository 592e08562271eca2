#include "common/retail/stock/lots.h"

#include <string>

#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

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
    if (is_first) {
      row->set_producer(lot.producer());
      row->set_use_by_day(lot.use_by_day());
      row->set_best_before_day(lot.best_before_day());
    }
    is_first = false;
    if (row->producer() != lot.producer()) row->clear_producer();
    if (row->use_by_day() != lot.use_by_day()) row->clear_use_by_day();
    if (row->best_before_day() != lot.best_before_day()) row->clear_best_before_day();
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

}  // namespace comptoir::retail
