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
#include "common/ledger/group_commit.h"
#include "common/ledger/journal_book.h"
#include "common/ledger/time_line.h"
#include "common/retail/fact.h"
#include "common/store/store.h"

namespace comptoir::ledger {

struct Options {
  store::Store* store = nullptr;            // made with AllTables()
  const journal::Signer* signer = nullptr;  // ours
  const journal::Verifier* verifier = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  // A write's outcome is unknown: nothing more is acknowledged, and the process
  // must stop (R9). On a thread of the ledger, before anyone is answered.
  std::function<void(const absl::Status&)> on_failure = nullptr;
  // Makes an empty store with AllTables(), for views that are folded anew; without it
  // no fork is settled here.
  std::function<absl::StatusOr<std::shared_ptr<store::Store>>()> new_scratch = nullptr;
};

// A fork that the hub settled.
struct ForkView {
  std::string series;
  std::string node;  // who wrote the journal
  Head common;       // the last entry that its branches share
  Head kept;
  Head other;
};

struct NewFact {
  retail::v1::FactKind kind;
  std::string bytes;  // serialised once, here and nowhere else (R4)
};

// One mutating request: all of its facts in one journal, by one write (R11).
struct AppendRequest {
  std::string request_id;  // kRequestIdBytes, or empty for what no request stands behind
  uint32_t request_digest = 0;
  journal::v1::Scope scope = journal::v1::SCOPE_UNSPECIFIED;
  // Empty: only ask whether the request is known; NOT_FOUND where it is not.
  std::vector<NewFact> facts;
  // Of SCOPE_SHOP: whose journal. Empty: our own shop's; the hub names one.
  std::string shop = {};
};

struct AppendedFact {
  Reference reference;
  uint64_t receipt_ordinal = 0;  // of facts that print a receipt
};
struct AppendResult {
  bool repeated = false;            // the request was known: these are its first facts
  std::string series;               // of the journal
  std::vector<AppendedFact> facts;  // in the order of the request
};

struct IngestResult {
  absl::Status status;  // not OK: the store failed, nothing is known (R9)
  Refusal refusal = Refusal::kNone;
  std::string detail;
  JournalId journal;
  Head held;  // durable here now; sequence 0 for nothing
};

struct JournalView {
  Head head;
  journal::v1::Scope scope = journal::v1::SCOPE_UNSPECIFIED;
  std::string node;
  std::string shop;  // of the journal: empty for COOP
  std::string writer_shop;
  std::string series;
  bool ours = false;
  bool finished = false;
  uint32_t month = 0;
  int64_t last_wall_ms = 0;
  uint64_t receipts = 0;
  // Of its genesis: the journal that it follows, zero for none, and how far its
  // writer had written that one.
  JournalId follows = {};
  Sequence follows_sequence = {};
  HybridTime opened = {};
};

// One entry, judged; `fact` and what it points to are on the arena it was read onto.
struct ReadEntry {
  retail::Fact fact;
  retail::Verdict verdict;
  std::string_view fact_bytes;  // as its writer made them, where `fact` holds no message
};

struct Totals {
  uint64_t journals = 0;
  uint64_t entries = 0;
  uint64_t receipts = 0;
};

struct VerifyFinding {
  std::string invariant;  // "I4"
  std::string what;       // a sentence
};
struct VerifyReport {
  uint64_t journals = 0;
  uint64_t entries = 0;
  uint64_t signatures = 0;
  uint64_t unsigned_entries = 0;
  uint64_t view_rows = 0;
  uint64_t bad_facts = 0;
  std::vector<VerifyFinding> findings;
};

class Ledger {
 public:
  // Loads the journals; folds the views anew when their fold version is not this
  // build's. FAILED_PRECONDITION when the store holds another node's ledger.
  static absl::StatusOr<std::unique_ptr<Ledger>> Open(Options options);
  ~Ledger();

  // Calls `done` once the facts are durable, or with what is wrong:
  // INVALID_ARGUMENT for a fact that would not be admitted or a request id seen
  // with other content. Nothing is written then.
  using AppendDone = std::function<void(absl::StatusOr<AppendResult>)>;
  void Append(AppendRequest request, AppendDone done);
  // The same, for a thread that may wait for the disk.
  absl::StatusOr<AppendResult> AppendAndWait(AppendRequest request);

  // Takes a segment brought by `bringer` through both gates (R6) and calls `done`
  // once it is durable or refused. Blocks while much is waiting for the disk.
  using IngestDone = std::function<void(IngestResult)>;
  void Ingest(const journal::v1::Segment& segment, const journal::Writer& bringer, IngestDone done);

  // The next run of entries from `first`, at most about `raw_bytes_max`; signed
  // by us where the journal is ours, else cut where its writer signed (R3).
  // Nullopt when nothing can be sent from there; DATA_LOSS when the chain does
  // not fit what is stored.
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

  // For queries over the views.
  std::unique_ptr<store::Snapshot> NewSnapshot() const { return options_.store->NewSnapshot(); }

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

  // Checks I4, I5 and I6 on one snapshot, folding into `scratch`, an empty store
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
  // The hub's clock does not (R10).
  void DoubtClock();

  const journal::Writer& self() const { return options_.signer->writer(); }

 private:
  struct Prepared;
  explicit Ledger(Options options);

  enum class Flush { kByCommitter, kByCaller };
  void Append(AppendRequest request, AppendDone done, Flush flush);

  absl::Status Load();
  absl::Status Rebuild();
  absl::Status VerifySignatures(const store::Snapshot& snapshot, const Journal& journal,
                                VerifyReport* report) const;

  absl::Status PrepareAppend(const AppendRequest& request, AppendResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::StatusOr<bool> FindRepeated(const AppendRequest& request, AppendResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::StatusOr<Journal*> OpenJournal(journal::v1::Scope scope, const std::string& shop)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status AppendFacts(const AppendRequest& request, Journal& journal, AppendResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  IngestResult CheckSegment(const journal::DecodedSegment& segment, const journal::Writer& bringer,
                            Prepared* prepared);
  IngestResult CheckWriter(const journal::DecodedSegment& segment, const journal::Writer& bringer,
                           Prepared* prepared);
  bool FoldSegment(Prepared& prepared, IngestResult* result)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  // ---- forks, forks.cc ----
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
  // Why `segment` is of a branch that is not kept; empty where it is not.
  std::string OfOtherBranch(const journal::DecodedSegment& segment) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  // The hub's: `segment`, whose signature was checked, is of another branch than ours.
  // True when a ForkSettled is in the open batch.
  absl::StatusOr<bool> Settle(const journal::DecodedSegment& segment, Journal& journal,
                              AppendResult* written) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  void SettleAndSubmit(const journal::DecodedSegment& segment)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status SettleOne(JournalId id, Sequence common);
  absl::Status FoldWithout(Settling& settling);
  absl::Status MoveBranch(Settling& settling) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  void AppendMoved(const std::string& fact, Journal& mover)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::Status CutBack(Settling& settling) ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);
  absl::StatusOr<bool> IsForkedAfter(const store::Snapshot& snapshot, JournalId id,
                                     Sequence sequence) const;

  void KeepSignature(const journal::DecodedSegment& segment, Journal& journal)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  // After the batch with these journals' pending heads is durable.
  void PublishDurable(JournalId journal, const HeadState& state);
  JournalView ViewOf(const Journal& journal) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(commit_.mutex);

  const Options options_;
  Counters counters_;
  JournalBook book_ ABSL_GUARDED_BY(commit_.mutex);
  TimeLine time_line_ ABSL_GUARDED_BY(commit_.mutex);
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
