// A machine that is rolled back while it runs (a live snapshot of a virtual machine): two
// branches of one journal, both signed by its key.
//
// A ledger cannot be put back in the midst of its run. What comes to the same: another
// machine has its disk as it was and its key, and its open journal goes on there with
// facts that are written by hand, as the rolled back run would write them (branch.h).
#pragma once

#include <cstdint>
#include <optional>

#include "tests/simulation/dice.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/oracle.h"

namespace comptoir::simulation {

// The journal of its shop that this run of `machine` appends to, if it has sold something.
std::optional<ledger::JournalView> OpenSales(Machine& machine);

// `rewound` runs, and holds `journal` as far as it does. Sells there, and does up to eight other
// things; the oracle hears of each. False where nothing came of it.
bool WorkOn(Machine& rewound, JournalId journal, Dice& dice, Oracle& oracle, int64_t now_ms);

}  // namespace comptoir::simulation
