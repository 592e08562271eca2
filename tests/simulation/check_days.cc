#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "common/retail/days/queries.h"
#include "common/retail/forks/moved.h"
#include "tests/simulation/checks.h"
#include "tests/support/day_money.h"

namespace comptoir::simulation {
namespace {

// Does a closing cover entries that were lost since with every disk that held them? What they
// came to stands there alone. What a closing of a branch that was not kept covers is no loss, nor
// is what was moved, which is named by its place.
absl::StatusOr<bool> CoversWhatWasLost(const ledger::Ledger& ledger, const Oracle& oracle,
                                       const std::string& shop) {
  std::map<JournalId, uint64_t> heads;
  for (const ledger::JournalView& journal : ledger.Journals()) {
    heads[journal.head.journal] = journal.head.sequence.value();
  }
  const auto snapshot = ledger.NewSnapshot();
  const auto listed = retail::ListDayFacts(*snapshot, shop);
  if (!listed.ok()) return listed.status();
  const auto is_lost = [&](const retail::v1::ClosedRange& range) {
    const JournalId journal(range.journal());
    if (const auto head = heads.find(journal); head != heads.end()) {
      return range.last() > head->second && !oracle.IsForked(journal);
    }
    const auto moved = retail::ReadMoved(*snapshot, journal, Sequence(range.last()));
    return moved.ok() && !moved->has_value();
  };
  return std::ranges::any_of(*listed, [&is_lost](const retail::ListedDayFact& fact) {
    return fact.row.counted() && std::ranges::any_of(fact.row.covers(), is_lost);
  });
}

// Of a branch that was not kept a closing may cover what every disk lost, too: then a request of
// that journal is among what may vanish.
bool LostPartOfABranch(const Oracle& oracle, const std::string& shop) {
  return std::ranges::any_of(oracle.all(), [&](const Asked& asked) {
    return asked.shop == shop && asked.may_vanish && oracle.IsForked(asked.where.journal);
  });
}

}  // namespace

Findings CheckDays(Machine& machine, const Oracle& oracle, const std::string& shop) {
  const auto lost = CoversWhatWasLost(machine.ledger(), oracle, shop);
  if (lost.ok() && (*lost || LostPartOfABranch(oracle, shop))) return {};
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
