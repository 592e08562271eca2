// Machines that are given other disks, or another's.
#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/rewind.h"
#include "tests/simulation/world.h"

namespace comptoir::simulation {

void World::Replace(Machine& machine, std::unique_ptr<Disk> disk, int64_t restart_ms) {
  if (machine.alive()) Fail(oracle_.Broken(machine, machine.ledger()));
  machine.Stop(true, -1);
  if (machine.hub() && !revoked_.empty()) may_hold_more_of_revoked_ = true;
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
  // Most often both write before they hear of each other: else the hub has what ran go on in
  // another journal, and there is one branch.
  if (!dice.OneIn(4)) {
    const int64_t until_ms = events_.now_ms() + dice.Between(5'000, 60'000);
    network_->faults(network_->links() - 1).cut_until_ms = {until_ms, until_ms};
  }
  const bool sold = WorkOn(*rewound, sales->head.journal, dice, oracle_, events_.now_ms());
  events_.NoteText(original.name(), "is rolled back", sold ? "" : "and has nothing to sell");
  rewound->Settle();
  rewound_ = rewound_ || sold;
  return sold;
}

}  // namespace comptoir::simulation
