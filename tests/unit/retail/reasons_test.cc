#include "common/retail/reasons.h"

#include <gtest/gtest.h>

namespace comptoir::retail {
namespace {

TEST(ReasonsTest, TravelWithTheStatus) {
  const absl::Status status = WithReason(absl::NotFoundError("no such product"), kUnknownProduct);
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "no such product");
  EXPECT_EQ(ReasonOf(status), "UNKNOWN_PRODUCT");
}

TEST(ReasonsTest, AreAbsentElsewhere) {
  EXPECT_EQ(ReasonOf(absl::NotFoundError("no such product")), "");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
  EXPECT_TRUE(WithReason(absl::OkStatus(), kUnknownProduct).ok());
}

}  // namespace
}  // namespace comptoir::retail
