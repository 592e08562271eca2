// simulate: runs seeds, says what went wrong, and how to see it again.
#include <chrono>
#include <iostream>

#include <CLI/CLI.hpp>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "tests/simulation/child.h"
#include "tests/simulation/run.h"
#include "tests/simulation/shrink.h"

namespace comptoir::simulation {
namespace {

struct Settings {
  uint64_t seed = 1;
  uint64_t seeds = 1;
  double minutes = 0;
  std::string faults = "all";
  std::string keep;
  bool trace = false;
  bool list = false;
};

// "all", "all,-clone" or "cut,kill".
std::set<FaultKind> ParseKinds(const std::string& text) {
  std::set<FaultKind> kinds;
  for (const std::string& word :
       std::vector<std::string>(absl::StrSplit(text, ',', absl::SkipEmpty()))) {
    const bool without = word.front() == '-';
    const std::string name = without ? word.substr(1) : word;
    bool known = name == "all" || name == "none";
    for (const FaultKind kind : AllFaultKinds()) {
      if (name != "all" && name != NameOf(kind)) continue;
      known = true;
      if (without) {
        kinds.erase(kind);
      } else {
        kinds.insert(kind);
      }
    }
    if (!known) throw CLI::ValidationError("--faults", absl::StrCat("no fault named ", name));
  }
  return kinds;
}

class Sweep {
 public:
  explicit Sweep(const Settings& settings) : settings_(settings) {
    options_.kinds = ParseKinds(settings.faults);
    for (const std::string& number :
         std::vector<std::string>(absl::StrSplit(settings.keep, ',', absl::SkipEmpty()))) {
      options_.keep.insert(std::stoul(number));
    }
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
      std::cout << "  replay: simulate --seed " << report.seed << " --trace\n";
      return;
    }
    const Shrunk shrunk = Shrink(options_, report);
    std::cout << absl::StrFormat("  after %d runs, with %d of %d faults: %s\n", shrunk.runs,
                                 shrunk.keep.size(), report.fault_count(),
                                 shrunk.report.failures.front());
    std::cout << "  replay: simulate --seed " << report.seed << " --keep "
              << absl::StrJoin(shrunk.keep, ",") << " --trace\n"
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
  app.add_option("--faults", settings.faults,
                 "Kinds of faults: all, or a list; -KIND leaves one out")
      ->capture_default_str();
  app.add_option("--keep", settings.keep, "Numbers of the only faults of the plan to keep");
  app.add_flag("--trace", settings.trace, "Prints every step");
  app.add_flag("--list", settings.list, "Lists the kinds of faults");
  CLI11_PARSE(app, argc, argv);
  if (settings.list) {
    for (const FaultKind kind : AllFaultKinds()) std::cout << NameOf(kind) << "\n";
    return 0;
  }
  try {
    return Sweep(settings).Go();
  } catch (const CLI::Error& error) {
    return app.exit(error);
  }
}

}  // namespace
}  // namespace comptoir::simulation

int main(int argc, char** argv) { return comptoir::simulation::Main(argc, argv); }
