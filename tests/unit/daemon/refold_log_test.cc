#include "common/daemon/refold_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fixed_sources.h"

namespace comptoir::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RefoldLogTest : public ::testing::Test {
 protected:
  std::string LogOf(uint64_t done, uint64_t total) {
    ::testing::internal::CaptureStderr();
    log_.Tell(done, total);
    return ::testing::internal::GetCapturedStderr();
  }

  FixedClock clock_;
  daemon::RefoldLog log_{clock_};
};

TEST_F(RefoldLogTest, SaysHowFarItIsNowAndThen) {
  EXPECT_THAT(LogOf(0, 100'000), HasSubstr("folding the views anew: serving begins after it "
                                           "entries=100000"));
  clock_.Advance(daemon::kRefoldLogMillis - 1);
  EXPECT_THAT(LogOf(10'000, 100'000), IsEmpty());
  clock_.Advance(1);
  EXPECT_THAT(LogOf(20'000, 100'000),
              HasSubstr("done_entries=20000 entries=100000 entries_per_second=4000 "
                        "seconds_left=20"));
  EXPECT_THAT(LogOf(24'000, 100'000), IsEmpty());
  clock_.Advance(1'000);
  EXPECT_THAT(LogOf(100'000, 100'000),
              HasSubstr("the views are folded anew entries=100000 milliseconds=6000"));
}

TEST_F(RefoldLogTest, SaysNothingOfNothing) { EXPECT_THAT(LogOf(0, 0), IsEmpty()); }

TEST_F(RefoldLogTest, AStandingClockDividesNothing) {
  LogOf(0, 10);
  EXPECT_THAT(LogOf(5, 10), IsEmpty());
}

}  // namespace
}  // namespace comptoir::testing
