// Reading journals back: for peers, and for whoever looks one entry up.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/name.h"
#include "common/ledger/entry_rows.h"
#include "common/ledger/folding.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/forks/moved.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

absl::Status Damaged(JournalId journal, Sequence sequence) {
  return absl::DataLossError(absl::StrCat("entry ", sequence.value(), " of journal ",
                                          journal::JournalName(journal),
                                          " does not fit its chain: run verify"));
}

// Where a relayed run may end.
struct SignedPoint {
  Sequence sequence;
  std::string signature;
};
// The last one from `first` to `last`. The store may be ahead of what is `durable`, and have
// given up the signature there for a later one that nobody hears of yet.
absl::StatusOr<std::optional<SignedPoint>> LastSignature(const store::Snapshot& snapshot,
                                                         JournalId journal, Sequence first,
                                                         Sequence last, const HeadState& durable) {
  COMPTOIR_ASSIGN_OR_RETURN(auto row, snapshot.Last(kSignatures, EntryKey(journal, first),
                                                    EntryKey(journal, Next(last))));
  std::optional<SignedPoint> found;
  if (row.has_value()) {
    found = {Sequence(ReadBigEndian64(std::string_view(row->first).substr(8))),
             std::move(row->second)};
  }
  const Sequence at = durable.signed_sequence;
  const bool is_later = !durable.signature.empty() && at >= first && at <= last &&
                        (!found.has_value() || at > found->sequence);
  if (is_later) found = {at, durable.signature};
  return found;
}

struct Run {
  journal::SegmentBuilder builder;
  Hash hash;            // after the last entry added
  Sequence damaged_at;  // where reading broke off; 0: nowhere
};

// Adds entries from `first` to `last` while they fit, checking the chain as it goes.
absl::StatusOr<Run> Gather(const store::Snapshot& snapshot, JournalId journal, Sequence first,
                           Sequence last, size_t raw_bytes_max) {
  Hash hash = journal::ChainStart(journal);
  if (first.value() > 1) {
    const Sequence before(first.value() - 1);
    const auto row = ReadEntryRow(snapshot, journal, before);
    if (absl::IsNotFound(row.status())) return Damaged(journal, before);
    COMPTOIR_RETURN_IF_ERROR(row.status());
    COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(*row));
    hash = stored.hash;
  }
  Run run{journal::SegmentBuilder(journal, first, hash), hash, Sequence()};
  for (EntryRows rows(snapshot, journal, first, last); rows.Valid(); rows.Next()) {
    const absl::StatusOr<StoredEntry>& stored = rows.entry();
    if (!stored.ok() && !absl::IsDataLoss(stored.status())) return stored.status();
    const bool is_read = stored.ok();
    const Hash next = is_read ? journal::ChainNext(run.hash, stored->bytes) : Hash();
    if (!is_read || next != stored->hash) {
      run.damaged_at = rows.sequence();
      break;
    }
    if (!run.builder.Add(stored->bytes, raw_bytes_max)) break;
    run.hash = next;
  }
  return run;
}

// Does a run of Moved go on behind this entry?
bool GoesOn(const store::Snapshot& snapshot, JournalId journal, Sequence sequence) {
  const auto row = ReadEntryRow(snapshot, journal, sequence);
  if (!row.ok()) return false;
  const auto stored = ParseStoredEntry(*row);
  journal::v1::Entry entry;
  retail::v1::Moved moved;
  return stored.ok() &&
         entry.ParseFromArray(stored->bytes.data(), static_cast<int>(stored->bytes.size())) &&
         entry.kind() == retail::v1::FACT_KIND_MOVED && moved.ParseFromString(entry.fact()) &&
         moved.signature().empty();
}

// `run`, which begins at `first`, cut where no run of Moved is cut in two. Such a run counts
// as a whole: of a part of it whose rest goes down with its mover's disk nothing would ever
// count, though others hold it. One that no segment holds is cut all the same.
absl::StatusOr<Run> WithWholeMoves(const store::Snapshot& snapshot, JournalId journal,
                                   Sequence first, Sequence durable, Run run) {
  Sequence end = run.builder.last();
  if (!GoesOn(snapshot, journal, end)) return run;
  Sequence begin = end;
  while (begin > first && GoesOn(snapshot, journal, Sequence(begin.value() - 1))) {
    begin = Sequence(begin.value() - 1);
  }
  while (end < durable && GoesOn(snapshot, journal, end)) end = Next(end);
  COMPTOIR_ASSIGN_OR_RETURN(Run whole, Gather(snapshot, journal, first, end, kSegmentRawBytesMax));
  if (whole.builder.last() == end) return whole;
  if (begin > first) {
    return Gather(snapshot, journal, first, Sequence(begin.value() - 1), kSegmentRawBytesMax);
  }
  if (whole.damaged_at.value() != 0) return Damaged(journal, whole.damaged_at);
  return whole;
}

}  // namespace

absl::StatusOr<std::optional<journal::v1::Segment>> Ledger::ReadSegment(JournalId id,
                                                                        Sequence first,
                                                                        size_t raw_bytes_max) {
  auto segment = ReadSegmentOnce(id, first, raw_bytes_max);
  // What cannot be read is not served, and asked of those who hold it.
  if (absl::IsDataLoss(segment.status())) LookForDamage(id, first);
  return segment;
}

absl::StatusOr<std::optional<journal::v1::Segment>> Ledger::ReadSegmentOnce(JournalId id,
                                                                            Sequence first,
                                                                            size_t raw_bytes_max) {
  bool ours = false;
  HeadState durable;
  {
    MutexLock lock(&commit_.mutex);
    const Journal* journal = book_.Find(id);
    if (journal == nullptr) return std::nullopt;
    ours = journal->ours;
    durable = journal->durable;
  }
  if (first.value() == 0 || first > durable.sequence) return std::nullopt;
  const auto snapshot = PlainSnapshot();
  const size_t limit = std::min(raw_bytes_max, kSegmentRawBytesMax);
  COMPTOIR_ASSIGN_OR_RETURN(Run run, Gather(*snapshot, id, first, durable.sequence, limit));
  if (run.builder.empty()) return Damaged(id, first);
  if (ours) {
    COMPTOIR_ASSIGN_OR_RETURN(
        run, WithWholeMoves(*snapshot, id, first, durable.sequence, std::move(run)));
    const Head head{id, run.builder.last(), run.hash};
    COMPTOIR_ASSIGN_OR_RETURN(std::string signature,
                              options_.signer->Sign(journal::HeadToSign(head)));
    return std::move(run.builder).Finish(std::move(signature));
  }
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<SignedPoint> end,
                            LastSignature(*snapshot, id, first, run.builder.last(), durable));
  if (!end.has_value()) {
    // No signature that near: kept ones are at most a segment apart.
    COMPTOIR_ASSIGN_OR_RETURN(run,
                              Gather(*snapshot, id, first, durable.sequence, kSegmentRawBytesMax));
    COMPTOIR_ASSIGN_OR_RETURN(end,
                              LastSignature(*snapshot, id, first, run.builder.last(), durable));
    // What was read is good, but its writer signed none of it by itself.
    if (!end.has_value() && run.damaged_at.value() != 0) return Damaged(id, run.damaged_at);
    if (!end.has_value()) return std::nullopt;
  }
  if (end->sequence != run.builder.last()) {
    COMPTOIR_ASSIGN_OR_RETURN(run,
                              Gather(*snapshot, id, first, end->sequence, kSegmentRawBytesMax));
  }
  return std::move(run.builder).Finish(std::move(end->signature));
}

absl::StatusOr<Head> Ledger::ReadHead(JournalId journal, Sequence sequence) const {
  const auto snapshot = NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const std::string row, ReadEntryRow(*snapshot, journal, sequence));
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
  return Head{journal, sequence, stored.hash};
}

absl::StatusOr<ReadEntry> Ledger::ReadJudged(const store::Snapshot& snapshot, JournalId id,
                                             Sequence sequence,
                                             google::protobuf::Arena* arena) const {
  const retail::JournalContext* context = nullptr;
  {
    // Records are never taken away once an entry is durable, and contexts never change.
    MutexLock lock(&commit_.mutex);
    if (const Journal* journal = book_.Find(id); journal != nullptr) context = &journal->context;
  }
  if (context == nullptr) {
    auto moved = ReadMovedFact(snapshot, snapshot, id, sequence, &options_.release, arena);
    if (absl::IsDataLoss(moved.status())) {
      // What moved it is damaged.
      const auto place = retail::ReadMoved(snapshot, id, sequence);
      if (place.ok() && place->has_value()) {
        LookForDamage(JournalId((*place)->journal()), Sequence((*place)->sequence()));
      }
    }
    COMPTOIR_RETURN_IF_ERROR(moved.status());
    return ReadEntry{std::move(moved->fact), std::move(moved->verdict), {}};
  }
  const auto row = ReadSoundRow(snapshot, id, sequence);
  if (absl::IsDataLoss(row.status())) LookForDamage(id, sequence);
  COMPTOIR_RETURN_IF_ERROR(row.status());
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(*row));
  COMPTOIR_ASSIGN_OR_RETURN(JudgedEntry judged,
                            Judge(stored.bytes, *context, sequence, stored.hash, arena));
  std::string_view fact_bytes;
  if (judged.fact.fact == nullptr) {
    auto* entry = google::protobuf::Arena::CreateMessage<journal::v1::Entry>(arena);
    if (!entry->ParseFromArray(stored.bytes.data(), static_cast<int>(stored.bytes.size()))) {
      return Damaged(id, sequence);
    }
    fact_bytes = entry->fact();
  }
  return ReadEntry{std::move(judged.fact), std::move(judged.verdict), fact_bytes};
}

absl::StatusOr<retail::Fact> Ledger::ReadFact(const store::Snapshot& snapshot, JournalId id,
                                              Sequence sequence,
                                              google::protobuf::Arena* arena) const {
  COMPTOIR_ASSIGN_OR_RETURN(ReadEntry entry, ReadJudged(snapshot, id, sequence, arena));
  return std::move(entry.fact);
}

absl::StatusOr<retail::Fact> Ledger::ReadNamed(const store::Snapshot& snapshot,
                                               const journal::v1::Reference& reference,
                                               google::protobuf::Arena* arena) const {
  const Reference named{JournalId(reference.journal()), Sequence(reference.sequence()),
                        reference.hash_prefix()};
  auto fact = ReadFact(snapshot, named.journal, named.sequence, arena);
  if (fact.ok() && fact->reference.hash_prefix == named.hash_prefix) return fact;
  if (!fact.ok() && !absl::IsNotFound(fact.status())) return fact;
  return ReadFact(snapshot, retail::MovedPlace(named), named.sequence, arena);
}

}  // namespace comptoir::ledger
