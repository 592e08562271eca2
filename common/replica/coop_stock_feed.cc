#include "common/replica/coop_stock_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/retail/stock/queries.h"

namespace comptoir::replica {
namespace {

// Its session is up, and what it said it has is here.
bool IsLevel(const PeerView& peer) {
  return peer.session.hello_received && peer.session.missing_entries == 0;
}

}  // namespace

CoopStockFeed::CoopStockFeed(const Options& options)
    : options_(options), started_ms_(options.clock->WallMillis()), table_(options.run) {}

absl::Status CoopStockFeed::Refresh() {
  if (!IsWatched()) return absl::OkStatus();
  // Who is level is asked first, then what is held, then the rows: what is said of a
  // shop is never newer than its rows.
  absl::Status status;
  const std::map<std::string, Held> shops = HeldByShop();
  const std::map<std::string, ShopAge> ages = AgesOf(shops);
  const auto snapshot = options_.ledger->NewSnapshot();
  for (const auto& [shop, held] : shops) {
    // Only entries of its own journals move what is on a shop's shelves.
    uint64_t& computed = computed_entries_[shop];
    if (computed != held.entries) {
      const auto levels = retail::ReadStock(*snapshot, shop, {});
      if (!levels.ok()) {
        status = absl::Status(levels.status().code(),
                              absl::StrCat("the stock of shop ", shop,
                                           " cannot be read: ", levels.status().message()));
        continue;
      }
      MutexLock lock(&table_mutex_);
      table_.SetStock(shop, *levels);
      computed = held.entries;
    }
    MutexLock lock(&table_mutex_);
    table_.SetAge(shop, ages.at(shop));
  }
  {
    MutexLock lock(&table_mutex_);
    computed_ = true;
  }
  MutexLock lock(&watchers_mutex_);
  for (CoopStockWatcher* watcher : watchers_) watcher->Look();
  return status;
}

std::map<std::string, CoopStockFeed::Held> CoopStockFeed::HeldByShop() const {
  std::map<std::string, Held> shops;
  for (const ledger::JournalView& journal : options_.ledger->Journals()) {
    if (journal.scope != journal::v1::SCOPE_SHOP) continue;
    Held& held = shops[journal.shop];
    held.entries += journal.head.sequence.value();
    // What the hub wrote for a shop says nothing of when the shop was heard.
    if (journal.writer_shop != journal.shop) continue;
    held.last_wall_ms = std::max(held.last_wall_ms, journal.last_wall_ms);
  }
  return shops;
}

// A shop is as online as the best of its nodes: what the others sold comes through
// that one, or is not known to anyone here.
std::map<std::string, ShopAge> CoopStockFeed::AgesOf(const std::map<std::string, Held>& shops) {
  std::map<std::string, ShopAge> ages;
  std::map<std::string, bool> connected;
  std::map<std::string, int64_t> left_ms;
  for (const auto& [node, peer] : options_.replica->departed()) {
    int64_t& left = left_ms[peer.writer.shop];
    left = std::max(left, peer.last_heard_ms);
    if (!IsLevel(peer)) continue;
    int64_t& level = level_ms_[peer.writer.shop];
    level = std::max(level, peer.last_heard_ms);
  }
  for (const PeerView& peer : options_.replica->peers()) {
    connected[peer.writer.shop] = true;
    if (!IsLevel(peer)) continue;
    ages[peer.writer.shop].online = true;
    level_ms_[peer.writer.shop] = options_.clock->WallMillis();
  }
  for (const auto& [shop, held] : shops) {
    ShopAge& age = ages[shop];
    if (age.online) continue;
    const auto level = level_ms_.find(shop);
    // What a shop's clock said may lie ahead; what came before this run cannot.
    age.as_of_ms =
        level != level_ms_.end() ? level->second : std::min(held.last_wall_ms, started_ms_);
    if (connected[shop]) continue;
    // One that was not here in this run was not when it began.
    age.offline_since_ms = left_ms[shop] == 0 ? started_ms_ : left_ms[shop];
    age.as_of_ms = std::min(age.as_of_ms, age.offline_since_ms);
  }
  return ages;
}

bool CoopStockFeed::IsWatched() const {
  MutexLock lock(&watchers_mutex_);
  return !watchers_.empty();
}

void CoopStockFeed::Add(CoopStockWatcher* watcher) {
  MutexLock lock(&watchers_mutex_);
  watchers_.insert(watcher);
  if (closed_.has_value()) {
    watcher->Leave(*closed_);
  } else {
    watcher->Look();
  }
}

void CoopStockFeed::Remove(CoopStockWatcher* watcher) {
  MutexLock lock(&watchers_mutex_);
  watchers_.erase(watcher);
}

std::optional<sync::v1::CoopStockUpdate> CoopStockFeed::UpdateAfter(uint64_t run, uint64_t cursor,
                                                                    std::string_view own_shop,
                                                                    bool even_empty) const {
  MutexLock lock(&table_mutex_);
  if (!computed_) return std::nullopt;
  sync::v1::CoopStockUpdate update = table_.UpdateAfter(run, cursor, own_shop);
  const bool empty = !update.replace() && update.rows().empty() && update.shops().empty();
  if (empty && !even_empty) return std::nullopt;
  update.set_wall_ms(options_.clock->WallMillis());
  return update;
}

void CoopStockFeed::Close(const absl::Status& reason) {
  MutexLock lock(&watchers_mutex_);
  if (closed_.has_value()) return;
  closed_ = reason;
  for (CoopStockWatcher* watcher : watchers_) watcher->Leave(reason);
}

absl::Status CoopStockFeed::CheckWatcher(std::string_view node) const {
  const auto revoked = options_.ledger->FindRevocation(node);
  return revoked.has_value() ? RevokedStatus(*revoked) : absl::OkStatus();
}

}  // namespace comptoir::replica
