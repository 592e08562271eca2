// The journals of one session: what is held here, what the peer is known to hold,
// and what is under way between the two.
//
// Invariants:
// - records change only in Update, so that the totals and the order of sending
//   are never out of step with them;
// - a journal that the peer may not read has no record: nothing of it can be sent.
//
// Pure. Order of iteration is by rising journal.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "common/base/ids.h"
#include "common/journal/writer.h"
#include "common/sync/session.h"

namespace comptoir::sync {

// Held by both sides together; one session keeps no more records. A node opens one
// a run: a hundred nodes that restart daily come here after three years.
inline constexpr size_t kJournalsMax = 1 << 17;

// A segment on its way: its last entry and its encoded size.
struct InFlight {
  Sequence last;
  size_t bytes = 0;
};

// Scheduler's part of a record. Not persisted: the next session starts from heads.
struct SendState {
  Sequence sent;      // the next read starts after it; a gap sets it back
  Sequence sent_max;  // highest ever sent: what an Ack may name
  bool reading = false;
  bool parked = false;                   // the peer refused it, or it cannot be read here
  bool unreadable = false;               // the latter: until it is mended
  bool unsigned_yet = false;             // or nothing there is signed: until more of it is held
  Sequence read_of;                      // what was held when the read that is out began
  std::vector<InFlight> unacknowledged;  // by rising `last`
  // What the peer asked for again (Want): first and last number still to send.
  std::optional<std::pair<Sequence, Sequence>> wanted;
  // Of a fork: first number of the one segment that shows the peer our branch.
  std::optional<Sequence> proof;
};

struct Refusal {
  v1::RefusedReason reason = v1::REFUSED_REASON_UNSPECIFIED;
  std::string detail;
};

// Inbound's part of a record. Not persisted.
struct ReceiveState {
  Sequence passed;                 // last entry passed to the ledger, or held
  std::vector<InFlight> pipe;      // passed to the ledger, not answered yet
  std::optional<Refusal> refusal;  // told to the peer when the pipe is empty
  uint32_t gaps = 0;               // told in a row, nothing taken between
  bool gap_told = false;           // waiting for what was asked for again
  bool parked = false;             // refused here: what still comes of it is dropped
  bool shown = false;              // of a fork: the peer has shown its branch
  bool unreadable = false;         // the peer cannot read its own copy, as far as it has said
};

struct JournalRecord {
  Head held;           // durable here; sequence 0 while only the peer has it
  uint32_t month = 0;  // of the genesis
  bool finished = false;
  bool ours = false;       // written under our node's name
  bool described = false;  // held here at least once: month, finished and ours are known
  Sequence peer_holds;     // highest number that the peer has said it holds
  bool compared = false;   // the peer has said what it holds of it; nothing is sent before
  bool forked = false;     // the two branches are known to differ
  SendState sending;
  ReceiveState receiving;

  JournalId id() const { return held.journal; }
};

// Sums over all records.
struct Totals {
  uint64_t waiting = 0;  // entries held here that the peer lacks
  uint64_t missing = 0;  // entries the peer holds and we lack
  uint64_t awaited = 0;  // of `missing`, those that this session may still bring
  uint64_t forked = 0;   // journals
};

class JournalTable {
 public:
  // `peer` and `node` (our name) before anything else.
  void SetSides(const journal::Writer& peer, std::string node);

  // Takes in what the ledger says of one journal; a head never goes back here.
  // `compared`: the peer is known to hold no more of it than the record says.
  void Describe(const JournalSummary& summary, bool compared);

  // PERMISSION_DENIED for a journal held here that the peer may not read;
  // RESOURCE_EXHAUSTED when there are too many; else makes sure of a record.
  absl::Status Admit(JournalId journal);
  // The same refusal, for frames that need no record.
  absl::Status CheckRights(JournalId journal) const;

  // The peer says that it holds `head`. Notes a fork where hashes differ, and what
  // was lost here.
  absl::Status PeerHolds(const Head& head);

  // Null when neither side is known to hold it.
  const JournalRecord* Find(JournalId journal) const;
  const std::map<JournalId, JournalRecord>& records() const { return records_; }

  // Calls change(record) on a record that exists, then brings totals and order up
  // to date. No reference to the record may be used within a nested Update.
  template <typename Change>
  void Update(JournalId journal, Change change) {
    JournalRecord& record = Existing(journal);
    Subtract(record);
    change(record);
    Add(record);
  }

  // Which journal to read from next: the smallest backlog, then the lowest id.
  std::optional<JournalId> NextToSend() const;
  const Totals& totals() const { return totals_; }

  void NoteFork(const JournalRecord& record, const Head& theirs);
  void NoteParked(Parked parked);
  const std::vector<Fork>& forks() const { return forks_; }
  // The next fork whose place is to be looked for; nullopt for none.
  std::optional<Fork> TakeUnsearched();
  // Branches of its journal part after `common`: shows the peer ours from there on.
  void FoundCommon(const Head& common);
  const std::vector<Parked>& parked() const { return parked_; }
  const std::vector<LostRange>& lost() const { return lost_; }

 private:
  JournalRecord& Existing(JournalId journal);
  void Add(const JournalRecord& record);
  void Subtract(const JournalRecord& record);
  void NoteLost(JournalId journal, Sequence held, Sequence peer_holds);

  journal::Writer peer_;
  std::string node_;
  std::map<JournalId, JournalRecord> records_;
  // Held here, not the peer's to read. Sorted: at the hub this is nearly every
  // journal, so each must cost no more than its id.
  std::vector<JournalId> foreign_;
  // (backlog in entries, journal) of what can be read now.
  std::set<std::pair<uint64_t, JournalId>> send_order_;
  Totals totals_;
  std::vector<Fork> forks_;
  std::deque<Fork> unsearched_;
  std::vector<Parked> parked_;
  std::vector<LostRange> lost_;
};

}  // namespace comptoir::sync
