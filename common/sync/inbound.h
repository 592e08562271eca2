// The receiving side: segments to the ledger, answers to the peer.
//
// Invariants:
// - an Ack names only what the ledger has said is durable (R5);
// - at most a window of segments waits for the ledger;
// - Refused is said once per refusal, after all that was passed to the ledger
//   before is answered: so nothing it tells the peer is overtaken by an Ack.
//
// Pure.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"
#include "common/sync/journal_table.h"
#include "common/sync/session.h"

namespace comptoir::sync {

// A journal whose every segment leaves a gap is given up after so many: a peer, or
// a ledger, that contradicts itself must not keep both sides busy for ever.
inline constexpr uint32_t kGapsInRowMax = 16;

class Inbound {
 public:
  // `table` is borrowed.
  Inbound(JournalTable* table, size_t window_bytes);

  // Passes a segment on, or answers it. RESOURCE_EXHAUSTED when the peer has sent
  // more than the window; else see JournalTable::Admit.
  absl::Status OnSegment(const journal::v1::Segment& segment, Effects* effects);
  // The answer to an Ingest.
  void OnIngested(const Ingested& result, Effects* effects);

  // Encoded bytes of segments that the ledger has not answered yet.
  size_t bytes_waiting() const { return bytes_waiting_; }

 private:
  void Pass(const journal::v1::Segment& segment, Effects* effects);
  void Refuse(JournalId journal, Refusal refusal, Effects* effects);
  void TellWhenAnswered(JournalId journal, Effects* effects);

  JournalTable* const table_;
  const size_t window_bytes_;
  size_t bytes_waiting_ = 0;
};

}  // namespace comptoir::sync
