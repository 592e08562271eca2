// What every benchmark of a run shares.
#pragma once

#include <string>

#include "tests/bench/coop.h"
#include "tests/bench/report.h"
#include "tests/bench/workload.h"

namespace comptoir::bench {

struct Setting {
  std::string folder;    // on the disk that is measured; empty at the start
  std::string programs;  // where comptoir-hub and comptoir-node are
  bool quick = false;    // a tenth of the load
  Workload workload;
  CoopFolders coop;      // level, without a sale; benchmarks work on copies
  Report report;

  size_t Load(size_t full) const { return quick ? full / 10 : full; }
};

void BenchAppend(Setting& setting);

}  // namespace comptoir::bench
