#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "common/crdt/hybrid_clock.h"
#include "tests/laws/order_law.h"

namespace comptoir::laws {
namespace {

using crdt::HybridClock;

constexpr int64_t kPhysicalMs = 1'795'428'000'000;

// Following times from elsewhere, at one instant.
struct FollowLaw {
  using Operation = HybridTime;
  using State = HybridClock;
  static constexpr bool kIdempotent = true;

  State Start() const { return HybridClock(HybridTime::FromMillis(kPhysicalMs)); }
  void Apply(HybridTime remote, State& clock) const { clock.Observe(remote, kPhysicalMs); }
  void Settle(State& clock) const { clock = HybridClock(clock.last()); }
  uint64_t Dump(const State& clock) const { return clock.last().value(); }
  void CheckModel(const std::vector<Operation>& applied, const State& clock) const {
    HybridTime highest = HybridTime::FromMillis(kPhysicalMs);
    for (const HybridTime remote : applied) {
      if (remote.millis() <= kPhysicalMs + 5 * 60 * 1000) highest = std::max(highest, remote);
    }
    RC_ASSERT(clock.last() == highest);
  }
};

rc::Gen<HybridTime> GenTimes() {
  return rc::gen::map(
      rc::gen::pair(rc::gen::inRange<int64_t>(-400'000, 400'000), rc::gen::arbitrary<uint16_t>()),
      [](const std::pair<int64_t, uint16_t>& drawn) {
        return HybridTime::FromMillis(kPhysicalMs + drawn.first, drawn.second);
      });
}

RC_GTEST_PROP(HybridClockLaw, FollowingIsAMaximum, ()) {
  CheckOrderLaw(FollowLaw(), DrawJournals(GenTimes()));
}

RC_GTEST_PROP(HybridClockLaw, TimesRiseWhateverPhysicalTimeDoes, ()) {
  const HybridTime floor = *GenTimes();
  HybridClock clock(floor);
  HybridTime last = floor;
  const auto steps = *rc::gen::container<std::vector<int64_t>>(
      rc::gen::inRange<int64_t>(-kPhysicalMs, kPhysicalMs));
  for (const int64_t step_ms : steps) {
    const int64_t physical_ms = kPhysicalMs + step_ms;
    const HybridTime now = clock.Now(physical_ms);
    RC_ASSERT(now > last);
    RC_ASSERT(now >= HybridTime::FromMillis(physical_ms));
    // Ahead of physical time only as far as what it must stay above.
    RC_ASSERT(now == last.Successor() || now == HybridTime::FromMillis(physical_ms));
    last = now;
  }
}

}  // namespace
}  // namespace comptoir::laws
