// A hybrid logical clock: gives times that order what one replica knows, and
// stay near physical time (R10).
//
// Merge argument. Now() is above every time given or followed before, so along
// any chain of 'knew of' times rise; times of writers that did not know of each
// other are told apart by the journal id where they are equal. Following is a
// maximum, which is commutative, associative and idempotent.
//
// A remote time more than kFollowAheadMsMax ahead of physical time is not
// followed: one machine whose clock is years ahead must not carry every other
// one along. Physical time comes in as an argument. Not thread safe.
#pragma once

#include <algorithm>
#include <cstdint>

#include "common/base/hybrid_time.h"

namespace comptoir::crdt {

class HybridClock {
 public:
  static constexpr int64_t kFollowAheadMsMax = 5 * 60 * 1000;
  // Hybrid time has 48 bits of milliseconds: to the year 10889.
  static constexpr int64_t kPhysicalMsMax = (int64_t{1} << 48) - 1;

  HybridClock() = default;
  // `floor`: highest time known from before this run, as persisted; every time
  // given is above it.
  explicit HybridClock(HybridTime floor) : last_(floor) {}

  // The next time: above all before it, at or above physical time. A physical
  // clock that goes back, or shows 0, only advances the counter.
  HybridTime Now(int64_t physical_ms) {
    last_ = std::max(last_.Successor(), FromPhysical(physical_ms));
    return last_;
  }

  // A time from elsewhere that ours must be above. False, and nothing changes,
  // when it is too far ahead to be followed.
  bool Observe(HybridTime remote, int64_t physical_ms) {
    const int64_t limit_ms = FromPhysical(physical_ms).millis() + kFollowAheadMsMax;
    if (remote.millis() > limit_ms) return false;
    last_ = std::max(last_, remote);
    return true;
  }

  // Highest time given or followed: what to persist.
  HybridTime last() const { return last_; }

 private:
  static HybridTime FromPhysical(int64_t physical_ms) {
    return HybridTime::FromMillis(std::clamp<int64_t>(physical_ms, 0, kPhysicalMsMax));
  }

  HybridTime last_;
};

}  // namespace comptoir::crdt
