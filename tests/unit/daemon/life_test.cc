#include "common/daemon/life.h"

#include <gtest/gtest.h>

namespace comptoir::daemon {
namespace {

TEST(ParseLifeTest, TakesDaysHoursMinutesAndSeconds) {
  EXPECT_EQ(ParseLife("life", "400d").value(), 34'560'000'000);
  EXPECT_EQ(ParseLife("life", "36h").value(), 129'600'000);
  EXPECT_EQ(ParseLife("life", "45m").value(), 2'700'000);
  EXPECT_EQ(ParseLife("life", "10s").value(), 10'000);
  EXPECT_EQ(ParseLife("life", "3650d").value(), 315'360'000'000);
}

TEST(ParseLifeTest, RefusesEverythingElseByItsName) {
  for (const char* text : {"", "d", "400", "4 d", "-4d", "+4d", "4.5d", "4w", "9s", "3651d",
                           "99999999999999999999d", "9223372036854775807s"}) {
    const absl::Status status = ParseLife("certificate-life", text).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_TRUE(std::string(status.message()).starts_with("certificate-life")) << text;
  }
}

}  // namespace
}  // namespace comptoir::daemon
