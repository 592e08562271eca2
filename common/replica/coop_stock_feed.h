// The hub's side of the stock feed: computes the stock of the shops that moved,
// and wakes whoever watches. Nothing is computed while nobody does.
//
// Thread use: any, but for Refresh.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/ledger/ledger.h"
#include "common/replica/coop_stock_table.h"
#include "common/replica/replica.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::replica {

// One who watches. Called by any thread; must neither block nor call Add or Remove.
class CoopStockWatcher {
 public:
  virtual ~CoopStockWatcher() = default;
  // More may follow what it has; also when nothing does, about once a pulse.
  virtual void Look() = 0;
  // The feed ends.
  virtual void Leave(const absl::Status& reason) = 0;
};

class CoopStockFeed {
 public:
  struct Options {
    ledger::Ledger* ledger = nullptr;
    const Replica* replica = nullptr;  // whose sessions say which shops are here
    Clock* clock = nullptr;
    uint64_t run = 0;  // random, never zero
  };
  explicit CoopStockFeed(const Options& options);

  // Brings the table up to the ledger and wakes the watchers. One thread, about
  // once a second (Pulse). DATA_LOSS where a shop's stock cannot be read: the
  // others' is brought up all the same, and that one is tried again.
  absl::Status Refresh();

  void Add(CoopStockWatcher* watcher);
  // Returns when no call of it is under way.
  void Remove(CoopStockWatcher* watcher);
  // What follows `cursor` in a copy of `run`; nullopt while nothing does, and
  // before the first Refresh. With `even_empty` then an update with nothing in it.
  std::optional<sync::v1::CoopStockUpdate> UpdateAfter(uint64_t run, uint64_t cursor,
                                                       std::string_view own_shop,
                                                       bool even_empty) const;
  // Every watcher is to leave, and those that come later.
  void Close(const absl::Status& reason);

  // UNAUTHENTICATED where `node` is revoked (R13).
  absl::Status CheckWatcher(std::string_view node) const;

  Clock& clock() const { return *options_.clock; }

 private:
  // What the ledger holds of one shop's journals.
  struct Held {
    uint64_t entries = 0;
    int64_t last_wall_ms = 0;
  };
  bool IsWatched() const;
  std::map<std::string, Held> HeldByShop() const;
  std::map<std::string, ShopAge> AgesOf(const std::map<std::string, Held>& shops);

  const Options options_;
  const int64_t started_ms_;

  // Of Refresh alone.
  std::map<std::string, uint64_t> computed_entries_;  // by shop: what its rows come from
  std::map<std::string, int64_t> level_ms_;           // by shop: when it was last seen level

  mutable Mutex table_mutex_;
  CoopStockTable table_ ABSL_GUARDED_BY(table_mutex_);
  bool computed_ ABSL_GUARDED_BY(table_mutex_) = false;
  // Held while watchers are called, and taken before `table_mutex_`.
  mutable Mutex watchers_mutex_;
  std::set<CoopStockWatcher*> watchers_ ABSL_GUARDED_BY(watchers_mutex_);
  std::optional<absl::Status> closed_ ABSL_GUARDED_BY(watchers_mutex_);
};

}  // namespace comptoir::replica
