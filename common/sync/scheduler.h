// The sending side: which journal next, and how much may be under way.
//
// Invariants:
// - encoded bytes sent and not acknowledged, together with room for the reads
//   under way, stay within the window; a segment larger than what is left waits,
//   unless nothing else is under way;
// - a journal has at most one read under way, and its segments leave in order;
// - the smallest backlog goes first, so that a price change passes a week of sales.
//
// Pure.
#pragma once

#include <cstddef>
#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "common/sync/journal_table.h"
#include "common/sync/session.h"

namespace comptoir::sync {

// The first segments of a session are small, and grow with each that is
// acknowledged: a link that takes longer than the peer's patience for a full one
// still gets something over in every session.
inline constexpr size_t kFirstSegmentRawBytes = 64 << 10;
// Enough for reading, compressing and sending to overlap.
inline constexpr size_t kReadsOutstandingMax = 4;

class Scheduler {
 public:
  // `table` is borrowed. `window_bytes` counts encoded segments; a read asks for
  // `segment_raw_bytes_max` of entries at most.
  Scheduler(JournalTable* table, size_t window_bytes, size_t segment_raw_bytes_max);

  // Sends what waits for room and begins the reads that there is room for. Call
  // after everything that may have made either possible.
  void Advance(Effects* effects);

  // The answer to a read; tells the peer what cannot be read here.
  void OnSegmentRead(SegmentRead result, Effects* effects);

  // INVALID_ARGUMENT when the peer acknowledges what it cannot have.
  absl::Status OnAck(JournalId journal, Sequence sequence);
  // INVALID_ARGUMENT when the peer refuses what it was never sent.
  absl::Status OnRefused(const v1::Refused& refused);
  // The peer lacks a range that it held: sends it once more, as far as it went.
  void OnWant(const v1::Want& want, Effects* effects);
  // What could not be read here may be readable again: reads on from there.
  void OnMended(JournalId journal);
  // More of it is held here now.
  void OnAdvanced(JournalId journal);

  // Encoded bytes of segments sent and not acknowledged.
  size_t bytes_unacknowledged() const { return bytes_unacknowledged_; }
  size_t reads_outstanding() const { return reads_outstanding_; }

 private:
  bool HasRoomForRead() const;
  void StartRead(JournalId journal, Effects* effects);
  // False when the first segment read must wait for room.
  bool SendFirstRead(Effects* effects);
  void Send(journal::v1::Segment segment, Effects* effects);
  void GiveUpReading(const JournalRecord& record, bool damaged, Effects* effects);
  void Rewind(JournalId journal, Sequence held);
  // Takes segments first..last off the way.
  void Release(SendState* sending, std::vector<InFlight>::iterator first,
               std::vector<InFlight>::iterator last);

  JournalTable* const table_;
  const size_t window_bytes_;
  const size_t segment_raw_bytes_max_;
  size_t segment_raw_bytes_;  // now
  size_t bytes_unacknowledged_ = 0;
  size_t reads_outstanding_ = 0;
  // Read but too large for the window as it was; their journals stay `reading`.
  // At most kReadsOutstandingMax.
  std::deque<journal::v1::Segment> read_;
};

}  // namespace comptoir::sync
