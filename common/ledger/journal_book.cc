#include "common/ledger/journal_book.h"

#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/ledger/tables.h"

namespace comptoir::ledger {

journal::v1::HeadRow ToRow(const HeadState& state) {
  journal::v1::HeadRow row;
  row.set_sequence(state.sequence.value());
  row.set_hash(state.hash.bytes.data(), state.hash.bytes.size());
  row.set_raw_bytes(state.raw_bytes);
  row.set_hybrid_time(state.hybrid_time.value());
  row.set_receipts(state.receipts);
  row.set_signed_sequence(state.signed_sequence.value());
  row.set_signed_raw_bytes(state.signed_raw_bytes);
  row.set_kept_sequence(state.kept_sequence.value());
  row.set_kept_raw_bytes(state.kept_raw_bytes);
  row.set_wall_ms(state.wall_ms);
  return row;
}

absl::StatusOr<HeadState> FromRow(std::string_view bytes) {
  journal::v1::HeadRow row;
  HeadState state;
  if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) ||
      !Hash::FromView(row.hash(), &state.hash)) {
    return absl::DataLossError("a head row is damaged: restore this data folder, or enrol anew");
  }
  state.sequence = Sequence(row.sequence());
  state.raw_bytes = row.raw_bytes();
  state.hybrid_time = HybridTime(row.hybrid_time());
  state.receipts = row.receipts();
  state.signed_sequence = Sequence(row.signed_sequence());
  state.signed_raw_bytes = row.signed_raw_bytes();
  state.kept_sequence = Sequence(row.kept_sequence());
  state.kept_raw_bytes = row.kept_raw_bytes();
  state.wall_ms = row.wall_ms();
  return state;
}

uint32_t MonthOf(HybridTime time) {
  const std::chrono::sys_time<std::chrono::milliseconds> instant{
      std::chrono::milliseconds(time.millis())};
  const std::chrono::year_month_day date{std::chrono::floor<std::chrono::days>(instant)};
  return static_cast<uint32_t>(static_cast<int>(date.year())) * 12 +
         static_cast<unsigned>(date.month()) - 1;
}

absl::Status JournalBook::Load(const store::Snapshot& snapshot, const journal::Verifier& verifier,
                               const journal::Signer& signer) {
  auto rows = snapshot.Scan(kJournals, "", "");
  for (; rows->Valid(); rows->Next()) {
    const JournalId id(ReadBigEndian64(rows->key()));
    journal::v1::Entry entry;
    if (!entry.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("the first entry of a journal is damaged");
    }
    journal::Writer writer;
    COMPTOIR_ASSIGN_OR_RETURN(const journal::v1::Genesis genesis,
                              journal::CheckGenesis(id, rows->value(), verifier, &writer));
    COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> head,
                              snapshot.Get(kHeads, JournalKey(id)));
    if (!head.has_value()) return absl::DataLossError("a journal has no head row");
    Journal& journal = Insert(genesis, writer, HybridTime(entry.hybrid_time()),
                              signer.Owns(genesis.certificate()));
    COMPTOIR_ASSIGN_OR_RETURN(journal.durable, FromRow(*head));
    const Sequence signed_sequence = journal.durable.signed_sequence;
    if (signed_sequence.value() > 0) {
      COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> signature,
                                snapshot.Get(kSignatures, EntryKey(id, signed_sequence)));
      journal.durable.signature = std::move(signature).value_or("");
    }
    journal.pending = journal.durable;
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  for (const auto& [id, journal] : journals_) MarkFollowed(journal);
  return absl::OkStatus();
}

Journal* JournalBook::Find(JournalId id) {
  const auto found = journals_.find(id);
  return found == journals_.end() ? nullptr : &found->second;
}

const Journal* JournalBook::Find(JournalId id) const {
  const auto found = journals_.find(id);
  return found == journals_.end() ? nullptr : &found->second;
}

Journal& JournalBook::Insert(const journal::v1::Genesis& genesis, const journal::Writer& writer,
                             HybridTime opened, bool ours) {
  const JournalId id(genesis.journal());
  Journal& journal = journals_[id];
  journal.context = {id, genesis.scope(), genesis.shop(), genesis.series(), writer, &release_};
  journal.certificate = genesis.certificate();
  journal.ours = ours;
  journal.follows = JournalId(genesis.follows().journal());
  journal.follows_sequence = Sequence(genesis.follows().sequence());
  journal.opened = opened;
  journal.month = MonthOf(opened);
  journal.pending.hash = journal.durable.hash = journal::ChainStart(id);
  // A successor may have come first.
  journal.finished = followed_.contains(id);
  if (journal.follows != id) followed_.insert(journal.follows);
  return journal;
}

void JournalBook::Remove(JournalId id) {
  const auto found = journals_.find(id);
  if (found == journals_.end()) return;
  if (found->second.follows != id) followed_.erase(followed_.find(found->second.follows));
  journals_.erase(found);
}

void JournalBook::MarkFollowed(const Journal& journal) {
  if (Journal* followed = Find(journal.follows); followed != nullptr) followed->finished = true;
}

HybridTime JournalBook::LatestOf(std::string_view node) const {
  HybridTime latest;
  for (const auto& [id, journal] : journals_) {
    if (journal.context.writer.node != node) continue;
    latest = std::max(latest, journal.pending.hybrid_time);
  }
  return latest;
}

const Journal* JournalBook::LatestOurs(journal::v1::Scope scope, std::string_view shop) const {
  const Journal* latest = nullptr;
  for (const auto& [id, journal] : journals_) {
    if (!journal.ours || journal.context.scope != scope || journal.context.shop != shop) continue;
    if (latest == nullptr || journal.pending.hybrid_time > latest->pending.hybrid_time) {
      latest = &journal;
    }
  }
  return latest;
}

}  // namespace comptoir::ledger
