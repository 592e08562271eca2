// What the plan's faults do.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/world.h"

namespace comptoir::simulation {

void World::PlanBackup(const Fault& fault) {
  const uint64_t choice = Mix(fault.choice);
  if (fault.kind == FaultKind::kLog) {
    events_.In(fault.at_ms - static_cast<int64_t>(choice % 30'000), [this, fault] {
      Machine& machine = *machines_[fault.choice % (kShops.size() + 2)];
      if (!machine.disk().rotten()) without_log_[machine.number()] = machine.disk().Copy();
    });
  }
  if (fault.kind != FaultKind::kRestore && fault.kind != FaultKind::kHubRestore) return;
  const int64_t age_ms = static_cast<int64_t>(choice % (5 * kMinuteMs));
  events_.In(fault.at_ms - age_ms, [this, fault] {
    Machine& machine = fault.kind == FaultKind::kHubRestore ? hub() : first_node(fault.choice);
    if (machine.disk().rotten()) return;
    backups_[machine.number()] = machine.disk().Copy();
  });
}

void World::Apply(const Fault& fault) {
  if (peace_) return;
  Dice dice(fault.choice);
  events_.NoteText("fault", NameOf(fault.kind), absl::StrCat(fault.number));
  bool came = false;
  if (fault.kind <= FaultKind::kHalfOpen) {
    came = ApplyToLink(fault, dice);
  } else if (fault.kind <= FaultKind::kSlowDisk) {
    came = ApplyToMachine(fault, dice);
  } else if (fault.kind <= FaultKind::kFork) {
    came = ApplyToDisk(fault, dice);
  } else if (fault.kind <= FaultKind::kJumpDecade) {
    came = ApplyToClock(fault, dice);
  } else if (fault.kind <= FaultKind::kForeign) {
    came = hub().alive();
    hostile_.Attack(hub(), fault.kind, fault.choice);
  } else if (fault.kind == FaultKind::kStick) {
    came = CarryStick(dice);
  } else if (fault.kind == FaultKind::kRevoke) {
    came = Revoke();
  } else {
    Till& till = tills_[dice.Below(tills_.size())];
    till.faults().until_ms = events_.now_ms() + dice.Between(5'000, 60'000);
    till.faults().lost_percent = static_cast<int>(dice.Between(10, 60));
    came = true;
  }
  if (!came) return;
  ++report_.faults[static_cast<size_t>(fault.kind)];
  report_.fault_numbers.push_back(fault.number);
}

bool World::ApplyToLink(const Fault& fault, Dice& dice) {
  const size_t number = fault.choice % network_->links();
  LinkFaults& link = network_->faults(number);
  const int64_t now = events_.now_ms();
  const int64_t length = dice.OneIn(3) ? dice.Between(60'000, 150'000) : dice.Between(500, 40'000);
  link.until_ms = std::max(link.until_ms, now + length);
  const int percent = static_cast<int>(dice.Between(5, 40));
  switch (fault.kind) {
    case FaultKind::kCut:
      link.cut_until_ms = {now + length, now + length};
      if (dice.OneIn(2)) network_->Reset(number);
      break;
    case FaultKind::kOneWayCut:
      link.cut_until_ms[dice.Below(2)] = now + length;
      break;
    case FaultKind::kFlap:
      for (int64_t at = 0; at < length; at += dice.Between(200, 3'000)) {
        events_.In(at, [this, number] {
          if (!peace_) network_->Reset(number);
        });
      }
      break;
    case FaultKind::kLose:
      link.lose_percent = percent;
      break;
    case FaultKind::kRepeat:
      link.repeat_percent = percent;
      break;
    case FaultKind::kReorder:
      link.reorder_percent = percent;
      break;
    case FaultKind::kTruncate:
      link.truncate_percent = percent;
      break;
    case FaultKind::kThrottle:
      link.bytes_per_second = dice.Between(500, 8'000);
      break;
    case FaultKind::kLatency:
      link.latency_ms = dice.Between(50, 3'000);
      break;
    default:
      link.half_open = true;
      network_->Reset(number);
      break;
  }
  return true;
}

bool World::ApplyToMachine(const Fault& fault, Dice& dice) {
  Machine& machine = *machines_[dice.Below(machines_.size())];
  if (!machine.alive()) return false;
  switch (fault.kind) {
    case FaultKind::kPowerCut:
      machine.Stop(true, dice.Between(500, 40'000));
      return true;
    case FaultKind::kKill:
      machine.Stop(false, dice.Between(200, 10'000));
      return true;
    case FaultKind::kKillInCommit: {
      constexpr CommitFault kKills[] = {CommitFault::kKillBefore, CommitFault::kKillUnflushed,
                                        CommitFault::kKillAfter};
      machine.disk().Plan(kKills[dice.Below(3)], dice.Between(1, 12));
      return true;
    }
    case FaultKind::kWriteError: {
      constexpr CommitFault kErrors[] = {CommitFault::kFailWrite, CommitFault::kFailFlush,
                                         CommitFault::kFailReported};
      machine.disk().Plan(kErrors[dice.Below(3)], dice.Between(1, 12));
      return true;
    }
    case FaultKind::kWriteErrorForGood:
      machine.disk().FailForGood();
      return true;
    case FaultKind::kFull:
      machine.disk().SetFull(true);
      events_.In(dice.Between(5'000, 120'000), [&machine] { machine.disk().SetFull(false); });
      return true;
    default:
      machine.set_flush_ms(50, dice.Between(100, 3'000));
      events_.In(dice.Between(10'000, 90'000), [&machine] { machine.set_flush_ms(1, 12); });
      return true;
  }
}

bool World::ApplyToDisk(const Fault& fault, Dice& dice) {
  switch (fault.kind) {
    case FaultKind::kRot: {
      Machine& machine = *machines_[dice.Below(machines_.size())];
      for (const auto& each : machines_) {
        if (each->disk().rotten()) return false;
      }
      return machine.alive() && machine.disk().Rot(dice.Next());
    }
    case FaultKind::kRestore:
    case FaultKind::kHubRestore: {
      Machine& machine = fault.kind == FaultKind::kHubRestore ? hub() : first_node(fault.choice);
      if (backups_[machine.number()] == nullptr) return false;
      PutBack(machine, dice.Between(1'000, 30'000));
      return true;
    }
    case FaultKind::kLog:
      return LoseLog(*machines_[fault.choice % (kShops.size() + 2)], dice.Between(1'000, 30'000));
    case FaultKind::kDiskLost:
      LoseDisk(node(fault.choice), dice.Between(1'000, 30'000));
      return true;
    case FaultKind::kClone:
      return Clone(node(fault.choice)) != nullptr;
    default:
      return Rewind(node(fault.choice), dice);
  }
}

bool World::ApplyToClock(const Fault& fault, Dice& dice) {
  Machine& machine = *machines_[dice.Below(machines_.size())];
  MachineClock& clock = machine.clock();
  oracle_.NoteWrongClock(machine.name());
  const int64_t sign = dice.OneIn(2) ? 1 : -1;
  constexpr int64_t kDayMs = 24 * 60 * kMinuteMs;
  switch (fault.kind) {
    case FaultKind::kDrift:
      clock.SetDrift(sign * dice.Between(10, 5'000));
      break;
    case FaultKind::kJumpSeconds:
      clock.Jump(sign * dice.Between(1'000, 600'000));
      break;
    case FaultKind::kJumpDays:
      clock.Jump(sign * dice.Between(1, 40) * kDayMs);
      break;
    default:
      clock.Jump(sign * 3'652 * kDayMs);
      break;
  }
  return true;
}

// From a node to the hub, to its sibling, or from the hub to a node; often late, often
// twice, and now and then cut short.
bool World::CarryStick(Dice& dice) {
  Machine& shop = node(dice.Next());
  const bool from_hub = dice.OneIn(3);
  Machine& from = from_hub ? hub() : shop;
  Machine* to = from_hub ? &shop : &hub();
  if (!from_hub && dice.OneIn(4)) {
    for (const auto& other : machines_) {
      if (other.get() != &from && other->writer().shop == from.writer().shop) to = other.get();
    }
  }
  if (!from.alive() || from.disk().rotten()) return false;
  absl::StatusOr<Stick> stick = WriteStick(from, from_hub ? shop.writer().shop : "");
  events_.NoteText(from.name(), "carries out", std::string(stick.status().message()));
  if (!stick.ok()) return false;
  if (dice.OneIn(5)) {
    stick->pieces.resize(1 + dice.Below(stick->pieces.size()));
    std::string& last = stick->pieces.back();
    last.resize(dice.Below(last.size()));
  }
  const int64_t times = dice.OneIn(3) ? 2 : 1;
  for (int64_t i = 0; i < times; ++i) {
    events_.In(dice.Between(100, dice.OneIn(2) ? 20'000 : 300'000),
               [this, stick = *stick, to] { ReadStickAt(stick, *to); });
  }
  return true;
}

void World::ReadStickAt(const Stick& stick, Machine& to) {
  if (!to.alive()) return;
  may_hold_more_of_revoked_ = may_hold_more_of_revoked_ || (to.hub() && !revoked_.empty());
  const auto report = ReadStick(stick, to);
  events_.NoteText(to.name(), "carries in", std::string(report.status().message()));
  // What is said to be in without a word of anything left out is promised (R5).
  if (!report.ok() || !report->end.ok() || !report->refusals.empty()) return;
  for (const auto& [journal, sequence] : stick.heads) oracle_.Acknowledged(to, journal, sequence);
}

// Of the shop that has two, the second. It may not hear of it, and sells on.
bool World::Revoke() {
  Machine& node = *machines_[kShops.size() + 1];
  // What two branches of a revoked node hold, nobody but operators could settle.
  if (!hub().alive() || rewound_ || !revoked_.insert(node.name()).second) return false;
  const auto revoked = hub().ledger().Revoke(node.name(), "stolen", /*retired=*/false);
  events_.NoteText(node.name(), "is revoked", std::string(revoked.status().message()));
  if (revoked.ok()) {
    for (const ledger::JournalView& journal : hub().ledger().Journals()) {
      if (journal.node == node.name()) revoked_heads_[journal.head.journal] = journal.head.sequence;
    }
  }
  may_hold_more_of_revoked_ = may_hold_more_of_revoked_ || !revoked.ok();
  hub().Settle();
  return true;
}

}  // namespace comptoir::simulation
