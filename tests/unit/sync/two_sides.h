// Two replicas and the link between them, on virtual time: every frame crosses as
// bytes, and a script says what the link does to each.
//
// Which faults are allowed where: the link may drop, repeat, delay, cut short or
// alter frames, and may break at any of them; a ledger never loses what it took
// (MemoryLedger::ForgetAfter aside, which a test calls by name). What a ledger was
// asked to take still goes in when the link breaks, as on a real disk.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "common/sync/session.h"
#include "tests/unit/sync/memory_ledger.h"

namespace comptoir::sync {

enum class Fault { kNone, kDrop, kRepeat, kSwap, kTruncate, kFlip, kCut };

// Says what happens to frame number `index` (of both directions together, since
// the test began). `from` is 0 or 1.
using FaultScript = std::function<Fault(int from, size_t index, const v1::Frame& frame)>;

struct LinkOptions {
  int64_t latency_ms = 5;
  int64_t bytes_per_ms = 0;     // 0: as fast as it comes
  int64_t read_ms = 1;          // for the ledger to read a segment
  int64_t ingest_ms = 2;        // for the ledger to take one, one after the other
  bool advanced_first = false;  // the ledger tells all sessions before it answers one
};

class TwoSides {
 public:
  TwoSides(const journal::Writer& first, const journal::Writer& second,
           LinkOptions link = LinkOptions());

  struct Side {
    journal::Writer writer;
    MemoryLedger ledger;
    Options options;
    std::unique_ptr<Session> session;  // null while cut
    absl::Status closed;               // why the last session ended
    // Encoded bytes of segments given to the ledger and not answered.
    size_t ingesting_bytes = 0;
    size_t ingesting_bytes_most = 0;
    size_t unacknowledged_bytes_most = 0;
    int64_t ingest_free_ms = 0;  // when the ledger is done with what it has
    int64_t link_free_ms = 0;    // when the link has sent what it has
    int64_t arrival_ms = 0;      // of the last frame sent: none overtakes it
  };
  Side& side(int which) { return sides_[static_cast<size_t>(which)]; }

  // Ends what was there, without a word, and starts two new sessions.
  void Connect();
  void Cut();
  // After a broken link, connects again one second later.
  void set_reconnects(bool reconnects) { reconnects_ = reconnects; }
  void set_faults(FaultScript faults) { faults_ = std::move(faults); }

  // The ledger of a side has grown or changed: tells its session.
  void Tell(int which, JournalId journal);
  // Appends one entry and tells.
  void Append(int which, JournalId journal, const std::string& entry);
  // Gives a session effects' worth of work, as its driver would.
  void Perform(int which, Effects effects);

  // Carries out everything up to `duration_ms` from now.
  void RunFor(int64_t duration_ms);
  // Until both sessions are level; false when that takes more than `limit_ms`.
  bool RunUntilLevel(int64_t limit_ms = 600'000);
  bool Level() const;
  // Both hold the same of what both may read.
  bool SameHeads() const;

  // Counted from when the test began, both directions.
  size_t frames() const { return frames_; }
  size_t frame_bytes() const { return frame_bytes_; }
  int64_t now_ms() const { return now_ms_; }
  // Acknowledgements of what the ledger did not hold when they left: never any (R5).
  size_t early_acks() const { return early_acks_; }
  // One line a frame sent: time, sender, what.
  const std::vector<std::string>& trace() const { return trace_; }
  // How many lines of the trace, from line `start` on, hold `text`.
  size_t CountInTrace(const std::string& text, size_t start = 0) const;

 private:
  using Task = std::function<void()>;
  void After(int64_t delay_ms, Task task);
  bool RunNext(int64_t until_ms);
  void Tick();
  void PerformOne(int which, SendFrame& effect);
  void PerformOne(int which, const ReadSegment& effect);
  void PerformOne(int which, const ReadHash& effect);
  void PerformOne(int which, const Ingest& effect);
  void PerformOne(int which, const Close& effect);
  void Carry(int from, const v1::Frame& frame, Fault fault);
  void Arrive(int to, const std::string& bytes);
  void TakeSegment(int which, const journal::v1::Segment& segment, uint64_t epoch);
  void Break();
  void Watch(int which);
  int64_t WallOf(int which) const;

  std::array<Side, 2> sides_;
  const LinkOptions link_;
  FaultScript faults_;
  bool reconnects_ = false;
  int64_t now_ms_ = 1'000;
  // By time, then by order of making.
  std::map<std::pair<int64_t, uint64_t>, Task> tasks_;
  uint64_t next_task_ = 0;
  uint64_t epoch_ = 0;  // which connection; tasks of an older one do nothing
  size_t frames_ = 0;
  size_t frame_bytes_ = 0;
  size_t early_acks_ = 0;
  std::vector<std::string> trace_;
};

// "Segment 7 3..9", for traces.
std::string Brief(const v1::Frame& frame);

}  // namespace comptoir::sync
