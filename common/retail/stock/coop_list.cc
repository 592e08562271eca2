#include "common/retail/stock/coop_list.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "common/retail/stock/coop_copy.h"
#include "common/retail/stock/queries.h"

namespace comptoir::retail {
namespace {

// A line of the list; also where a page begins.
struct CoopItem {
  std::string product;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;

  auto operator<=>(const CoopItem&) const = default;
};
// Quantities by shop.
using Rows = std::map<CoopItem, std::map<std::string, int64_t>>;

absl::StatusOr<CoopItem> OpenItem(std::string_view cursor) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string place, OpenCursor(List::kCoopStockList, cursor));
  if (place.empty()) return CoopItem();
  const std::optional<BalanceKey> key = ParseBalance(place);
  if (!key.has_value() || !IsCode(key->product) || !key->lot.empty()) return BadCursor();
  return CoopItem{std::string(key->product), key->unit};
}

std::string SealItem(const CoopItem& item) {
  std::string place;
  AppendBalance({item.product, item.unit, ""}, &place);
  return SealCursor(List::kCoopStockList, place);
}

absl::StatusOr<int64_t> ReadMilli(std::string_view value) {
  if (value.size() != 8) return absl::DataLossError("a row of the co-op's stock is damaged");
  return static_cast<int64_t>(ReadBigEndian64(value));
}

// What of the copy to read.
struct CopySpan {
  uint64_t generation = 0;
  std::string product;  // empty: all
  CoopItem first;
  size_t items_max = 0;
};

// Adds the copy's items to `*rows`, each whole: at most `items_max`, and no more
// once kCoopStockQuantitiesMax are reached. The first item that it left; nullopt
// for none.
absl::StatusOr<std::optional<CoopItem>> ReadCopy(const store::Snapshot& snapshot,
                                                 const CopySpan& span, Rows* rows) {
  const std::string prefix = CoopRowPrefix(span.generation);
  std::string all = prefix;
  if (!span.product.empty()) AppendCode(span.product, &all);
  std::string from = prefix;
  if (!span.first.product.empty()) AppendBalance({span.first.product, span.first.unit, ""}, &from);
  auto row = snapshot.Scan(kCoopStock, std::max(all, from), PrefixLimit(all));
  CoopItem last;
  size_t items = 0;
  size_t quantities = 0;
  for (; row->Valid(); row->Next(), ++quantities) {
    const std::optional<CoopStockKey> key = ParseCoopRow(row->key().substr(prefix.size()));
    if (!key.has_value()) return absl::DataLossError("a key of the co-op's stock is damaged");
    CoopItem item{std::string(key->product), key->unit};
    if (items == 0 || item != last) {
      if (items == span.items_max || quantities >= kCoopStockQuantitiesMax) return item;
      ++items;
      last = item;
    }
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t milli, ReadMilli(row->value()));
    (*rows)[std::move(item)][std::string(key->shop)] = milli;
  }
  COMPTOIR_RETURN_IF_ERROR(row->status());
  return std::nullopt;
}

absl::Status AddShops(const store::Snapshot& snapshot, const v1::CoopCopyRow& copy,
                      std::string_view own, int64_t now_ms,
                      shop::v1::ListCoopStockResponse* response) {
  std::map<std::string, shop::v1::CoopStockShop> shops;
  const std::string prefix = CoopShopPrefix(copy.generation());
  auto row = snapshot.Scan(kCoopStock, prefix, PrefixLimit(prefix));
  for (; row->Valid(); row->Next()) {
    v1::CoopShopRow told;
    if (!told.ParseFromArray(row->value().data(), static_cast<int>(row->value().size()))) {
      return absl::DataLossError("a shop of the co-op's stock is damaged");
    }
    shop::v1::CoopStockShop& shop = shops[std::string(row->key().substr(prefix.size()))];
    shop.set_as_of_ms(told.online() ? copy.heard_ms() : told.as_of_ms());
    shop.set_offline_since_ms(told.offline_since_ms());
  }
  COMPTOIR_RETURN_IF_ERROR(row->status());
  shop::v1::CoopStockShop& ours = shops[std::string(own)];
  ours.Clear();
  ours.set_own(true);
  ours.set_as_of_ms(now_ms);
  for (auto& [code, shop] : shops) {
    shop.set_shop(code);
    COMPTOIR_ASSIGN_OR_RETURN(*shop.mutable_name(), ShopName(snapshot, code));
    *response->add_shops() = std::move(shop);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<shop::v1::ListCoopStockResponse> ListCoopStock(
    const store::Snapshot& snapshot, std::string_view shop, int64_t now_ms,
    const shop::v1::ListCoopStockRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", shop));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("product", request.product()));
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(request.page_size(), kCoopStockPageUsual, kCoopStockPageMax));
  COMPTOIR_ASSIGN_OR_RETURN(const CoopItem first, OpenItem(request.cursor()));
  COMPTOIR_ASSIGN_OR_RETURN(const v1::CoopCopyRow copy, ReadCoopCopy(snapshot));
  // Each source gives one item more than the page holds, so that the first `count`
  // of both are complete.
  Rows rows;
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::optional<CoopItem> left,
      ReadCopy(snapshot, {copy.generation(), request.product(), first, count + 1}, &rows));
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::vector<StockLevel> levels,
      ReadStock(snapshot, shop, {request.product(), first.product, first.unit, count + 1}));
  for (const StockLevel& level : levels) {
    rows[{level.product, level.unit}][std::string(shop)] = level.quantity_milli;
  }
  shop::v1::ListCoopStockResponse response;
  if (request.cursor().empty()) {
    COMPTOIR_RETURN_IF_ERROR(AddShops(snapshot, copy, shop, now_ms, &response));
  }
  if (left.has_value()) rows[*left];
  for (const auto& [item, shops] : rows) {
    if (static_cast<size_t>(response.rows_size()) == count || item == left) {
      response.set_next_cursor(SealItem(item));
      break;
    }
    shop::v1::CoopStockRow* row = response.add_rows();
    row->set_product(item.product);
    row->set_unit(item.unit);
    COMPTOIR_ASSIGN_OR_RETURN(*row->mutable_name(), ProductName(snapshot, item.product));
    for (const auto& [code, milli] : shops) {
      shop::v1::ShopQuantity* quantity = row->add_shops();
      quantity->set_shop(code);
      quantity->set_quantity_milli(milli);
    }
  }
  return response;
}

}  // namespace comptoir::retail
