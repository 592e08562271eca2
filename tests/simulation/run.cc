#include "tests/simulation/run.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
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
  if (!Idle()) return false;
  for (const auto& machine : machines_) {
    if (!machine->alive()) return false;
  }
  for (const auto& machine : machines_) {
    // Its name may be gone with its disk, and a sibling have what it wrote.
    if (revoked_.empty() || machine->writer().shop != kShops.front()) continue;
    if (HoldsAllOf(hub(), *machine)) continue;
    const auto stick = WriteStick(*machine, "", /*whole=*/true);
    if (!stick.ok()) {
      Fail({absl::StrCat(machine->name(),
                         " cannot be carried out: ", std::string(stick.status().message()))});
      return false;
    }
    ReadStickAt(*stick, hub());
  }
  return IsLevel(hub(), machines_);
}

void World::MakePeace() {
  peace_ = true;
  events_.Note("world", "makes peace");
  network_->Heal();
  for (const auto& machine : machines_) {
    machine->clock().Correct();
    machine->set_flush_ms(1, 12);
    machine->disk().SetFull(false);
    if (machine->disk().rotten() || machine->disk().fails_for_good()) {
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
