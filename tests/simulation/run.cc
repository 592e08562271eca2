#include "tests/simulation/run.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/ledger/tables.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/world.h"

namespace comptoir::simulation {
namespace {

// After the faults have stopped, all must be level within this: a session that owes
// an answer is given up after 5 minutes, and the next may find another one.
constexpr int64_t kPeaceMsMax = 30 * kMinuteMs;
constexpr int64_t kLookEveryMs = 2'000;

}  // namespace

// Level, once an operator has carried in what revoked nodes have, and what their
// siblings have of them.
bool World::IsSettled() {
  CheckRevoked();
  if (!Idle()) return false;
  for (const auto& machine : machines_) {
    if (!machine->alive()) return false;
  }
  bool are_sound = true;
  for (const auto& machine : machines_) are_sound = TendRotten(*machine) && are_sound;
  if (!are_sound) return false;
  for (const auto& machine : machines_) {
    if (!revoked_.empty() && !HoldsAllOf(hub(), *machine)) CarryAllToHub(*machine);
  }
  return IsLevel(hub(), machines_);
}

// Of a shop one of whose nodes was revoked: its name may be gone with its disk, and a sibling
// have what it wrote.
void World::CarryAllToHub(Machine& machine) {
  if (machine.writer().shop != kShops.front()) return;
  const auto stick = WriteStick(machine, "", /*whole=*/true);
  if (stick.ok()) {
    ReadStickAt(*stick, hub());
  } else {
    Fail({absl::StrCat(machine.name(),
                       " cannot be carried out: ", std::string(stick.status().message()))});
  }
}

// R13: of a revoked node only what an operator brings in goes past what the hub named.
void World::CheckRevoked() {
  if (revoked_.empty() || may_hold_more_of_revoked_ || !hub().alive()) return;
  for (const ledger::JournalView& journal : hub().ledger().Journals()) {
    if (journal.writer_shop.empty() || !revoked_.contains(journal.node)) continue;
    const Sequence named = revoked_heads_[journal.head.journal];
    if (journal.head.sequence <= named) continue;
    Fail({absl::StrCat("R13: the hub took entry ", journal.head.sequence.value(), " of journal ",
                       absl::Hex(journal.head.journal.value()), " of ", journal.node,
                       ", which is revoked, and of which it had ", named.value())});
  }
}

// May a peer of `rotten` give it this entry, and not another branch's?
bool World::IsHeldElsewhere(Machine& rotten, JournalId journal, Sequence sequence) {
  const std::string& sound = rotten.disk().rotten_entries().at(ledger::EntryKey(journal, sequence));
  if (hub().ledger().IsRevoked(rotten.writer().node)) return false;
  return std::ranges::any_of(machines_, [&](const auto& other) {
    if (other.get() == &rotten || hub().ledger().IsRevoked(other->writer().node)) return false;
    const std::set<size_t> pair = {rotten.number(), other->number()};
    const bool are_siblings = pair == std::set<size_t>{1, kShops.size() + 1};
    const bool is_peer = rotten.hub() || other->hub() || are_siblings;
    if (!is_peer) return false;
    const auto row = other->disk().Entry(journal, sequence);
    return row.ok() && row->has_value() && **row == sound;
  });
}

// An operator who looks after a disk on which something rotted: what is rotten is looked for,
// comes back from a peer that has it, and then the views are folded anew. True where nothing is
// left to do.
bool World::TendRotten(Machine& machine) {
  constexpr int64_t kMendingMsMax = 8 * kMinuteMs;
  if (!machine.disk().rotten()) return true;
  const auto [since, is_new] = tended_since_ms_.emplace(machine.number(), events_.now_ms());
  if (is_new) {
    (void)CheckMachine(machine);  // what it finds is what damage() says
    for (const auto& [journal, sequence] : machine.disk().UnsoundEntries()) {
      const auto found = machine.ledger().damage().entries;
      const bool is_named = std::ranges::any_of(found, [&](const ledger::DamagedRange& range) {
        return range.journal == journal && range.first <= sequence && sequence <= range.last;
      });
      if (is_named) continue;
      Fail(
          {absl::StrCat("rot: entry ", sequence.value(), " of journal ", absl::Hex(journal.value()),
                        " is rotten at ", machine.name(), ", and verify does not find it")});
    }
    machine.Settle();
    return false;
  }
  const auto unsound = machine.disk().UnsoundEntries();
  if (unsound.empty()) {
    if (!machine.disk().NoteMended() || machine.ledger().damage().views_are_stale) {
      events_.Note(machine.name(), "has its entries back");
      machine.Stop(false, 500);
      return false;
    }
    return true;
  }
  // What rotted of a revoked node's journal may come of its own shop's only, by hand.
  if (machine.hub() && !revoked_.empty() && events_.now_ms() > since->second + kMinuteMs) {
    for (const auto& other : machines_) CarryAllToHub(*other);
  }
  if (events_.now_ms() < since->second + kMendingMsMax) return false;
  for (const auto& [journal, sequence] : unsound) {
    if (!IsHeldElsewhere(machine, journal, sequence)) continue;
    Fail({absl::StrCat("rot: entry ", sequence.value(), " of journal ", absl::Hex(journal.value()),
                       " is rotten at ", machine.name(), ", and does not come back")});
  }
  if (machine.hub()) {
    PutBack(machine, 1'000);
  } else {
    LoseDisk(machine, 1'000);
  }
  return false;
}

void World::MakePeace() {
  peace_ = true;
  events_.Note("world", "makes peace");
  network_->Heal();
  for (const auto& machine : machines_) {
    machine->clock().Correct();
    machine->set_flush_ms(1, 12);
    machine->disk().SetFull(false);
    if (machine->disk().fails_for_good()) {
      if (machine->hub()) {
        PutBack(*machine, 1'000);
      } else {
        LoseDisk(*machine, 1'000);
      }
    } else if (!machine->alive()) {
      machine->Start();
    }
    machine->disk().Plan(CommitFault::kNone, 0);
  }
  for (Till& till : tills_) {
    till.faults() = TillFaults();
    till.Close();
  }
  for (Clerk& clerk : clerks_) clerk.Close();
}

bool World::Idle() const {
  return std::ranges::all_of(tills_, &Till::idle) && std::ranges::all_of(clerks_, &Clerk::idle);
}

// A peer that is silent is found to be, whatever the link says.
void World::LookForSilence() {
  constexpr int64_t kEveryMs = 5'000;
  Fail(network_->HeldOnTo());
  events_.In(kEveryMs, [this] { LookForSilence(); });
}

RunReport World::Run() {
  for (const auto& machine : machines_) machine->Start();
  LookForSilence();
  for (const auto& machine : machines_) {
    if (!machine->hub()) COMPTOIR_CHECK(NoteEnrolled(hub(), *machine).ok());
  }
  for (const Fault& fault : PlanFaults(dice_.Fork(4), kFaultyMs, options_.kinds, options_.keep)) {
    PlanBackup(fault);
    events_.In(fault.at_ms, [this, fault] { Apply(fault); });
  }
  while (events_.Step(kFaultyMs + kMinuteMs) && report_.failures.empty()) {
    if (!oracle_.complaints().empty()) Fail(oracle_.complaints());
  }
  if (report_.failures.empty()) {
    CheckRevoked();
    MakePeace();
    const int64_t peace_ms = events_.now_ms();
    bool level = false;
    while (!level && events_.now_ms() < peace_ms + kPeaceMsMax) {
      const int64_t look_ms = events_.now_ms() + kLookEveryMs;
      while (events_.Step(look_ms)) {
      }
      level = IsSettled();
    }
    report_.level_after_ms = events_.now_ms() - peace_ms;
    if (level && options_.before_reckoning) {
      options_.before_reckoning({hub(), machines_, oracle_});
    }
    if (level) {
      Fail(CheckAll(hub(), machines_, oracle_, hostile_, events_.now_ms()));
    } else {
      Fail({Idle() ? "liveness: not level in time" : "liveness: a till still waits"});
      Fail(Unlevel(hub(), machines_));
    }
  }
  if (hub().alive()) report_.entries = hub().ledger().totals().entries;
  for (const Till& till : tills_) report_.sales_told += till.sold();
  report_.trace_hash = events_.hash();
  report_.steps = events_.steps();
  report_.frames = network_->frames();
  peace_ = true;
  for (const auto& machine : machines_) machine->Stop(false, -1);
  return report_;
}

uint64_t RunReport::fault_count() const {
  return std::accumulate(faults.begin(), faults.end(), uint64_t{0});
}

RunReport RunSeed(const RunOptions& options) {
  World world(options);
  return world.Run();
}

}  // namespace comptoir::simulation
