// The two times that an entry carries (R10). Within a run both advance with the
// boot clock from an anchor, so that a jump of the wall clock changes nothing.
//
// Thread use: one at a time; the ledger's lock guards it.
#pragma once

#include <cstdint>
#include <span>

#include "common/base/clock.h"
#include "common/base/hybrid_time.h"
#include "common/base/ids.h"
#include "common/crdt/hybrid_clock.h"

namespace comptoir::ledger {

struct Stamp {
  HybridTime hybrid_time;
  int64_t wall_ms = 0;
  int utc_offset_minutes = 0;
  bool doubtful = false;

  // Where the entry is written.
  Day day() const;
};

class TimeLine {
 public:
  explicit TimeLine(Clock& clock);

  // `floor`: highest hybrid time that we gave, never undercut. `known`: what
  // all the journals held here reach; followed within bounds. A wall clock behind
  // the floor, or more than a day past the latest, is doubtful until vouched for.
  // With no entry held there is nothing to doubt it by; the hub's clock will tell.
  void Start(HybridTime floor, std::span<const HybridTime> known);
  Stamp Next();
  // An entry from elsewhere; more than 5 minutes ahead is not followed.
  void Observe(HybridTime remote);
  // An entry under our own name that a peer brought back: we gave that time, and never
  // undercut it, however far ahead it is.
  void Recall(HybridTime own);
  // A peer's clock agrees, or the system keeps ours synchronised: the anchor moves
  // to the wall clock and doubt ends.
  void Vouch();
  // The hub's clock is another one: ours is doubtful until they agree.
  void Doubt() { doubtful_ = true; }
  // The local calendar day as the next stamp would have it.
  Day Today() const;
  bool doubtful() const { return doubtful_; }
  int64_t wall_ms() const { return Now(); }

 private:
  int64_t Now() const;

  Clock& clock_;
  crdt::HybridClock hybrid_;
  int64_t anchor_wall_ms_ = 0;
  int64_t anchor_boot_ms_ = 0;
  bool doubtful_ = false;
};

}  // namespace comptoir::ledger
