#include "tests/simulation/faults.h"

#include <algorithm>

namespace comptoir::simulation {
namespace {

struct KindRow {
  FaultKind kind;
  std::string_view name;
  uint64_t weight;  // how often, beside the others
};

constexpr std::array<KindRow, kFaultKinds> kRows = {{
    {FaultKind::kCut, "cut", 12},
    {FaultKind::kOneWayCut, "one-way-cut", 6},
    {FaultKind::kFlap, "flap", 6},
    {FaultKind::kLose, "lose", 4},
    {FaultKind::kRepeat, "repeat", 4},
    {FaultKind::kReorder, "reorder", 4},
    {FaultKind::kTruncate, "truncate", 6},
    {FaultKind::kThrottle, "throttle", 4},
    {FaultKind::kLatency, "latency", 4},
    {FaultKind::kHalfOpen, "half-open", 4},
    {FaultKind::kPowerCut, "power-cut", 10},
    {FaultKind::kKill, "kill", 6},
    {FaultKind::kKillInCommit, "kill-in-commit", 14},
    {FaultKind::kWriteError, "write-error", 6},
    {FaultKind::kWriteErrorForGood, "write-error-for-good", 1},
    {FaultKind::kFull, "full", 6},
    {FaultKind::kSlowDisk, "slow-disk", 4},
    {FaultKind::kRot, "rot", 3},
    {FaultKind::kRestore, "restore", 3},
    {FaultKind::kHubRestore, "hub-restore", 1},
    {FaultKind::kDiskLost, "disk-lost", 2},
    {FaultKind::kLog, "log", 4},
    {FaultKind::kClone, "clone", 2},
    {FaultKind::kFork, "fork", 2},
    {FaultKind::kDrift, "drift", 2},
    {FaultKind::kJumpSeconds, "jump-seconds", 3},
    {FaultKind::kJumpDays, "jump-days", 2},
    {FaultKind::kJumpDecade, "jump-decade", 2},
    {FaultKind::kBadFacts, "bad-facts", 3},
    {FaultKind::kUnknownFacts, "unknown-facts", 3},
    {FaultKind::kForged, "forged", 4},
    {FaultKind::kMalformed, "malformed", 4},
    {FaultKind::kForeign, "foreign", 3},
    {FaultKind::kTillLoss, "till-loss", 8},
    {FaultKind::kStick, "stick", 8},
    {FaultKind::kRevoke, "revoke", 1},
}};

FaultKind Draw(Dice& dice) {
  uint64_t sum = 0;
  for (const KindRow& row : kRows) sum += row.weight;
  uint64_t drawn = dice.Below(sum);
  for (const KindRow& row : kRows) {
    if (drawn < row.weight) return row.kind;
    drawn -= row.weight;
  }
  return FaultKind::kCut;
}

}  // namespace

std::string_view NameOf(FaultKind kind) { return kRows[static_cast<size_t>(kind)].name; }

const std::vector<FaultKind>& AllFaultKinds() {
  static const auto* const kinds = [] {
    auto* all = new std::vector<FaultKind>();
    for (const KindRow& row : kRows) all->push_back(row.kind);
    return all;
  }();
  return *kinds;
}

std::vector<Fault> PlanFaults(Dice dice, int64_t until_ms, const std::set<FaultKind>& kinds,
                              const std::set<size_t>& keep) {
  std::vector<Fault> plan;
  const int64_t count = dice.Between(40, 90);
  for (int64_t i = 0; i < count; ++i) {
    Fault fault;
    fault.at_ms = dice.Between(10'000, until_ms);
    fault.kind = Draw(dice);
    fault.choice = dice.Next();
    plan.push_back(fault);
  }
  std::ranges::stable_sort(plan, {}, &Fault::at_ms);
  for (size_t i = 0; i < plan.size(); ++i) plan[i].number = i;
  std::erase_if(plan, [&](const Fault& fault) {
    return !kinds.contains(fault.kind) || (!keep.empty() && !keep.contains(fault.number));
  });
  return plan;
}

}  // namespace comptoir::simulation
