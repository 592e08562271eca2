// A small fixed set of seeds, and the failures that were found, kept.
#include <gtest/gtest.h>

#include "absl/strings/str_join.h"
#include "tests/simulation/run.h"
#include "tests/simulation/shrink.h"

namespace comptoir::simulation {
namespace {

class FixedSeed : public ::testing::TestWithParam<uint64_t> {};

TEST_P(FixedSeed, LosesNothing) {
  RunOptions options;
  options.seed = GetParam();
  const RunReport report = RunSeed(options);
  EXPECT_TRUE(report.failures.empty())
      << absl::StrJoin(report.failures, "\n") << "\nreplay: simulate --seed " << report.seed;
  EXPECT_GT(report.sales_told, 0u);
  EXPECT_GT(report.fault_count(), 20u);
}

INSTANTIATE_TEST_SUITE_P(Seeds, FixedSeed, ::testing::Range<uint64_t>(1, 11));

// Each failed once; why stands in the README.
INSTANTIATE_TEST_SUITE_P(Found, FixedSeed,
                         ::testing::Values(1294, 1453, 5001, 620096, 620222, 1100194, 1200829,
                                           2002166, 9000103, 9000189));

TEST(Simulation, OneSeedGivesOneTrace) {
  RunOptions options;
  options.seed = 77;
  const RunReport once = RunSeed(options);
  const RunReport again = RunSeed(options);
  EXPECT_EQ(once.trace_hash, again.trace_hash);
  EXPECT_EQ(once.steps, again.steps);
  options.seed = 78;
  EXPECT_NE(RunSeed(options).trace_hash, once.trace_hash);
}

TEST(Simulation, WithoutFaultsEverySaleIsToldAndLevelAtOnce) {
  RunOptions options;
  options.kinds.clear();
  const RunReport report = RunSeed(options);
  EXPECT_TRUE(report.failures.empty()) << absl::StrJoin(report.failures, "\n");
  EXPECT_EQ(report.fault_count(), 0u);
  EXPECT_GT(report.sales_told, 100u);
  EXPECT_LT(report.level_after_ms, 10'000);
}

TEST(FaultPlan, LeavingFaultsOutMovesNoneOfTheOthers) {
  const std::set<FaultKind> all(AllFaultKinds().begin(), AllFaultKinds().end());
  const auto whole = PlanFaults(Dice(5), 600'000, all, {});
  ASSERT_GE(whole.size(), 40u);
  const auto kept = PlanFaults(Dice(5), 600'000, all, {3, 30});
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(kept[0].at_ms, whole[3].at_ms);
  EXPECT_EQ(kept[1].choice, whole[30].choice);
  const auto cuts = PlanFaults(Dice(5), 600'000, {FaultKind::kCut}, {});
  for (const Fault& fault : cuts) {
    EXPECT_EQ(fault.kind, FaultKind::kCut);
    EXPECT_EQ(fault.at_ms, whole[fault.number].at_ms);
  }
}

}  // namespace
}  // namespace comptoir::simulation
