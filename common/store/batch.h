// The one Transaction of all stores: collects rows, and reads through them.
//
// A batch that stands on others (Store::Begin with `after`) holds the rows of
// each of them that was not yet committed when it began, not the batches
// themselves: so no chain of batches can grow. Once one is committed, reads
// skip its rows and find them in the store.
//
// Thread use: one thread at a time fills a batch; meanwhile another may commit
// the one it stands on.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/store/batch_rows.h"
#include "common/store/store.h"
#include "common/store/table_set.h"

namespace comptoir::store {

// The store as it now stands.
class Committed : public Reader {
 public:
  virtual std::unique_ptr<Snapshot> NewSnapshot() const = 0;
  // Held shared from before a batch is applied until it is marked committed, and
  // alone by who takes a snapshot and must know which batches are in it.
  std::shared_mutex& applying() const { return applying_; }

 private:
  mutable std::shared_mutex applying_;
};

class Batch final : public Transaction {
 public:
  // `tables` and `committed` must outlive the batch. `after` is null or a batch
  // over the same `committed`.
  Batch(const TableSet& tables, const Committed& committed, const Batch* after);

  // What Store::Begin took or Store::Commit was given, as a batch over
  // `committed`. A batch of another store is a bug.
  static Batch* Of(Transaction* transaction, const Committed& committed);

  absl::StatusOr<std::optional<std::string>> Get(TableId table,
                                                 std::string_view key) const override;
  void Put(TableId table, std::string_view key, std::string_view value) override;
  void Erase(TableId table, std::string_view key) override;
  void Add(TableId table, std::string_view key, std::span<const int64_t> sums) override;
  void SetCounters(TableId table, std::string_view key, std::string_view value) override;
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadRange(
      TableId table, std::string_view first, std::string_view limit) const override;
  size_t rows() const override { return own_->content.rows(); }
  size_t bytes() const override { return own_->content.bytes(); }

  // How many uncommitted batches it stood on when it began.
  size_t standing_on() const { return below_.size(); }

  // The store's side. A batch that is committed twice, or before one it stands
  // on, is a bug.
  const BatchRows& RowsToCommit() const;
  // Its rows can be read from the store from now on. Under Committed::applying.
  void MarkCommitted() { own_->committed.store(true, std::memory_order_release); }

 private:
  struct Shared {
    BatchRows content;
    std::atomic<bool> committed = false;
  };

  bool TakesRows(TableId table) const { return tables_.kind(table) != TableKind::kCounters; }

  const TableSet& tables_;
  const Committed& committed_;
  const std::shared_ptr<Shared> own_ = std::make_shared<Shared>();
  std::vector<std::shared_ptr<const Shared>> below_;  // newest first; fixed when made
};

}  // namespace comptoir::store
