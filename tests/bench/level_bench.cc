// One sale when node and hub are level, and what its way costs.
#include <algorithm>
#include <filesystem>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/bench/daemon.h"
#include "tests/bench/disk_limit.h"
#include "tests/bench/must.h"
#include "tests/bench/proxy.h"
#include "tests/bench/services.h"
#include "tests/bench/setting.h"
#include "tests/bench/tills.h"

namespace comptoir::bench {
namespace {

constexpr size_t kSales = 600;
// Nothing of one sale's dialogue comes later than this after what came before it.
constexpr std::chrono::milliseconds kQuiet(8);
constexpr std::chrono::milliseconds kLevelQuiet(1'000);
// Of a sale's rows, in the write-ahead log.
constexpr size_t kSaleBytes = 800;
constexpr size_t kLimitSamples = 1'000;
constexpr size_t kPacedSamples = 200;
constexpr double kTimesLimit = 3;
constexpr double kBytesToReach = 700;

struct Exchange {
  double visible_us = 0;
  double to_hub_bytes = 0;
  double to_node_bytes = 0;
};

// The hub's last bytes about a sale, its ack among them, are sent once the sale can
// be seen there; that it can is asked afterwards, so that asking costs it nothing.
Exchange SellOne(TillStream& till, const shop::v1::RecordSaleRequest& request, Proxy& proxy,
                 coop::v1::CoopService::Stub& hub) {
  proxy.Reset();
  shop::v1::GetReceiptRequest query;
  query.set_number(till.Sell(request));
  const auto sold = SteadyClock::now();
  while (true) {
    proxy.WaitUntilQuiet(kQuiet);
    grpc::ClientContext context;
    shop::v1::Receipt receipt;
    const grpc::Status status = hub.GetReceipt(&context, query, &receipt);
    if (status.ok()) break;
    if (status.error_code() != grpc::StatusCode::NOT_FOUND) {
      Stop("the hub does not answer: " + status.error_message());
    }
  }
  // Where the hub's disk was slow, its ack may only now be on its way.
  std::this_thread::sleep_for(kQuiet);
  const Traffic traffic = proxy.traffic();
  if (traffic.to_node_bytes == 0) Stop("the hub acknowledged nothing");
  const std::chrono::duration<double, std::micro> visible = traffic.last_to_node - sold;
  // Below zero where the hub was quicker than the answer to the till.
  return {std::max(visible.count(), 0.0), static_cast<double>(traffic.to_hub_bytes),
          static_cast<double>(traffic.to_node_bytes)};
}

struct Limit {
  double disk_us = 0;
  double call_us = 0;
};

// With the pause of the sales in it: a machine that was idle for a moment does everything more
// slowly than one in the middle of it.
Limit MeasureLimit(Setting& setting, std::chrono::milliseconds pause) {
  Daemon server(setting.self, {"--serve-empty-calls"}, setting.folder + "/empty-calls-log");
  const auto channel = ConnectToNode(server.address("grpc"));
  return {MeasureDiskSync(setting.folder, kSaleBytes, kPacedSamples, pause).Quantile(0.5),
          MeasureEmptyCalls(channel, kPacedSamples, pause).Quantile(0.5)};
}

}  // namespace

void BenchLevel(Setting& setting) {
  const std::string folder = setting.folder + "/level";
  const CoopFolders coop = CopyCoop(setting.coop, folder);
  Daemon hub = StartHub(setting.programs, coop.hub);
  Proxy proxy(hub.address("sync"));
  Daemon node = StartNode(setting.programs, coop.node, proxy.address());
  proxy.WaitUntilQuiet(kLevelQuiet);
  const auto hub_channel = ConnectToHub(hub.address("sync"), coop.hub);
  auto hub_stub = coop::v1::CoopService::NewStub(hub_channel);
  Latencies visible;
  std::vector<double> bytes;
  std::vector<double> to_hub;
  Till sales(setting.workload, kSeed, 40);
  Limit limit;
  {
    TillStream till(node.address("grpc"));
    SellOne(till, setting.workload.RequestOf(sales.Next()), proxy, *hub_stub);  // opens the journal
    limit = MeasureLimit(setting, 2 * kQuiet);
    for (size_t i = 0; i < setting.Load(kSales); ++i) {
      const Exchange exchange =
          SellOne(till, setting.workload.RequestOf(sales.Next()), proxy, *hub_stub);
      visible.Add(exchange.visible_us);
      bytes.push_back(exchange.to_hub_bytes + exchange.to_node_bytes);
      to_hub.push_back(exchange.to_hub_bytes);
    }
  }
  const Limit after = MeasureLimit(setting, 2 * kQuiet);
  const Limit unpaced = MeasureLimit(setting, {});
  const double disk_us = (limit.disk_us + after.disk_us) / 2;
  const double call_us = (limit.call_us + after.call_us) / 2;
  const double visible_us = visible.Quantile(0.5);
  const double times = visible_us / (disk_us + call_us);
  setting.report.Add(
      {"one sale when level, from the till's 'sold' to visible at the hub: p50, p99",
       absl::StrCat(Microseconds(visible_us), ", ", Microseconds(visible.Quantile(0.99))),
       absl::StrCat("fdatasync ", Microseconds(disk_us), " + empty call ", Microseconds(call_us),
                    "; ", Decimals(times, 2), " ×. Back to back: ", Microseconds(unpaced.disk_us),
                    " + ", Microseconds(unpaced.call_us), "; ",
                    Decimals(visible_us / (unpaced.disk_us + unpaced.call_us), 2), " ×"),
       absl::StrCat("≤ ", Decimals(kTimesLimit, 0), " × (fdatasync + empty call)"),
       times <= kTimesLimit});
  setting.report.Add(
      {"bytes both ways for that, p50",
       absl::StrCat(Thousands(Median(bytes)), " (", Thousands(Median(to_hub)), " to the hub)"), "",
       absl::StrCat("< ", Decimals(kBytesToReach, 0)), Median(bytes) < kBytesToReach});
  node.Kill();
  hub.Kill();
  std::filesystem::remove_all(folder);
}

void BenchLimits(Setting& setting) {
  Latencies disk = MeasureDiskSync(setting.folder, kSaleBytes, kLimitSamples);
  const auto add = [&setting](const char* what, Latencies& latencies) {
    setting.report.Add({absl::StrCat(what, ": p50, p99"),
                        absl::StrCat(Microseconds(latencies.Quantile(0.5)), ", ",
                                     Microseconds(latencies.Quantile(0.99))),
                        "", "", std::nullopt});
  };
  add("limit: one fdatasync of a sale's bytes", disk);
  Latencies loopback = MeasureLoopback(kLimitSamples);
  add("limit: one byte there and back over loopback", loopback);
  const std::string log = setting.folder + "/empty-calls-log";
  Daemon plain(setting.self, {"--serve-empty-calls"}, log);
  Latencies calls = MeasureEmptyCalls(ConnectToNode(plain.address("grpc")), kLimitSamples);
  add("limit: one empty gRPC call over loopback", calls);
  Daemon secured(setting.self, {"--serve-empty-calls", "--as-hub", setting.coop.hub}, log);
  Latencies secured_calls =
      MeasureEmptyCalls(ConnectToHub(secured.address("grpc"), setting.coop.hub), kLimitSamples);
  add("limit: the same over mutual TLS", secured_calls);
}

}  // namespace comptoir::bench
