// One co-op of a run: its machines, its people, and what befalls them.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "tests/simulation/dice.h"
#include "tests/simulation/disk.h"
#include "tests/simulation/events.h"
#include "tests/simulation/hostile.h"
#include "tests/simulation/machine.h"
#include "tests/simulation/network.h"
#include "tests/simulation/oracle.h"
#include "tests/simulation/people.h"
#include "tests/simulation/run.h"
#include "tests/simulation/sticks.h"

namespace comptoir::simulation {

inline constexpr int64_t kMinuteMs = 60'000;
inline constexpr int64_t kFaultyMs = 10 * kMinuteMs;
inline constexpr std::array<const char*, 3> kShops = {"outremeuse", "guillemins", "saint-leonard"};

class World {
 public:
  explicit World(const RunOptions& options);
  RunReport Run();

 private:
  Machine& AddMachine(const journal::Writer& writer, std::unique_ptr<Disk> disk);
  void PlanRelease(Machine& machine, Dice dice);
  void PlanUpgrade(Machine& machine, Dice dice);
  void AddPeople(Machine& machine, bool clerk);
  Machine& hub() { return *machines_.front(); }
  // Of those that every run has.
  Machine& first_node(uint64_t choice) { return *machines_[1 + choice % (kShops.size() + 1)]; }
  Machine& node(uint64_t choice) { return *machines_[1 + choice % (machines_.size() - 1)]; }

  void Started(Machine& machine);
  void LookForSilence();
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
  bool TendRotten(Machine& machine);
  void CarryAllToHub(Machine& machine);
  bool IsHeldElsewhere(Machine& rotten, JournalId journal, Sequence sequence);
  void CheckRevoked();
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
  std::map<size_t, int64_t> tended_since_ms_;  // by machine, in peace: its disk is rotten
  std::set<std::string> revoked_;              // names that the office asked to be revoked
  // How far the hub held their journals then; others of theirs, not at all.
  std::map<JournalId, Sequence> revoked_heads_;
  // An operator may have carried in more of them, or the hub was put back.
  bool may_hold_more_of_revoked_ = false;
  bool rewound_ = false;  // some machine was rolled back while it ran
};

}  // namespace comptoir::simulation
