#include "common/base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace comptoir {
namespace {

absl::StatusOr<std::unique_ptr<int>> Half(int value) {
  if (value % 2 != 0) return absl::InvalidArgumentError("odd");
  return std::make_unique<int>(value / 2);
}

absl::StatusOr<int> Quarter(int value) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::unique_ptr<int> half, Half(value));
  COMPTOIR_ASSIGN_OR_RETURN(const std::unique_ptr<int> quarter, Half(*half));
  return *quarter;
}

absl::Status CheckQuarter(int value, bool* reached) {
  COMPTOIR_RETURN_IF_ERROR(Quarter(value).status());
  *reached = true;
  return absl::OkStatus();
}

TEST(StatusTest, AssignGivesTheValueOrReturnsTheError) {
  EXPECT_EQ(Quarter(8).value(), 2);
  EXPECT_EQ(Quarter(6).status(), absl::InvalidArgumentError("odd"));
}

TEST(StatusTest, ReturnIfErrorStopsOnlyOnErrors) {
  bool reached = false;
  EXPECT_FALSE(CheckQuarter(6, &reached).ok());
  EXPECT_FALSE(reached);
  EXPECT_TRUE(CheckQuarter(8, &reached).ok());
  EXPECT_TRUE(reached);
}

TEST(StatusDeathTest, CheckStopsWithFileAndCondition) {
  const int answer = 41;
  EXPECT_DEATH(COMPTOIR_CHECK(answer == 42), "status_test.cc:.* check failed: answer == 42");
  COMPTOIR_CHECK(answer == 41);
}

}  // namespace
}  // namespace comptoir
