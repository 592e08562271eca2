#include "common/retail/stock/queries.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/code.h"
#include "common/base/status.h"
#include "common/retail/account.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/list.h"

namespace comptoir::retail {
namespace {

// What rows are gathered by; also what a cursor holds. The lot stays empty but
// where asked for.
struct StockItem {
  std::string product;
  v1::Unit unit = v1::UNIT_UNSPECIFIED;
  std::string lot;

  auto operator<=>(const StockItem&) const = default;
};
using Shelf = std::vector<std::pair<StockItem, int64_t>>;  // thousandths, by rising item

absl::StatusOr<StockItem> OpenItem(List list, std::string_view cursor) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string place, OpenCursor(list, cursor));
  if (place.empty()) return StockItem();
  const std::optional<BalanceKey> key = ParseBalance(place);
  if (!key.has_value() || !IsCode(key->product)) return BadCursor();
  return StockItem{std::string(key->product), key->unit, std::string(key->lot)};
}

std::string SealItem(List list, const StockItem& item) {
  std::string place;
  AppendBalance({item.product, item.unit, item.lot}, &place);
  return SealCursor(list, place);
}

// What of an account to read.
struct ShelfQuery {
  std::string product;  // empty: all
  StockItem first;
  bool by_lot = false;
  bool zeros = true;  // also items of which nothing is left
  size_t count = 0;   // items at most
};

// Adds what a row of balances or adjustments says.
absl::Status AddSum(std::string_view value, int64_t* milli) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<int64_t> sums, store::DecodeCounters(value));
  if (sums.size() != 1) return absl::DataLossError("a row of stock is damaged");
  *milli += sums.front();
  return absl::OkStatus();
}

absl::StatusOr<int64_t> ReadSum(const store::Snapshot& snapshot, store::TableId table,
                                std::string_view key) {
  int64_t milli = 0;
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> row, snapshot.Get(table, key));
  if (row.has_value()) COMPTOIR_RETURN_IF_ERROR(AddSum(*row, &milli));
  return milli;
}

// Walks balances and what counts adjust of them, as one table of stock.
class StockRows {
 public:
  StockRows(const store::Snapshot& snapshot, std::string_view first, std::string_view limit)
      : balances_(snapshot.Scan(kBalances, first, limit)),
        adjustments_(snapshot.Scan(kAdjustments, first, limit)) {}

  // Not past where either breaks off: what the other has from there on is half of the truth.
  bool Valid() const { return status().ok() && (balances_->Valid() || adjustments_->Valid()); }
  std::string_view key() const { return at_balance() ? balances_->key() : adjustments_->key(); }
  absl::StatusOr<int64_t> Milli() const {
    int64_t milli = 0;
    if (at_balance()) COMPTOIR_RETURN_IF_ERROR(AddSum(balances_->value(), &milli));
    if (at_adjustment()) COMPTOIR_RETURN_IF_ERROR(AddSum(adjustments_->value(), &milli));
    return milli;
  }
  void Next() {
    const bool past_balance = at_balance();
    const bool past_adjustment = at_adjustment();
    if (past_balance) balances_->Next();
    if (past_adjustment) adjustments_->Next();
  }
  absl::Status status() const {
    COMPTOIR_RETURN_IF_ERROR(balances_->status());
    return adjustments_->status();
  }

 private:
  bool at_balance() const {
    return balances_->Valid() &&
           (!adjustments_->Valid() || balances_->key() <= adjustments_->key());
  }
  bool at_adjustment() const {
    return adjustments_->Valid() &&
           (!balances_->Valid() || adjustments_->key() <= balances_->key());
  }

  const std::unique_ptr<store::Iterator> balances_;
  const std::unique_ptr<store::Iterator> adjustments_;
};

// Rows of lots of one item follow one another, so that one pass sums them.
absl::StatusOr<Shelf> ReadShelf(const store::Snapshot& snapshot, std::string_view account,
                                const ShelfQuery& query) {
  const std::string prefix = BalancePrefix(account);
  std::string all = prefix;
  if (!query.product.empty()) AppendCode(query.product, &all);
  std::string from = prefix;
  AppendBalance({query.first.product, query.first.unit, query.first.lot}, &from);
  Shelf shelf;
  const auto drop_zero = [&] {
    if (!query.zeros && !shelf.empty() && shelf.back().second == 0) shelf.pop_back();
  };
  StockRows rows(snapshot, query.first == StockItem() ? all : std::max(all, from),
                 PrefixLimit(all));
  for (; rows.Valid(); rows.Next()) {
    const std::optional<BalanceKey> key = ParseBalance(rows.key().substr(prefix.size()));
    if (!key.has_value()) return absl::DataLossError("a key of balances is damaged");
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t milli, rows.Milli());
    StockItem item{std::string(key->product), key->unit,
                   query.by_lot ? std::string(key->lot) : std::string()};
    if (shelf.empty() || shelf.back().first != item) {
      drop_zero();
      if (shelf.size() == query.count) return shelf;
      shelf.emplace_back(std::move(item), 0);
    }
    shelf.back().second += milli;
  }
  COMPTOIR_RETURN_IF_ERROR(rows.status());
  drop_zero();
  return shelf;
}

// Items of which something is on its way and nothing was ever on the shelf: where they
// belong among the first `count` of `shelf`.
void AddItems(const InTransit& in_transit, const std::string& product, const StockItem& first,
              size_t count, Shelf* shelf) {
  // What the shelf was cut off at: later ones are for a later page.
  const bool is_cut = shelf->size() == count;
  const StockItem last = is_cut ? shelf->back().first : StockItem();
  for (const auto& [key, shops] : in_transit) {
    const StockItem item{key.first, key.second, ""};
    if ((!product.empty() && product != key.first) || item < first) continue;
    if (is_cut && last < item) continue;
    const auto found =
        std::ranges::lower_bound(*shelf, item, {}, [](const auto& held) { return held.first; });
    if (found == shelf->end() || found->first != item) shelf->insert(found, {item, 0});
  }
  if (shelf->size() > count) shelf->resize(count);
}

// Shops that ever held anything, by code.
absl::StatusOr<std::vector<std::string>> ShopsWithStock(const store::Snapshot& snapshot) {
  std::vector<std::string> shops;
  std::string from(kShopAccounts);
  const std::string limit = PrefixLimit(kShopAccounts);
  while (true) {
    const StockRows rows(snapshot, from, limit);
    if (!rows.Valid()) {
      COMPTOIR_RETURN_IF_ERROR(rows.status());
      return shops;
    }
    std::string_view key = rows.key();
    std::string_view account;
    if (!ConsumeCode(&key, &account)) return absl::DataLossError("a key of balances is damaged");
    shops.emplace_back(account.substr(kShopAccounts.size()));
    from = PrefixLimit(BalancePrefix(account));
  }
}

// One page of what is on the shelf of `shop`, beside what is on its way there.
absl::StatusOr<shop::v1::ListStockResponse> ListShelf(const store::Snapshot& snapshot,
                                                      std::string_view shop,
                                                      const InTransit& in_transit,
                                                      const shop::v1::ListStockRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", shop));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("product", request.product()));
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(request.page_size(), kStockPageUsual, kStockPageMax));
  const List list = request.by_lot() ? List::kStockByLotList : List::kStockList;
  COMPTOIR_ASSIGN_OR_RETURN(const StockItem first, OpenItem(list, request.cursor()));
  COMPTOIR_ASSIGN_OR_RETURN(Shelf shelf, ReadShelf(snapshot, AccountName(kShopAccounts, shop),
                                                   {request.product(), first, request.by_lot(),
                                                    !request.by_lot(), count + 1}));
  AddItems(in_transit, request.product(), first, count + 1, &shelf);
  shop::v1::ListStockResponse response;
  if (shelf.size() > count) {
    response.set_next_cursor(SealItem(list, shelf.back().first));
    shelf.pop_back();
  }
  for (const auto& [item, milli] : shelf) {
    shop::v1::StockRow* row = response.add_rows();
    row->set_shop(std::string(shop));
    row->set_product(item.product);
    row->set_unit(item.unit);
    row->set_lot(item.lot);
    row->set_quantity_milli(milli);
    if (const auto sent = in_transit.find({item.product, item.unit}); sent != in_transit.end()) {
      row->set_in_transit_milli(sent->second.at(std::string(shop)));
    }
    COMPTOIR_ASSIGN_OR_RETURN(*row->mutable_name(), ProductName(snapshot, item.product));
  }
  return response;
}

}  // namespace

absl::StatusOr<std::vector<StockLevel>> ReadStock(const store::Snapshot& snapshot,
                                                  std::string_view shop, const StockSpan& span) {
  COMPTOIR_ASSIGN_OR_RETURN(
      Shelf shelf, ReadShelf(snapshot, AccountName(kShopAccounts, shop),
                             {span.product, StockItem{span.first_product, span.first_unit, ""},
                              false, true, span.count_max}));
  std::vector<StockLevel> levels;
  levels.reserve(shelf.size());
  for (auto& [item, milli] : shelf) levels.push_back({std::move(item.product), item.unit, milli});
  return levels;
}

absl::StatusOr<LotStock> ReadLotStock(const store::Snapshot& snapshot, std::string_view shop,
                                      const BalanceKey& balance) {
  std::string key = BalancePrefix(AccountName(kShopAccounts, shop));
  AppendBalance(balance, &key);
  LotStock stock;
  COMPTOIR_ASSIGN_OR_RETURN(stock.moved_milli, ReadSum(snapshot, kBalances, key));
  COMPTOIR_ASSIGN_OR_RETURN(stock.counted_milli, ReadSum(snapshot, kAdjustments, key));
  return stock;
}

absl::StatusOr<int64_t> ReadBalance(const store::Snapshot& snapshot, std::string_view account,
                                    const BalanceKey& balance) {
  std::string key = BalancePrefix(account);
  AppendBalance(balance, &key);
  return ReadSum(snapshot, kBalances, key);
}

absl::StatusOr<shop::v1::ListStockResponse> ListStock(const store::Snapshot& snapshot,
                                                      std::string_view shop,
                                                      const shop::v1::ListStockRequest& request) {
  return ListShelf(snapshot, shop, InTransit(), request);
}

absl::StatusOr<shop::v1::ListStockResponse> ListStockAndTransit(
    const store::Snapshot& snapshot, std::string_view shop,
    const shop::v1::ListStockRequest& request) {
  InTransit in_transit;
  if (!request.by_lot()) {
    COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", shop));
    COMPTOIR_ASSIGN_OR_RETURN(in_transit, ReadInTransit(snapshot, shop));
  }
  return ListShelf(snapshot, shop, in_transit, request);
}

absl::StatusOr<coop::v1::ListInventoryResponse> ListInventory(
    const store::Snapshot& snapshot, const coop::v1::ListInventoryRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("product", request.product()));
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(request.page_size(), kStockPageUsual, kStockPageMax));
  COMPTOIR_ASSIGN_OR_RETURN(const StockItem first,
                            OpenItem(List::kInventoryList, request.cursor()));
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<std::string> shops, ShopsWithStock(snapshot));
  // Each shop gives one item more than the page holds, so that the first `count` of
  // all are complete.
  std::map<StockItem, std::vector<std::pair<std::string, int64_t>>> items;
  for (const std::string& shop : shops) {
    COMPTOIR_ASSIGN_OR_RETURN(const Shelf shelf,
                              ReadShelf(snapshot, AccountName(kShopAccounts, shop),
                                        {request.product(), first, false, true, count + 1}));
    for (const auto& [item, milli] : shelf) items[item].emplace_back(shop, milli);
  }
  COMPTOIR_ASSIGN_OR_RETURN(const InTransit in_transit, ReadInTransit(snapshot, ""));
  for (const auto& [key, shops_sent_to] : in_transit) {
    const StockItem item{key.first, key.second, ""};
    if (item < first || (!request.product().empty() && request.product() != key.first)) continue;
    items[item];  // also where no shop ever held it
  }
  coop::v1::ListInventoryResponse response;
  for (const auto& [item, held] : items) {
    if (static_cast<size_t>(response.rows_size()) == count) {
      response.set_next_cursor(SealItem(List::kInventoryList, item));
      break;
    }
    coop::v1::InventoryRow* row = response.add_rows();
    row->set_product(item.product);
    row->set_unit(item.unit);
    COMPTOIR_ASSIGN_OR_RETURN(*row->mutable_name(), ProductName(snapshot, item.product));
    for (const auto& [shop, milli] : held) {
      coop::v1::ShopStock* stock = row->add_shops();
      stock->set_shop(shop);
      stock->set_quantity_milli(milli);
      row->set_total_milli(row->total_milli() + milli);
    }
    const auto sent = in_transit.find({item.product, item.unit});
    if (sent == in_transit.end()) continue;
    for (const auto& [shop, milli] : sent->second) {
      coop::v1::ShopStock* stock = row->add_in_transit();
      stock->set_shop(shop);
      stock->set_quantity_milli(milli);
    }
  }
  return response;
}

}  // namespace comptoir::retail
