#include "tests/simulation/checks.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/crdt/hybrid_clock.h"
#include "common/daemon/receipts.h"
#include "common/journal/genesis.h"
#include "common/ledger/tables.h"
#include "common/retail/catalogue/registers.h"
#include "common/retail/forks/moved.h"
#include "common/retail/tables.h"
#include "comptoir/journal/v1/journal.pb.h"
#include "tests/simulation/hostile.h"
#include "tests/simulation/transfers.h"

namespace comptoir::simulation {
namespace {

using Machines = std::vector<std::unique_ptr<Machine>>;
using Rows = std::map<std::string, std::string>;

Rows ReadTable(Machine& machine, store::TableId table, Findings* findings) {
  Rows rows;
  auto row = machine.ledger().NewSnapshot()->Scan(table, "", "");
  for (; row->Valid(); row->Next()) rows.emplace(row->key(), row->value());
  if (!row->status().ok()) {
    findings->push_back(absl::StrCat("a table of ", machine.name(),
                                     " cannot be read: ", std::string(row->status().message())));
  }
  return rows;
}

std::map<JournalId, Head> HeadsFor(Machine& machine, const journal::Writer& reader) {
  std::map<JournalId, Head> heads;
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    if (journal::MayRead(reader, journal.scope, journal.shop)) {
      heads[journal.head.journal] = journal.head;
    }
  }
  return heads;
}

// I1, I6: what a node holds is what the hub holds, to the byte.
void CompareEntries(Machine& hub, Machine& node, Findings* findings) {
  const Rows at_hub = ReadTable(hub, ledger::kEntries, findings);
  const Rows at_node = ReadTable(node, ledger::kEntries, findings);
  for (const auto& [key, row] : at_node) {
    const auto found = at_hub.find(key);
    if (found != at_hub.end() && found->second == row) continue;
    findings->push_back(absl::StrCat("I6: entry ", ReadBigEndian64(std::string_view(key).substr(8)),
                                     " of journal ", absl::Hex(ReadBigEndian64(key)),
                                     " is another one at ", node.name(), " and at the hub"));
  }
}

// I1: what a node shows, the hub shows. Sums and lists over what several shops share are not
// compared row by row: I4 on both, over equal entries, says as much.
void CompareViews(Machine& hub, Machine& node, Findings* findings) {
  const std::set<store::TableId> shared = {retail::kBalances, retail::kEdits,
                                           retail::kTransferLists};
  for (const store::TableSpec& table : ledger::FoldedTables()) {
    if (shared.contains(table.id)) continue;
    const Rows at_hub = ReadTable(hub, table.id, findings);
    uint64_t differences = 0;
    for (const auto& [key, row] : ReadTable(node, table.id, findings)) {
      const auto found = at_hub.find(key);
      if (found == at_hub.end() || found->second != row) ++differences;
    }
    if (differences == 0) continue;
    findings->push_back(absl::StrCat("I1: ", differences, " rows of '", table.name, "' are not at ",
                                     "the hub as they are at ", node.name()));
  }
}

// I1 between nodes that read the same.
void CompareSiblings(Machine& one, Machine& other, Findings* findings) {
  for (const store::TableSpec& table : ledger::FoldedTables()) {
    if (ReadTable(one, table.id, findings) == ReadTable(other, table.id, findings)) continue;
    findings->push_back(absl::StrCat("I1: '", table.name, "' differs at ", one.name(), " and ",
                                     other.name(), " of one shop"));
  }
}

// I2: what someone was told is at the hub and in the shop, as it was told.
void CheckTold(Machine& machine, const Asked& asked, bool is_forked, Findings* findings) {
  if (!asked.told || asked.may_vanish) return;
  if (!machine.hub() && machine.writer().shop != asked.shop && !asked.shop.empty()) {
    return;
  }
  const std::string what = absl::StrCat(
      "request ", ReadBigEndian32(std::string_view(asked.id).substr(12)), " of '", asked.shop, "'");
  if (!HoldsRequest(machine.disk(), asked)) {
    findings->push_back(absl::StrCat("I2: ", what, ", entry ", asked.where.sequence.value(),
                                     " of journal ", absl::Hex(asked.where.journal.value()),
                                     is_forked ? " (forked)" : "",
                                     ", was acknowledged and is not at ", machine.name()));
    return;
  }
  if (asked.where.hash_prefix == 0) return;  // an edit whose row was rotten when it was told
  google::protobuf::Arena arena;
  journal::v1::Reference named;
  named.set_journal(asked.where.journal.value());
  named.set_sequence(asked.where.sequence.value());
  named.set_hash_prefix(asked.where.hash_prefix);
  const auto fact = machine.ledger().ReadNamed(*machine.ledger().NewSnapshot(), named, &arena);
  const bool is_moved = fact.ok() && fact->moved.has_value();
  if (!fact.ok() || fact->request_id != asked.id ||
      (is_moved ? fact->moved->original : fact->reference) != asked.where) {
    findings->push_back(
        absl::StrCat("I2: the entry that ", what, " was told of is not at ", machine.name()));
    return;
  }
  constexpr int64_t kWallMsNear = 6 * 60'000;
  const int64_t wall_off_ms = fact->wall_ms - kStartWallMs - asked.told_ms;
  if (asked.timely && std::abs(wall_off_ms) > kWallMsNear) {
    findings->push_back(absl::StrCat("R10: ", what, " was written ", wall_off_ms,
                                     " ms off, though the clock was right when its run began"));
  }
  if (asked.number.empty()) return;
  std::string ending;  // none where one branch alone can have printed it
  if (is_moved) {
    ending = retail::MovedEnding(retail::MovedPlace(asked.where));
  } else if (is_forked) {
    ending = "-kept";
  }
  const auto receipt = daemon::FindReceipt(machine.ledger(), asked.number + ending);
  if (!receipt.ok() || receipt->total_cents() != asked.total_cents) {
    findings->push_back(absl::StrCat("I2: receipt ", asked.number, " is not at ", machine.name(),
                                     " as it was printed, with ", asked.total_cents, " cents: ",
                                     receipt.ok() ? absl::StrCat(receipt->total_cents(), " cents")
                                                  : receipt.status().message()));
  }
}

using Sums = std::map<std::pair<std::string, std::string>, int64_t>;  // shop, product

// What the sales view says was sold.
Sums SoldByView(Machine& hub, Findings* findings) {
  Sums sums;
  for (const auto& [key, row] : ReadTable(hub, retail::kSales, findings)) {
    const std::string_view bytes = key;
    const size_t shop_end = bytes.find('\0');
    const std::string_view rest = bytes.substr(shop_end + 1 + 4);
    const auto values = store::DecodeCounters(row);
    if (!values.ok() || values->empty()) continue;
    sums[{std::string(bytes.substr(0, shop_end)), std::string(rest.substr(0, rest.find('\0')))}] +=
        values->front();
  }
  std::erase_if(sums, [](const auto& sum) { return sum.second == 0; });
  return sums;
}

// I3: each request that is there counts once, and nothing else does.
void CheckSums(Machine& hub, const Oracle& oracle, Findings* findings) {
  Sums expected;
  for (const Asked& asked : oracle.all()) {
    if (asked.sales_milli.empty() || !HoldsRequest(hub.disk(), asked)) continue;
    for (const auto& [product, milli] : asked.sales_milli) expected[{asked.shop, product}] += milli;
  }
  std::erase_if(expected, [](const auto& sum) { return sum.second == 0; });
  const Sums found = SoldByView(hub, findings);
  if (found == expected) return;
  for (const auto& [place, milli] : expected) {
    const auto sum = found.find(place);
    const int64_t shown = sum == found.end() ? 0 : sum->second;
    if (shown == milli) continue;
    findings->push_back(absl::StrCat("I3: ", place.second, " sold at ", place.first, " are ", milli,
                                     " thousandths by the tills, and ", shown, " by the hub"));
  }
  for (const auto& [place, milli] : found) {
    if (expected.contains(place)) continue;
    findings->push_back(absl::StrCat("I3: ", place.second, " sold at ", place.first, " are ", milli,
                                     " thousandths by the hub, and none by the tills"));
  }
}

bool IsOfItsTime(const retail::Fact& fact, int64_t latest_wall_ms) {
  return fact.hybrid_time.millis() <= latest_wall_ms + crdt::HybridClock::kFollowAheadMsMax &&
         fact.wall_ms >= kStartWallMs && fact.wall_ms <= latest_wall_ms;
}

// R10, R11: times of one journal rise, and are of their time where its writer's clock
// was never wrong; a request is in it once.
Findings CheckJournal(Machine& hub, const ledger::JournalView& journal, bool right,
                      int64_t latest_wall_ms) {
  const auto snapshot = hub.ledger().NewSnapshot();
  std::set<std::pair<std::string, uint32_t>> requests;
  HybridTime before;
  for (uint64_t i = 1; i <= journal.head.sequence.value(); ++i) {
    google::protobuf::Arena arena;
    const auto fact = hub.ledger().ReadFact(*snapshot, journal.head.journal, Sequence(i), &arena);
    if (!fact.ok()) continue;
    const std::string place =
        absl::StrCat(journal.node, ", entry ", i, " at ", fact->wall_ms - kStartWallMs,
                     " ms, hybrid ", fact->hybrid_time.millis() - kStartWallMs);
    if (fact->hybrid_time <= before) return {absl::StrCat("R10: hybrid time went back: ", place)};
    before = fact->hybrid_time;
    if (right && !IsOfItsTime(*fact, latest_wall_ms)) {
      return {absl::StrCat("R10: a clock that was right, a time that is not: ", place)};
    }
    if (fact->request_id.empty()) continue;
    if (!requests.emplace(std::string(fact->request_id), fact->request_index).second) {
      return {absl::StrCat("R11: one request twice in one journal: ", place)};
    }
  }
  return {};
}

void CheckJournals(Machine& hub, const Oracle& oracle, int64_t now_ms, Findings* findings) {
  for (const ledger::JournalView& journal : hub.ledger().Journals()) {
    // R6: the scope of a journal is its writer's to write in.
    const bool by_hub = journal.writer_shop.empty();
    const bool in_scope =
        journal.scope == journal::v1::SCOPE_COOP || by_hub ||
        (journal.scope == journal::v1::SCOPE_SHOP && journal.shop == journal.writer_shop);
    if (!in_scope) {
      findings->push_back(absl::StrCat("R6: ", journal.node, " wrote in the scope of '",
                                       journal.shop, "', and the hub took it"));
    }
    if (journal.writer_shop == kHostileShop) continue;
    for (std::string& finding :
         CheckJournal(hub, journal, !oracle.HadWrongClock(journal.node), kStartWallMs + now_ms)) {
      findings->push_back(std::move(finding));
    }
    // R10: a run's first time is above what its writer held of the run before.
    if (oracle.WasRolledBack(journal.node)) continue;
    google::protobuf::Arena arena;
    const auto last = hub.ledger().ReadFact(*hub.ledger().NewSnapshot(), journal.follows,
                                            journal.follows_sequence, &arena);
    if (!last.ok() || last->hybrid_time < journal.opened) continue;
    findings->push_back(absl::StrCat("R10: a run of ", journal.node, " began at hybrid ",
                                     journal.opened.millis() - kStartWallMs, ", under ",
                                     last->hybrid_time.millis() - kStartWallMs, " of the last"));
  }
}

// R6: the hub lists what is bad, no more and no less.
void CheckVerdicts(Machine& hub, const Hostile& hostile, Findings* findings) {
  std::map<JournalId, std::set<uint64_t>> verdicts;
  for (const auto& [key, row] : ReadTable(hub, ledger::kVerdicts, findings)) {
    verdicts[JournalId(ReadBigEndian64(key))].insert(
        ReadBigEndian64(std::string_view(key).substr(8)));
  }
  for (const ledger::JournalView& journal : hub.ledger().Journals()) {
    for (uint64_t i = 1; i <= journal.head.sequence.value(); ++i) {
      const bool bad = journal.head.journal == hostile.journal() && hostile.IsBad(i);
      if (verdicts[journal.head.journal].contains(i) == bad) continue;
      findings->push_back(absl::StrCat(
          "R6: entry ", i, " of ", journal.node,
          bad ? " is bad, and the hub does not say so" : " is good, and the hub says it is bad"));
      return;
    }
  }
}

// The people here say nothing of what they read, so each write replaces all that its
// replica held of the register: what it wrote itself before, at least.
void CheckRegisters(Machine& hub, const Hostile& hostile, Findings* findings) {
  for (const auto& [key, row] : ReadTable(hub, retail::kRegisters, findings)) {
    const auto standing = retail::DecodeRegister(row);
    if (!standing.ok()) continue;
    std::set<JournalId> writers;
    for (const auto& write : standing->writes()) {
      const JournalId journal = write.reference.journal;
      if (journal == hostile.journal() || writers.insert(journal).second) continue;
      findings->push_back("registers: two writes of one run stand beside each other");
      return;
    }
  }
}

// R8: what a machine says it lost, nobody has.
void CheckLosses(Machine& hub, Machine& machine, Findings* findings) {
  std::map<JournalId, Sequence> at_hub;
  for (const ledger::JournalView& journal : hub.ledger().Journals()) {
    at_hub[journal.head.journal] = journal.head.sequence;
  }
  for (const ledger::Loss& loss : machine.ledger().Losses()) {
    if (at_hub[loss.journal] < loss.first) continue;
    findings->push_back(absl::StrCat("R8: ", machine.name(), " says that it lost entry ",
                                     loss.first.value(), " of journal ",
                                     absl::Hex(loss.journal.value()), ", which the hub has"));
  }
}

// Whose days it can see.
std::set<std::string> ShopsAt(Machine& machine) {
  std::set<std::string> shops;
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    if (journal.scope == journal::v1::SCOPE_SHOP) shops.insert(journal.shop);
  }
  return shops;
}

void AddFindings(const Findings& more, Findings* findings) {
  findings->insert(findings->end(), more.begin(), more.end());
}

bool IsRevoked(Machine& hub, const Machine& machine) {
  return hub.ledger().IsRevoked(machine.writer().node);
}

}  // namespace

bool HoldsAllOf(Machine& hub, Machine& machine) {
  auto at_hub = HeadsFor(hub, machine.writer());
  return std::ranges::all_of(HeadsFor(machine, machine.writer()), [&](const auto& each) {
    return at_hub[each.first].sequence >= each.second.sequence;
  });
}

bool IsLevel(Machine& hub, const Machines& machines) {
  for (const auto& machine : machines) {
    if (!machine->alive()) return false;
  }
  if (!HasToldOfTransfers(hub)) return false;
  return std::ranges::all_of(machines, [&hub](const auto& machine) {
    return IsRevoked(hub, *machine) ||
           HeadsFor(*machine, machine->writer()) == HeadsFor(hub, machine->writer());
  });
}

Findings Unlevel(Machine& hub, const Machines& machines) {
  Findings findings;
  for (const auto& machine : machines) {
    if (!machine->alive() || !hub.alive()) {
      findings.push_back(absl::StrCat("liveness: ", machine->name(), " or the hub is off"));
      continue;
    }
    if (IsRevoked(hub, *machine)) continue;
    auto at_hub = HeadsFor(hub, machine->writer());
    for (const auto& [journal, head] : HeadsFor(*machine, machine->writer())) {
      const Head other = at_hub[journal];
      at_hub.erase(journal);
      if (other == head) continue;
      findings.push_back(absl::StrCat(
          "liveness: journal ", absl::Hex(journal.value()), " is held to ", head.sequence.value(),
          " at ", machine->name(), ", to ", other.sequence.value(), " at the hub"));
    }
    for (const auto& [journal, head] : at_hub) {
      findings.push_back(absl::StrCat("liveness: journal ", absl::Hex(journal.value()),
                                      " is held to ", head.sequence.value(),
                                      " at the hub, not at all at ", machine->name()));
    }
  }
  return findings;
}

Findings CheckMachine(Machine& machine) {
  Findings findings;
  store::MemoryStore scratch(ledger::AllTables());
  const auto report = machine.ledger().Verify(scratch, [](uint64_t, uint64_t) { return true; });
  if (!report.ok()) {
    findings.push_back(absl::StrCat(
        machine.name(), " cannot be verified: ", std::string(report.status().message())));
    return findings;
  }
  for (const ledger::VerifyFinding& finding : report->findings) {
    findings.push_back(
        absl::StrCat(finding.invariant, ": ", finding.what, ", at ", machine.name()));
  }
  return findings;
}

Findings CheckWitness(Machine& machine, const Oracle& oracle) {
  Findings findings;
  const auto& witness = machine.disk().witness();
  if (!witness.ok()) return findings;
  std::map<JournalId, Sequence> held;
  for (const ledger::JournalView& journal : machine.ledger().Journals()) {
    held[journal.head.journal] = journal.head.sequence;
  }
  std::map<JournalId, Sequence> lost;
  for (const ledger::Loss& loss : machine.ledger().Losses()) {
    lost[loss.journal] = std::max(lost[loss.journal], loss.last);
  }
  for (const journal::v1::WitnessHead& seen : witness->heads()) {
    const JournalId journal(seen.head().journal());
    const Sequence head(seen.head().sequence());
    if (held[journal] >= head || lost[journal] >= head || oracle.IsForked(journal)) continue;
    findings.push_back(
        absl::StrCat("R8: ", machine.name(), " held journal ", absl::Hex(journal.value()), " to ",
                     head.value(), ", has it to ", held[journal].value(), ", and does not say so"));
  }
  return findings;
}

Findings CheckAll(Machine& hub, const Machines& machines, Oracle& oracle, const Hostile& hostile,
                  int64_t now_ms) {
  Findings findings;
  std::map<std::string, Machine*> first_of_shop;
  for (const auto& machine : machines) {
    AddFindings(CheckMachine(*machine), &findings);
    AddFindings(oracle.Broken(*machine, machine->ledger()), &findings);
    // Of a revoked one the hub has all (HoldsAllOf), and it of the hub what it had.
    if (IsRevoked(hub, *machine)) continue;
    for (const Asked& asked : oracle.all()) {
      CheckTold(*machine, asked, oracle.IsForked(asked.where.journal), &findings);
    }
    CheckLosses(hub, *machine, &findings);
    AddFindings(CheckRecalls(*machine, oracle), &findings);
    AddFindings(CheckTraces(*machine), &findings);
    for (const std::string& shop : ShopsAt(*machine)) {
      AddFindings(CheckDays(*machine, oracle, shop), &findings);
    }
    if (machine->hub()) continue;
    CompareEntries(hub, *machine, &findings);
    CompareViews(hub, *machine, &findings);
    Machine*& first = first_of_shop[machine->writer().shop];
    if (first == nullptr) {
      first = machine.get();
    } else {
      CompareSiblings(*first, *machine, &findings);
    }
  }
  CheckSums(hub, oracle, &findings);
  CheckJournals(hub, oracle, now_ms, &findings);
  CheckVerdicts(hub, hostile, &findings);
  CheckRegisters(hub, hostile, &findings);
  AddFindings(CheckTransfers(hub, machines, oracle), &findings);
  return findings;
}

}  // namespace comptoir::simulation
