#include "tests/simulation/run.h"

#include <algorithm>
#include <deque>
#include <map>
#include <memory>
#include <numeric>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/events.h"
#include "tests/simulation/hostile.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/people.h"
#include "tests/simulation/rewind.h"
#include "tests/simulation/sticks.h"

namespace comptoir::simulation {
namespace {

constexpr int64_t kMinuteMs = 60'000;
constexpr int64_t kFaultyMs = 10 * kMinuteMs;
// After the faults have stopped, all must be level within this: a session that owes
// an answer is given up after 5 minutes, and the next may find another one.
constexpr int64_t kPeaceMsMax = 30 * kMinuteMs;
constexpr int64_t kLookEveryMs = 2'000;
constexpr size_t kFailuresMax = 20;

const std::vector<std::string> kShops = {"outremeuse", "guillemins", "saint-leonard"};

class World {
 public:
  explicit World(const RunOptions& options);
  RunReport Run();

 private:
  Machine& AddMachine(const journal::Writer& writer, std::unique_ptr<Disk> disk);
  void PlanRelease(Machine& machine, Dice dice);
  void AddPeople(Machine& machine, bool clerk);
  Machine& hub() { return *machines_.front(); }
  // Of those that every run has.
  Machine& first_node(uint64_t choice) { return *machines_[1 + choice % (kShops.size() + 1)]; }
  Machine& node(uint64_t choice) { return *machines_[1 + choice % (machines_.size() - 1)]; }

  void Started(Machine& machine);
  void OnFrame(Machine& from, const sync::v1::Frame& frame);
  void Apply(const Fault& fault);
  bool ApplyToLink(const Fault& fault, Dice& dice);
  bool ApplyToMachine(const Fault& fault, Dice& dice);
  bool ApplyToDisk(const Fault& fault, Dice& dice);
  bool ApplyToClock(const Fault& fault, Dice& dice);
  bool CarryStick(Dice& dice);
  void ReadStickAt(const Stick& stick, Machine& to);
  bool Revoke();
  bool IsSettled();
  void PlanBackup(const Fault& fault);

  // Stops the machine, and starts it again over another disk.
  void PutBack(Machine& machine, int64_t restart_ms);
  void LoseDisk(Machine& machine, int64_t restart_ms);
  void Replace(Machine& machine, std::unique_ptr<Disk> disk, int64_t restart_ms);
  bool LoseLog(Machine& machine, int64_t restart_ms);
  Machine* Clone(Machine& original);
  bool Rewind(Machine& original, Dice& dice);
  void MakePeace();
  void Fail(const std::vector<std::string>& findings);
  bool Idle() const;

  const RunOptions options_;
  RunReport report_;
  Events events_;
  const Dice dice_;
  Dice world_dice_;
  Oracle oracle_;
  bool peace_ = false;
  uint64_t keys_ = 0;
  std::unique_ptr<Network> network_;
  std::vector<std::unique_ptr<Machine>> machines_;   // the hub first
  std::map<size_t, std::unique_ptr<Disk>> backups_;  // by machine
  // By machine, and only while its disk is the same: as it was some seconds ago.
  std::map<size_t, std::unique_ptr<Disk>> without_log_;
  std::deque<Till> tills_;
  std::deque<Clerk> clerks_;
  Hostile hostile_;
  std::set<std::string> revoked_;  // names that the office asked to be revoked
  bool rewound_ = false;           // some machine was rolled back while it ran
};

World::World(const RunOptions& options)
    : options_(options),
      events_(options.trace),
      dice_(options.seed),
      world_dice_(dice_.Fork(1)),
      network_(std::make_unique<Network>(
          events_, dice_.Fork(2),
          [this](Machine& from, const sync::v1::Frame& frame) { OnFrame(from, frame); })),
      hostile_(events_, dice_.Fork(3)) {
  report_.seed = options.seed;
  Machine& the_hub = AddMachine({"essai", "hub", "", true, true}, std::make_unique<Disk>());
  for (const std::string& shop : kShops) {
    const bool edits = shop == kShops.front();
    AddMachine({"essai", absl::StrCat(shop, "-1"), shop, false, edits}, std::make_unique<Disk>());
  }
  // The first shop has a second node, for when the first is broken.
  AddMachine({"essai", absl::StrCat(kShops.front(), "-2"), kShops.front(), false, false},
             std::make_unique<Disk>());
  for (size_t i = 1; i < machines_.size(); ++i) network_->AddLink(*machines_[i], the_hub);
  network_->AddLink(*machines_.back(), *machines_[1]);
  for (const auto& machine : machines_) AddPeople(*machine, true);
}

Machine& World::AddMachine(const journal::Writer& writer, std::unique_ptr<Disk> disk) {
  Machine::Owner owner;
  owner.on_started = [this](Machine& machine) { Started(machine); };
  owner.on_stopping = [this](Machine& machine) { network_->MachineStopping(machine); };
  owner.on_broken = [this](Machine& machine) {
    events_.In(world_dice_.Between(5'000, 60'000), [this, &machine] {
      if (machine.alive()) return;
      if (machine.hub()) {
        PutBack(machine, 1'000);
      } else {
        LoseDisk(machine, 1'000);
      }
    });
  };
  const size_t number = machines_.size();
  machines_.push_back(std::make_unique<Machine>(events_, number, writer, ++keys_, std::move(disk),
                                                dice_.Fork(100 + number), std::move(owner)));
  machines_.back()->set_newer(dice_.Fork(400 + number).OneIn(3));
  PlanRelease(*machines_.back(), dice_.Fork(500 + number));
  return *machines_.back();
}

// One node in six is given a release that the others cannot speak to, and some minutes
// later the one before.
void World::PlanRelease(Machine& machine, Dice dice) {
  if (machine.hub() || events_.now_ms() > 0 || !dice.OneIn(6)) return;
  const int64_t from_ms = dice.Between(kMinuteMs, kFaultyMs - 3 * kMinuteMs);
  const int64_t until_ms = from_ms + dice.Between(10'000, 3 * kMinuteMs);
  machine.set_too_new(from_ms, until_ms);
  for (const int64_t at_ms : {from_ms, until_ms}) {
    events_.In(std::max<int64_t>(at_ms - events_.now_ms(), 0), [this, &machine] {
      if (!machine.alive()) return;
      events_.Note(machine.name(), "changes its release");
      machine.Stop(false, 500);
    });
  }
}

void World::AddPeople(Machine& machine, bool clerk) {
  if (!machine.hub()) {
    std::vector<Machine*> of_shop = {&machine};
    for (const auto& other : machines_) {
      const bool sibling = other->writer().shop == machine.writer().shop;
      if (sibling && other.get() != &machine) of_shop.push_back(other.get());
    }
    tills_.emplace_back(events_, dice_.Fork(200 + tills_.size()), oracle_, std::move(of_shop))
        .Open();
  }
  if (clerk)
    clerks_.emplace_back(events_, dice_.Fork(300 + clerks_.size()), oracle_, machine).Open();
}

void World::Fail(const std::vector<std::string>& findings) {
  for (const std::string& finding : findings) {
    events_.NoteText("check", "fails", finding);
    if (report_.failures.size() < kFailuresMax) report_.failures.push_back(finding);
  }
}

// Whoever starts holds what it promised before it stopped.
void World::Started(Machine& machine) {
  Fail(oracle_.Broken(machine, machine.ledger()));
  Fail(CheckWitness(machine, oracle_));
  if (!machine.disk().rotten() && world_dice_.OneIn(4)) Fail(CheckMachine(machine));
  network_->MachineStarted(machine);
}

void World::OnFrame(Machine& from, const sync::v1::Frame& frame) {
  if (!frame.has_ack()) return;
  oracle_.Acknowledged(from, JournalId(frame.ack().journal()), Sequence(frame.ack().sequence()));
}

// ---- faults ----

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

// ---- by hand ----

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
  hub().Settle();
  return true;
}

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

// ---- disks ----

void World::Replace(Machine& machine, std::unique_ptr<Disk> disk, int64_t restart_ms) {
  if (machine.alive()) Fail(oracle_.Broken(machine, machine.ledger()));
  machine.Stop(true, -1);
  const std::unique_ptr<Disk> before = machine.ReplaceDisk(std::move(disk));
  oracle_.DiskReplaced(machine, *before, machines_);
  oracle_.NoteRollback(machine.name());
  without_log_.erase(machine.number());
  events_.In(restart_ms, [&machine] { machine.Start(); });
}

void World::PutBack(Machine& machine, int64_t restart_ms) {
  const std::unique_ptr<Disk>& backup = backups_[machine.number()];
  // A hub without a copy of its data begins again with its authority alone.
  Replace(machine, backup == nullptr ? std::make_unique<Disk>() : backup->Copy(), restart_ms);
}

void World::LoseDisk(Machine& machine, int64_t restart_ms) {
  backups_.erase(machine.number());
  Replace(machine, std::make_unique<Disk>(), restart_ms);
  journal::Writer writer = machine.writer();
  // Enrolled again, under another name or the old one.
  const bool was_wrong = oracle_.HadWrongClock(writer.node);
  const bool renamed = world_dice_.OneIn(2) || revoked_.contains(writer.node);
  if (renamed) writer.node = absl::StrCat(writer.shop, "-", keys_ + 10);
  if (was_wrong) oracle_.NoteWrongClock(writer.node);
  machine.EnrolAgain(writer, ++keys_);
}

bool World::LoseLog(Machine& machine, int64_t restart_ms) {
  std::unique_ptr<Disk> disk = std::move(without_log_[machine.number()]);
  if (disk == nullptr || machine.disk().rotten()) return false;
  if (machine.disk().witness().ok()) disk->KeepWitness(*machine.disk().witness());
  Replace(machine, std::move(disk), restart_ms);
  return true;
}

// Null where there is none.
Machine* World::Clone(Machine& original) {
  constexpr size_t kMachinesMax = 7;
  if (machines_.size() >= kMachinesMax || original.disk().rotten()) return nullptr;
  std::unique_ptr<Disk> copy = original.disk().Copy();
  if (copy == nullptr) return nullptr;
  // The certificate is on the disk.
  Machine& clone = AddMachine(original.writer(), std::move(copy));
  clone.EnrolAgain(original.writer(), original.key());
  oracle_.Cloned(original, clone);
  oracle_.NoteRollback(original.name());
  network_->AddLink(clone, hub());
  clone.Start();
  AddPeople(clone, false);
  return &clone;
}

// What ran is still there, and what it is rolled back to beside it.
bool World::Rewind(Machine& original, Dice& dice) {
  if (!original.alive() || !revoked_.empty()) return false;
  const std::optional<ledger::JournalView> sales = OpenSales(original);
  if (!sales.has_value()) return false;
  Machine* const rewound = Clone(original);
  if (rewound == nullptr || !rewound->alive()) return false;
  const bool sold = WorkOn(*rewound, sales->head.journal, dice, oracle_, events_.now_ms());
  events_.NoteText(original.name(), "is rolled back", sold ? "" : "and has nothing to sell");
  rewound->Settle();
  rewound_ = rewound_ || sold;
  return sold;
}

// ---- the end ----

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

RunReport World::Run() {
  for (const auto& machine : machines_) machine->Start();
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

}  // namespace

uint64_t RunReport::fault_count() const {
  return std::accumulate(faults.begin(), faults.end(), uint64_t{0});
}

RunReport RunSeed(const RunOptions& options) {
  World world(options);
  return world.Run();
}

}  // namespace comptoir::simulation
