// The stock of every shop as the hub's run holds it, and which of it changed when.
//
// Invariants: every row and every shop's state has a version of its own, that of
// its last change; versions only rise. So a watcher is told of everything by
// walking the versions after the last it was told of, in pages of any length,
// and what changes meanwhile moves ahead of it.
//
// Pure. One thread at a time. Memory: about 200 bytes for each product and shop
// where it ever moved.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/retail/stock/queries.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::replica {

// What one update holds at most, rows and shops together: under 1 MiB.
inline constexpr size_t kCoopStockRowsPerUpdate = 10'000;

// How old the rows of a shop are; as in CoopStockShop.
struct ShopAge {
  bool online = false;
  int64_t as_of_ms = 0;
  int64_t offline_since_ms = 0;

  bool operator==(const ShopAge&) const = default;
};

class CoopStockTable {
 public:
  // `run`: random, never zero.
  explicit CoopStockTable(uint64_t run) : run_(run) {}

  // The stock of `shop` is this, by rising product and unit. What it does not name
  // any more is empty.
  void SetStock(const std::string& shop, const std::vector<retail::StockLevel>& levels);
  void SetAge(const std::string& shop, const ShopAge& age);

  uint64_t run() const { return run_; }
  // Of the last change; 0 before the first.
  uint64_t version() const { return version_; }

  // What follows `cursor` in a copy of `run`, but for `own_shop`: at most `rows_max`
  // rows and shops. A copy of another run, or ahead of this table, begins anew.
  sync::v1::CoopStockUpdate UpdateAfter(uint64_t run, uint64_t cursor, std::string_view own_shop,
                                        size_t rows_max = kCoopStockRowsPerUpdate) const;

 private:
  using Item = std::pair<std::string, retail::v1::Unit>;
  struct Row {
    int64_t milli = 0;
    uint64_t version = 0;
  };
  struct Shop {
    std::map<Item, Row> rows;
    ShopAge age;
    uint64_t age_version = 0;  // 0: never set
  };
  // Of what a version is; both point into `shops_`. No item: the shop's age.
  struct Change {
    const std::pair<const std::string, Shop>* shop = nullptr;
    const std::pair<const Item, Row>* row = nullptr;
  };

  void SetRow(const std::pair<const std::string, Shop>& shop, std::pair<const Item, Row>& row,
              int64_t milli);
  uint64_t Note(uint64_t replaced_version, const Change& change);

  const uint64_t run_;
  uint64_t version_ = 0;
  std::map<std::string, Shop> shops_;
  std::map<uint64_t, Change> changes_;
};

}  // namespace comptoir::replica
