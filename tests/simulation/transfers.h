// Goods on their way between shops: what was asked for, kept outside the product, and what
// hub and shops say of it at the end.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/simulation/machine.h"
#include "tests/simulation/oracle.h"

namespace comptoir::simulation {

// Has the hub written all that shops must hear of each other's transfers?
bool HasToldOfTransfers(Machine& hub);

// Once all are level: of each transfer, what was sent, received and given up are what the
// clerks asked for and did not take back, at the hub and at every node of its shops that is
// not revoked. A sentence for each that is not so.
std::vector<std::string> CheckTransfers(Machine& hub,
                                        const std::vector<std::unique_ptr<Machine>>& machines,
                                        const Oracle& oracle);

}  // namespace comptoir::simulation
