// Tills at a real node over TCP on loopback, beside RocksDB alone with the rows
// that the same number of ledgers' sales write.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/bench/daemon.h"
#include "tests/bench/must.h"
#include "tests/bench/rocks_limit.h"
#include "tests/bench/services.h"
#include "tests/bench/setting.h"
#include "tests/bench/tills.h"

namespace comptoir::bench {
namespace {

constexpr size_t kRounds = 5;
constexpr size_t kTillsMany = 8;

// One figure: some tills, one way of calling.
struct Case {
  const char* what;
  size_t tills;
  TillCalls calls;
  size_t sales;           // in all rounds
  double ratio_to_reach;  // 0: stands beside the others
};
constexpr Case kCases[] = {
    {"a till over a gRPC stream", 1, TillCalls::kStream, 25'000, 0.5},
    {"8 tills over gRPC streams", kTillsMany, TillCalls::kStream, 100'000, 0.85},
    {"a till over unary calls", 1, TillCalls::kUnary, 10'000, 0},
    {"8 tills over unary calls", kTillsMany, TillCalls::kUnary, 40'000, 0},
};

struct Outcome {
  std::vector<double> rates;
  std::vector<double> limits;
  std::vector<double> ratios;
  Latencies latencies;
  double call_us = 0;  // an empty call at the pace of one till; 0: not measured
};

// RocksDB alone with an empty call before each sale: a till waits for both, and whoever waits
// for the disk finds the other end asleep.
std::string WithCall(const Outcome& outcome) {
  const double limit = 1e6 / (1e6 / Median(outcome.limits) + outcome.call_us);
  return absl::StrCat("; with an empty call at that pace (", Microseconds(outcome.call_us), ") ",
                      Thousands(limit), "; ratio ", Decimals(Median(outcome.rates) / limit, 2));
}

void AddFigure(Setting& setting, const Case& each, Outcome& outcome) {
  const double ratio = Median(outcome.ratios);
  Latencies& latencies = outcome.latencies;
  Figure figure{
      absl::StrCat(each.what, ": sales a second; p50, p99, p99.9, max"),
      absl::StrCat(Thousands(Median(outcome.rates)), "; ", Microseconds(latencies.Quantile(0.5)),
                   ", ", Microseconds(latencies.Quantile(0.99)), ", ",
                   Microseconds(latencies.Quantile(0.999)), ", ",
                   Microseconds(latencies.Quantile(1))),
      absl::StrCat("RocksDB alone, ", each.tills, each.tills == 1 ? " thread " : " threads ",
                   Thousands(Median(outcome.limits)), "; ratio ", Decimals(ratio, 2),
                   outcome.call_us > 0 ? WithCall(outcome) : ""),
      "", std::nullopt};
  if (each.ratio_to_reach > 0) {
    figure.target = absl::StrCat("≥ ", Decimals(each.ratio_to_reach, 2), " × RocksDB alone");
    figure.reached = ratio >= each.ratio_to_reach;
  }
  setting.report.Add(std::move(figure));
}

void Measure(Setting& setting, const Case& each, const std::vector<RecordedBatch>& batches,
             const std::string& node, uint32_t first_number, Sums* sums) {
  const std::string rocks_folder = setting.folder + "/tills-rocks";
  Outcome outcome;
  {
    RocksAlone rocks(rocks_folder);
    Tills tills(setting.workload, first_number, each.tills);
    const size_t sales = setting.Load(each.sales) / kRounds;
    for (size_t round = 0; round < kRounds; ++round) {
      const double rocks_seconds = rocks.WriteAll(batches, round * sales, sales, each.tills);
      TillRun run = tills.Run(node, each.calls, sales / each.tills);
      const double limit = static_cast<double>(sales) / rocks_seconds;
      const double rate = static_cast<double>(run.latencies.count()) / run.seconds;
      outcome.rates.push_back(rate);
      outcome.limits.push_back(limit);
      outcome.ratios.push_back(rate / limit);
      outcome.latencies.Add(run.latencies);
    }
    sums->Add(tills.sums());
  }
  std::filesystem::remove_all(rocks_folder);
  if (each.tills == 1) {
    constexpr size_t kCalls = 2'000;
    const Daemon server(setting.self, {"--serve-empty-calls"}, setting.folder + "/empty-calls-log");
    const auto pause =
        std::chrono::microseconds(static_cast<int64_t>(1e6 / Median(outcome.limits)));
    outcome.call_us =
        MeasureEmptyCalls(ConnectToNode(server.address("grpc")), kCalls, pause).Quantile(0.5);
  }
  AddFigure(setting, each, outcome);
}

}  // namespace

void BenchTills(Setting& setting) {
  const std::vector<RecordedBatch> batches = RecordAppends(setting, setting.Load(kSalesFull));
  const std::string folder = setting.folder + "/tills";
  const CoopFolders coop = CopyCoop(setting.coop, folder);
  Daemon node = StartNode(setting.programs, coop.node, kNobody);
  Sums sums(setting.workload);
  uint32_t first_number = 1'000;
  for (const Case& each : kCases) {
    Measure(setting, each, batches, node.address("grpc"), first_number, &sums);
    first_number += 1'000;
  }
  const auto channel = ConnectToNode(node.address("grpc"));
  auto stub = shop::v1::ShopService::NewStub(channel);
  MustAgree(sums.Difference(ListSales(*stub)));
  if (GetStatus(channel).receipts() != sums.sales()) Stop("the node counted other receipts");
  node.Kill();
  std::filesystem::remove_all(folder);
}

}  // namespace comptoir::bench
