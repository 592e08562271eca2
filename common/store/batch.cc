#include "common/store/batch.h"

#include <map>
#include <mutex>

#include "common/base/status.h"
#include "common/store/counters.h"

namespace comptoir::store {

Batch::Batch(const TableSet& tables, const Committed& committed, const Batch* after)
    : tables_(tables), committed_(committed) {
  if (after == nullptr) return;
  COMPTOIR_CHECK(&after->committed_ == &committed);
  const auto stand_on = [this](const std::shared_ptr<const Shared>& rows) {
    if (!rows->committed.load(std::memory_order_acquire)) below_.push_back(rows);
  };
  stand_on(after->own_);
  for (const auto& rows : after->below_) stand_on(rows);
}

Batch* Batch::Of(Transaction* transaction, const Committed& committed) {
  if (transaction == nullptr) return nullptr;
  Batch* const batch = dynamic_cast<Batch*>(transaction);
  COMPTOIR_CHECK(batch != nullptr && &batch->committed_ == &committed);
  return batch;
}

absl::StatusOr<std::optional<std::string>> Batch::Get(TableId table, std::string_view key) const {
  COMPTOIR_CHECK(TakesRows(table));
  const BatchRows::Row* row = own_->content.Find(table, key);
  for (size_t i = 0; row == nullptr && i < below_.size(); ++i) {
    if (below_[i]->committed.load(std::memory_order_acquire)) continue;
    row = below_[i]->content.Find(table, key);
  }
  if (row == nullptr) return committed_.Get(table, key);
  if (row->operation == Operation::kErase) return std::nullopt;
  return std::string(row->value());
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> Batch::ReadRange(
    TableId table, std::string_view first, std::string_view limit) const {
  std::vector<const BatchRows*> open;  // oldest first
  std::unique_ptr<Snapshot> snapshot;
  {
    const std::unique_lock lock(committed_.applying());
    snapshot = committed_.NewSnapshot();
    for (auto rows = below_.rbegin(); rows != below_.rend(); ++rows) {
      if (!(*rows)->committed.load(std::memory_order_acquire)) open.push_back(&(*rows)->content);
    }
  }
  open.push_back(&own_->content);
  std::map<std::string, std::string> found;
  auto rows = snapshot->Scan(table, first, limit);
  for (; rows->Valid(); rows->Next()) found.emplace(rows->key(), rows->value());
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  bool damaged = false;
  for (const BatchRows* content : open) {
    content->VisitRange(table, first, limit, [&](const BatchRow& row) {
      switch (row.operation) {
        case Operation::kPut:
          found[std::string(row.key)] = row.value;
          break;
        case Operation::kErase:
          found.erase(std::string(row.key));
          break;
        case Operation::kAdd:
          CounterSums sums;
          std::string& value = found[std::string(row.key)];
          if (!value.empty()) damaged |= !AddEncodedCounters(value, &sums);
          damaged |= !AddEncodedCounters(row.value, &sums);
          value.clear();
          AppendCounters(sums, &value);
          break;
      }
    });
  }
  if (damaged) return absl::DataLossError("a counter cannot be read");
  return std::vector<std::pair<std::string, std::string>>(found.begin(), found.end());
}

void Batch::Put(TableId table, std::string_view key, std::string_view value) {
  COMPTOIR_CHECK(TakesRows(table));
  own_->content.Put(table, key, value);
}

void Batch::Erase(TableId table, std::string_view key) {
  COMPTOIR_CHECK(TakesRows(table));
  own_->content.Erase(table, key);
}

void Batch::Add(TableId table, std::string_view key, std::span<const int64_t> sums) {
  COMPTOIR_CHECK(!TakesRows(table));
  own_->content.Add(table, key, sums);
}

void Batch::SetCounters(TableId table, std::string_view key, std::string_view value) {
  COMPTOIR_CHECK(!TakesRows(table));
  if (value.empty()) {
    own_->content.Erase(table, key);
  } else {
    own_->content.Put(table, key, value);
  }
}

const BatchRows& Batch::RowsToCommit() const {
  COMPTOIR_CHECK(!own_->committed.load(std::memory_order_acquire));
  for (const auto& rows : below_) COMPTOIR_CHECK(rows->committed.load(std::memory_order_acquire));
  return own_->content;
}

}  // namespace comptoir::store
