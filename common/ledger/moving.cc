// Settling a fork wherever a branch is held that is not kept: one atomic write of Moved
// facts, the journal cut back, and the rows of the views that differ once they are folded
// anew without it. The new views are folded into a scratch store beside the running
// ledger; only what was written meanwhile, and the comparison, hold appends up. A crash
// before the write leaves all as it was, and the next start settles before the first sale.
#include <future>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/name.h"
#include "common/ledger/entry_writer.h"
#include "common/ledger/folding.h"
#include "common/ledger/ledger.h"
#include "common/ledger/refolder.h"
#include "common/ledger/tables.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

// What is held, but for the branch of `journal` past `common`: folds that look back must
// not find there what they did not fold.
class WithoutBranch final : public store::Reader {
 public:
  WithoutBranch(const store::Reader& held, JournalId journal, Sequence common)
      : held_(held), journal_(journal), common_(common) {}

  absl::StatusOr<std::optional<std::string>> Get(store::TableId table,
                                                 std::string_view key) const override {
    const bool of_branch = table == kEntries && key.size() == 2 * sizeof(uint64_t) &&
                           JournalId(ReadBigEndian64(key)) == journal_ &&
                           Sequence(ReadBigEndian64(key.substr(sizeof(uint64_t)))) > common_;
    if (of_branch) return std::nullopt;
    return held_.Get(table, key);
  }

 private:
  const store::Reader& held_;
  const JournalId journal_;
  const Sequence common_;
};

// Where `bytes`, entry `at`, ends a run of Moved: adds the facts of the run, in order. What
// a branch moved itself must be moved anew: wrapped once more it would count for nothing.
absl::Status FindRun(const store::Snapshot& snapshot, JournalId id, Sequence at,
                     std::string_view bytes, std::vector<std::string>* facts) {
  std::vector<std::string> run;
  std::string row(bytes);
  while (true) {
    journal::v1::Entry entry;
    retail::v1::Moved moved;
    if (!entry.ParseFromString(row)) return absl::DataLossError("an entry cannot be parsed");
    const bool is_moved = entry.kind() == retail::v1::FACT_KIND_MOVED &&
                          moved.ParseFromString(entry.fact()) &&
                          moved.signature().empty() != run.empty();
    if (!is_moved) break;
    run.push_back(entry.fact());
    at = Sequence(at.value() - 1);
    COMPTOIR_ASSIGN_OR_RETURN(const std::string before, ReadEntryRow(snapshot, id, at));
    COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(before));
    row = std::string(stored.bytes);
  }
  facts->insert(facts->end(), run.rbegin(), run.rend());
  return absl::OkStatus();
}

}  // namespace

// What settling one journal works on.
struct Ledger::Settling {
  JournalId id;
  Sequence common;
  std::shared_ptr<store::Store> scratch;
  std::map<JournalId, Refolder::Outcome> folded;
  std::unique_ptr<store::Snapshot> snapshot;  // of when nothing was under way
  JournalId mover;                            // our journal that takes the entries
  Sequence mover_before;                      // how long it was
};

bool Ledger::HasForksToSettle() const {
  MutexLock lock(&commit_.mutex);
  return !lost_branches_.empty();
}

absl::Status Ledger::SettleForks() {
  MutexLock one_at_a_time(&settling_);
  while (true) {
    std::pair<JournalId, Sequence> next;
    {
      MutexLock lock(&commit_.mutex);
      if (lost_branches_.empty()) return absl::OkStatus();
      next = *lost_branches_.begin();
    }
    COMPTOIR_RETURN_IF_ERROR(SettleOne(next.first, next.second));
  }
}

absl::Status Ledger::SettleOne(JournalId id, Sequence common) {
  Settling settling;
  settling.id = id;
  settling.common = common;
  if (!options_.new_scratch) {
    return absl::FailedPreconditionError("there is no store to fold views anew in");
  }
  uint64_t bytes = 0;
  {
    MutexLock lock(&commit_.mutex);
    bytes = book_.Find(id)->pending.raw_bytes;
  }
  // What is moved is written as entries (R9).
  COMPTOIR_RETURN_IF_ERROR(Room(bytes));
  COMPTOIR_ASSIGN_OR_RETURN(settling.scratch, options_.new_scratch());
  COMPTOIR_RETURN_IF_ERROR(FoldWithout(settling));  // most of it, while others go on

  std::promise<absl::Status> promise;
  auto outcome = promise.get_future();
  {
    MutexLock lock(&commit_.mutex);
    commit_.WaitUntilIdle();
    COMPTOIR_RETURN_IF_ERROR(commit_.health());
    const auto lost = lost_branches_.find(id);
    // They part earlier, as was learned meanwhile: once more, from there.
    if (lost == lost_branches_.end() || lost->second != common) return absl::OkStatus();
    settling.snapshot = PlainSnapshot();
    // Before the first write: what cannot be moved whole is not moved.
    COMPTOIR_ASSIGN_OR_RETURN(const bool is_sound, IsSound(*settling.snapshot, id, Next(common),
                                                           book_.Find(id)->pending.sequence));
    if (!is_sound) {
      lost_branches_.erase(lost);  // learned anew when it is mended
      return absl::DataLossError(absl::StrCat("the branch of journal ", journal::JournalName(id),
                                              " that is to be moved is damaged here"));
    }
    absl::Status status = MoveBranch(settling);
    if (status.ok()) status = CutBack(settling);
    if (!status.ok()) {
      if (commit_.open().rows() > 0) Poison(status);
      return status;
    }
    const HeadState cut = book_.Find(id)->pending;
    const JournalId mover = settling.mover;
    const HeadState moved = book_.Find(mover)->pending;
    commit_.FlushAlone([this, id, cut, mover, moved, &promise](const absl::Status& committed) {
      if (committed.ok()) {
        {
          MutexLock relock(&commit_.mutex);
          book_.Find(id)->durable = cut;
          ++witness_version_;
          // Whoever read between the write and now found the branch gone.
          for (const Sequence gone : damage_.In(id, Next(cut.sequence), Sequence(UINT64_MAX))) {
            damage_.Remove(id, gone);
          }
        }
        PublishDurable(mover, moved);
      }
      promise.set_value(committed);
    });
  }
  return outcome.get();
}

// Folds all that is held, but for what the branch holds past the kept one, into scratch.
absl::Status Ledger::FoldWithout(Settling& settling) {
  std::map<JournalId, Journal> journals;
  std::unique_ptr<store::Snapshot> snapshot;
  {
    MutexLock lock(&commit_.mutex);
    snapshot = PlainSnapshot();
    journals = book_.all();
  }
  const WithoutBranch entries(*snapshot, settling.id, settling.common);
  FoldSources sources;
  sources.entries = &entries;
  sources.verifier = options_.verifier;
  sources.release = &options_.release;
  sources.journal = [&journals](JournalId id) {
    const auto found = journals.find(id);
    return found == journals.end() ? nullptr : &found->second.context;
  };
  std::vector<DamagedRange> unread;
  sources.on_damage = [&unread](JournalId id, Sequence at) { unread.push_back({id, at, at}); };
  Refolder refolder(*snapshot, *settling.scratch, sources);
  for (const JournalId id : ByAge(journals)) {
    const Journal& journal = journals.at(id);
    Refolder::Outcome& outcome = settling.folded[id] = Refolder::Begin(id);
    const Sequence last = id == settling.id ? settling.common : journal.durable.sequence;
    COMPTOIR_RETURN_IF_ERROR(refolder.Fold(
        journal.context, last, [] { return true; }, &outcome));
    if (outcome.broken_at != 0) {
      return absl::DataLossError(absl::StrCat("entry ", outcome.broken_at, " of a journal of ",
                                              journal.context.writer.node,
                                              " is damaged: run verify"));
    }
  }
  if (!unread.empty()) {
    MutexLock lock(&commit_.mutex);
    NoteUnread(unread);  // so that peers are asked for it
    return absl::DataLossError("an entry that others look back at cannot be read");
  }
  return refolder.Write();
}

// Puts the branch into a journal of ours, by entries alone: what they do to the views
// comes with all that is folded anew.
absl::Status Ledger::MoveBranch(Settling& settling) {
  const Journal& lost = *book_.Find(settling.id);
  store::Transaction& batch = commit_.open();
  const Head end{settling.id, lost.pending.sequence, lost.pending.hash};
  std::string signature;
  if (lost.ours) {
    COMPTOIR_ASSIGN_OR_RETURN(signature, options_.signer->Sign(journal::HeadToSign(end)));
  } else {
    COMPTOIR_ASSIGN_OR_RETURN(
        const auto row, settling.snapshot->Get(kSignatures, EntryKey(end.journal, end.sequence)));
    if (!row.has_value()) return absl::DataLossError("a branch is held past its last signature");
    signature = *row;
  }
  const auto key = std::pair(lost.context.scope, lost.context.shop);
  const auto open = open_journals_.find(key);
  Journal* mover = open == open_journals_.end() ? nullptr : book_.Find(open->second);
  settling.mover_before = mover == nullptr ? Sequence(0) : mover->pending.sequence;
  if (mover == nullptr) {
    COMPTOIR_ASSIGN_OR_RETURN(mover, OpenJournal(key.first, key.second));
  }
  settling.mover = mover->context.journal;
  COMPTOIR_ASSIGN_OR_RETURN(Hash previous,
                            ReadEntryHash(*settling.snapshot, settling.id, settling.common));
  std::vector<std::string> runs;
  auto rows = settling.snapshot->Scan(kEntries, EntryKey(settling.id, Next(settling.common)),
                                      EntryKey(settling.id, Next(end.sequence)));
  for (Sequence at = Next(settling.common); rows->Valid(); rows->Next(), at = Next(at)) {
    COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(rows->value()));
    retail::v1::Moved moved;
    moved.mutable_original()->set_journal(settling.id.value());
    moved.mutable_original()->set_sequence(at.value());
    moved.mutable_original()->set_hash_prefix(stored.hash.prefix());
    moved.set_previous_hash(std::string(previous.view()));
    moved.set_entry(std::string(stored.bytes));
    if (at == end.sequence) moved.set_signature(signature);
    AppendMoved(moved.SerializeAsString(), *mover);
    previous = stored.hash;
    COMPTOIR_RETURN_IF_ERROR(FindRun(*settling.snapshot, settling.id, at, stored.bytes, &runs));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  for (const std::string& fact : runs) AppendMoved(fact, *mover);
  batch.Put(kHeads, JournalKey(settling.mover), ToRow(mover->pending).SerializeAsString());
  return absl::OkStatus();
}

void Ledger::AppendMoved(const std::string& fact, Journal& mover) {
  const Stamp stamp = time_line_.Next();
  journal::v1::Entry entry = MakeEntry(stamp);
  entry.set_kind(retail::v1::FACT_KIND_MOVED);
  entry.set_fact(fact);
  const std::string bytes = entry.SerializeAsString();
  HeadState& state = mover.pending;
  state.sequence = Next(state.sequence);
  state.hash = journal::ChainNext(state.hash, bytes);
  state.raw_bytes += RawBytes(bytes);
  state.hybrid_time = std::max(state.hybrid_time, stamp.hybrid_time);
  state.wall_ms = stamp.wall_ms;
  commit_.open().Put(kEntries, EntryKey(mover.context.journal, state.sequence),
                     std::string(state.hash.view()) + bytes);
}

// Takes the branch off its journal, and brings the views to what is then held.
absl::Status Ledger::CutBack(Settling& settling) {
  store::Transaction& batch = commit_.open();
  Journal& lost = *book_.Find(settling.id);
  HeadState cut;
  cut.kept_sequence = lost.pending.kept_sequence;
  auto rows = settling.snapshot->Scan(kEntries, JournalKey(settling.id), JournalLimit(settling.id));
  for (Sequence at(1); rows->Valid(); rows->Next(), at = Next(at)) {
    if (at > settling.common) {
      batch.Erase(kEntries, rows->key());
      batch.Erase(kSignatures, rows->key());
      continue;
    }
    COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(rows->value()));
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(const JudgedEntry judged,
                              Judge(stored.bytes, lost.context, at, stored.hash, &arena));
    cut.sequence = at;
    cut.hash = stored.hash;
    cut.raw_bytes += RawBytes(stored.bytes);
    cut.hybrid_time = std::max(cut.hybrid_time, judged.fact.hybrid_time);
    cut.wall_ms = judged.fact.wall_ms;
    COMPTOIR_ASSIGN_OR_RETURN(auto signature, settling.snapshot->Get(kSignatures, rows->key()));
    if (!signature.has_value()) continue;
    cut.signature = *std::move(signature);
    cut.signed_sequence = at;
    cut.signed_raw_bytes = cut.raw_bytes;
    if (at <= lost.pending.kept_sequence) {
      cut.kept_sequence = at;
      cut.kept_raw_bytes = cut.raw_bytes;
    }
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  if (cut.kept_sequence > cut.signed_sequence) cut.kept_sequence = cut.signed_sequence;

  // What was written since the views were begun, and what was just moved.
  FoldSources sources;
  sources.entries = &batch;
  sources.verifier = options_.verifier;
  sources.release = &options_.release;
  sources.journal = [this](JournalId id) ABSL_NO_THREAD_SAFETY_ANALYSIS {
    const Journal* journal = book_.Find(id);
    return journal == nullptr ? nullptr : &journal->context;
  };
  std::vector<DamagedRange> unread;
  sources.on_damage = [&unread](JournalId id, Sequence at) { unread.push_back({id, at, at}); };
  Refolder refolder(*settling.snapshot, *settling.scratch, sources);
  for (const auto& [id, journal] : book_.all()) {
    const auto [folded, is_new] = settling.folded.try_emplace(id, Refolder::Begin(id));
    const Sequence last = id == settling.id      ? settling.common
                          : id == settling.mover ? settling.mover_before
                                                 : journal.pending.sequence;
    Refolder::Outcome& outcome = folded->second;
    if (last.value() == 0) continue;
    COMPTOIR_RETURN_IF_ERROR(refolder.Fold(
        journal.context, last, [] { return true; }, &outcome));
    const Sequence broken(outcome.broken_at);
    if (outcome.broken_at != 0) unread.push_back({id, broken, broken});
  }
  Journal& mover = *book_.Find(settling.mover);
  for (Sequence at = Next(settling.mover_before); at <= mover.pending.sequence; at = Next(at)) {
    COMPTOIR_ASSIGN_OR_RETURN(const std::string row, ReadEntryRow(batch, settling.mover, at));
    COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
    COMPTOIR_RETURN_IF_ERROR(
        refolder.FoldOne(mover.context, stored.bytes, &settling.folded.at(settling.mover)));
  }
  COMPTOIR_RETURN_IF_ERROR(refolder.Write());
  cut.receipts = settling.folded.at(settling.id).receipts;
  batch.Put(kHeads, JournalKey(settling.id), ToRow(cut).SerializeAsString());
  COMPTOIR_RETURN_IF_ERROR(
      ReplaceViews(*settling.snapshot, *settling.scratch->NewSnapshot(), batch));
  // What rotted since the views were begun is missing in them: the next start folds it, too.
  if (!unread.empty()) batch.Put(kMeta, kViewsStaleName, "1");
  NoteFoldedWithout(unread);
  lost.pending = cut;
  lost_branches_.erase(settling.id);
  return LearnForks();
}

}  // namespace comptoir::ledger
