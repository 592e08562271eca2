// What a session keeps between events, and what it does with each frame.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/sync/fork_search.h"
#include "common/sync/inbound.h"
#include "common/sync/journal_table.h"
#include "common/sync/scheduler.h"
#include "common/sync/session.h"

namespace comptoir::sync {

// Reads of chain hashes that a peer may have under way.
inline constexpr size_t kHashReadsOutstandingMax = 64;

struct Session::State {
  explicit State(Options options);

  // ---- frames, session_frames.cc ----
  // An error ends the session with that reason. `frame` has passed CheckFrame.
  absl::Status Dispatch(const v1::Frame& frame, Effects* effects);

  // ---- life, session.cc ----
  void Greet(Effects* effects);
  void Heard(int64_t now, int64_t wall);
  // Silence, stall, heartbeat; an error ends the session.
  absl::Status CheckTime(Effects* effects);
  // Begins what has become possible, notes what was sent.
  Effects Finish(Effects effects);
  // Goodbye, if anyone is there to hear it, and Close, after what stands in `effects`.
  Effects Fail(const absl::Status& reason, Effects effects);
  bool IsLevel() const;
  // True while something is owed by the peer and nothing by our own side.
  bool WaitsForPeer() const;

  const Options options;
  journal::Writer peer;
  JournalTable table;
  Scheduler scheduler;
  Inbound inbound;
  ForkSearch search;

  bool connected = false;
  bool hello_received = false;
  bool peer_left = false;  // said Goodbye, or was not heard for too long
  bool closed = false;
  bool no_room = false;       // on our disk
  bool peer_no_room = false;  // on the peer's, as it last said
  // As of the last event that brought the time.
  int64_t now_ms = 0;
  int64_t wall_ms = 0;
  int64_t sent_ms = 0;      // a frame left
  int64_t received_ms = 0;  // a frame came
  int64_t progress_ms = 0;  // something other than a heartbeat happened, or nothing was owed

  std::set<uint32_t> months_asked;     // List sent, Heads not complete
  std::set<uint32_t> months_answered;  // asked by the peer: once each
  size_t hash_reads_outstanding = 0;

  uint32_t protocol = 0;
  int64_t clock_offset_ms = 0;
  uint64_t clock_readings = 0;
  uint64_t peer_run = 0;
  std::string peer_software;
  bool peer_retires = false;
  bool peer_halted = false;
  std::optional<RevokedHere> revoked;  // told with the peer's Goodbye

 private:
  absl::Status OnHello(const v1::Hello& hello, Effects* effects);
  absl::Status AgreeOnVersion(const v1::Hello& hello);
  absl::Status OnList(const v1::List& list, Effects* effects);
  absl::Status OnHeads(const v1::Heads& heads);
  absl::Status OnAck(const v1::Ack& ack);
  absl::Status OnRefused(const v1::Refused& refused);
  absl::Status OnWant(const v1::Want& want, Effects* effects);
  absl::Status OnHashAt(const v1::HashAt& hash_at, Effects* effects);
  absl::Status OnGoodbye(const v1::Goodbye& goodbye);
  void SetClockOffset(int64_t peer_wall_ms);
};

}  // namespace comptoir::sync
