// One sync dialogue between two replicas, without I/O: events in, effects out.
// Rule and message tables: common/sync/README.md.
//
// Invariants:
// - an Ack leaves only after Ingested said the entries are durable (R5);
// - at most Options::window_bytes of segments are unacknowledged either way;
// - every frame from the peer is checked against its rights and the limits;
// - a journal that was refused never holds back another (R6).
//
// Pure: time, journals and the peer's rights are arguments. One thread at a time.
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
  std::string node;       // ours
  uint64_t run = 0;       // random per process
  std::string software;
  uint32_t fold_version = 1;
  uint32_t protocol_min = kProtocolMin;
  uint32_t protocol_max = kProtocolMax;
  size_t window_bytes = kWindowBytesMax;
  size_t segment_raw_bytes = kSegmentRawBytesMax;
  int64_t heartbeat_ms = 10'000;
  int64_t silence_ms_max = 30'000;
};

// ---- effects: what the driver must do, in order ----

struct SendFrame {        // no durability needed: whatever it says is durable already
  v1::Frame frame;
};
struct ReadSegment {      // answered by OnSegmentRead
  JournalId journal;
  Sequence first;
  size_t raw_bytes_max;
};
struct ReadHash {         // answered by OnHashRead
  JournalId journal;
  Sequence sequence;
};
struct Ingest {           // answered by OnIngested, only once durable (R5)
  journal::v1::Segment segment;
};
struct Close {            // the last effect of a session; nothing may follow
  absl::Status reason;
};
using Effect = std::variant<SendFrame, ReadSegment, ReadHash, Ingest, Close>;
using Effects = std::vector<Effect>;

// ---- answers to effects ----

struct SegmentRead {
  JournalId journal;
  Sequence first;                                // as asked
  std::optional<journal::v1::Segment> segment;   // absent: cannot be read (damage), or nothing there
};
struct Ingested {
  JournalId journal;
  Head held;                                     // what the ledger holds now, sequence 0 for nothing
  v1::RefusedReason refused = v1::REFUSED_REASON_UNSPECIFIED;  // unspecified: it went in
  std::string detail;
};

// What people are shown of a session.
struct SessionView {
  bool hello_received = false;
  bool level = false;               // both sides hold the same, as far as this side knows
  uint64_t waiting_entries = 0;     // held here, not yet acknowledged by the peer
  uint64_t missing_entries = 0;     // held by the peer, not yet durable here
  int64_t clock_offset_ms = 0;      // peer's wall clock less ours
  std::string peer_node;
  uint64_t peer_run = 0;
  std::string peer_software;
  uint64_t bytes_unacknowledged = 0;
};

class Session {
 public:
  explicit Session(Options options);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // The stream is up. `peer` comes from the peer's certificate, `journals` is
  // everything held here. now_ms: boot clock. wall_ms: wall clock.
  Effects OnConnected(const journal::Writer& peer, const std::vector<JournalSummary>& journals,
                      int64_t now_ms, int64_t wall_ms);
  Effects OnFrame(const v1::Frame& frame, int64_t now_ms, int64_t wall_ms);
  Effects OnSegmentRead(SegmentRead result);
  Effects OnHashRead(const Head& head);
  Effects OnIngested(const Ingested& result);
  // A journal is new here or has grown, by append or by another session.
  Effects OnAdvanced(const JournalSummary& journal);
  // Call at least once a second.
  Effects OnTick(int64_t now_ms, int64_t wall_ms);

  // What the peer is known to hold of `journal`; sequence 0 for nothing.
  Sequence Acknowledged(JournalId journal) const;
  SessionView view() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace comptoir::sync
