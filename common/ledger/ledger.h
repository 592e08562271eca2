// One replica: its journals, the views folded from them, and the store below.
// Hub and node run this same class.
//
// Invariants:
// - an entry, its chain hash and its effects on the views are in one batch (R5, I9);
// - append and ingest share everything after the number is given (EntryWriter);
// - only durable heads are told to anyone (R5);
// - within a journal, entries enter in order and once (I3).
//
// Thread use: any. Callbacks run on threads of the ledger and must not block or
// call Append, Ingest or Verify themselves.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/journal/segment.h"
#include "common/journal/writer.h"
#include "common/ledger/counters.h"
#include "common/ledger/damage.h"
#include "common/ledger/group_commit.h"
#include "common/ledger/journal_book.h"
#include "common/ledger/ledger_types.h"
#include "common/ledger/time_line.h"
#include "common/ledger/witness.h"
#include "common/retail/fact.h"
#include "common/retail/nodes/revocation.h"
#include "common/store/store.h"

namespace comptoir::ledger {

struct JudgedEntry;
struct RequestTaker;

class Ledger {
 public:
  // Loads the journals; folds the views anew when their fold version is not this
  // build's, when rows of them were damaged, or when the store holds less than its
  // witness saw (R8). FAILED_PRECONDITION when the store holds another node's ledger;
  // DATA_LOSS when its heads cannot be read.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(Options options);
  ~Ledger();

  // Calls `done` once the facts are durable, or with what is wrong:
  // INVALID_ARGUMENT for a fact that would not be admitted or a request id seen with
  // other content, FAILED_PRECONDITION for a request of which only a part is here; what
  // Options::room says where there is none (a known request is answered). Nothing is written then.
  using AppendDone = std::function<void(absl::StatusOr<AppendResult>)>;
  void Append(AppendRequest request, AppendDone done) {
    Append(std::move(request), std::move(done), Flush::kByCommitter);
  }
  // The same, for a thread that calls FlushAppended soon, and before it waits for
  // anything: what was taken may wait for that, and who comes after it as well.
  void AppendForFlush(AppendRequest request, AppendDone done) {
    Append(std::move(request), std::move(done), Flush::kByCaller);
  }
  // Where nothing else waits for the disk, flushes here and answers before it returns:
  // two changes of thread fewer. Not to be called by a callback.
  void FlushAppended();
  // The same, for a thread that may wait for the disk.
  absl::StatusOr<AppendResult> AppendAndWait(AppendRequest request);

  // Takes a segment brought by `bringer` through both gates (R6) and calls `done`
  // once it is durable or refused. Blocks while much is waiting for the disk. Of what
  // is held here already, damaged entries are written anew where the segment proves to
  // be the same journal; a sound entry never is. Of a revoked node it takes no more than
  // the hub is known to have held, unless the hub itself or an operator brings it (R13).
  using IngestDone = std::function<void(IngestResult)>;
  void Ingest(const journal::v1::Segment& segment, const journal::Writer& bringer, IngestDone done);

  // ---- revoked nodes (R13) ----

  // Hub only: writes that `node` is revoked, and how far its journals are held here
  // in that instant: not one entry of it comes in between. INVALID_ARGUMENT for a
  // reason that is none. Where it is revoked already the first reason stands, and
  // something is written only if more of it is held than was named (after an
  // operator brought some in). Waits for the disk.
  struct Revoked {
    retail::Revocation revocation;
    bool repeated = false;  // it was revoked already
  };
  absl::StatusOr<Revoked> Revoke(const std::string& node, const std::string& reason, bool retired);
  // What durable facts here say of `node`; nullopt while it is good.
  std::optional<retail::Revocation> FindRevocation(std::string_view node) const;
  bool IsRevoked(std::string_view node) const { return FindRevocation(node).has_value(); }

  // From its return on nothing is appended here, also after a restart, and all that
  // was appended is durable and among Journals(). Requests that were taken are
  // answered as before; others get FAILED_PRECONDITION with `why`, a sentence.
  // Waits for the disk.
  absl::Status Halt(const std::string& why);
  // Undoes it; nothing where it is not halted.
  absl::Status Resume();
  // Why nothing is appended; empty: it is.
  std::string halted() const;

  // The next run of entries from `first`, at most about `raw_bytes_max`; signed by us where
  // the journal is ours, else cut where its writer signed (R3). Never within what we moved of
  // one branch (Forks), as far as a segment can hold that.
  // Nullopt when nothing can be sent from there; DATA_LOSS when the chain does
  // not fit what is stored: damage() then says which entries.
  absl::StatusOr<std::optional<journal::v1::Segment>> ReadSegment(JournalId journal, Sequence first,
                                                                  size_t raw_bytes_max);
  // The chain hash at a number; NOT_FOUND where it is not held.
  absl::StatusOr<Head> ReadHead(JournalId journal, Sequence sequence) const;

  // By rising journal.
  std::vector<JournalView> Journals() const;
  Totals totals() const;
  // Of this run.
  const Counters& counters() const { return counters_; }
  // Entries that fold to nothing, counted.
  absl::StatusOr<uint64_t> CountVerdicts() const;

  // Called with each journal that has grown, after it is durable. Returns when no
  // call of the listener before is under way; so not to be called by a listener.
  using Listener = std::function<void(const JournalView&)>;
  void SetListener(Listener listener);

  // ---- what was lost (R8) ----

  // What is held, for the file beside the store; durable heads only.
  journal::v1::Witness MakeWitness() const;
  // Another number once MakeWitness would say something else.
  uint64_t witness_version() const;
  // What this start found of its witness: a sentence each, for operators.
  const std::vector<std::string>& opening_notes() const { return opening_notes_; }
  // Known to be lost here and not back yet, by journal; at most kWitnessLossesMax.
  std::vector<Loss> Losses() const;
  // A peer holds these entries, written under our name, and we do not. What the
  // witness did not know of, the next start folds anew.
  void ReportLost(JournalId journal, Sequence first, Sequence last);

  // Whether anything can be written now, as far as the disk's reserve goes (R9).
  absl::Status Room(uint64_t bytes) const {
    return options_.room ? options_.room(bytes) : absl::OkStatus();
  }

  // What was found damaged by reading, in this run.
  DamageView damage() const;

  // For queries over the views. Notes what it could not read; must not outlive the
  // ledger, nor be read from under its lock.
  std::unique_ptr<store::Snapshot> NewSnapshot() const;

  // Reads one entry as a fact onto `arena`. NOT_FOUND where it is not held.
  absl::StatusOr<retail::Fact> ReadFact(const store::Snapshot& snapshot, JournalId journal,
                                        Sequence sequence, google::protobuf::Arena* arena) const;
  // The same of any entry, with what the fact gate says of it (R6).
  absl::StatusOr<ReadEntry> ReadJudged(const store::Snapshot& snapshot, JournalId journal,
                                       Sequence sequence, google::protobuf::Arena* arena) const;

  // The same by a reference: of two branches the one that is meant.
  absl::StatusOr<retail::Fact> ReadNamed(const store::Snapshot& snapshot,
                                         const journal::v1::Reference& reference,
                                         google::protobuf::Arena* arena) const;

  // Is there a journal here with another branch than the one that was settled on?
  bool HasForksToSettle() const;
  // Moves what such branches hold past the kept one into a journal of ours, and cuts them
  // back to what they share with it: views, facts and heads in one atomic write. The
  // kept branch then comes like anything else. Sessions that know the old heads must
  // begin anew. Appends wait only for the last step. Not OK: nothing was moved.
  // Not to be called by a callback.
  absl::Status SettleForks();
  // All that are known to be settled.
  absl::StatusOr<std::vector<ForkView>> Forks() const;

  // ---- transfers between shops (common/retail/transfers/state.h) ----

  // Hub only: tells shops what they do not know yet of each other's transfers, as far as one
  // batch goes. Ingest does so too, in the batch that brings the news; this is for what it
  // could not see coming, and for what an earlier run, another release or a full disk left
  // undone. Where nothing waits, that is one look at what is on the disk, without the
  // ledger's lock. Does not wait for the disk. OK where nothing waits, and on a node; else
  // what the ledger, the disk's reserve or the store says: nothing is lost then, and it can
  // be called again.
  absl::Status TellTransfers();

  // Checks I3, I4, I5, I6 and I9 on one snapshot, folding into `scratch`, an empty store
  // made with AllTables().
  absl::StatusOr<VerifyReport> Verify(
      store::Store& scratch,
      const std::function<bool(uint64_t done, uint64_t total)>& progress) const;

  // What a daemon keeps beside the ledger and may lose with the power.
  absl::Status PutLocal(std::string_view name, std::string_view bytes);
  absl::StatusOr<std::optional<std::string>> GetLocal(std::string_view name) const;

  // The local calendar day that an entry appended now would carry (R10).
  Day Today() const;
  // Would it be doubtful?
  bool ClockIsDoubtful() const;
  // The wall instant that it would carry.
  int64_t WallNow() const;
  // A peer's clock agrees with ours, or the system keeps ours synchronised (R10).
  void VouchForClock();
  // The hub's clock, or a sibling's, does not (R10).
  void DoubtClock();

  // With Flusher::kOwner alone, all on one thread: does someone wait for the disk;
  // and one flush, with its answers. False where nothing waited.
  bool waits() const;
  bool Pump() { return commit_.Pump(); }

  const journal::Writer& self() const { return options_.signer->writer(); }

 private:
  struct Prepared;
  explicit Ledger(Options options);

  enum class Flush { kByCommitter, kByCaller };
  void Append(AppendRequest request, AppendDone done, Flush flush);

  absl::StatusOr<std::optional<journal::v1::Segment>> ReadSegmentOnce(JournalId journal,
                                                                      Sequence first,
                                                                      size_t raw_bytes_max);
  absl::Status Load();
  // What the witness has to say of the store, and whether to fold anew.
  absl::StatusOr<bool> HearWitness(const store::Snapshot& snapshot)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  void NoteFindings(const WitnessFindings& findings);
  std::vector<Loss> LossesLocked() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // Who is revoked, and whether we are halted.
  absl::Status LoadStanding();
  // False when entries that are damaged are missing in the views.
  absl::StatusOr<bool> Rebuild();
  absl::Status ReportDamage(const store::Snapshot& snapshot, const Journal& journal, Sequence first,
                            VerifyReport* report) const ABSL_LOCKS_EXCLUDED(commit_.mutex);
  // I4 and I5; `is_broken`: some journal could not be folded whole.
  absl::Status CompareViews(const store::Snapshot& snapshot, store::Store& scratch,
                            VerifyReport* report, bool is_broken) const
      ABSL_LOCKS_EXCLUDED(commit_.mutex);
  absl::Status VerifySignatures(const store::Snapshot& snapshot, const Journal& journal,
                                VerifyReport* report) const;

  absl::Status PrepareAppend(const AppendRequest& request, const absl::Status& room,
                             AppendResult* result) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::StatusOr<bool> FindRepeated(const AppendRequest& request, AppendResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::StatusOr<retail::Fact> ReadTaken(const RequestTaker& taker, google::protobuf::Arena* arena,
                                         std::string* series)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::StatusOr<Journal*> OpenJournal(journal::v1::Scope scope, const std::string& shop)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status AppendFacts(const AppendRequest& request, Journal& journal, AppendResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  IngestResult CheckSegment(const journal::DecodedSegment& segment, const journal::Writer& bringer,
                            Prepared* prepared);
  IngestResult CheckWriter(const journal::DecodedSegment& segment, const journal::Writer& bringer,
                           Prepared* prepared);
  bool FoldSegment(Prepared& prepared, const journal::Writer& bringer, IngestResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  bool CheckOverlap(const journal::DecodedSegment& segment, const Journal& journal,
                    std::vector<Sequence>* mended, IngestResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  // ---- damage, mend.cc ----
  std::unique_ptr<store::Snapshot> PlainSnapshot() const { return options_.store->NewSnapshot(); }
  void NoteDamage(const std::vector<DamagedRange>& ranges) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // The views were folded without these, which could not be read: they are stale until the
  // next start.
  void NoteFoldedWithout(const std::vector<DamagedRange>& entries) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // Each could not be read: it is damaged, or the one before it, by which it was judged.
  void NoteUnread(const std::vector<DamagedRange>& entries) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // Something of `journal` from `first` on cannot be read: finds out what.
  // Notes what of entries `first` to `last` is damaged; true: nothing is.
  absl::StatusOr<bool> IsSound(const store::Snapshot& snapshot, JournalId id, Sequence first,
                               Sequence last) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  void LookForDamage(JournalId journal, Sequence first) const ABSL_LOCKS_EXCLUDED(commit_.mutex);
  void OnDamagedRow(store::TableId table, std::string_view key) const
      ABSL_LOCKS_EXCLUDED(commit_.mutex);
  void MarkViewsStale() const ABSL_LOCKS_EXCLUDED(commit_.mutex);
  // A fold that failed left the batch half made: nothing more is written (R9). What it
  // failed on, where that can be mended, the next start does.
  void Poison(const absl::Status& why) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // Writes the damaged entries that `segment` overlaps anew, into the open batch. False,
  // with a refusal in `*result`, when it is not the journal that is held.
  bool Mend(const journal::DecodedSegment& segment, const Journal& journal,
            std::vector<Sequence>* mended, IngestResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // Of `journal`, once that is durable.
  void PublishMended(JournalId journal, const std::vector<Sequence>& mended)
      ABSL_LOCKS_EXCLUDED(commit_.mutex);
  // Does the segment join what stands around `sequence`, an entry that it holds?
  bool JoinsNeighbours(const journal::DecodedSegment& segment, const Journal& journal,
                       Sequence sequence) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  // A sentence where it brings entries of a revoked node past what the hub held.
  // `held`: the journal as it is here; null for one that is new.
  std::optional<std::string> PastRevocation(const journal::DecodedSegment& segment,
                                            const Journal* held,
                                            const journal::Writer& writer) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // From the rows of the open batch: forks move revocations, too.
  absl::Status LoadRevocations() ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // Takes note of a revocation that was just folded.
  void NoteRevocation(const JudgedEntry& judged) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // NodeRevoked facts of what is held of the node; none where facts say it all already.
  std::vector<NewFact> RevocationFacts(const retail::v1::NodeRevoked& revoked) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status PrepareRevocation(retail::v1::NodeRevoked revoked, bool* repeated,
                                 AppendResult* result) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // Submits what was prepared: see Append.
  void SubmitAppend(std::shared_ptr<AppendResult> result, AppendDone done, Flush flush)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // ---- forks: forks.cc, moving.cc ----
  // One place where branches of a journal part, as it was settled.
  struct Settled {
    Hash common;  // of the entry before
    Hash kept;    // of the first entry that they do not share, in the kept branch
  };
  struct Settling;
  // Reads what was settled from the rows of the open batch; finds the branches held here
  // that are not kept, and closes their journals.
  absl::Status LearnForks() ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status LearnFork(JournalId id, const std::map<Sequence, Settled>& places)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // What was said to be lost past the place where branches part is moved by whoever has it,
  // or on its way here.
  void DropLossesPastForks() ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // Why `segment` is of a branch that is not kept; empty where it is not.
  std::string OfOtherBranch(const journal::DecodedSegment& segment) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // The hub's: `segment`, whose signature was checked, is of another branch than ours.
  // True when a ForkSettled is in the open batch.
  absl::StatusOr<bool> Settle(const journal::DecodedSegment& segment, Journal& journal,
                              AppendResult* written) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // True when it was settled.
  bool SettleAndSubmit(const journal::DecodedSegment& segment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // The hub's, put back to an older copy: what was moved of these journals may have outlived
  // the fact that settled it, and waits for another one.
  // True when any was settled.
  bool SettleWaiting(const std::set<JournalId>& journals)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status SettleOne(JournalId id, Sequence common);
  absl::Status FoldWithout(Settling& settling);
  absl::Status MoveBranch(Settling& settling) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  void AppendMoved(const std::string& fact, Journal& mover)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status CutBack(Settling& settling) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::StatusOr<bool> IsForkedAfter(const store::Snapshot& snapshot, JournalId id,
                                     Sequence sequence) const;

  // ---- transfers.cc ----
  // What one call writes before it leaves the rest to the next.
  static constexpr size_t kNoteBytesPerCall = 2 << 20;
  struct TransferNotes {
    std::map<JournalId, uint64_t> written;  // notes, by our journal
    size_t bytes = 0;
  };
  // `room`: what Room said of kNoteBytesPerCall. Not OK where anything could not be told:
  // all else was.
  absl::Status TellAndSubmitTransfers(const absl::Status& room)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status TellOfTransfer(const std::string& transfer, TransferNotes* notes)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  void KeepSignature(const journal::DecodedSegment& segment, Journal& journal)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  // After the batch with these journals' pending heads is durable.
  void PublishDurable(JournalId journal, const HeadState& state);
  // Does this run append to it?
  bool IsOpen(const Journal& journal) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  JournalView ViewOf(const Journal& journal) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  const Options options_;
  mutable Counters counters_;
  mutable DamageBook damage_ ABSL_GUARDED_BY(commit_.mutex);
  mutable bool views_are_stale_ ABSL_GUARDED_BY(commit_.mutex) = false;
  JournalBook book_ ABSL_GUARDED_BY(commit_.mutex);
  TimeLine time_line_ ABSL_GUARDED_BY(commit_.mutex);
  std::vector<std::string> opening_notes_;                   // written by Load only
  std::vector<Loss> losses_ ABSL_GUARDED_BY(commit_.mutex);  // some may be back
  // Of the witness; what it saw of our own entries may be lost (R10).
  HybridTime given_before_ ABSL_GUARDED_BY(commit_.mutex);
  uint64_t growths_ ABSL_GUARDED_BY(commit_.mutex) = 0;
  uint64_t witness_version_ ABSL_GUARDED_BY(commit_.mutex) = 1;
  // Of pending facts too: the gate is shut before it is said to be.
  retail::Revocations revocations_ ABSL_GUARDED_BY(commit_.mutex);
  std::string halted_ ABSL_GUARDED_BY(commit_.mutex);
  // By scope and, of SCOPE_SHOP, shop.
  std::map<std::pair<journal::v1::Scope, std::string>, JournalId> open_journals_
      ABSL_GUARDED_BY(commit_.mutex);
  std::map<JournalId, std::map<Sequence, Settled>> settled_ ABSL_GUARDED_BY(commit_.mutex);
  // Branches held here that are not kept, and the last entry that they share with it.
  std::map<JournalId, Sequence> lost_branches_ ABSL_GUARDED_BY(commit_.mutex);
  Mutex settling_;  // one settling at a time; taken before commit_.mutex
  std::shared_ptr<const Listener> listener_ ABSL_GUARDED_BY(commit_.mutex);
  CondVar listener_left_;  // a call of the listener has ended
  // Last, so that it goes first: its callbacks need everything above.
  mutable GroupCommit commit_;
};

}  // namespace comptoir::ledger
