#include "tests/fuzz/folded.h"

#include <array>

#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/writer.h"
#include "common/ledger/folding.h"
#include "common/ledger/tables.h"
#include "google/protobuf/arena.h"

namespace comptoir::fuzz {
namespace {

const retail::JournalContext* FindJournal(JournalId id) {
  for (const retail::JournalContext& journal : SampleJournals()) {
    if (journal.journal == id) return &journal;
  }
  return nullptr;
}

// Trusts every certificate, as one of the sample's hub, and half of all signatures: which
// proofs hold is for fuzzers of certificates; here both answers must be survived.
class HalfTrusting final : public journal::Verifier {
 public:
  absl::StatusOr<journal::Writer> VerifyCertificate(std::string_view) const override {
    return SampleJournals().front().writer;
  }
  absl::Status VerifySignature(std::string_view, std::string_view,
                               std::string_view signature) const override {
    const bool good = !signature.empty() && signature.front() % 2 == 0;
    return good ? absl::OkStatus() : absl::UnauthenticatedError("not signed");
  }
};

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

std::unique_ptr<store::MemoryStore> FoldAll(const std::vector<Placed>& entries) {
  auto store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  const auto batch = store->Begin();
  const HalfTrusting verifier;
  ledger::EntryFolder folder({batch.get(), FindJournal, &verifier}, *batch);
  std::array<uint64_t, 8> receipts{};
  for (const Placed& placed : entries) {
    const retail::JournalContext& context = SampleJournals()[placed.journal];
    google::protobuf::Arena arena;
    auto judged = ledger::Judge(placed.entry, context, placed.sequence, placed.hash, &arena);
    COMPTOIR_CHECK(judged.ok());
    batch->Put(ledger::kEntries, ledger::EntryKey(context.journal, placed.sequence),
               std::string(placed.hash.view()) + placed.entry);
    COMPTOIR_CHECK(folder.Fold(*judged, &receipts[placed.journal]).ok());
  }
  COMPTOIR_CHECK(store->Commit(batch, store::Durability::kSynced).ok());
  return store;
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

}  // namespace comptoir::fuzz
