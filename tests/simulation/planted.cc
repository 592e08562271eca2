// simulate-planted: plants each bug in turn and runs seeds until it is found.
#include "common/base/planted.h"

#include <algorithm>
#include <array>
#include <iostream>

#include <CLI/CLI.hpp>

#include "absl/strings/str_format.h"
#include "tests/simulation/child.h"

namespace comptoir {

PlantedBug planted_bug = PlantedBug::kNone;

namespace simulation {
namespace {

struct BugRow {
  PlantedBug bug;
  std::string name;
};

const std::vector<BugRow>& Bugs() {
  static const auto* const rows = new std::vector<BugRow>{
      {PlantedBug::kSkipFlush, "skips the flush"},
      {PlantedBug::kAnswerBeforeFlush, "tells the till before the flush"},
      {PlantedBug::kAcknowledgeBeforeFlush, "acknowledges to the peer before the flush"},
      {PlantedBug::kIgnoreFailedWrite, "goes on after a failed write"},
      {PlantedBug::kSplitBatch, "writes entries and views in two batches"},
      {PlantedBug::kGoOnInOldJournal, "goes on in the journal of the run before"},
      {PlantedBug::kForgetRequests, "forgets which requests it took"},
      {PlantedBug::kCountEveryTaker, "counts every entry of a request"},
      {PlantedBug::kCountLatestTaker, "counts the entry of a request that came last"},
      {PlantedBug::kAcceptWrongChain, "accepts a wrong chain"},
      {PlantedBug::kSkipSignature, "skips the check of signatures"},
      {PlantedBug::kSkipScope, "skips the check of scopes"},
      {PlantedBug::kFoldRepeat, "folds a repeated segment again"},
      {PlantedBug::kRefuseBadFacts, "refuses bad facts at the transport gate"},
      {PlantedBug::kDropVerdict, "drops the verdict on a bad fact"},
      {PlantedBug::kFoldTwice, "folds twice"},
      {PlantedBug::kForgetReplaced, "forgets which writes a write replaces"},
      {PlantedBug::kLoseSummedAddition, "loses an addition where two meet in a batch"},
      {PlantedBug::kCountAsDifference, "takes a count for a difference"},
      {PlantedBug::kSellRecalled, "sells what is recalled"},
      {PlantedBug::kIgnoreCorrection, "ignores a correction that came first"},
      {PlantedBug::kFollowPoisonedClock, "follows a clock that is years ahead"},
      {PlantedBug::kUndercutHybridTime, "undercuts the hybrid time of the run before"},
      {PlantedBug::kFollowWallClock, "follows a jump of the wall clock"},
      {PlantedBug::kNeverFindSilence, "never finds that a peer is silent"},
      {PlantedBug::kNeverGiveUpWaiting, "waits for an answer that was lost"},
      {PlantedBug::kKeepFinishedJournals, "never compares finished journals"},
      {PlantedBug::kTellNobodyOfNews, "does not wake the session"},
      {PlantedBug::kIgnoreWitness, "ignores what the witness saw"},
      {PlantedBug::kLeaveRot, "never asks again for what rotted"},
      {PlantedBug::kShowRot, "shows an entry that was altered"},
      {PlantedBug::kTakeOfRevoked, "takes what a revoked node wrote since"},
      {PlantedBug::kForgetMoved, "counts nothing of a branch that was moved"},
      {PlantedBug::kTellNoTransfers, "tells no shop of a transfer"},
      {PlantedBug::kCloseAgain, "closes again what was closed"},
  };
  return *rows;
}

struct Settings {
  uint64_t trials = 5;
  uint64_t seeds = 100;
  std::string only;
};

int Main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Plants each bug in turn, and counts the seeds until the simulator finds it.");
  app.add_option("--trials", settings.trials, "How often each is looked for, from another seed")
      ->capture_default_str();
  app.add_option("--seeds", settings.seeds, "After so many seeds it counts as not found")
      ->capture_default_str();
  app.add_option("--only", settings.only, "Only bugs whose description has this in it");
  CLI11_PARSE(app, argc, argv);
  size_t missed = 0;
  size_t planted = 0;
  std::cout << absl::StrFormat("%-48s %-8s %-8s %s\n", "planted bug", "found", "seeds", "by");
  for (const BugRow& row : Bugs()) {
    if (row.name.find(settings.only) == std::string::npos) continue;
    ++planted;
    planted_bug = row.bug;
    std::vector<uint64_t> needed;
    std::string found_by;
    for (uint64_t trial = 0; trial < settings.trials; ++trial) {
      RunOptions options;
      for (uint64_t run = 1; run <= settings.seeds; ++run) {
        options.seed = trial * 1'000 + run;
        const RunReport report = RunInChild(options);
        if (report.failures.empty()) continue;
        needed.push_back(run);
        if (found_by.empty()) found_by = report.failures.front();
        break;
      }
    }
    std::sort(needed.begin(), needed.end());
    const bool found = needed.size() == settings.trials;
    if (!found) ++missed;
    std::cout << absl::StrFormat("%-48s %d of %d   %-8s %s\n", row.name, needed.size(),
                                 settings.trials,
                                 found ? std::to_string(needed[needed.size() / 2]) : "-", found_by)
              << std::flush;
  }
  std::cout << planted - missed << " of " << planted << " bugs found in every trial\n";
  return missed == 0 ? 0 : 1;
}

}  // namespace
}  // namespace simulation
}  // namespace comptoir

int main(int argc, char** argv) { return comptoir::simulation::Main(argc, argv); }
