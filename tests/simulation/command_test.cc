// That a failing run is made small, and the command that is printed shows it again.
#include "tests/simulation/command.h"

#include <gtest/gtest.h>

#include "tests/simulation/shrink.h"

namespace comptoir::simulation {
namespace {

std::vector<size_t> Numbers(const RunOptions& options) {
  std::vector<size_t> numbers;
  for (const Fault& fault : PlanFaults(Dice(5), 600'000, options.kinds, options.keep)) {
    numbers.push_back(fault.number);
  }
  return numbers;
}

// A run that fails where all of `causes` come to be.
RunReport RunWith(const RunOptions& options, const std::set<size_t>& causes) {
  RunReport report;
  report.fault_numbers = Numbers(options);
  const bool fails = std::ranges::all_of(causes, [&report](size_t cause) {
    return std::ranges::count(report.fault_numbers, cause) == 1;
  });
  if (fails) report.failures = {"it fails"};
  return report;
}

std::vector<size_t> ShrunkTo(const std::set<size_t>& causes) {
  const RunOptions options;
  const auto run = [&causes](const RunOptions& fewer) { return RunWith(fewer, causes); };
  const Shrunk shrunk = Shrink(options, run(options), run);
  // What is printed shows the same.
  const auto again = ReadPlan(WithOnly(PlanText(), shrunk.keep));
  EXPECT_TRUE(again.ok()) << again.status();
  EXPECT_FALSE(RunWith(*again, causes).failures.empty());
  EXPECT_EQ(Numbers(*again), shrunk.keep);
  return shrunk.keep;
}

TEST(ShrinkTest, KeepsWhatTheFailureNeeds) {
  EXPECT_EQ(ShrunkTo({3}), std::vector<size_t>({3}));
  EXPECT_EQ(ShrunkTo({3, 17, 30}), std::vector<size_t>({3, 17, 30}));
}

TEST(ShrinkTest, AFailureThatNeedsNoFaultIsShownWithoutAny) {
  EXPECT_EQ(ShrunkTo({}), std::vector<size_t>());
  EXPECT_EQ(ReplayCommand(7, WithOnly(PlanText(), {})), "simulate --seed 7 --keep none --trace");
}

TEST(CommandTest, TheReplaySaysWhatTheRunWasToldButForWhatIsSo) {
  EXPECT_EQ(ReplayCommand(7, {}), "simulate --seed 7 --trace");
  EXPECT_EQ(ReplayCommand(7, {"all,-clone", "3,17"}),
            "simulate --seed 7 --faults all,-clone --keep 3,17 --trace");
}

TEST(CommandTest, PlansAreRead) {
  const auto all = ReadPlan({});
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->kinds.size(), kFaultKinds);
  EXPECT_TRUE(all->keep.empty());
  EXPECT_EQ(ReadPlan({"cut,kill", ""})->kinds,
            (std::set<FaultKind>{FaultKind::kCut, FaultKind::kKill}));
  EXPECT_EQ(ReadPlan({"all,-cut", ""})->kinds.count(FaultKind::kCut), 0u);
  EXPECT_TRUE(ReadPlan({"none", ""})->kinds.empty());
  EXPECT_EQ(ReadPlan({"all", "3,17"})->keep, (std::set<size_t>{3, 17}));
}

TEST(CommandTest, WhatCannotBeIsSaid) {
  EXPECT_EQ(
      ReadPlan({"cut,flood", ""}).status(),
      absl::InvalidArgumentError("--faults: no fault is named flood: --list says which there are"));
  EXPECT_EQ(
      ReadPlan({"all", "3,x"}).status(),
      absl::InvalidArgumentError("--keep: x is no number of a fault: write them as 3,17, or none"));
}

}  // namespace
}  // namespace comptoir::simulation
