#include "common/ledger/time_line.h"

#include <gtest/gtest.h>

#include <vector>

#include "tests/support/fixed_sources.h"

namespace comptoir::ledger {
namespace {

using testing::FixedClock;
using testing::kMonday;

constexpr int64_t kHour = 3'600'000;
constexpr int64_t kYear = 365 * 24 * kHour;

TEST(TimeLineTest, AJumpOfTheWallClockChangesNothingWithinARun) {
  FixedClock clock;
  TimeLine line(clock);
  line.Start(HybridTime(), {});
  clock.Jump(10 * kYear);
  EXPECT_EQ(line.Next().wall_ms, kMonday);
  clock.Jump(-20 * kYear);
  clock.Advance(5);
  EXPECT_EQ(line.Next().wall_ms, kMonday + 5);
}

TEST(TimeLineTest, ALostClockIsDoubtfulUntilVouchedFor) {
  for (const int64_t ahead : {-2 * kHour, 25 * kHour}) {
    FixedClock clock;
    TimeLine line(clock);
    line.Start(HybridTime::FromMillis(kMonday - ahead), {});
    const Stamp stamp = line.Next();
    EXPECT_TRUE(stamp.doubtful);
    EXPECT_EQ(stamp.wall_ms, kMonday);
    EXPECT_EQ(stamp.hybrid_time, HybridTime::FromMillis(kMonday - ahead).Successor());
    line.Vouch();
    EXPECT_FALSE(line.Next().doubtful);
  }
}

TEST(TimeLineTest, HybridTimeNeverGoesBackAndFollowsNoClockFarAhead) {
  FixedClock clock;
  TimeLine line(clock);
  line.Start(HybridTime(), {});
  const HybridTime first = line.Next().hybrid_time;
  line.Observe(HybridTime::FromMillis(kMonday + 60'000));
  const HybridTime second = line.Next().hybrid_time;
  EXPECT_GT(second, HybridTime::FromMillis(kMonday + 60'000));
  line.Observe(HybridTime::FromMillis(kMonday + 10 * kYear));
  const HybridTime third = line.Next().hybrid_time;
  EXPECT_GT(third, second);
  EXPECT_LT(third, HybridTime::FromMillis(kMonday + kHour));
  EXPECT_LT(first, second);
}

TEST(TimeLineTest, WhatWeWroteOurselvesIsNeverUndercut) {
  FixedClock clock;
  TimeLine line(clock);
  line.Start(HybridTime::FromMillis(kMonday - kHour), {});
  const HybridTime lost = HybridTime::FromMillis(kMonday + 3 * kHour);
  line.Recall(lost);
  const HybridTime next = line.Next().hybrid_time;
  EXPECT_GT(next, lost);
  line.Recall(HybridTime::FromMillis(kMonday));
  EXPECT_GT(line.Next().hybrid_time, next);
}

TEST(TimeLineTest, WhatOthersWroteLatelyShowsThatADayHasPassed) {
  FixedClock clock;
  TimeLine line(clock);
  const HybridTime week_ago = HybridTime::FromMillis(kMonday - 7 * 24 * kHour);
  const HybridTime just_now = HybridTime::FromMillis(kMonday - 1'000);
  const HybridTime years_ahead = HybridTime::FromMillis(kMonday + 10 * kYear);
  line.Start(week_ago, std::vector{years_ahead, just_now});
  EXPECT_FALSE(line.doubtful());
  const HybridTime next = line.Next().hybrid_time;
  EXPECT_GT(next, just_now);
  EXPECT_LT(next, years_ahead);
}

TEST(TimeLineTest, AClockThatTheHubsContradictsIsDoubtfulUntilTheyAgree) {
  FixedClock clock;
  TimeLine line(clock);
  line.Start(HybridTime(), {});
  line.Doubt();
  EXPECT_TRUE(line.Next().doubtful);
  clock.Jump(13 * kHour);
  line.Vouch();
  EXPECT_FALSE(line.Next().doubtful);
  EXPECT_EQ(line.Next().wall_ms, kMonday + 13 * kHour);
}

TEST(TimeLineTest, TodayIsOfTheAnchorNotOfTheWallClock) {
  FixedClock clock;
  TimeLine line(clock);
  line.Start(HybridTime(), {});
  const Day first = line.Today();
  EXPECT_EQ(first, line.Next().day());
  clock.Jump(10 * kYear);
  EXPECT_EQ(line.Today(), first);
  clock.Advance(24 * kHour);
  EXPECT_EQ(line.Today(), Day(first.value() + 1));
}

}  // namespace
}  // namespace comptoir::ledger
