#include "common/ledger/time_line.h"

#include <algorithm>

#include "common/base/planted.h"
#include "common/retail/calendar.h"

namespace comptoir::ledger {

Day Stamp::day() const {
  const int64_t local_ms = wall_ms + utc_offset_minutes * retail::kMillisPerMinute;
  return Day(static_cast<int32_t>(retail::FloorDivide(local_ms, retail::kMillisPerDay)));
}

TimeLine::TimeLine(Clock& clock)
    : clock_(clock), anchor_wall_ms_(clock.WallMillis()), anchor_boot_ms_(clock.BootMillis()) {}

void TimeLine::Start(HybridTime floor, std::span<const HybridTime> known) {
  hybrid_ = crdt::HybridClock(COMPTOIR_PLANTED(kUndercutHybridTime) ? HybridTime() : floor);
  for (const HybridTime time : known) {
    if (!COMPTOIR_PLANTED(kUndercutHybridTime)) Observe(time);
  }
  const HybridTime last = hybrid_.last();
  doubtful_ = last.value() != 0 && (anchor_wall_ms_ < floor.millis() ||
                                    anchor_wall_ms_ > last.millis() + retail::kMillisPerDay);
}

int64_t TimeLine::Now() const {
  if (COMPTOIR_PLANTED(kFollowWallClock)) return clock_.WallMillis();
  return anchor_wall_ms_ + (clock_.BootMillis() - anchor_boot_ms_);
}

Stamp TimeLine::Next() {
  const int64_t wall_ms = Now();
  // A doubtful clock does not drive hybrid time: it advances from the last one.
  const HybridTime time = hybrid_.Now(doubtful_ ? 0 : wall_ms);
  return {time, wall_ms, clock_.UtcOffsetMinutes(wall_ms), doubtful_};
}

Day TimeLine::Today() const {
  const int64_t wall_ms = Now();
  return Stamp{{}, wall_ms, clock_.UtcOffsetMinutes(wall_ms), doubtful_}.day();
}

void TimeLine::Observe(HybridTime remote) {
  hybrid_.Observe(remote, COMPTOIR_PLANTED(kFollowPoisonedClock) ? remote.millis() : Now());
}

void TimeLine::Recall(HybridTime own) {
  hybrid_ = crdt::HybridClock(std::max(hybrid_.last(), own));
}

void TimeLine::Vouch() {
  anchor_wall_ms_ = clock_.WallMillis();
  anchor_boot_ms_ = clock_.BootMillis();
  doubtful_ = false;
}

}  // namespace comptoir::ledger
