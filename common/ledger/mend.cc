// Damage: found by reading, told, and mended by what peers bring again.
//
// What proves an entry is the chain: a segment whose entries hash into sound ones on
// both sides of the damage, or into the head, is what was written here before. A sound
// entry is never overwritten, and where nothing sound stands next to the damage the
// writer's signature, checked at the gate, must do.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/ledger/entry_rows.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"

namespace comptoir::ledger {

DamageView Ledger::damage() const {
  MutexLock lock(&commit_.mutex);
  return {damage_.all(), views_are_stale_};
}

std::unique_ptr<store::Snapshot> Ledger::NewSnapshot() const {
  return WatchSnapshot(PlainSnapshot(), [this](store::TableId table, std::string_view key) {
    OnDamagedRow(table, key);
  });
}

// ---- finding ----

void Ledger::NoteDamage(const std::vector<DamagedRange>& ranges) const {
  for (const DamagedRange& range : ranges) {
    for (const DamagedRange& added : damage_.Add(range)) {
      counters_.damaged_entries.Add(added.last.value() - added.first.value() + 1);
    }
  }
}

void Ledger::NoteFoldedWithout(const std::vector<DamagedRange>& entries) const {
  if (entries.empty()) return;
  views_are_stale_ = true;
  NoteUnread(entries);
}

void Ledger::NoteUnread(const std::vector<DamagedRange>& entries) const {
  for (const DamagedRange& unread : entries) {
    NoteDamage({unread});
    const Sequence from(std::max<uint64_t>(1, unread.first.value() - 1));
    const auto found = FindDamage(*PlainSnapshot(), unread.journal, from, unread.last);
    // A store that fails otherwise says so to whoever reads on.
    if (found.ok()) NoteDamage(*found);
  }
}

void Ledger::LookForDamage(JournalId id, Sequence first) const {
  Sequence last;
  {
    MutexLock lock(&commit_.mutex);
    const Journal* journal = book_.Find(id);
    if (journal == nullptr) return;
    last = journal->durable.sequence;
  }
  if (first.value() == 0 || first > last) return;
  // The one before is what the first is judged by.
  const Sequence from(std::max<uint64_t>(1, first.value() - 1));
  const auto snapshot = PlainSnapshot();
  const auto found = FindDamage(*snapshot, id, from, last);
  // A store that fails otherwise says so to whoever reads on.
  if (!found.ok()) return;
  MutexLock lock(&commit_.mutex);
  NoteDamage(*found);
}

absl::StatusOr<bool> Ledger::IsSound(const store::Snapshot& snapshot, JournalId id, Sequence first,
                                     Sequence last) const {
  bool is_sound = true;
  for (Sequence from = first; from <= last; from = Sequence(from.value() + kDamageLookEntriesMax)) {
    COMPTOIR_ASSIGN_OR_RETURN(const std::vector<DamagedRange> found,
                              FindDamage(snapshot, id, from, last));
    NoteDamage(found);
    is_sound = is_sound && found.empty();
  }
  return is_sound;
}

void Ledger::OnDamagedRow(store::TableId table, std::string_view key) const {
  if (table == kEntries) {
    // Of a scan that broke off it is not known where: whoever reads journals looks.
    if (key.size() != 2 * sizeof(uint64_t)) return;
    LookForDamage(JournalId(ReadBigEndian64(key)), Sequence(ReadBigEndian64(key.substr(8))));
    return;
  }
  for (const store::TableSpec& folded : FoldedTables()) {
    if (folded.id == table) MarkViewsStale();
  }
}

void Ledger::MarkViewsStale() const {
  {
    MutexLock lock(&commit_.mutex);
    if (views_are_stale_) return;
    views_are_stale_ = true;
  }
  auto transaction = options_.store->Begin();
  transaction->Put(kMeta, kViewsStaleName, "1");
  // A store that cannot write this fails the next sale too, and says so there (R9).
  (void)options_.store->Commit(std::move(transaction), store::Durability::kSynced);
}

void Ledger::Poison(const absl::Status& why) {
  if (absl::IsDataLoss(why) && commit_.health().ok()) {
    auto transaction = options_.store->Begin();
    transaction->Put(kMeta, kViewsStaleName, "1");
    // Else the next start runs into it again, and tries again.
    (void)options_.store->Commit(std::move(transaction), store::Durability::kSynced);
  }
  commit_.Poison(why);
}

// ---- mending ----

bool Ledger::Mend(const journal::DecodedSegment& segment, const Journal& journal,
                  std::vector<Sequence>* mended, IngestResult* result) {
  const JournalId id = segment.journal;
  const Sequence held_last = std::min(segment.last(), journal.pending.sequence);
  store::Transaction& batch = commit_.open();
  const std::vector<Sequence> damaged = damage_.In(id, segment.first, held_last);
  for (const Sequence sequence : damaged) {
    if (JoinsNeighbours(segment, journal, sequence)) continue;
    result->journal = id;
    result->refusal = Refusal::kFork;
    result->detail =
        absl::StrCat("it is not the journal that is held here around entry ", sequence.value());
    return false;
  }
  for (const Sequence sequence : damaged) {
    const auto index = static_cast<size_t>(sequence.value() - segment.first.value());
    std::string row(segment.hashes[index].view());
    row.append(segment.entries[index]);
    batch.Put(kEntries, EntryKey(id, sequence), row);
    if (sequence.value() == 1) batch.Put(kJournals, JournalKey(id), segment.entries[index]);
    mended->push_back(sequence);
  }
  // The signature that stands there may have gone the same way.
  if (!damaged.empty() && segment.last() == held_last && !journal.ours) {
    batch.Put(kSignatures, EntryKey(id, held_last), segment.signature);
  }
  return true;
}

bool Ledger::JoinsNeighbours(const journal::DecodedSegment& segment, const Journal& journal,
                             Sequence sequence) {
  const JournalId id = segment.journal;
  const auto hash_at = [&](Sequence at) {
    if (at < segment.first) return segment.previous_hash;
    return segment.hashes[static_cast<size_t>(at.value() - segment.first.value())];
  };
  const Sequence before(sequence.value() - 1);
  if (before.value() > 0 && !damage_.Has(id, before)) {
    const auto row = ReadEntryRow(commit_.open(), id, before);
    const auto stored = row.ok() ? ParseStoredEntry(*row) : row.status();
    if (stored.ok() && stored->hash != hash_at(before)) return false;
  }
  if (sequence == journal.pending.sequence) return hash_at(sequence) == journal.pending.hash;
  const Sequence after = Next(sequence);
  if (damage_.Has(id, after)) return true;
  const auto row = ReadEntryRow(commit_.open(), id, after);
  const auto stored = row.ok() ? ParseStoredEntry(*row) : row.status();
  return !stored.ok() || journal::ChainNext(hash_at(sequence), stored->bytes) == stored->hash;
}

void Ledger::PublishMended(JournalId journal, const std::vector<Sequence>& mended) {
  MutexLock lock(&commit_.mutex);
  for (const Sequence sequence : mended) {
    if (damage_.Remove(journal, sequence)) counters_.mended_entries.Add(1);
  }
  if (mended.empty() || !settled_.contains(journal)) return;
  if (absl::Status status = LearnForks(); !status.ok()) Poison(status);
}

}  // namespace comptoir::ledger
