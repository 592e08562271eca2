#include "common/retail/stock/lots.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/stock/queries.h"
#include "common/retail/stock/shelf.h"
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
  LotDays days;
  auto rows = snapshot.Scan(kLots, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    v1::LotRow lot;
    if (!lot.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of lots is damaged");
    }
    if (is_first) row->set_producer(lot.producer());
    is_first = false;
    if (row->producer() != lot.producer()) row->clear_producer();
    days.Add(lot);
  }
  row->set_use_by_day(days.use_by);
  row->set_best_before_day(days.best_before);
  return rows->status();
}

// The rows of one product follow one another.
absl::Status MarkRecalled(const store::Snapshot& snapshot, std::string_view shop,
                          shop::v1::ListStockResponse* stock) {
  RecallBook book;
  COMPTOIR_RETURN_IF_ERROR(book.Open(snapshot, shop));
  if (book.empty()) return absl::OkStatus();
  std::string product;
  RecalledGoods goods;
  for (shop::v1::StockRow& row : *stock->mutable_rows()) {
    if (row.product() != product) {
      product = row.product();
      COMPTOIR_ASSIGN_OR_RETURN(goods, book.Find(snapshot, product));
    }
    for (const GoodsRecall& recall : goods.All(row.lot())) {
      row.add_recalls(recall.standing->recall.code());
    }
  }
  return absl::OkStatus();
}

// Leaves lots of which something is there and whose earlier day is `last` or before it.
void KeepExpiring(Day last, shop::v1::ListStockResponse* stock) {
  const auto is_later = [last](int32_t day) { return day == 0 || day > last.value(); };
  auto* rows = stock->mutable_rows();
  const auto kept = std::remove_if(rows->begin(), rows->end(), [&](const shop::v1::StockRow& row) {
    return !IsLeft(row.quantity_milli(), row.unit()) ||
           (is_later(row.use_by_day()) && is_later(row.best_before_day()));
  });
  rows->erase(kept, rows->end());
}

bool HasLot(const v1::Counted& counted) {
  for (const v1::CountedLine& line : counted.lines()) {
    for (const v1::LotQuantity& lot : line.lots()) {
      if (!lot.lot().empty()) return true;
    }
  }
  return false;
}

// A sale only takes from the shelf, and is what tills do all day.
bool MayAddToLot(const Fact& fact) {
  if (fact.kind == v1::FACT_KIND_SOLD) return false;
  if (fact.kind == v1::FACT_KIND_COUNTED) {
    return HasLot(static_cast<const v1::Counted&>(*fact.fact));
  }
  bool has_lot = false;
  VisitShelf(
      fact, [&](const BalanceKey& balance, int64_t) { has_lot = has_lot || !balance.lot.empty(); });
  return has_lot;
}

}  // namespace

int32_t EarlierDay(int32_t one, int32_t other) {
  if (one == 0 || other == 0) return one + other;
  return std::min(one, other);
}

void LotDays::Add(const v1::LotRow& row) {
  use_by = EarlierDay(use_by, row.use_by_day());
  best_before = EarlierDay(best_before, row.best_before_day());
}

absl::StatusOr<std::map<std::string, LotDays>> ReadLotDays(const store::Snapshot& snapshot,
                                                           std::string_view shop,
                                                           std::string_view product,
                                                           v1::Unit unit) {
  std::string prefix;
  AppendCode(shop, &prefix);
  AppendCode(product, &prefix);
  std::map<std::string, LotDays> found;
  auto rows = snapshot.Scan(kLots, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    std::string_view lot;
    v1::LotRow row;
    if (!ConsumeCode(&key, &lot) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of lots is damaged");
    }
    if (!lot.empty() && row.unit() == unit) found[std::string(lot)].Add(row);
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return found;
}

absl::Status DescribeLots(const store::Snapshot& snapshot, shop::v1::ListStockResponse* stock) {
  for (shop::v1::StockRow& row : *stock->mutable_rows()) {
    if (!row.lot().empty()) COMPTOIR_RETURN_IF_ERROR(DescribeLot(snapshot, &row));
  }
  return absl::OkStatus();
}

absl::StatusOr<shop::v1::ListStockResponse> ListStockOn(const store::Snapshot& snapshot,
                                                        std::string_view shop, Day today,
                                                        const shop::v1::ListStockRequest& request) {
  const uint32_t days = request.expires_within_days();
  if (request.has_expires_within_days() && !request.by_lot()) {
    return Refuse(kBadDay, "only lots expire: ask for stock by lot");
  }
  if (days > kExpiresWithinDaysMax) {
    return Refuse(kBadDay, absl::StrCat("lots that expire within ", days, " days: at most ",
                                        kExpiresWithinDaysMax, " are taken"));
  }
  COMPTOIR_ASSIGN_OR_RETURN(auto stock, ListStockAndTransit(snapshot, shop, request));
  stock.set_today(today.value());
  if (request.by_lot()) {
    COMPTOIR_RETURN_IF_ERROR(DescribeLots(snapshot, &stock));
    COMPTOIR_RETURN_IF_ERROR(MarkRecalled(snapshot, shop, &stock));
  }
  if (request.has_expires_within_days()) {
    KeepExpiring(Day(today.value() + static_cast<int32_t>(days)), &stock);
  }
  return stock;
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

void FoldLot(const Fact& fact, const BalanceKey& item, int index, v1::LotRow row, Effect effect,
             store::Transaction& transaction) {
  if (effect == Effect::kDuplicate) return;
  std::string key;
  AppendCode(fact.journal->shop, &key);
  AppendCode(item.product, &key);
  AppendCode(item.lot, &key);
  AppendBigEndian64(fact.reference.journal.value(), &key);
  AppendBigEndian64(fact.reference.sequence.value(), &key);
  AppendBigEndian32(static_cast<uint32_t>(index), &key);
  if (effect == Effect::kUncount) return transaction.Erase(kLots, key);
  row.set_wall_ms(fact.wall_ms);
  row.set_doubtful(fact.doubtful);
  row.set_utc_offset_minutes(fact.utc_offset_minutes);
  transaction.Put(kLots, key, row.SerializeAsString());
}

void NoteLots(const Fact& fact, Effect effect, store::Transaction& transaction) {
  if (!MayAddToLot(fact)) return;
  // One fact in another's place must show, too.
  constexpr uint64_t kLowBits = 0xffff'ffff;
  const int64_t sign = SignOf(effect);
  const int64_t sums[] = {sign, sign * static_cast<int64_t>(fact.reference.hash_prefix & kLowBits)};
  transaction.Add(kEdits, LotChangesKey(fact.journal->shop), sums);
}

}  // namespace comptoir::retail
