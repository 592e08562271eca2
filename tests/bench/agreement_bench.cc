// What agreeing costs when there is nothing to agree on: a node with 400 journals
// meets its hub again.
#include <algorithm>
#include <cmath>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "tests/bench/daemon.h"
#include "tests/bench/must.h"
#include "tests/bench/proxy.h"
#include "tests/bench/samples.h"
#include "tests/bench/services.h"
#include "tests/bench/setting.h"

namespace comptoir::bench {
namespace {

constexpr size_t kJournals = 400;
constexpr size_t kSalesFew = 1'000;
constexpr std::chrono::milliseconds kQuiet(1'500);
constexpr size_t kMeetings = 7;
constexpr double kDifferenceMax = 64;
constexpr double kBytesWithDigestsMax = 2 << 10;

// Node and hub, level, with `sales` of the node in as many journals as it takes:
// each opening of the ledger is a new run and writes to a journal of its own (R1).
CoopFolders MakeLevel(Setting& setting, const std::string& folder, size_t sales) {
  const CoopFolders coop = CopyCoop(setting.coop, folder);
  Till till(setting.workload, kSeed, 50);
  Sums sums(setting.workload);
  Replica node(coop.node);
  for (size_t journal = 0; journal < kJournals; ++journal) {
    if (journal > 0) node.Reopen();
    Fill(node, setting.workload, till, 1, &sums);
  }
  Fill(node, setting.workload, till, sales - kJournals, &sums);
  Replica hub(coop.hub);
  Carry(node, hub);
  MustAgree(sums.Difference(SalesByProduct(hub.store())));
  return coop;
}

struct Meeting {
  double total_bytes = 0;
  double opening_bytes = 0;  // of that, TLS and HTTP/2 before the first frame

  double agreement_bytes() const { return total_bytes - opening_bytes; }
};

Meeting Meet(Setting& setting, const CoopFolders& coop) {
  Daemon hub = StartHub(setting.programs, coop.hub);
  Meeting meeting;
  {
    Proxy proxy(hub.address("sync"));
    const auto opened = ConnectAsNode(proxy.address(), coop.node);
    meeting.opening_bytes = static_cast<double>(proxy.WaitUntilQuiet(kQuiet).bytes());
  }
  Proxy proxy(hub.address("sync"));
  Daemon node = StartNode(setting.programs, coop.node, proxy.address());
  meeting.total_bytes = static_cast<double>(proxy.WaitUntilQuiet(kQuiet).bytes());
  const auto node_channel = ConnectToNode(node.address("grpc"));
  const admin::v1::Status status = GetStatus(node_channel);
  if (!status.link().online() || status.link().waiting_entries() != 0 ||
      GetHeads(node_channel) != GetHeads(ConnectToHub(hub.address("sync"), coop.hub))) {
    Stop("node and hub are not level");
  }
  if (status.journals() < kJournals) Stop("the node has too few journals");
  node.Kill();
  hub.Kill();
  return meeting;
}

// How the bytes fall into TLS records and HTTP/2 frames hangs on the moment: medians.
Meeting MeetOften(Setting& setting, const CoopFolders& coop) {
  std::vector<double> agreements;
  std::vector<double> openings;
  for (size_t i = 0; i < kMeetings; ++i) {
    const Meeting meeting = Meet(setting, coop);
    agreements.push_back(meeting.agreement_bytes());
    openings.push_back(meeting.opening_bytes);
  }
  return {Median(agreements) + Median(openings), Median(openings)};
}

}  // namespace

void BenchAgreement(Setting& setting) {
  const std::string folder = setting.folder + "/agreement";
  const size_t sales_many = setting.Load(kSalesFull);
  const Meeting few = MeetOften(setting, MakeLevel(setting, folder, kSalesFew));
  const Meeting many = MeetOften(setting, MakeLevel(setting, folder, sales_many));
  std::filesystem::remove_all(folder);
  const double difference = std::abs(many.agreement_bytes() - few.agreement_bytes());
  const double largest = std::max(many.agreement_bytes(), few.agreement_bytes());
  setting.report.Add(
      {absl::StrCat("agreement on reconnect with nothing new, ", kJournals, " journals: bytes at ",
                    Thousands(kSalesFew), " and at ", Thousands(static_cast<double>(sales_many)),
                    " sales"),
       absl::StrCat(Thousands(few.agreement_bytes()), " and ", Thousands(many.agreement_bytes())),
       absl::StrCat("opening a connection, TLS and HTTP/2: ", Thousands(few.opening_bytes), " and ",
                    Thousands(many.opening_bytes), " more"),
       "equal within 64 bytes; ≤ 2 KiB",
       difference <= kDifferenceMax && largest <= kBytesWithDigestsMax});
}

}  // namespace comptoir::bench
