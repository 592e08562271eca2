#include "tests/bench/recording_store.h"

#include <algorithm>
#include <utility>

namespace comptoir::bench {

RecordedBatch::RecordedBatch(const store::BatchRows& rows) {
  size_t bytes = 0;
  rows.VisitSorted(
      [&bytes](const store::BatchRow& row) { bytes += row.key.size() + row.value.size(); });
  text_.resize(bytes);
  rows_.reserve(rows.rows());
  char* end = text_.data();
  const auto keep = [&end](std::string_view part) {
    char* const start = end;
    end = part.copy(start, part.size()) + start;
    return std::string_view(start, part.size());
  };
  rows.VisitSorted([&](const store::BatchRow& row) {
    const std::string_view key = keep(row.key);
    rows_.push_back({row.table, row.operation, key, keep(row.value)});
  });
}

// Mirrors what is written, so that additions are summed as the store below sums them.
class RecordingStore::Recorded final : public store::Transaction {
 public:
  explicit Recorded(std::shared_ptr<store::Transaction> below) : below_(std::move(below)) {}

  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    return below_->Get(table, key);
  }
  void Put(store::TableId table, std::string_view key, std::string_view value) override {
    rows_.Put(table, key, value);
    below_->Put(table, key, value);
  }
  void Erase(store::TableId table, std::string_view key) override {
    rows_.Erase(table, key);
    below_->Erase(table, key);
  }
  void Add(store::TableId table, std::string_view key, std::span<const int64_t> sums) override {
    rows_.Add(table, key, sums);
    below_->Add(table, key, sums);
  }
  void SetCounters(store::TableId table, std::string_view key, std::string_view value) override {
    if (value.empty()) {
      rows_.Erase(table, key);
    } else {
      rows_.Put(table, key, value);
    }
    below_->SetCounters(table, key, value);
  }
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ReadRange(
      store::TableId table, std::string_view first, std::string_view limit) const override {
    return below_->ReadRange(table, first, limit);
  }
  size_t rows() const override { return below_->rows(); }
  size_t bytes() const override { return below_->bytes(); }

  const std::shared_ptr<store::Transaction>& below() const { return below_; }
  const store::BatchRows& mirrored() const { return rows_; }

 private:
  const std::shared_ptr<store::Transaction> below_;
  store::BatchRows rows_;
};

std::shared_ptr<store::Transaction> RecordingStore::Begin(
    std::shared_ptr<store::Transaction> after) {
  auto* const recorded = static_cast<Recorded*>(after.get());
  return std::make_shared<Recorded>(
      below_->Begin(recorded == nullptr ? nullptr : recorded->below()));
}

absl::Status RecordingStore::Commit(std::shared_ptr<store::Transaction> transaction,
                                    store::Durability durability) {
  const auto& recorded = static_cast<const Recorded&>(*transaction);
  if (recorded.rows() > 0) {
    RecordedBatch batch(recorded.mirrored());
    MutexLock lock(&mutex_);
    batches_.push_back(std::move(batch));
  }
  return below_->Commit(recorded.below(), std::min(durability, durability_max_));
}

std::vector<RecordedBatch> RecordingStore::Take() {
  MutexLock lock(&mutex_);
  return std::exchange(batches_, {});
}

}  // namespace comptoir::bench
