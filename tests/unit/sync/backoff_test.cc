#include "common/sync/backoff.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "gtest/gtest.h"

namespace comptoir::sync {
namespace {

// Largest delay a fresh Backoff can give on its `tries`th try: the ceiling is
// where the remainder wraps.
int64_t CeilingAt(int tries) {
  int64_t most = 0;
  for (uint64_t random = 0; random <= 60'001; ++random) {
    Backoff backoff;
    for (int i = 1; i < tries; ++i) backoff.NextDelayMs(0);
    most = std::max(most, backoff.NextDelayMs(random));
  }
  return most;
}

TEST(BackoffTest, CeilingDoublesFromHalfASecondToAMinute) {
  EXPECT_EQ(CeilingAt(1), 500);
  EXPECT_EQ(CeilingAt(2), 1'000);
  EXPECT_EQ(CeilingAt(3), 2'000);
  EXPECT_EQ(CeilingAt(7), 32'000);
  EXPECT_EQ(CeilingAt(8), 60'000);
  EXPECT_EQ(CeilingAt(9), 60'000);
}

TEST(BackoffTest, StaysAtAMinuteForEver) {
  Backoff backoff;
  for (int i = 0; i < 10'000; ++i) {
    const int64_t delay_ms = backoff.NextDelayMs(~uint64_t{0} - static_cast<uint64_t>(i));
    ASSERT_GE(delay_ms, 0);
    ASSERT_LE(delay_ms, Backoff::kMostMs);
  }
}

TEST(BackoffTest, UsesTheWholeRangeDownToNothing) {
  std::set<int64_t> delays;
  for (uint64_t random = 0; random <= 500; ++random) delays.insert(Backoff().NextDelayMs(random));
  EXPECT_EQ(delays.size(), 501u);
  EXPECT_EQ(*delays.begin(), 0);
}

TEST(BackoffTest, ResetStartsOver) {
  Backoff backoff;
  for (int i = 0; i < 20; ++i) backoff.NextDelayMs(0);
  EXPECT_EQ(backoff.NextDelayMs(60'000), 60'000);
  backoff.Reset();
  EXPECT_EQ(backoff.NextDelayMs(500), 500);
  EXPECT_EQ(backoff.NextDelayMs(1'000), 1'000);
}

}  // namespace
}  // namespace comptoir::sync
