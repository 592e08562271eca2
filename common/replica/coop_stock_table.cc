#include "common/replica/coop_stock_table.h"

namespace comptoir::replica {

void CoopStockTable::SetStock(const std::string& shop,
                              const std::vector<retail::StockLevel>& levels) {
  auto& entry = *shops_.try_emplace(shop).first;
  auto row = entry.second.rows.begin();
  const auto end = entry.second.rows.end();
  for (const retail::StockLevel& level : levels) {
    const Item item(level.product, level.unit);
    for (; row != end && row->first < item; ++row) SetRow(entry, *row, 0);
    if (row == end || row->first != item) row = entry.second.rows.emplace_hint(row, item, Row());
    SetRow(entry, *row, level.quantity_milli);
    ++row;
  }
  for (; row != end; ++row) SetRow(entry, *row, 0);
}

void CoopStockTable::SetAge(const std::string& shop, const ShopAge& age) {
  auto& entry = *shops_.try_emplace(shop).first;
  if (entry.second.age_version != 0 && entry.second.age == age) return;
  entry.second.age = age;
  entry.second.age_version = Note(entry.second.age_version, {&entry, nullptr});
}

void CoopStockTable::SetRow(const std::pair<const std::string, Shop>& shop,
                            std::pair<const Item, Row>& row, int64_t milli) {
  if (row.second.version != 0 && row.second.milli == milli) return;
  row.second.milli = milli;
  row.second.version = Note(row.second.version, {&shop, &row});
}

uint64_t CoopStockTable::Note(uint64_t replaced_version, const Change& change) {
  changes_.erase(replaced_version);
  changes_.emplace_hint(changes_.end(), ++version_, change);
  return version_;
}

sync::v1::CoopStockUpdate CoopStockTable::UpdateAfter(uint64_t run, uint64_t cursor,
                                                      std::string_view own_shop,
                                                      size_t rows_max) const {
  sync::v1::CoopStockUpdate update;
  update.set_run(run_);
  if (run != run_ || cursor > version_) {
    update.set_replace(true);
    cursor = 0;
  }
  size_t count = 0;
  auto change = changes_.upper_bound(cursor);
  for (; change != changes_.end() && count < rows_max; ++change) {
    const auto& [shop, row] = change->second;
    cursor = change->first;
    if (shop->first == own_shop) continue;
    ++count;
    if (row != nullptr) {
      sync::v1::CoopStockRow* told = update.add_rows();
      told->set_shop(shop->first);
      told->set_product(row->first.first);
      told->set_unit(row->first.second);
      told->set_quantity_milli(row->second.milli);
    } else {
      sync::v1::CoopStockShop* told = update.add_shops();
      told->set_shop(shop->first);
      told->set_online(shop->second.age.online);
      told->set_as_of_ms(shop->second.age.as_of_ms);
      told->set_offline_since_ms(shop->second.age.offline_since_ms);
    }
  }
  update.set_cursor(cursor);
  return update;
}

}  // namespace comptoir::replica
