// Catching up after a cut: real hub and node over mutual TLS, from the connection
// to the hub's last ack, beside RocksDB alone with the rows that the hub writes.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/bench/daemon.h"
#include "tests/bench/must.h"
#include "tests/bench/proxy.h"
#include "tests/bench/rocks_limit.h"
#include "tests/bench/services.h"
#include "tests/bench/setting.h"

namespace comptoir::bench {
namespace {

constexpr size_t kRounds = 4;
// Nothing is under way any more when nothing was heard for so long.
constexpr std::chrono::milliseconds kQuiet(1'000);
constexpr std::chrono::milliseconds kLook(5);
constexpr std::chrono::minutes kLevelMost(2);
constexpr double kRatioToReach = 0.7;
constexpr double kRowsMax = 10;
constexpr double kSalesPerSecondToReach = 60'000;
constexpr double kBytesMax = 42;
constexpr double kMemoryMax = 96 << 20;

constexpr int64_t kPaceMillis = 27'700;  // between two sales of a shop: 130 an hour
constexpr int64_t kHourMillis = 3'600'000;

// Stands `behind_ms` behind the machine's clock, and advances by `step_ms` with each
// look at the boot clock, of which the ledger takes one for each entry.
class PastClock final : public Clock {
 public:
  PastClock(int64_t behind_ms, int64_t step_ms)
      : machine_(Must(platform::SystemClock::Create())),
        step_ms_(step_ms),
        now_ms_(machine_->WallMillis() - behind_ms) {}

  int64_t WallMillis() override { return now_ms_; }
  int64_t BootMillis() override { return now_ms_.fetch_add(step_ms_); }
  int UtcOffsetMinutes(int64_t wall_ms) override { return machine_->UtcOffsetMinutes(wall_ms); }
  bool IsSynchronised() override { return false; }

 private:
  const std::unique_ptr<platform::SystemClock> machine_;
  const int64_t step_ms_;
  std::atomic<int64_t> now_ms_;
};

// A node that sold alone, and what its hub will write when it hears of it.
struct Backlog {
  CoopFolders coop;
  Sums sums;
  std::vector<RecordedBatch> batches;
};

// The batches that a hub commits when it takes the node's segments in, one behind
// the other as a session brings them.
std::vector<RecordedBatch> RecordIngest(const CoopFolders& coop) {
  RecordingStore* recorder = nullptr;
  Replica hub(coop.hub, nullptr, [&recorder](std::unique_ptr<store::Store> below) {
    auto recording = std::make_unique<RecordingStore>(std::move(below), store::Durability::kSynced);
    recorder = recording.get();
    return recording;
  });
  Replica node(coop.node);
  recorder->Take();
  Carry(node, hub);
  return recorder->Take();
}

// As fast as they are taken, today; or, `at_shop_pace`, up to today.
Backlog MakeBacklog(Setting& setting, const std::string& folder, size_t sales, bool at_shop_pace) {
  Backlog backlog{setting.coop, Sums(setting.workload), {}};
  std::unique_ptr<PastClock> pace;
  if (at_shop_pace) {
    const int64_t behind_ms = static_cast<int64_t>(sales) * kPaceMillis;
    PastClock before(behind_ms + kHourMillis, 0);
    backlog.coop = MakeCoop(folder + "/before", setting.workload, &before);
    pace = std::make_unique<PastClock>(behind_ms, kPaceMillis);
  }
  backlog.coop = CopyCoop(backlog.coop, folder + "/backlog");
  {
    Replica node(backlog.coop.node, pace.get());
    Till till(setting.workload, kSeed, 30);
    Fill(node, setting.workload, till, sales, &backlog.sums);
  }
  backlog.batches = RecordIngest(CopyCoop(backlog.coop, folder + "/recorded"));
  std::filesystem::remove_all(folder + "/recorded");
  return backlog;
}

struct CatchUp {
  double seconds = 0;
  double bytes = 0;
  double hub_memory = 0;
  double node_memory = 0;
  double hub_cpu_seconds = 0;
  double node_cpu_seconds = 0;
};

void CheckLevel(const Daemon& hub, const Daemon& node, const CoopFolders& coop, const Sums& sums) {
  const auto node_channel = ConnectToNode(node.address("grpc"));
  const auto hub_channel = ConnectToHub(hub.address("sync"), coop.hub);
  const admin::v1::Status status = GetStatus(node_channel);
  if (status.link().waiting_entries() != 0) Stop("the node still waits for the hub");
  if (GetHeads(hub_channel) != GetHeads(node_channel)) Stop("heads differ");
  if (GetStatus(hub_channel).receipts() != sums.sales()) Stop("the hub counted other receipts");
  auto stub = coop::v1::CoopService::NewStub(hub_channel);
  MustAgree(sums.Difference(ListSales(*stub)));
}

// Until the node was told that the hub has all, which then counts as many receipts. Bytes
// that pass later are no measure of it: the hub tells of stock once a second.
std::chrono::steady_clock::time_point WaitUntilAcknowledged(const Daemon& hub, const Daemon& node,
                                                            const Backlog& backlog,
                                                            const CoopFolders& coop) {
  const auto node_channel = ConnectToNode(node.address("grpc"));
  const auto hub_channel = ConnectToHub(hub.address("sync"), coop.hub);
  const auto limit = std::chrono::steady_clock::now() + kLevelMost;
  while (true) {
    const admin::v1::Status status = GetStatus(node_channel);
    const auto now = std::chrono::steady_clock::now();
    if (status.link().online() && status.link().waiting_entries() == 0 &&
        GetStatus(hub_channel).receipts() == backlog.sums.sales()) {
      return now;
    }
    if (now > limit) Stop("node and hub do not become level");
    std::this_thread::sleep_for(kLook);
  }
}

CatchUp RunCatchUp(Setting& setting, const Backlog& backlog, const std::string& folder) {
  const CoopFolders coop = CopyCoop(backlog.coop, folder);
  Daemon hub = StartHub(setting.programs, coop.hub);
  Proxy proxy(hub.address("sync"));
  Daemon node = StartNode(setting.programs, coop.node, proxy.address());
  const auto acknowledged = WaitUntilAcknowledged(hub, node, backlog, coop);
  const Traffic traffic = proxy.WaitUntilQuiet(kQuiet);
  CatchUp result;
  result.seconds = std::chrono::duration<double>(acknowledged - traffic.first).count();
  result.bytes = static_cast<double>(traffic.bytes());
  result.hub_memory = hub.PeakMemoryBytes();
  result.node_memory = node.PeakMemoryBytes();
  result.hub_cpu_seconds = hub.CpuSeconds();
  result.node_cpu_seconds = node.CpuSeconds();
  CheckLevel(hub, node, coop, backlog.sums);
  node.Drain();
  hub.Drain();
  return result;
}

// Chains, signatures, and views against a fold from nothing.
void Verify(Setting& setting, const std::string& hub_folder) {
  const std::string log = hub_folder + "/verify-log";
  if (RunToEnd(setting.programs + "/comptoir-hub", {"--data", hub_folder, "verify"}, log) != 0) {
    Stop("the hub's data folder does not verify: see " + log);
  }
}

struct Outcome {
  std::vector<double> seconds;
  std::vector<double> ratios;
  std::vector<double> limits;
  std::vector<double> bytes;
  std::vector<double> cpu_seconds;
  double hub_memory = 0;
  double node_memory = 0;
};

Outcome Measure(Setting& setting, const Backlog& backlog, const std::string& folder,
                size_t rounds) {
  Outcome outcome;
  for (size_t round = 0; round < rounds; ++round) {
    double rocks_seconds = 0;
    {
      RocksAlone rocks(folder + "/rocks");
      rocks_seconds = rocks.WriteAll(backlog.batches, 0, backlog.batches.size(), 1);
    }
    std::filesystem::remove_all(folder + "/rocks");
    const CatchUp run = RunCatchUp(setting, backlog, folder + "/run");
    outcome.seconds.push_back(run.seconds);
    outcome.limits.push_back(rocks_seconds);
    outcome.ratios.push_back(rocks_seconds / run.seconds);
    outcome.bytes.push_back(run.bytes);
    outcome.cpu_seconds.push_back(run.hub_cpu_seconds + run.node_cpu_seconds);
    outcome.hub_memory = std::max(outcome.hub_memory, run.hub_memory);
    outcome.node_memory = std::max(outcome.node_memory, run.node_memory);
  }
  Verify(setting, folder + "/run/hub");
  return outcome;
}

double RowsPerSale(const Backlog& backlog) {
  double rows = 0;
  for (const RecordedBatch& batch : backlog.batches) {
    rows += static_cast<double>(batch.rows().size());
  }
  return rows / static_cast<double>(backlog.sums.sales());
}

void AddFigures(Setting& setting, const std::string& what, const Backlog& backlog,
                const Outcome& outcome, bool judged) {
  const auto sales = static_cast<double>(backlog.sums.sales());
  const double rate = sales / Median(outcome.seconds);
  const double ratio = Median(outcome.ratios);
  const auto reached = [judged](bool yes) { return judged ? std::optional(yes) : std::nullopt; };
  const auto target = [judged](std::string text) { return judged ? std::move(text) : ""; };
  setting.report.Add(
      {absl::StrCat(what, ": sales a second"),
       absl::StrCat(Thousands(rate), " (", Decimals(Median(outcome.seconds), 2), " s, ",
                    Decimals(Median(outcome.cpu_seconds), 2), " CPU s of both)"),
       absl::StrCat("RocksDB alone, ", backlog.batches.size(), " batches: ",
                    Thousands(sales / Median(outcome.limits)), "; ratio ", Decimals(ratio, 2)),
       target("≥ 0.7 × RocksDB alone; ≥ 60,000"),
       reached(ratio >= kRatioToReach && rate >= kSalesPerSecondToReach)});
  const double rows = RowsPerSale(backlog);
  setting.report.Add({absl::StrCat(what, ": rows a sale after coalescing"), Decimals(rows, 2), "",
                      target("≤ 10"), reached(rows <= kRowsMax)});
  const double bytes = Median(outcome.bytes) / sales;
  setting.report.Add({absl::StrCat(what, ": bytes on the wire a sale"), Decimals(bytes, 1), "",
                      target("≤ 42"), reached(bytes <= kBytesMax)});
  setting.report.Add(
      {absl::StrCat(what, ": peak memory of node and of hub"),
       absl::StrCat(Mebibytes(outcome.node_memory), ", ", Mebibytes(outcome.hub_memory)), "",
       target("≤ 96 MiB each"),
       reached(std::max(outcome.node_memory, outcome.hub_memory) <= kMemoryMax)});
}

}  // namespace

void BenchCatchUp(Setting& setting) {
  const std::string folder = setting.folder + "/catch-up";
  const size_t sales = setting.Load(kSalesFull);
  {
    const Backlog backlog = MakeBacklog(setting, folder, sales, false);
    AddFigures(setting, "catch-up", backlog, Measure(setting, backlog, folder, kRounds), true);
  }
  {
    const Backlog backlog = MakeBacklog(setting, folder, sales, true);
    AddFigures(setting, "the same, sold over a month at 130 an hour", backlog,
               Measure(setting, backlog, folder, 1), false);
  }
  std::filesystem::remove_all(folder);
}

}  // namespace comptoir::bench
