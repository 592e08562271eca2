// What every benchmark of a run shares.
#pragma once

#include <string>
#include <vector>

#include "tests/bench/coop.h"
#include "tests/bench/recording_store.h"
#include "tests/bench/report.h"
#include "tests/bench/workload.h"

namespace comptoir::bench {

struct Setting {
  std::string folder;    // on the disk that is measured; empty at the start
  std::string programs;  // where comptoir-hub and comptoir-node are
  std::string self;      // this program
  bool quick = false;    // a tenth of the load
  Workload workload;
  CoopFolders coop;  // level, without a sale; benchmarks work on copies
  Report report;

  size_t Load(size_t full) const { return quick ? full / 10 : full; }
};

// `count` sales as the rows that the ledger writes for each of them alone.
std::vector<RecordedBatch> RecordAppends(Setting& setting, size_t count);

// Each adds its figures to the report, and stops the program where a result is wrong.
void BenchAppend(Setting& setting);
void BenchTills(Setting& setting);
void BenchCatchUp(Setting& setting);
void BenchLevel(Setting& setting);
void BenchAgreement(Setting& setting);
void BenchReopen(Setting& setting);
void BenchLimits(Setting& setting);

}  // namespace comptoir::bench
