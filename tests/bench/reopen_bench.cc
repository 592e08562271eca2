// Starting again after kill -9 with a shop's life of sales in the data folder.
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/bench/daemon.h"
#include "tests/bench/must.h"
#include "tests/bench/services.h"
#include "tests/bench/setting.h"
#include "tests/bench/tills.h"

namespace comptoir::bench {
namespace {

constexpr size_t kSales = 1'000'000;
constexpr size_t kTills = 8;
// Not yet flushed to tables when the node is killed, at each round more.
constexpr size_t kSalesBeforeKill = 16'000;
constexpr size_t kRounds = 3;
constexpr double kSecondsToReach = 1.5;

double SecondsToFirstSale(Setting& setting, const std::string& folder, Till& till, Sums* sums) {
  const Sale sale = till.Next();
  sums->Add(sale);
  const auto start = SteadyClock::now();
  Daemon node = StartNode(setting.programs, folder, kNobody);
  TillStream stream(node.address("grpc"));
  stream.Sell(setting.workload.RequestOf(sale));
  return SecondsSince(start);
}

}  // namespace

void BenchReopen(Setting& setting) {
  const std::string folder = setting.folder + "/reopen";
  const CoopFolders coop = CopyCoop(setting.coop, folder);
  Sums sums(setting.workload);
  Till till(setting.workload, kSeed, 60);
  const size_t sales = setting.Load(kSales);
  {
    Replica node(coop.node);
    Fill(node, setting.workload, till, sales, &sums);
  }
  Tills tills(setting.workload, 61, kTills);
  std::vector<double> seconds;
  for (size_t round = 0; round < kRounds; ++round) {
    {
      Daemon node = StartNode(setting.programs, coop.node, kNobody);
      tills.Run(node.address("grpc"), TillCalls::kStream,
                setting.Load(kSalesBeforeKill) / kTills * (round + 1));
      node.Kill();
    }
    seconds.push_back(SecondsToFirstSale(setting, coop.node, till, &sums));
  }
  sums.Add(tills.sums());
  {
    Replica node(coop.node);
    MustAgree(sums.Difference(SalesByProduct(node.store())));
  }
  std::filesystem::remove_all(folder);
  const double worst = *std::max_element(seconds.begin(), seconds.end());
  setting.report.Add(
      {absl::StrCat("from start to first sale after kill -9, ",
                    Thousands(static_cast<double>(sales)), " sales: median, worst of ", kRounds),
       absl::StrCat(Decimals(Median(seconds), 2), " s, ", Decimals(worst, 2), " s"), "",
       absl::StrCat("≤ ", Decimals(kSecondsToReach, 1), " s"), Median(seconds) <= kSecondsToReach});
}

}  // namespace comptoir::bench
