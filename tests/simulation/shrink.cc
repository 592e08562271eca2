#include "tests/simulation/shrink.h"

#include <algorithm>

namespace comptoir::simulation {
namespace {

constexpr uint64_t kRunsMax = 120;

}  // namespace

Shrunk Shrink(const RunOptions& options, const RunReport& report,
              const std::function<RunReport(const RunOptions&)>& run) {
  Shrunk shrunk{report.fault_numbers, report, 0};
  for (size_t chunk = std::max<size_t>(1, shrunk.keep.size() / 2); chunk > 0;) {
    bool smaller = false;
    for (size_t from = 0; from < shrunk.keep.size() && shrunk.runs < kRunsMax;) {
      std::vector<size_t> rest = shrunk.keep;
      const auto first = rest.begin() + static_cast<ptrdiff_t>(from);
      rest.erase(first, first + static_cast<ptrdiff_t>(std::min(chunk, rest.size() - from)));
      RunOptions fewer = options;
      fewer.trace = nullptr;
      fewer.keep = {rest.begin(), rest.end()};
      if (rest.empty()) fewer.kinds.clear();
      const RunReport outcome = run(fewer);
      ++shrunk.runs;
      if (outcome.failures.empty()) {
        from += chunk;
        continue;
      }
      shrunk.keep = rest;
      shrunk.report = outcome;
      smaller = true;
    }
    if (!smaller || shrunk.runs >= kRunsMax) chunk = shrunk.runs >= kRunsMax ? 0 : chunk / 2;
  }
  return shrunk;
}

}  // namespace comptoir::simulation
