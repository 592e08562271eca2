// Runs the benchmarks and prints their table; see README.md here.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/platform/heap.h"
#include "tests/bench/must.h"
#include "tests/bench/services.h"
#include "tests/bench/setting.h"

namespace comptoir::bench {
namespace {

struct Bench {
  const char* name;
  void (*run)(Setting&);
};
constexpr Bench kBenches[] = {
    {"limits", BenchLimits},    {"append", BenchAppend}, {"tills", BenchTills},
    {"catch-up", BenchCatchUp}, {"level", BenchLevel},   {"agreement", BenchAgreement},
    {"reopen", BenchReopen},
};

int Main(int argc, char** argv) {
  Setting setting;
  std::vector<std::string> only;
  bool serve_empty_calls = false;
  std::string as_hub;
  CLI::App app("Measures Comptoir beside the limits of the machine it runs on.");
  app.add_option("--folder", setting.folder, "made anew, on the disk to be measured");
  app.add_option("--programs", setting.programs, "where comptoir-hub and comptoir-node are");
  app.add_option("--only", only, "measure these alone");
  app.add_flag("--quick", setting.quick, "a tenth of the load, to try it");
  app.add_flag("--serve-empty-calls", serve_empty_calls, "of a limit's own process")->group("");
  app.add_option("--as-hub", as_hub, "of that: over mutual TLS as this hub")->group("");
  CLI11_PARSE(app, argc, argv);
  if (serve_empty_calls) return ServeEmptyCalls(as_hub);
  if (setting.folder.empty() || setting.programs.empty()) Stop("say --folder and --programs");
  setting.self = std::filesystem::canonical("/proc/self/exe").string();
  for (const std::string& name : only) {
    const auto is_it = [&name](const Bench& bench) { return name == bench.name; };
    if (std::none_of(std::begin(kBenches), std::end(kBenches), is_it)) {
      Stop("no benchmark is called '" + name + "'");
    }
  }
  std::filesystem::remove_all(setting.folder);
  std::filesystem::create_directories(setting.folder);
  setting.coop = MakeCoop(setting.folder + "/coop", setting.workload);
  for (const Bench& bench : kBenches) {
    if (only.empty() || std::find(only.begin(), only.end(), bench.name) != only.end()) {
      bench.run(setting);
    }
  }
  std::filesystem::remove_all(setting.folder);
  std::fputs(setting.report.Markdown().c_str(), stdout);
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace comptoir::bench

int main(int argc, char** argv) {
  // As the daemons do, so that limits have no less.
  comptoir::platform::KeepHeapSmall();
  return comptoir::bench::Main(argc, argv);
}
