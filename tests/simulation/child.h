// A run in a process of its own: what kills that is a failure of the run like any
// other, and the sweep goes on.
#pragma once

#include "tests/simulation/run.h"

namespace comptoir::simulation {

// The trace is not to be had from here.
RunReport RunInChild(RunOptions options);

}  // namespace comptoir::simulation
