// What must hold once the faults have stopped and everything is level: I1 to I9, by
// comparing bytes, by Ledger::Verify, and with what people were told.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/hostile.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/oracle.h"

namespace comptoir::simulation {

// A sentence for each thing that is wrong; empty when nothing is.
using Findings = std::vector<std::string>;

// The hub holds all that the machine does. Both are alive.
bool HoldsAllOf(Machine& hub, Machine& machine);
// The hub and every node that is not revoked hold the same journals, but for those that
// a node may not read.
bool IsLevel(Machine& hub, const std::vector<std::unique_ptr<Machine>>& machines);
// Where they differ, for people.
Findings Unlevel(Machine& hub, const std::vector<std::unique_ptr<Machine>>& machines);

// I4, I5, I6 on one machine; also in the midst of a run.
Findings CheckMachine(Machine& machine);
// R8: a start that holds less than its witness saw says what was lost. Before the
// witness is written anew.
Findings CheckWitness(Machine& machine, const Oracle& oracle);
// Money of a shop: its closings and what is open come to what its receipts and its moves of cash
// do.
Findings CheckDays(Machine& machine, const Oracle& oracle, const std::string& shop);
// What was told of recalls: each stands where nobody lifted it, and was confirmed by whom it was.
Findings CheckRecalls(Machine& machine, const Oracle& oracle);
// A trace finds all that moved of a lot: what came less what went is what is there.
Findings CheckTraces(Machine& machine);
// All of them, when level, at `now_ms` of the run.
Findings CheckAll(Machine& hub, const std::vector<std::unique_ptr<Machine>>& machines,
                  Oracle& oracle, const Hostile& hostile, int64_t now_ms);

}  // namespace comptoir::simulation
