#include "common/ledger/refolder.h"

#include <algorithm>
#include <utility>

#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/ledger/entry_rows.h"
#include "common/ledger/tables.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

// Folded rows are written this many bytes at a time.
constexpr size_t kBatchBytes = 2 << 20;

void SetRow(const store::TableSpec& table, std::string_view key, std::string_view value,
            store::Transaction& batch) {
  if (table.kind == store::TableKind::kCounters) {
    batch.SetCounters(table.id, key, value);
  } else {
    batch.Put(table.id, key, value);
  }
}

void EraseRow(const store::TableSpec& table, std::string_view key, store::Transaction& batch) {
  if (table.kind == store::TableKind::kCounters) {
    batch.SetCounters(table.id, key, "");
  } else {
    batch.Erase(table.id, key);
  }
}

absl::Status ReplaceTable(const store::TableSpec& table, const store::Snapshot& held,
                          const store::Snapshot& fresh, store::Transaction& batch) {
  auto left = held.Scan(table.id, "", "");
  auto right = fresh.Scan(table.id, "", "");
  while (left->Valid() || right->Valid()) {
    const int order = !left->Valid() ? 1 : !right->Valid() ? -1 : left->key().compare(right->key());
    if (order < 0) EraseRow(table, left->key(), batch);
    const bool changed = order > 0 || (order == 0 && left->value() != right->value());
    if (changed) SetRow(table, right->key(), right->value(), batch);
    if (order <= 0) left->Next();
    if (order >= 0) right->Next();
  }
  COMPTOIR_RETURN_IF_ERROR(left->status());
  return right->status();
}

}  // namespace

absl::Status ReplaceViews(const store::Snapshot& held, const store::Snapshot& fresh,
                          store::Transaction& batch) {
  for (const store::TableSpec& table : FoldedTables()) {
    COMPTOIR_RETURN_IF_ERROR(ReplaceTable(table, held, fresh, batch));
  }
  return absl::OkStatus();
}

std::vector<JournalId> ByAge(const std::map<JournalId, Journal>& journals) {
  std::vector<std::pair<HybridTime, JournalId>> ages;
  for (const auto& [id, journal] : journals) ages.emplace_back(journal.durable.hybrid_time, id);
  std::ranges::sort(ages);
  std::vector<JournalId> ids;
  for (const auto& [age, id] : ages) ids.push_back(id);
  return ids;
}

Refolder::Refolder(const store::Snapshot& source, store::Store& target, FoldSources sources)
    : source_(source),
      target_(target),
      batch_(target.Begin()),
      folder_(std::move(sources), *batch_) {}

Refolder::Outcome Refolder::Begin(JournalId journal) {
  Outcome outcome;
  outcome.hash = journal::ChainStart(journal);
  return outcome;
}

absl::Status Refolder::Fold(const retail::JournalContext& journal, Sequence last,
                            const std::function<bool()>& progress, Outcome* outcome) {
  const Sequence first(outcome->entries + 1);
  for (EntryRows rows(source_, journal.journal, first, last); rows.Valid(); rows.Next()) {
    google::protobuf::Arena arena;
    const absl::StatusOr<StoredEntry>& stored = rows.entry();
    if (!stored.ok() && !absl::IsDataLoss(stored.status())) return stored.status();
    if (stored.ok()) outcome->hash = journal::ChainNext(outcome->hash, stored->bytes);
    if (!stored.ok() || outcome->hash != stored->hash) {
      outcome->broken_at = rows.sequence().value();
      return absl::OkStatus();
    }
    auto judged = Judge(stored->bytes, journal, rows.sequence(), stored->hash, &arena);
    if (!judged.ok()) {
      outcome->broken_at = rows.sequence().value();
      return absl::OkStatus();
    }
    COMPTOIR_RETURN_IF_ERROR(folder_.Fold(*judged, &outcome->receipts));
    ++outcome->entries;
    if (batch_->bytes() > kBatchBytes) COMPTOIR_RETURN_IF_ERROR(Write());
    if (!progress()) return absl::CancelledError("stopped");
  }
  return absl::OkStatus();
}

absl::Status Refolder::FoldOne(const retail::JournalContext& journal, std::string_view bytes,
                               Outcome* outcome) {
  google::protobuf::Arena arena;
  outcome->hash = journal::ChainNext(outcome->hash, bytes);
  COMPTOIR_ASSIGN_OR_RETURN(
      JudgedEntry judged,
      Judge(bytes, journal, Sequence(outcome->entries + 1), outcome->hash, &arena));
  COMPTOIR_RETURN_IF_ERROR(folder_.Fold(judged, &outcome->receipts));
  ++outcome->entries;
  return absl::OkStatus();
}

absl::Status Refolder::Write() {
  COMPTOIR_RETURN_IF_ERROR(target_.Commit(std::move(batch_), store::Durability::kBuffered));
  batch_ = target_.Begin();
  folder_.GoOn(*batch_);
  return absl::OkStatus();
}

}  // namespace comptoir::ledger
