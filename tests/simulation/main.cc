// simulate: runs seeds, says what went wrong, and how to see it again.
#include <chrono>
#include <iostream>

#include <CLI/CLI.hpp>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "tests/simulation/child.h"
#include "tests/simulation/command.h"
#include "tests/simulation/run.h"
#include "tests/simulation/shrink.h"

namespace comptoir::simulation {
namespace {

struct Settings {
  uint64_t seed = 1;
  uint64_t seeds = 1;
  double minutes = 0;
  PlanText plan;
  bool trace = false;
  bool list = false;
};

class Sweep {
 public:
  Sweep(const Settings& settings, RunOptions options)
      : settings_(settings), options_(std::move(options)) {
    if (settings.trace) options_.trace = &std::cout;
  }

  int Go() {
    const auto started = std::chrono::steady_clock::now();
    const auto seconds = [&started] {
      return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    };
    for (options_.seed = settings_.seed;; ++options_.seed) {
      if (settings_.minutes > 0 ? seconds() > settings_.minutes * 60
                                : options_.seed >= settings_.seed + settings_.seeds) {
        break;
      }
      RunOne();
    }
    PrintSummary(seconds());
    return failed_seeds_.empty() ? 0 : 1;
  }

 private:
  void RunOne() {
    const RunReport report = options_.trace == nullptr ? RunInChild(options_) : RunSeed(options_);
    ++runs_;
    sales_ += report.sales_told;
    entries_ += report.entries;
    frames_ += report.frames;
    level_ms_max_ = std::max(level_ms_max_, report.level_after_ms);
    for (size_t i = 0; i < kFaultKinds; ++i) faults_[i] += report.faults[i];
    if (settings_.seeds == 1 && settings_.minutes == 0) {
      std::cout << absl::StrFormat("seed %d trace %016x: %d steps, %d faults, %d sales\n",
                                   report.seed, report.trace_hash, report.steps,
                                   report.fault_count(), report.sales_told);
    }
    if (report.failures.empty()) return;
    failed_seeds_.push_back(report.seed);
    std::cout << "seed " << report.seed << " FAILS\n  " << absl::StrJoin(report.failures, "\n  ")
              << "\n";
    if (settings_.trace) return;
    if (failed_seeds_.size() > kShrunkMax) {
      std::cout << "  replay: " << ReplayCommand(report.seed, settings_.plan) << "\n";
      return;
    }
    const Shrunk shrunk = Shrink(options_, report, RunInChild);
    std::cout << absl::StrFormat("  after %d runs, with %d of %d faults: %s\n", shrunk.runs,
                                 shrunk.keep.size(), report.fault_count(),
                                 shrunk.report.failures.front());
    std::cout << "  replay: " << ReplayCommand(report.seed, WithOnly(settings_.plan, shrunk.keep))
              << "\n"
              << std::flush;
  }

  void PrintSummary(double seconds) const {
    uint64_t faults = 0;
    for (const uint64_t count : faults_) faults += count;
    std::cout << absl::StrFormat(
        "%d seeds from %d in %.1f s (%.0f a minute), %d sales, %d entries, %d frames, "
        "%d faults (%.1f a run), level at most %.1f s after the last\n",
        runs_, settings_.seed, seconds, static_cast<double>(runs_) * 60 / seconds, sales_, entries_,
        frames_, faults, static_cast<double>(faults) / static_cast<double>(runs_),
        static_cast<double>(level_ms_max_) / 1'000);
    for (const FaultKind kind : AllFaultKinds()) {
      const uint64_t count = faults_[static_cast<size_t>(kind)];
      if (count > 0) std::cout << absl::StrFormat("  %-22s %d\n", NameOf(kind), count);
    }
    std::cout << failed_seeds_.size() << " seeds failed";
    if (!failed_seeds_.empty()) std::cout << ": " << absl::StrJoin(failed_seeds_, " ");
    std::cout << "\n";
  }

  static constexpr size_t kShrunkMax = 3;

  const Settings settings_;
  RunOptions options_;
  uint64_t runs_ = 0;
  uint64_t sales_ = 0;
  uint64_t entries_ = 0;
  uint64_t frames_ = 0;
  int64_t level_ms_max_ = 0;
  std::array<uint64_t, kFaultKinds> faults_ = {};
  std::vector<uint64_t> failed_seeds_;
};

int Main(int argc, char** argv) {
  Settings settings;
  CLI::App app("Runs a whole co-op on virtual time, with faults, from one seed.");
  app.add_option("--seed", settings.seed, "The seed, or the first of several")
      ->capture_default_str();
  app.add_option("--seeds", settings.seeds, "How many seeds")->capture_default_str();
  app.add_option("--minutes", settings.minutes, "Seeds for so long, instead of --seeds");
  app.add_option("--faults", settings.plan.faults,
                 "Kinds of faults: all, or a list; -KIND leaves one out")
      ->capture_default_str();
  app.add_option("--keep", settings.plan.keep,
                 "Numbers of the only faults of the plan to keep; none for no fault");
  app.add_flag("--trace", settings.trace, "Prints every step");
  app.add_flag("--list", settings.list, "Lists the kinds of faults");
  CLI11_PARSE(app, argc, argv);
  if (settings.list) {
    for (const FaultKind kind : AllFaultKinds()) std::cout << NameOf(kind) << "\n";
    return 0;
  }
  const absl::StatusOr<RunOptions> options = ReadPlan(settings.plan);
  if (!options.ok()) {
    std::cerr << "simulate: " << options.status().message() << "\n";
    return 2;
  }
  return Sweep(settings, *options).Go();
}

}  // namespace
}  // namespace comptoir::simulation

int main(int argc, char** argv) { return comptoir::simulation::Main(argc, argv); }
