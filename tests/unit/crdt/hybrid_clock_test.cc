#include "common/crdt/hybrid_clock.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace comptoir::crdt {
namespace {

constexpr int64_t kNowMs = 1'795'428'000'000;

TEST(HybridClockTest, FollowsPhysicalTime) {
  HybridClock clock;
  EXPECT_EQ(clock.Now(kNowMs), HybridTime::FromMillis(kNowMs));
  EXPECT_EQ(clock.Now(kNowMs + 5), HybridTime::FromMillis(kNowMs + 5));
}

TEST(HybridClockTest, CountsWithinOneMillisecond) {
  HybridClock clock;
  clock.Now(kNowMs);
  EXPECT_EQ(clock.Now(kNowMs), HybridTime::FromMillis(kNowMs, 1));
  EXPECT_EQ(clock.last(), HybridTime::FromMillis(kNowMs, 1));
}

TEST(HybridClockTest, AFullCounterCarriesIntoTheMilliseconds) {
  HybridClock clock(HybridTime::FromMillis(kNowMs, UINT16_MAX));
  EXPECT_EQ(clock.Now(kNowMs), HybridTime::FromMillis(kNowMs + 1));
}

TEST(HybridClockTest, NeverUndercutsItsFloor) {
  const HybridTime floor = HybridTime::FromMillis(kNowMs + 86'400'000, 3);
  HybridClock clock(floor);
  EXPECT_EQ(clock.Now(kNowMs), floor.Successor());
}

TEST(HybridClockTest, AClockThatGoesBackOnlyAdvancesTheCounter) {
  HybridClock clock;
  const HybridTime before = clock.Now(kNowMs);
  EXPECT_EQ(clock.Now(kNowMs - 3'600'000), before.Successor());
  EXPECT_EQ(clock.Now(-1), before.Successor().Successor());
}

TEST(HybridClockTest, StaysAboveWhatItFollowed) {
  HybridClock clock;
  clock.Now(kNowMs);
  const HybridTime remote = HybridTime::FromMillis(kNowMs + HybridClock::kFollowAheadMsMax, 9);
  EXPECT_TRUE(clock.Observe(remote, kNowMs));
  EXPECT_EQ(clock.Now(kNowMs), remote.Successor());
}

TEST(HybridClockTest, DoesNotFollowAPoisonedClock) {
  HybridClock clock;
  const HybridTime before = clock.Now(kNowMs);
  const HybridTime remote = HybridTime::FromMillis(kNowMs + HybridClock::kFollowAheadMsMax + 1);
  EXPECT_FALSE(clock.Observe(remote, kNowMs));
  EXPECT_FALSE(clock.Observe(HybridTime(UINT64_MAX), kNowMs));
  EXPECT_EQ(clock.Now(kNowMs), before.Successor());
}

TEST(HybridClockTest, AnOlderTimeFromElsewhereChangesNothing) {
  HybridClock clock;
  const HybridTime before = clock.Now(kNowMs);
  EXPECT_TRUE(clock.Observe(HybridTime::FromMillis(1), kNowMs));
  EXPECT_EQ(clock.last(), before);
}

TEST(HybridClockTest, PhysicalTimePastItsRangeIsHeldAtTheEnd) {
  HybridClock clock;
  EXPECT_EQ(clock.Now(INT64_MAX).millis(), HybridClock::kPhysicalMsMax);
  EXPECT_FALSE(HybridClock().Observe(HybridTime(UINT64_MAX), 0));
}

}  // namespace
}  // namespace comptoir::crdt
