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
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "common/store/batch_rows.h"
#include "common/store/store.h"
#include "common/store/table_set.h"

namespace comptoir::store {

class Batch final : public Transaction {
 public:
  // `tables` and `committed`, the store as it now stands, must outlive the
  // batch. `after` is null or a batch over the same `committed`.
  Batch(const TableSet& tables, const Reader& committed, const Batch* after);

  // What Store::Begin took or Store::Commit was given, as a batch over
  // `committed`. A batch of another store is a bug.
  static Batch* Of(Transaction* transaction, const Reader& committed);

  absl::StatusOr<std::optional<std::string>> Get(TableId table,
                                                 std::string_view key) const override;
  void Put(TableId table, std::string_view key, std::string_view value) override;
  void Erase(TableId table, std::string_view key) override;
  void Add(TableId table, std::string_view key, std::span<const int64_t> sums) override;
  size_t rows() const override { return own_->content.rows(); }
  size_t bytes() const override { return own_->content.bytes(); }

  // How many uncommitted batches it stood on when it began.
  size_t standing_on() const { return below_.size(); }

  // The store's side. A batch that is committed twice, or before one it stands
  // on, is a bug.
  const BatchRows& RowsToCommit() const;
  // Its rows can be read from the store from now on.
  void MarkCommitted() { own_->committed.store(true, std::memory_order_release); }

 private:
  struct Shared {
    BatchRows content;
    std::atomic<bool> committed = false;
  };

  bool TakesRows(TableId table) const { return tables_.kind(table) != TableKind::kCounters; }

  const TableSet& tables_;
  const Reader& committed_;
  const std::shared_ptr<Shared> own_ = std::make_shared<Shared>();
  std::vector<std::shared_ptr<const Shared>> below_;  // newest first; fixed when made
};

}  // namespace comptoir::store
