// Leaves out of a failing run what it does not need to fail.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "tests/simulation/run.h"

namespace comptoir::simulation {

struct Shrunk {
  std::vector<size_t> keep;  // numbers of faults
  RunReport report;          // of the run with those alone
  uint64_t runs = 0;         // that it took
};
// `report` is of a failing run with `options`. Halves first, then one by one (delta
// debugging, Zeller 1999), within a bounded number of runs. `run` is RunInChild, but for tests.
Shrunk Shrink(const RunOptions& options, const RunReport& report,
              const std::function<RunReport(const RunOptions&)>& run);

}  // namespace comptoir::simulation
