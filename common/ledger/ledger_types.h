// What a ledger is opened with, asked for, and answers.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "common/journal/writer.h"
#include "common/ledger/counters.h"
#include "common/ledger/damage.h"
#include "common/ledger/group_commit.h"
#include "common/ledger/witness.h"
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
  // kOwner: no thread of the ledger's own; the owner calls Pump.
  Flusher flusher = Flusher::kThreads;
  // May so many bytes more be written (R9)? Asked before an entry gets its number; not
  // for what was numbered. Quick, any thread; absent: always.
  std::function<absl::Status(uint64_t bytes)> room = nullptr;
  // What was read of the witness beside the store (R8): NOT_FOUND where there is none.
  absl::StatusOr<journal::v1::Witness> witness = absl::NotFoundError("there is no witness");
  // Makes an empty store with AllTables(), for views that are folded anew; without it
  // no fork is settled here.
  std::function<absl::StatusOr<std::shared_ptr<store::Store>>()> new_scratch = nullptr;
  // While Open folds all views anew, which may take minutes: entries folded, of those to
  // fold. At the first, every kRefoldToldEntries, and at the last. On Open's thread, with
  // the ledger's lock held: it must not call the ledger.
  std::function<void(uint64_t done, uint64_t total)> on_refold = nullptr;
  // What this ledger knows of facts; tests of upgrades give an older one's.
  retail::Release release = {};
};

inline constexpr uint64_t kRefoldToldEntries = 4096;

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
  // The disk's reserve is touched: `status` says so, nothing was written or judged;
  // bring it again when there is room. Said before Ingest returns.
  bool no_room = false;
  Refusal refusal = Refusal::kNone;
  std::string detail;
  JournalId journal;
  Head held;                 // durable here now; sequence 0 for nothing
  uint64_t new_entries = 0;  // of the segment, not held here before
};

struct JournalView {
  Head head;
  journal::v1::Scope scope = journal::v1::SCOPE_UNSPECIFIED;
  std::string node;
  std::string shop;  // of the journal: empty for COOP
  std::string writer_shop;
  std::string series;
  bool ours = false;  // of our key: of this run, of one before it, or of a clone of it
  bool open = false;  // this run appends to it
  bool finished = false;
  uint32_t month = 0;
  int64_t last_wall_ms = 0;
  HybridTime latest = {};  // highest in it; of undoubted entries, no wall instant is later
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

// What cannot be read here any more.
struct DamageView {
  std::vector<DamagedRange> entries;  // by journal, then number
  // Rows of views were damaged, or folded while an entry that they look back at was:
  // folded anew at the next start.
  bool views_are_stale = false;
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

}  // namespace comptoir::ledger
