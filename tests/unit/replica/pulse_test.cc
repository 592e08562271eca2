#include "common/replica/pulse.h"

#include <gtest/gtest.h>

#include <atomic>

#include "tests/support/eventually.h"

namespace comptoir::replica {
namespace {

TEST(Pulse, BeatsAgainAndAgainUntilItGoes) {
  std::atomic<int> beats = 0;
  {
    const Pulse pulse(std::chrono::milliseconds(1), [&] { ++beats; });
    EXPECT_TRUE(comptoir::testing::Eventually([&] { return beats >= 5; }));
  }
  const int left = beats;
  EXPECT_GE(left, 5);
}

TEST(Pulse, BeatsAtOnceAndGoesInTheMiddleOfAPause) {
  std::atomic<int> beats = 0;
  {
    const Pulse pulse(std::chrono::hours(1), [&] { ++beats; });
    EXPECT_TRUE(comptoir::testing::Eventually([&] { return beats == 1; }));
  }
  EXPECT_EQ(beats, 1);
}

}  // namespace
}  // namespace comptoir::replica
