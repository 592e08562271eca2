// Who is there, and what they promise.
#include "tests/simulation/world.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/simulation/checks.h"

namespace comptoir::simulation {
namespace {

constexpr size_t kFailuresMax = 20;

}  // namespace

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
  for (const std::string shop : kShops) {
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
  PlanUpgrade(*machines_.back(), dice_.Fork(600 + number));
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

// One machine in four begins with a release from before some kinds of facts, and is upgraded
// on some minute: what it kept of them is folded then (R4).
void World::PlanUpgrade(Machine& machine, Dice dice) {
  if (events_.now_ms() > 0 || !dice.OneIn(4)) return;
  retail::Release release;
  release.views_version = retail::kViewsVersion - 1;
  for (const auto kind :
       {retail::v1::FACT_KIND_WASTED, retail::v1::FACT_KIND_COUNTED, retail::v1::FACT_KIND_RETURNED,
        retail::v1::FACT_KIND_VOIDED, retail::v1::FACT_KIND_CORRECTED,
        retail::v1::FACT_KIND_RECALLED, retail::v1::FACT_KIND_RECALL_LIFTED,
        retail::v1::FACT_KIND_RECALL_CONFIRMED, retail::v1::FACT_KIND_DAY_OPENED,
        retail::v1::FACT_KIND_CASH_MOVED, retail::v1::FACT_KIND_DAY_CLOSED}) {
    if (!dice.OneIn(3)) release.not_known.insert(kind);
  }
  // They came together.
  const bool knows_transfers = dice.OneIn(3);
  for (const auto kind :
       {retail::v1::FACT_KIND_TRANSFER_SENT, retail::v1::FACT_KIND_TRANSFER_ANNOUNCED,
        retail::v1::FACT_KIND_TRANSFER_ANSWERED, retail::v1::FACT_KIND_TRANSFER_RECEIVED,
        retail::v1::FACT_KIND_TRANSFER_SETTLED}) {
    if (!knows_transfers) release.not_known.insert(kind);
  }
  machine.set_release(std::move(release));
  events_.In(dice.Between(kMinuteMs, kFaultyMs), [this, &machine] {
    events_.Note(machine.name(), "is upgraded");
    machine.set_release({});
    machine.Stop(false, 500);
  });
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

}  // namespace comptoir::simulation
