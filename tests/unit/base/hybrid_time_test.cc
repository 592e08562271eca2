#include "common/base/hybrid_time.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cstdint>

namespace comptoir {
namespace {

constexpr int64_t kMillisEnd = int64_t{1} << 48;

TEST(HybridTimeTest, StartsAtZero) {
  EXPECT_EQ(HybridTime().value(), 0u);
  EXPECT_EQ(HybridTime().millis(), 0);
  EXPECT_EQ(HybridTime().counter(), 0);
}

TEST(HybridTimeTest, AClockBefore1970CountsAs1970) {
  EXPECT_EQ(HybridTime::FromMillis(-1, 3), HybridTime::FromMillis(0, 3));
}

TEST(HybridTimeTest, AFullCounterCarriesIntoTheMilliseconds) {
  EXPECT_EQ(HybridTime::FromMillis(1'000, 0xffff).Successor(), HybridTime::FromMillis(1'001, 0));
  EXPECT_EQ(HybridTime(UINT64_MAX).Successor(), HybridTime(UINT64_MAX));
}

RC_GTEST_PROP(HybridTimeTest, PartsComeBack, (uint16_t counter)) {
  const int64_t millis = *rc::gen::inRange<int64_t>(0, kMillisEnd);
  const HybridTime time = HybridTime::FromMillis(millis, counter);
  RC_ASSERT(time.millis() == millis);
  RC_ASSERT(time.counter() == counter);
  RC_ASSERT(HybridTime(time.value()) == time);
}

RC_GTEST_PROP(HybridTimeTest, OrdersByMillisecondsThenCounter, (uint16_t x, uint16_t y)) {
  const int64_t early = *rc::gen::inRange<int64_t>(0, kMillisEnd - 1);
  const int64_t late = *rc::gen::inRange<int64_t>(early + 1, kMillisEnd);
  RC_ASSERT(HybridTime::FromMillis(early, x) < HybridTime::FromMillis(late, y));
  RC_ASSERT((HybridTime::FromMillis(early, x) < HybridTime::FromMillis(early, y)) == (x < y));
}

RC_GTEST_PROP(HybridTimeTest, TheSuccessorIsLater, (uint16_t counter)) {
  const int64_t millis = *rc::gen::inRange<int64_t>(0, kMillisEnd - 1);
  const HybridTime time = HybridTime::FromMillis(millis, counter);
  RC_ASSERT(time < time.Successor());
}

}  // namespace
}  // namespace comptoir
