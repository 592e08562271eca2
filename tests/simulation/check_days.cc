#include "absl/strings/str_cat.h"
#include "tests/simulation/checks.h"
#include "tests/support/day_money.h"

namespace comptoir::simulation {

Findings CheckDays(Machine& machine, const std::string& shop) {
  const auto closed = testing::MoneyOfDays(machine.ledger(), shop);
  const auto moved = testing::MoneyThatMoved(machine.ledger(), shop);
  if (!closed.ok() || !moved.ok()) {
    return {absl::StrCat("days of ", shop, " cannot be read at ", machine.name(), ": ",
                         std::string(closed.status().message()),
                         std::string(moved.status().message()))};
  }
  if (*closed == *moved) return {};
  return {absl::StrCat("days: closings and open days of ", shop, " come to ", closed->taken_cents,
                       " cents and ", closed->cash_cents, " of cash moved at ", machine.name(),
                       ", its receipts to ", moved->taken_cents, " and what was moved to ",
                       moved->cash_cents)};
}

}  // namespace comptoir::simulation
