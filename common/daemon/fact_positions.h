// How far someone has seen each journal, and the short way to say it.
//
// A writer opens a journal at each start, so a replica holds thousands, nearly all
// finished. But each says in its genesis which one it follows and how far that one
// went (R1). So a cursor names a journal only where that does not say it already:
//
//     seen   a ──10──▶ b ──25──▶ c         named: c to 7; b to 25, a to 10 follow
//
// A cursor thus holds one position for each line (what one writer wrote for the same
// readers, under one certificate) and one for each journal that was not seen as far as
// its successor says: some 30 bytes each, however old the co-op.
//
// Invariants:
// - positions made from a cursor are those that it was made of, for every journal that
//   is held in both places; journals that came since are unseen;
// - only a journal of the same line that was opened later speaks for another: no
//   circle, and no writer speaks for another one's journals;
// - where a journal that speaks for others is not held here now (a restored replica),
//   older journals of its line that nobody else names are unsure: neither shown nor
//   skipped until it is back.
//   What that cannot tell apart, and takes for seen: a journal of a second machine with
//   the same identity, never seen, where a new journal of its line follows it and is seen
//   before the missing one is back.
//
// One thread.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "common/ledger/ledger.h"
#include "comptoir/admin/v1/cursor.pb.h"

namespace comptoir::daemon {

class FactPositions {
 public:
  explicit FactPositions(const admin::v1::FactCursor& cursor);

  // Takes up the journals that are held here; what the cursor says of them is worked
  // out anew where some are new.
  void Learn(const std::vector<ledger::JournalView>& held);

  // Of a journal that was learnt: last entry seen, 0 for none.
  Sequence At(JournalId journal) const;
  bool IsUnsure(JournalId journal) const { return unsure_.contains(journal); }
  // `journal` was seen as far as `sequence`, which is past At.
  void Advance(JournalId journal, Sequence sequence);

  // Journals that were seen in part or whole and are not held here now.
  size_t missing() const { return missing_.size(); }
  size_t unsure() const { return unsure_.size(); }
  // How many positions the cursor holds.
  size_t size() const { return named_.size() + unheld_.size(); }
  admin::v1::FactCursor ToCursor() const;

 private:
  // Where a journal stands in its line.
  using Place = std::pair<HybridTime, JournalId>;
  struct Origin {
    HybridTime opened;
    uint32_t line = 0;
    JournalId follows;
    Sequence follows_sequence;
  };

  void Resolve(const admin::v1::FactCursor& cursor);
  void ResolveUnheld(const admin::v1::FactCursor& cursor);
  // `journal` was seen at least in part: it speaks for the one that it follows, where
  // that one is held and is its to speak for.
  void SpeakFor(JournalId journal);
  void Name(JournalId journal);

  const uint64_t audience_;
  std::map<JournalId, Origin> held_;
  std::map<JournalId, Sequence> at_;       // of held ones; absent: unseen
  std::map<JournalId, Sequence> implied_;  // of held ones: how far those that follow it say
  std::set<JournalId> named_;              // of held ones: `at_` is another than `implied_`
  std::map<JournalId, admin::v1::JournalPosition> unheld_;  // named by the cursor, or unseen
  std::set<JournalId> missing_;                             // seen, and not held now
  std::map<uint32_t, Place>
      spoken_until_;  // by line: older ones may be spoken for by a missing one
  std::set<JournalId> unsure_;
};

// What one writer wrote for the same readers.
uint32_t LineOf(const ledger::JournalView& journal);

}  // namespace comptoir::daemon
