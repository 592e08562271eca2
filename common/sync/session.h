// One sync dialogue between two replicas, without I/O: events in, effects out.
// Rule and message tables: common/sync/README.md.
//
// Invariants:
// - an Ack leaves only after Ingested said the entries are durable (R5);
// - at most Options::window_bytes of segments are unacknowledged either way;
// - every frame from the peer is checked against its rights and the limits;
// - a journal that was refused never holds back another (R6).
//
// Pure: time, journals and the peer's rights are arguments. Not thread safe: its
// owner calls from one thread at a time.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "common/base/ids.h"
#include "common/base/limits.h"
#include "common/journal/writer.h"
#include "comptoir/sync/v1/sync.pb.h"

namespace comptoir::sync {

inline constexpr uint32_t kProtocolMin = 1;
inline constexpr uint32_t kProtocolMax = 1;

// What the session must know of one journal held here. Persisted by the ledger.
struct JournalSummary {
  Head head;
  journal::v1::Scope scope = journal::v1::SCOPE_UNSPECIFIED;
  std::string shop;       // of a SCOPE_SHOP journal
  std::string node;       // who wrote it
  bool finished = false;  // its successor is known here
  uint32_t month = 0;     // of its genesis: year × 12 + (month − 1), UTC
};

struct Options {
  std::string node;  // ours
  uint64_t run = 0;  // random per process
  std::string software;
  uint32_t fold_version = 1;
  uint32_t protocol_min = kProtocolMin;
  uint32_t protocol_max = kProtocolMax;
  bool retire = false;                             // of a hub: an operator retires the peer
  bool halted = false;                             // we record nothing more
  size_t window_bytes = kWindowBytesMax;           // of encoded segments; at least 1
  size_t segment_raw_bytes = kSegmentRawBytesMax;  // 1 to kSegmentRawBytesMax
  int64_t heartbeat_ms = 10'000;
  int64_t silence_ms_max = 30'000;
  // A peer that owes acknowledgements, heads or entries, but sends heartbeats
  // only, is given up after this, so that a new session can start afresh.
  int64_t stall_ms_max = 300'000;
};

// ---- effects: what the driver must do, in order ----

// Durable BEFORE: whatever the frame tells of (entries, acknowledgements) is in
// the store already; the driver may send at once. Frames go out in this order.
struct SendFrame {
  v1::Frame frame;
};
// Reads entries that are durable here already; changes nothing. Answered by
// OnSegmentRead, once for each. The answer may hold fewer entries than there are,
// and more bytes than asked where a journal can only be cut at a signature (R3).
// Never given for a journal whose last read is unanswered.
struct ReadSegment {
  JournalId journal;
  Sequence first;
  size_t raw_bytes_max = 0;
};
// Reads what is durable here already; changes nothing. Answered by OnHashRead.
struct ReadHash {
  JournalId journal;
  Sequence sequence;
};
// Durable AFTER: nothing of the segment may be acknowledged until the driver says
// OnIngested, once for each segment and only when store and disk have it (R5).
// The segments of one journal go to the ledger in this order.
struct Ingest {
  journal::v1::Segment segment;
};
// The last effect of a session; nothing may follow. Frames before it still go out.
// What was passed to Ingest may become durable or not: the next heads will say.
struct Close {
  absl::Status reason;
};
using Effect = std::variant<SendFrame, ReadSegment, ReadHash, Ingest, Close>;
using Effects = std::vector<Effect>;

// ---- answers to effects ----

struct SegmentRead {
  JournalId journal;
  Sequence first;                               // as asked
  std::optional<journal::v1::Segment> segment;  // absent: damaged, or nothing there that is signed
  bool damaged = false;                         // until OnMended; else until there is more of it
};
struct Ingested {
  JournalId journal;
  Head held;  // durable here now; sequence 0 for nothing
  v1::RefusedReason refused = v1::REFUSED_REASON_UNSPECIFIED;  // unspecified: it went in
  std::string detail;                                          // of a refusal, for people
};

// One journal, two branches (Forks, in the replication contract).
struct Fork {
  Head ours;
  Head theirs;  // hash of zeros where only the peer's number is known
  // The last entry that both hold alike; sequence 0 until it is found.
  Head common = {};
};
// A journal that goes no further in this session, and why.
struct Parked {
  JournalId journal;
  bool by_peer = false;  // the peer said so; else we did
  v1::RefusedReason reason = v1::REFUSED_REASON_UNSPECIFIED;
  std::string detail;
};
// Entries written under our node's name that the peer holds and we do not: lost
// here (R8), or written by a clone. They come back like anyone's.
struct LostRange {
  JournalId journal;
  Sequence first;
  Sequence last;
};
// The peer, a hub, says that we are revoked (R13).
struct RevokedHere {
  int64_t since_ms = 0;
  std::string reason;  // for people
  bool retired = false;
};
// Each list of a view stops growing at this many.
inline constexpr size_t kNotesMax = 100;

// What people are shown of a session.
struct SessionView {
  bool hello_received = false;
  // Both sides hold the same, as far as this side knows. A journal that one side
  // refused keeps this false: see `parked`.
  bool level = false;
  uint64_t waiting_entries = 0;  // held here, not yet acknowledged by the peer
  uint64_t missing_entries = 0;  // held by the peer, not yet durable here
  int64_t clock_offset_ms = 0;   // peer's wall clock less ours, as it last said
  uint64_t clock_readings = 0;   // how often it said
  std::string peer_node;
  uint64_t peer_run = 0;
  std::string peer_software;
  uint64_t bytes_unacknowledged = 0;  // of segments sent
  bool peer_has_no_room = false;      // as it said with its last heartbeat
  uint32_t protocol = 0;              // version in use; 0 before the peer's Hello
  // All that the peer ever said it holds is durable here.
  bool holds_all = false;
  bool peer_retires = false;           // its Hello says that it retires us; of a hub
  bool peer_halted = false;            // its Hello says that it records nothing more
  std::optional<RevokedHere> revoked;  // with the peer's Goodbye
  std::vector<Fork> forks;
  std::vector<Parked> parked;
  std::vector<LostRange> lost;
};

class Session {
 public:
  explicit Session(Options options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // After Close, every event gives no effects.

  // The stream is up: first event, once. `peer` comes from the peer's certificate,
  // `journals` is everything held here. now_ms: boot clock. wall_ms: wall clock.
  Effects OnConnected(const journal::Writer& peer, const std::vector<JournalSummary>& journals,
                      int64_t now_ms, int64_t wall_ms);
  Effects OnFrame(const v1::Frame& frame, int64_t now_ms, int64_t wall_ms);
  // A frame has come and waits for its OnFrame: until then it is us who are slow,
  // and not the peer who is silent.
  void OnArrival(int64_t now_ms);
  Effects OnSegmentRead(SegmentRead result);
  Effects OnHashRead(const Head& head);
  Effects OnIngested(const Ingested& result);
  // A journal is new here or has grown, by append or by another session.
  Effects OnAdvanced(const JournalSummary& journal);
  // These entries of `journal` cannot be read here any more: asks the peer for
  // them if it is known to hold them, else does nothing.
  Effects OnDamaged(JournalId journal, Sequence first, Sequence last);
  // Something of `journal` that could not be read here was mended: sending goes on
  // from where it stopped for that.
  Effects OnMended(JournalId journal);
  // Call at least once a second.
  Effects OnTick(int64_t now_ms, int64_t wall_ms);
  // Whether what is passed to Ingest waits for space on our disk: the peer is told with
  // the heartbeats, so that it waits for acknowledgements however long it takes.
  void SetNoRoom(bool no_room);
  // This side ends the session: says `reason` to the peer, then Close(reason).
  Effects OnEnding(const absl::Status& reason);

  // What the peer is known to hold of `journal`; sequence 0 for nothing, and for a
  // journal of which it holds another branch.
  Sequence Acknowledged(JournalId journal) const;
  // Has the peer said what it holds of it, and it is of our branch?
  bool IsCompared(JournalId journal) const;
  SessionView view() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace comptoir::sync
