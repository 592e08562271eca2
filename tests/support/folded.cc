#include "tests/support/folded.h"

#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/writer.h"
#include "common/ledger/folding.h"
#include "common/ledger/tables.h"
#include "google/protobuf/arena.h"

namespace comptoir::testing {
namespace {

const retail::JournalContext* FindJournal(JournalId id) {
  for (const retail::JournalContext& journal : SampleJournals()) {
    if (journal.journal == id) return &journal;
  }
  return nullptr;
}

// Trusts every certificate, as one of the node that it names or of the sample's hub, and half
// of all signatures: which proofs hold is for fuzzers of certificates; here both answers must
// be survived.
class HalfTrusting final : public journal::Verifier {
 public:
  absl::StatusOr<journal::Writer> VerifyCertificate(std::string_view certificate) const override {
    for (const retail::JournalContext& journal : SampleJournals()) {
      if (journal.writer.node == certificate) return journal.writer;
    }
    return SampleJournals().front().writer;
  }
  absl::Status VerifySignature(std::string_view, std::string_view,
                               std::string_view signature) const override {
    const bool good = !signature.empty() && signature.front() % 2 == 0;
    return good ? absl::OkStatus() : absl::UnauthenticatedError("not signed");
  }
};

class WatchedEntries final : public store::Reader {
 public:
  WatchedEntries(const store::Reader& below, int* damaged) : below_(below), damaged_(*damaged) {}
  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    auto row = below_.Get(table, key);
    if (absl::IsDataLoss(row.status())) ++damaged_;
    return row;
  }

 private:
  const store::Reader& below_;
  int& damaged_;
};

absl::Status FoldPlaced(store::Transaction& batch, const Placed& placed, ReceiptCounts* receipts,
                        ledger::EntryFolder& folder) {
  const retail::JournalContext& context = SampleJournals()[placed.journal];
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(
      auto judged, ledger::Judge(placed.entry, context, placed.sequence, placed.hash, &arena));
  batch.Put(ledger::kEntries, ledger::EntryKey(context.journal, placed.sequence),
            std::string(placed.hash.view()) + placed.entry);
  return folder.Fold(judged, &(*receipts)[placed.journal]);
}

}  // namespace

std::vector<Placed> Place(const std::vector<Written>& history) {
  std::map<size_t, std::pair<Sequence, Hash>> heads;
  std::vector<Placed> placed;
  for (const Written& written : history) {
    const retail::JournalContext& context = SampleJournals()[written.journal];
    auto& [sequence, hash] =
        heads.try_emplace(written.journal, Sequence(0), journal::ChainStart(context.journal))
            .first->second;
    const Hash next = journal::ChainNext(hash, written.entry);
    google::protobuf::Arena arena;
    if (!ledger::Judge(written.entry, context, Next(sequence), next, &arena).ok()) continue;
    sequence = Next(sequence);
    hash = next;
    placed.push_back({written.journal, sequence, hash, written.entry});
  }
  return placed;
}

std::string RefusalOf(const Placed& placed) {
  google::protobuf::Arena arena;
  const auto judged = ledger::Judge(placed.entry, SampleJournals()[placed.journal], placed.sequence,
                                    placed.hash, &arena);
  return judged.ok() ? judged->verdict.detail : std::string(judged.status().message());
}

std::optional<retail::Fact> FactOf(const Placed& placed, google::protobuf::Arena* arena) {
  const auto judged = ledger::Judge(placed.entry, SampleJournals()[placed.journal], placed.sequence,
                                    placed.hash, arena);
  if (!judged.ok() || !judged->verdict.admitted()) return std::nullopt;
  return judged->fact;
}

FoldResult FoldInto(store::Transaction& batch, const Placed& placed, ReceiptCounts* receipts) {
  FoldResult result;
  const HalfTrusting verifier;
  const WatchedEntries entries(batch, &result.damaged);
  ledger::EntryFolder folder({&entries, FindJournal, &verifier}, batch);
  result.status = FoldPlaced(batch, placed, receipts, folder);
  return result;
}

std::unique_ptr<store::MemoryStore> FoldAll(const std::vector<Placed>& entries) {
  auto store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  const auto batch = store->Begin();
  const HalfTrusting verifier;
  ledger::EntryFolder folder({batch.get(), FindJournal, &verifier}, *batch);
  ReceiptCounts receipts{};
  for (const Placed& placed : entries) {
    COMPTOIR_CHECK(FoldPlaced(*batch, placed, &receipts, folder).ok());
  }
  COMPTOIR_CHECK(store->Commit(batch, store::Durability::kSynced).ok());
  return store;
}

absl::StatusOr<retail::Fact> StoredFacts::Read(JournalId journal, Sequence sequence,
                                               google::protobuf::Arena* arena) const {
  const retail::JournalContext* context = FindJournal(journal);
  if (context == nullptr) {
    COMPTOIR_ASSIGN_OR_RETURN(
        const ledger::JudgedEntry moved,
        ledger::ReadMovedFact(snapshot_, snapshot_, journal, sequence, nullptr, arena));
    return moved.fact;
  }
  COMPTOIR_ASSIGN_OR_RETURN(const std::string row,
                            ledger::ReadEntryRow(snapshot_, journal, sequence));
  COMPTOIR_ASSIGN_OR_RETURN(const ledger::StoredEntry stored, ledger::ParseStoredEntry(row));
  const auto judged = ledger::Judge(stored.bytes, *context, sequence, stored.hash, arena);
  // A byte that is missing leaves none, or one that the gate refuses.
  if (!judged.ok() || !judged->verdict.admitted()) {
    return absl::DataLossError("an entry is damaged");
  }
  return judged->fact;
}

Rows DumpFolded(store::Store& store) {
  Rows rows;
  const auto snapshot = store.NewSnapshot();
  for (const store::TableSpec& table : ledger::FoldedTables()) {
    auto row = snapshot->Scan(table.id, "", "");
    for (; row->Valid(); row->Next()) {
      rows[{table.id, std::string(row->key())}] = std::string(row->value());
    }
    COMPTOIR_CHECK(row->status().ok());
  }
  return rows;
}

}  // namespace comptoir::testing
