#include "common/crdt/pn_counter.h"

#include <gtest/gtest.h>

#include <cstdint>

namespace comptoir::crdt {
namespace {

TEST(PnCounterTest, StartsAtZero) { EXPECT_EQ(PnCounter().value(), 0); }

TEST(PnCounterTest, GoesBothWays) {
  PnCounter counter(10);
  counter.Add(5);
  counter.Add(-20);
  EXPECT_EQ(counter.value(), -5);
  counter.Subtract(-20);
  EXPECT_EQ(counter.value(), 15);
}

TEST(PnCounterTest, WrapsRatherThanSticks) {
  PnCounter counter(INT64_MAX);
  counter.Add(1);
  EXPECT_EQ(counter.value(), INT64_MIN);
  counter.Add(-1);
  EXPECT_EQ(counter.value(), INT64_MAX);
}

}  // namespace
}  // namespace comptoir::crdt
