// The kinds of faults, and a run's plan of them.
//
// The plan is made from the seed before the run begins. Leaving kinds or single
// faults out moves none of the others: so a failing run can be shrunk.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

#include "tests/simulation/dice.h"

namespace comptoir::simulation {

enum class FaultKind : uint8_t {
  // of links
  kCut,
  kOneWayCut,
  kFlap,
  kLose,
  kRepeat,
  kReorder,
  kTruncate,
  kThrottle,
  kLatency,
  kHalfOpen,
  // of machines and disks
  kPowerCut,
  kKill,
  kKillInCommit,
  kWriteError,
  kWriteErrorForGood,
  kFull,
  kSlowDisk,
  kRot,
  kRestore,
  kHubRestore,
  kDiskLost,
  kLog,
  kClone,
  kFork,
  // of clocks
  kDrift,
  kJumpSeconds,
  kJumpDays,
  kJumpDecade,
  // of peers
  kBadFacts,
  kUnknownFacts,
  kForged,
  kMalformed,
  kForeign,
  // between tills and their node
  kTillLoss,
  // by hand
  kStick,
  kRevoke,
};
// A plan holds fewer than this.
inline constexpr size_t kFaultsMax = 91;
inline constexpr size_t kFaultKinds = static_cast<size_t>(FaultKind::kRevoke) + 1;

// As in --faults.
std::string_view NameOf(FaultKind kind);
const std::vector<FaultKind>& AllFaultKinds();

struct Fault {
  size_t number = 0;  // its place in the plan
  int64_t at_ms = 0;
  FaultKind kind = FaultKind::kCut;
  uint64_t choice = 0;  // of what, how long, how much: mixed anew for each
};

// By time. Only `kinds`, and of those only the numbers in `keep` unless it is empty.
std::vector<Fault> PlanFaults(Dice dice, int64_t until_ms, const std::set<FaultKind>& kinds,
                              const std::set<size_t>& keep);

}  // namespace comptoir::simulation
