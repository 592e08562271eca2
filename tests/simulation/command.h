// What the command line of `simulate` says of a run, and the one that shows a run again.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/simulation/run.h"

namespace comptoir::simulation {

// Which faults of the plan come to be.
struct PlanText {
  std::string faults = "all";  // kinds: "all", "none", "all,-clone", "cut,kill"
  std::string keep;            // numbers: "3,17"; "none"; empty for all
};

// INVALID_ARGUMENT, with what is known, for a kind or a number that is none.
absl::StatusOr<RunOptions> ReadPlan(const PlanText& plan);

// Of the faults of `plan` only those of these numbers.
PlanText WithOnly(const PlanText& plan, const std::vector<size_t>& keep);

std::string ReplayCommand(uint64_t seed, const PlanText& plan);

}  // namespace comptoir::simulation
