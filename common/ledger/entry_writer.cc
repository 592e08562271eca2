#include "common/ledger/entry_writer.h"

#include <utility>

#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/ledger/tables.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

FoldSources SourcesOf(const JournalBook& book, const journal::Verifier& verifier,
                      const store::Transaction& transaction,
                      std::function<void(JournalId, Sequence)> on_damage) {
  return {&transaction,
          [&book](JournalId id) {
            const Journal* journal = book.Find(id);
            return journal == nullptr ? nullptr : &journal->context;
          },
          &verifier, &book.release(), std::move(on_damage)};
}

}  // namespace

uint64_t RawBytes(std::string_view entry) {
  std::string length;
  AppendVarint(entry.size(), &length);
  return length.size() + entry.size();
}

journal::v1::Entry MakeEntry(const Stamp& stamp) {
  journal::v1::Entry entry;
  entry.set_hybrid_time(stamp.hybrid_time.value());
  entry.set_wall_offset_ms(stamp.wall_ms - stamp.hybrid_time.millis());
  entry.set_doubtful(stamp.doubtful);
  entry.set_fold_version(retail::kFoldVersion);
  entry.set_utc_offset_minutes(stamp.utc_offset_minutes);
  return entry;
}

EntryWriter::EntryWriter(const JournalBook& book, const journal::Verifier& verifier,
                         store::Transaction& transaction)
    : transaction_(transaction),
      folder_(
          SourcesOf(book, verifier, transaction,
                    [this](JournalId journal, Sequence sequence) { OnDamage(journal, sequence); }),
          transaction) {}

void EntryWriter::OnDamage(JournalId journal, Sequence sequence) {
  transaction_.Put(kMeta, kViewsStaleName, "1");
  damaged_.push_back({journal, sequence, sequence});
}

absl::Status EntryWriter::Write(Journal& journal, std::string_view bytes, const Hash& hash,
                                JudgedEntry& judged) {
  HeadState& state = journal.pending;
  const Sequence sequence = Next(state.sequence);
  COMPTOIR_CHECK(judged.fact.reference.sequence == sequence);
  row_.assign(hash.view());
  row_.append(bytes);
  transaction_.Put(kEntries, EntryKey(journal.context.journal, sequence), row_);
  COMPTOIR_RETURN_IF_ERROR(folder_.Fold(judged, &state.receipts));
  state.sequence = sequence;
  state.hash = hash;
  state.raw_bytes += RawBytes(bytes);
  state.hybrid_time = std::max(state.hybrid_time, judged.fact.hybrid_time);
  state.wall_ms = judged.fact.wall_ms;
  return absl::OkStatus();
}

absl::Status EntryWriter::WriteOne(Journal& journal, std::string_view bytes) {
  google::protobuf::Arena arena;
  const Hash hash = journal::ChainNext(journal.pending.hash, bytes);
  COMPTOIR_ASSIGN_OR_RETURN(
      JudgedEntry judged,
      Judge(bytes, journal.context, Next(journal.pending.sequence), hash, &arena));
  return Write(journal, bytes, hash, judged);
}

void EntryWriter::WriteHead(const Journal& journal) {
  transaction_.Put(kHeads, JournalKey(journal.context.journal),
                   ToRow(journal.pending).SerializeAsString());
}

}  // namespace comptoir::ledger
