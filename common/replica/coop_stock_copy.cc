#include "common/replica/coop_stock_copy.h"

#include <cstdint>
#include <memory>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/replica/coop_stock_table.h"
#include "common/retail/check.h"
#include "common/retail/stock/coop_copy.h"

namespace comptoir::replica {
namespace {

// A million lines of the largest quantity: more is no stock.
constexpr int64_t kStockMilliMax = 1'000'000 * kQuantityMilliMax;
// 9999-12-31T23:59:59.999Z: what people can be shown.
constexpr int64_t kWallMillisMax = 253'402'300'799'999;
// Rows of earlier generations that go with one update.
constexpr size_t kErasedPerUpdate = 10'000;

absl::Status Refuse(std::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("the hub's stock feed says what it may not: ",
                                                 std::string(why), "; is it of another release?"));
}

bool IsInstant(int64_t wall_ms) { return wall_ms >= 0 && wall_ms <= kWallMillisMax; }

absl::Status CheckRow(const sync::v1::CoopStockRow& row, std::string_view own_shop) {
  if (!IsCode(row.shop()) || row.shop() == own_shop) return Refuse("a shop that cannot be");
  if (!IsCode(row.product())) return Refuse("a product that is no code");
  if (!retail::CheckUnit(row.unit()).ok()) return Refuse("a unit that is none");
  if (row.quantity_milli() < -kStockMilliMax || row.quantity_milli() > kStockMilliMax) {
    return Refuse("a quantity that cannot be");
  }
  return absl::OkStatus();
}

absl::Status CheckShop(const sync::v1::CoopStockShop& shop, std::string_view own_shop) {
  if (!IsCode(shop.shop()) || shop.shop() == own_shop) return Refuse("a shop that cannot be");
  if (!IsInstant(shop.as_of_ms()) || !IsInstant(shop.offline_since_ms())) {
    return Refuse("a time that cannot be");
  }
  return absl::OkStatus();
}

// Some of what stands before `generation`, so that a long copy goes bit by bit.
absl::Status EraseEarlier(const store::Snapshot& snapshot, uint64_t generation,
                          store::Transaction& batch) {
  auto row = snapshot.Scan(retail::kCoopStock, retail::CoopGenerationKey(1),
                           retail::CoopGenerationKey(generation));
  for (size_t erased = 0; row->Valid() && erased < kErasedPerUpdate; row->Next(), ++erased) {
    batch.Erase(retail::kCoopStock, row->key());
  }
  return row->status();
}

// The generation of the last row that stands; 0 for none.
absl::StatusOr<uint64_t> LastGeneration(const store::Snapshot& snapshot) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto last, snapshot.Last(retail::kCoopStock, "", ""));
  return last.has_value() && last->first.size() >= 8 ? ReadBigEndian64(last->first) : 0;
}

}  // namespace

sync::v1::WatchCoopStockRequest CoopStockCopy::Position() const {
  sync::v1::WatchCoopStockRequest request;
  const auto copy = retail::ReadCoopCopy(*store_.NewSnapshot());
  if (!copy.ok()) return request;
  request.set_run(copy->run());
  request.set_cursor(copy->cursor());
  return request;
}

absl::Status CoopStockCopy::Check(const sync::v1::CoopStockUpdate& update) const {
  if (update.run() == 0) return Refuse("a run of no number");
  if (!IsInstant(update.wall_ms())) return Refuse("a time that cannot be");
  if (static_cast<size_t>(update.rows_size()) + static_cast<size_t>(update.shops_size()) >
      kCoopStockRowsPerUpdate) {
    return absl::ResourceExhaustedError(absl::StrCat("the hub's stock feed sent over ",
                                                     kCoopStockRowsPerUpdate,
                                                     " rows at once; is it of another release?"));
  }
  for (const auto& row : update.rows()) COMPTOIR_RETURN_IF_ERROR(CheckRow(row, own_shop_));
  for (const auto& shop : update.shops()) COMPTOIR_RETURN_IF_ERROR(CheckShop(shop, own_shop_));
  return absl::OkStatus();
}

absl::Status CoopStockCopy::Apply(const sync::v1::CoopStockUpdate& update) {
  COMPTOIR_RETURN_IF_ERROR(Check(update));
  const auto snapshot = store_.NewSnapshot();
  const auto held = retail::ReadCoopCopy(*snapshot);
  // A copy that is damaged gives way to one that begins anew.
  if (!held.ok() && !update.replace()) return held.status();
  retail::v1::CoopCopyRow copy;
  if (held.ok()) {
    copy = *held;
  } else {
    COMPTOIR_ASSIGN_OR_RETURN(const uint64_t last, LastGeneration(*snapshot));
    copy.set_generation(last);
  }
  if (!update.replace() && (copy.run() != update.run() || update.cursor() < copy.cursor())) {
    return Refuse("an update that does not follow the last one");
  }
  if (update.replace()) copy.set_generation(copy.generation() + 1);
  copy.set_run(update.run());
  copy.set_cursor(update.cursor());
  copy.set_heard_ms(update.wall_ms());
  auto batch = store_.Begin();
  COMPTOIR_RETURN_IF_ERROR(EraseEarlier(*snapshot, copy.generation(), *batch));
  for (const auto& row : update.rows()) {
    std::string milli;
    AppendBigEndian64(static_cast<uint64_t>(row.quantity_milli()), &milli);
    batch->Put(retail::kCoopStock,
               retail::CoopRowKey(copy.generation(), {row.product(), row.unit(), row.shop()}),
               milli);
  }
  for (const auto& told : update.shops()) {
    retail::v1::CoopShopRow shop;
    shop.set_online(told.online());
    shop.set_as_of_ms(told.as_of_ms());
    shop.set_offline_since_ms(told.offline_since_ms());
    batch->Put(retail::kCoopStock, retail::CoopShopKey(copy.generation(), told.shop()),
               shop.SerializeAsString());
  }
  batch->Put(retail::kCoopStock, retail::CoopCopyKey(), copy.SerializeAsString());
  return store_.Commit(std::move(batch), store::Durability::kBuffered);
}

}  // namespace comptoir::replica
