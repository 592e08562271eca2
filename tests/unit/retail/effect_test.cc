#include "common/retail/effect.h"

#include <gtest/gtest.h>

namespace comptoir::retail {
namespace {

TEST(EffectTest, UncountingUndoesCountingAndADuplicateAddsNothing) {
  EXPECT_EQ(SignOf(Effect::kCount), 1);
  EXPECT_EQ(SignOf(Effect::kUncount), -1);
  EXPECT_EQ(SignOf(Effect::kDuplicate), 0);
}

}  // namespace
}  // namespace comptoir::retail
