// The ledger's append, beside RocksDB alone with the rows that it writes.
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/bench/must.h"
#include "tests/bench/recording_store.h"
#include "tests/bench/rocks_limit.h"
#include "tests/bench/samples.h"
#include "tests/bench/setting.h"

namespace comptoir::bench {
namespace {

constexpr size_t kRounds = 5;
constexpr double kRatioToReach = 0.9;

struct Appends {
  std::vector<ledger::AppendRequest> requests;
  Sums sums;
};

Appends MakeAppends(const Workload& workload, size_t count) {
  Appends appends{{}, Sums(workload)};
  Till till(workload, kSeed, 0);
  for (size_t i = 0; i < count; ++i) {
    const Sale sale = till.Next();
    appends.sums.Add(sale);
    appends.requests.push_back(
        {sale.request_id,
         1,
         journal::v1::SCOPE_SHOP,
         {{retail::v1::FACT_KIND_SOLD, workload.FactOf(sale).SerializeAsString()}}});
  }
  return appends;
}

// Seconds for `count` sales from `first`, by `threads` that each wait for theirs.
double AppendAll(ledger::Ledger& ledger, const Appends& appends, size_t first, size_t count,
                 size_t threads, Latencies* latencies) {
  std::vector<Latencies> each(threads);
  const auto start = SteadyClock::now();
  std::vector<std::thread> tills;
  for (size_t till = 0; till < threads; ++till) {
    tills.emplace_back([&, till] {
      for (size_t i = first + till; i < first + count; i += threads) {
        const auto asked = SteadyClock::now();
        Must(ledger.AppendAndWait(appends.requests[i]).status());
        each[till].Add(SecondsSince(asked) * 1e6);
      }
    });
  }
  for (std::thread& till : tills) till.join();
  const double seconds = SecondsSince(start);
  for (const Latencies& part : each) latencies->Add(part);
  return seconds;
}

void Measure(Setting& setting, const Appends& appends, const std::vector<RecordedBatch>& batches,
             size_t threads) {
  const std::string folder = absl::StrCat(setting.folder, "/append-", threads);
  const CoopFolders coop = CopyCoop(setting.coop, folder);
  const size_t count = appends.requests.size() / kRounds;
  std::vector<double> ratios;
  std::vector<double> ours;
  std::vector<double> limits;
  std::vector<double> cpu;  // microseconds a sale
  std::vector<double> cpu_limits;
  Latencies latencies;
  {
    Replica node(coop.node);
    RocksAlone rocks(folder + "/rocks");
    for (size_t round = 0; round < kRounds; ++round) {
      const double cpu_before = CpuSeconds();
      const double rocks_seconds = rocks.WriteAll(batches, round * count, count, threads);
      const double cpu_between = CpuSeconds();
      const double seconds =
          AppendAll(node.ledger(), appends, round * count, count, threads, &latencies);
      cpu_limits.push_back((cpu_between - cpu_before) * 1e6 / static_cast<double>(count));
      cpu.push_back((CpuSeconds() - cpu_between) * 1e6 / static_cast<double>(count));
      ours.push_back(static_cast<double>(count) / seconds);
      limits.push_back(static_cast<double>(count) / rocks_seconds);
      ratios.push_back(rocks_seconds / seconds);
    }
    MustAgree(appends.sums.Difference(SalesByProduct(node.store())));
    MustAgree(OptionsDifference(coop.node + "/store", folder + "/rocks"));
  }
  const double ratio = Median(ratios);
  setting.report.Add(
      {absl::StrCat("ledger append, ", threads, threads == 1 ? " thread" : " threads",
                    ": sales a second"),
       absl::StrCat(Thousands(Median(ours)), " (p50 ", Microseconds(latencies.Quantile(0.5)),
                    ", p99 ", Microseconds(latencies.Quantile(0.99)), ", CPU ",
                    Microseconds(Median(cpu)), ")"),
       absl::StrCat("RocksDB alone ", Thousands(Median(limits)), " (CPU ",
                    Microseconds(Median(cpu_limits)), "); ratio ", Decimals(ratio, 2)),
       absl::StrCat("≥ ", Decimals(kRatioToReach, 1), " × RocksDB alone"), ratio >= kRatioToReach});
  std::filesystem::remove_all(folder);
}

}  // namespace

std::vector<RecordedBatch> RecordAppends(Setting& setting, size_t count) {
  const Appends appends = MakeAppends(setting.workload, count);
  const std::string folder = setting.folder + "/record-appends";
  const CoopFolders coop = CopyCoop(setting.coop, folder);
  std::vector<RecordedBatch> batches;
  {
    RecordingStore* recorder = nullptr;
    Replica node(coop.node, nullptr, [&recorder](std::unique_ptr<store::Store> below) {
      auto recording =
          std::make_unique<RecordingStore>(std::move(below), store::Durability::kBuffered);
      recorder = recording.get();
      return recording;
    });
    recorder->Take();
    Latencies ignored;
    AppendAll(node.ledger(), appends, 0, count, 1, &ignored);
    batches = recorder->Take();
  }
  if (batches.size() != count) Stop("a sale was not one batch of its own");
  std::filesystem::remove_all(folder);
  return batches;
}

void BenchAppend(Setting& setting) {
  const size_t count = setting.Load(kSalesFull);
  const Appends appends = MakeAppends(setting.workload, count);
  const std::vector<RecordedBatch> batches = RecordAppends(setting, count);
  double rows = 0;
  double bytes = 0;
  for (const RecordedBatch& batch : batches) {
    rows += static_cast<double>(batch.rows().size());
    bytes += static_cast<double>(batch.bytes());
  }
  const double sales = static_cast<double>(count);
  setting.report.Add(
      {"rows and bytes that one sale writes",
       absl::StrCat(Decimals(rows / sales, 1), " rows, ", Thousands(bytes / sales), " bytes"), "",
       "", std::nullopt});
  Measure(setting, appends, batches, 1);
  Measure(setting, appends, batches, 8);
}

}  // namespace comptoir::bench
