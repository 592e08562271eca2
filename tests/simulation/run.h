// One run: a co-op, its people, the plan of faults, then peace, then the reckoning.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/faults.h"

namespace comptoir::simulation {

class Machine;
class Oracle;

// What is there once all is level.
struct Reckoning {
  Machine& hub;
  const std::vector<std::unique_ptr<Machine>>& machines;
  Oracle& oracle;
};

struct RunOptions {
  uint64_t seed = 1;
  std::set<FaultKind> kinds = {AllFaultKinds().begin(), AllFaultKinds().end()};
  std::set<size_t> keep = {};  // numbers of the plan's faults; empty: all of them
  std::ostream* trace = nullptr;
  // What a test does to them before they are held against each other: the checks must see it.
  std::function<void(const Reckoning&)> before_reckoning = nullptr;
};

struct RunReport {
  uint64_t seed = 0;
  uint64_t trace_hash = 0;
  uint64_t steps = 0;
  uint64_t sales_told = 0;
  uint64_t entries = 0;  // at the hub
  uint64_t frames = 0;
  int64_t level_after_ms = 0;                     // virtual time from peace to level
  std::array<uint64_t, kFaultKinds> faults = {};  // that came to be
  std::vector<size_t> fault_numbers;              // their places in the plan
  std::vector<std::string> failures;              // empty: all is well

  uint64_t fault_count() const;
};

RunReport RunSeed(const RunOptions& options);

}  // namespace comptoir::simulation
