#include "tests/simulation/rewind.h"

#include "tests/simulation/branch.h"

namespace comptoir::simulation {

std::optional<ledger::JournalView> OpenSales(Machine& machine) {
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    if (journal.open && journal.scope == journal::v1::SCOPE_SHOP && journal.receipts > 0) {
      return journal;
    }
  }
  return std::nullopt;
}

bool WorkOn(Machine& rewound, JournalId journal, Dice& dice, Oracle& oracle, int64_t now_ms) {
  for (const ledger::JournalView& view : rewound.ledger().Journals()) {
    if (view.head.journal != journal || view.receipts == 0) continue;
    // What it did not take may be on its disk.
    oracle.NoteFork(journal);
    Branch branch(rewound, view, dice, oracle, now_ms);
    branch.Sell();
    const bool sold = branch.taken();
    const int64_t more = dice.Between(0, 8);
    for (int64_t i = 0; i < more && branch.taken(); ++i) branch.Work();
    return sold;
  }
  return false;
}

}  // namespace comptoir::simulation
