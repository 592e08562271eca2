// One session and the ledger behind it: carries out the session's effects and
// brings back the answers.
//
// Invariants: the session is touched on one strand only; segments of this peer
// are ingested on another, in the order they came, so that decoding one overlaps
// with flushing the one before.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/journal/writer.h"
#include "common/ledger/ledger.h"
#include "common/replica/executor.h"
#include "common/sync/session.h"

namespace comptoir::replica {

// One stream of a transport, as its session sees it. Any thread, one at a time;
// must not block.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  virtual void Send(sync::v1::Frame frame) = 0;
  // One more of the frames given to Peer::Receive has been handled, or dropped: the
  // transport should have no more than a few that are not, so that a peer that
  // sends faster than we work waits, and not our memory.
  virtual void Handled() = 0;
  // Sends what is queued, then ends the stream. Nothing is sent afterwards.
  virtual void Close(const absl::Status& reason) = 0;
};

struct PeerView {
  journal::Writer writer;
  std::string address;  // for people
  sync::SessionView session;
  int64_t last_heard_ms = 0;  // wall clock
  uint64_t bytes_received = 0;
};

// Encoded frames of all sessions of a run, those that ended among them. Any thread;
// figures for people, so no order between them.
struct Traffic {
  std::atomic<uint64_t> received_bytes = 0;
  std::atomic<uint64_t> sent_bytes = 0;
};

// Counts ingests under way, so that whoever owns the executor can wait for them.
class InFlight {
 public:
  // False once stopped: do not begin.
  bool Begin();
  void Finish();
  // No more may begin; returns when none is under way.
  void StopAndWait();

 private:
  Mutex mutex_;
  CondVar none_;
  size_t count_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
};

// Thread use: any. Owned by shared_ptr.
class Peer : public std::enable_shared_from_this<Peer> {
 public:
  struct Wiring {
    ledger::Ledger* ledger = nullptr;
    Executor* executor = nullptr;
    Clock* clock = nullptr;
    InFlight* in_flight = nullptr;
    Traffic* traffic = nullptr;
    // Both sides have greeted each other; on the session's strand.
    std::function<void(const Peer&)> on_up;
    // The peer said how its clock stands to ours (R10): with its Hello, and with
    // each Heartbeat.
    std::function<void(const Peer&, int64_t offset_ms)> on_clock;
    // Something that operators must hear of: a sentence.
    std::function<void(std::string)> on_note;
    // The session ended; on the session's strand.
    std::function<void(Peer&)> on_closed;
  };

  // `retiring`: the request, of an operator at a hub, that this session serves; 0: none.
  Peer(Wiring wiring, sync::Options options, journal::Writer writer, std::string address,
       std::shared_ptr<FrameSink> sink, uint64_t retiring = 0);

  // Events. Start first, Stop last; frames after Stop are dropped.
  void Start();
  void Receive(sync::v1::Frame frame);
  void Advanced(const ledger::JournalView& journal);
  void Tick();
  // These entries cannot be read here: asks the peer for them if it is known to hold
  // them, at most once a minute for each range.
  void Damaged(const ledger::DamagedRange& range);
  // Some of `journal` were mended.
  void Mended(JournalId journal);
  // Runs `look` on the session's strand while the session lasts.
  void Inspect(std::function<void(const sync::Session&)> look);
  // Says goodbye, for `reason`, and ends.
  void Leave(const absl::Status& reason);
  // Says that the peer is revoked, and why, and ends (R13).
  void Dismiss(const retail::Revocation& revocation);
  // The stream is gone.
  void Stop();

  PeerView view() const;
  // What the peer is known to hold, of `journals`; call on the session's strand
  // (on_closed) only.
  sync::Session& session() { return session_; }
  // Whether it was ever up, and why it ended; in on_closed only.
  bool was_up() const { return up_; }
  const absl::Status& end_reason() const { return end_reason_; }
  const journal::Writer& writer() const { return writer_; }
  uint64_t retiring() const { return retiring_; }

 private:
  void Handle(const sync::v1::Frame& frame);
  void Perform(sync::Effects effects);
  void PerformOne(sync::SendFrame effect);
  void PerformOne(sync::ReadSegment effect);
  void PerformOne(sync::ReadHash effect);
  void PerformOne(sync::Ingest effect);
  void PerformOne(sync::Close effect);
  // Gives the ledger what is held, in order, until it has no room; on ingest_strand_.
  void IngestHeld();
  // False: the ledger has no room, and the segment is still to be brought.
  bool IngestOne(const journal::v1::Segment& segment);
  void SayRevoked(const retail::Revocation& revocation);
  void End();
  void Refresh();
  void TellNews(const sync::SessionView& session);

  const Wiring wiring_;
  const journal::Writer writer_;
  const std::string address_;
  const uint64_t retiring_;
  const std::shared_ptr<FrameSink> sink_;
  const std::shared_ptr<Strand> strand_;
  const std::shared_ptr<Strand> ingest_strand_;

  std::atomic<size_t> frames_waiting_ = 0;  // received, not handled

  // Segments for which the disk has no room yet (R9), in the order they came; at most
  // a window of them. On ingest_strand_ only; the flag is for others to look at.
  std::deque<journal::v1::Segment> held_;
  std::atomic<bool> no_room_ = false;

  // On strand_ only.
  sync::Session session_;
  bool ended_ = false;
  bool up_ = false;
  absl::Status end_reason_ = absl::UnavailableError("the stream ended");
  std::map<std::pair<JournalId, Sequence>, int64_t> asked_ms_;  // Damaged; boot clock
  uint64_t clock_readings_ = 0;
  size_t forks_told_ = 0;
  size_t partings_told_ = 0;
  size_t parked_told_ = 0;
  size_t lost_told_ = 0;
  bool peer_full_told_ = false;

  mutable Mutex view_mutex_;
  PeerView view_ ABSL_GUARDED_BY(view_mutex_);
};

// UNAUTHENTICATED, reason NODE_REVOKED, with a sentence for the node's people.
absl::Status RevokedStatus(const retail::Revocation& revocation);

sync::JournalSummary SummaryOf(const ledger::JournalView& journal);

}  // namespace comptoir::replica
