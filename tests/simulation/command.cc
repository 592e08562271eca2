#include "tests/simulation/command.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/base/status.h"

namespace comptoir::simulation {
namespace {

constexpr char kNoFaults[] = "none";

std::vector<std::string> Words(const std::string& text) {
  return absl::StrSplit(text, ',', absl::SkipEmpty());
}

absl::Status AddKinds(const std::string& word, std::set<FaultKind>* kinds) {
  const bool without = word.front() == '-';
  const std::string name = without ? word.substr(1) : word;
  if (name == kNoFaults) return absl::OkStatus();
  bool is_known = false;
  for (const FaultKind kind : AllFaultKinds()) {
    if (name != "all" && name != NameOf(kind)) continue;
    is_known = true;
    if (without) {
      kinds->erase(kind);
    } else {
      kinds->insert(kind);
    }
  }
  if (is_known) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--faults: no fault is named ", name, ": --list says which there are"));
}

}  // namespace

absl::StatusOr<RunOptions> ReadPlan(const PlanText& plan) {
  RunOptions options;
  options.kinds.clear();
  for (const std::string& word : Words(plan.faults)) {
    COMPTOIR_RETURN_IF_ERROR(AddKinds(word, &options.kinds));
  }
  if (plan.keep == kNoFaults) {
    options.kinds.clear();
    return options;
  }
  for (const std::string& word : Words(plan.keep)) {
    size_t number = 0;
    if (!absl::SimpleAtoi(word, &number)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--keep: ", word, " is no number of a fault: write them as 3,17, or none"));
    }
    options.keep.insert(number);
  }
  return options;
}

PlanText WithOnly(const PlanText& plan, const std::vector<size_t>& keep) {
  return {plan.faults, keep.empty() ? kNoFaults : absl::StrJoin(keep, ",")};
}

std::string ReplayCommand(uint64_t seed, const PlanText& plan) {
  std::string command = absl::StrCat("simulate --seed ", seed);
  if (plan.faults != PlanText().faults) absl::StrAppend(&command, " --faults ", plan.faults);
  if (!plan.keep.empty()) absl::StrAppend(&command, " --keep ", plan.keep);
  return absl::StrCat(command, " --trace");
}

}  // namespace comptoir::simulation
