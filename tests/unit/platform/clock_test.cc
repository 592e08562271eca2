#include "common/platform/clock.h"

#include <sys/timex.h>

#include <chrono>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace comptoir::platform {
namespace {

using testing::HasSubstr;

constexpr int64_t kWinterMs = 1'763'928'000'000;  // 2025-11-23 20:00 UTC
constexpr int64_t kSummerMs = 1'753'300'800'000;  // 2025-07-23 20:00 UTC
// Brussels put its clocks back on 2025-10-26 at 01:00 UTC.
constexpr int64_t kAutumnChangeMs = 1'761'440'400'000;

TEST(SystemClock, KnowsBrusselsInSummerAndWinter) {
  auto clock = SystemClock::Create();
  ASSERT_TRUE(clock.ok()) << clock.status();
  EXPECT_EQ((*clock)->UtcOffsetMinutes(kWinterMs), 60);
  EXPECT_EQ((*clock)->UtcOffsetMinutes(kSummerMs), 120);
}

TEST(SystemClock, ChangesOffsetAtTheInstantItself) {
  auto clock = SystemClock::Create("Europe/Brussels");
  ASSERT_TRUE(clock.ok()) << clock.status();
  EXPECT_EQ((*clock)->UtcOffsetMinutes(kAutumnChangeMs - 1), 120);
  EXPECT_EQ((*clock)->UtcOffsetMinutes(kAutumnChangeMs), 60);
}

TEST(SystemClock, TakesOffsetsWestOfGreenwichAndOfPartHours) {
  auto newfoundland = SystemClock::Create("America/St_Johns");
  ASSERT_TRUE(newfoundland.ok()) << newfoundland.status();
  EXPECT_EQ((*newfoundland)->UtcOffsetMinutes(kWinterMs), -210);
}

TEST(SystemClock, RefusesAZoneThatTheMachineDoesNotKnow) {
  for (const char* name : {"Europe/Outremeuse", "", "../etc/passwd"}) {
    auto clock = SystemClock::Create(name);
    EXPECT_EQ(clock.status().code(), absl::StatusCode::kInvalidArgument) << name;
    EXPECT_THAT(std::string(clock.status().message()), HasSubstr("Europe/Brussels"));
  }
}

TEST(SystemClock, WallIsTheSystemsWall) {
  auto clock = SystemClock::Create();
  ASSERT_TRUE(clock.ok()) << clock.status();
  const auto system_ms = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
  const int64_t before = system_ms();
  const int64_t wall = (*clock)->WallMillis();
  EXPECT_GE(wall, before);
  EXPECT_LE(wall, system_ms());
}

TEST(SystemClock, OnlyAnAnswerThatSaysSoIsSynchronised) {
  EXPECT_TRUE(SaysSynchronised(TIME_OK, 0));
  EXPECT_TRUE(SaysSynchronised(TIME_INS, STA_PLL)) << "a leap second is announced";
  EXPECT_FALSE(SaysSynchronised(TIME_ERROR, 0));
  EXPECT_FALSE(SaysSynchronised(TIME_OK, STA_UNSYNC));
  EXPECT_FALSE(SaysSynchronised(-1, 0)) << "refused, as by a filter of system calls";
}

TEST(SystemClock, BootNeverGoesBackAndMoves) {
  auto clock = SystemClock::Create();
  ASSERT_TRUE(clock.ok()) << clock.status();
  const int64_t first = (*clock)->BootMillis();
  EXPECT_GT(first, 0);
  int64_t last = first;
  while (last < first + 3) {
    const int64_t now = (*clock)->BootMillis();
    ASSERT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace comptoir::platform
