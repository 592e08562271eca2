// A store that passes everything on to another and keeps a copy of each batch
// that is committed: the rows that the limits then write without us.
//
// Thread use: as the store below.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/mutex.h"
#include "common/store/batch_rows.h"
#include "common/store/store.h"

namespace comptoir::bench {

// The rows of one committed batch, by (table, key), each key once.
class RecordedBatch {
 public:
  explicit RecordedBatch(const store::BatchRows& rows);

  // Views are good as long as the batch.
  const std::vector<store::BatchRow>& rows() const { return rows_; }
  // Of keys and values.
  size_t bytes() const { return text_.size(); }

 private:
  std::vector<char> text_;             // a vector's bytes stay where they are when it moves
  std::vector<store::BatchRow> rows_;  // into text_
};

class RecordingStore final : public store::Store {
 public:
  // With `durability_max` of kBuffered, nothing is synced: quicker, where only the
  // rows matter and not how many batches share a flush.
  RecordingStore(std::unique_ptr<store::Store> below, store::Durability durability_max)
      : below_(std::move(below)), durability_max_(durability_max) {}

  using Store::Begin;
  std::shared_ptr<store::Transaction> Begin(std::shared_ptr<store::Transaction> after) override;
  absl::Status Commit(std::shared_ptr<store::Transaction> transaction,
                      store::Durability durability) override;
  std::unique_ptr<store::Snapshot> NewSnapshot() override { return below_->NewSnapshot(); }
  absl::Status Clear(store::TableId table) override { return below_->Clear(table); }
  absl::Status Close() override { return below_->Close(); }

  // What was committed since the last call, in order; empty batches are left out.
  std::vector<RecordedBatch> Take();

 private:
  class Recorded;

  const std::unique_ptr<store::Store> below_;
  const store::Durability durability_max_;
  Mutex mutex_;
  std::vector<RecordedBatch> batches_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::bench
