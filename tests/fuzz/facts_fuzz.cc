// Histories of facts: whatever the gate admits folds without a failure or an
// overflow, the order in which journals arrive leaves no trace (I1), goods are
// conserved (I5), and every list of the result can be read.
#include <algorithm>

#include "common/base/status.h"
#include "common/ledger/folding.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/catalogue/standing.h"
#include "common/retail/recalls/list.h"
#include "common/retail/sales/daily.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/stock/conservation.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "common/retail/trace/queries.h"
#include "common/retail/transfers/list.h"
#include "google/protobuf/arena.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/fuzz/history.h"
#include "tests/support/folded.h"

namespace comptoir::fuzz {
namespace facts_fuzz {
namespace {

using testing::DumpFolded;
using testing::FoldAll;
using testing::kMondayDay;
using testing::kMondayMs;
using testing::NoFacts;
using testing::Place;
using testing::Placed;
using testing::SampleHistory;
using testing::SampleJournals;
using testing::Written;

// More say nothing new and take long.
constexpr size_t kEntriesMax = 64;

// Whole journals one after the other, the last first.
std::vector<Placed> JournalByJournal(std::vector<Placed> entries) {
  std::stable_sort(entries.begin(), entries.end(), [](const Placed& one, const Placed& other) {
    return one.journal > other.journal;
  });
  return entries;
}

void ReadFact(const store::Snapshot& snapshot, const Placed& placed) {
  google::protobuf::Arena arena;
  const auto judged = ledger::Judge(placed.entry, SampleJournals()[placed.journal], placed.sequence,
                                    placed.hash, &arena);
  if (!judged->verdict.admitted()) return;
  if (retail::PrintsReceipt(judged->fact.kind)) {
    COMPTOIR_CHECK(retail::MakeReceipt(snapshot, judged->fact, false).ok());
  } else if (retail::MayBeCorrected(judged->fact.kind)) {
    COMPTOIR_CHECK(retail::MakeMovement(snapshot, judged->fact, true).ok());
  }
}

void ReadLists(const store::Snapshot& snapshot) {
  const Day today(kMondayDay);
  for (const char* shop : {"outremeuse", "herstal"}) {
    shop::v1::ListStockRequest stock;
    for (const bool by_lot : {false, true}) {
      stock.set_by_lot(by_lot);
      COMPTOIR_CHECK(retail::ListStock(snapshot, shop, stock).ok());
    }
    COMPTOIR_CHECK(retail::ListReceiptPlaces(snapshot, shop, today, "", 0).ok());
    COMPTOIR_CHECK(retail::ListMovementPlaces(snapshot, shop, today, "", 0).ok());
    COMPTOIR_CHECK(retail::ListProducts(snapshot, shop, today, {}).ok());
  }
  COMPTOIR_CHECK(retail::ListInventory(snapshot, {}).ok());
  shop::v1::ListTransfersRequest transfers;
  for (const bool open : {false, true}) {
    transfers.set_open(open);
    COMPTOIR_CHECK(retail::ListTransfers(snapshot, kMondayMs, transfers).ok());
  }
  COMPTOIR_CHECK(retail::ListDiscrepancies(snapshot, "").ok());
  COMPTOIR_CHECK(retail::ListConflicts(snapshot, {}).ok());
  shop::v1::ListRecallsRequest recalls;
  recalls.set_lifted(true);
  COMPTOIR_CHECK(retail::ListRecalls(snapshot, "", recalls).ok());
  shop::v1::TraceRequest trace;
  trace.set_product("carottes");
  trace.set_lot("L47");
  COMPTOIR_CHECK(retail::Trace({snapshot, NoFacts(), "", today}, trace).ok());
  COMPTOIR_CHECK(retail::ListSales(snapshot, today, {}).ok());
}

void Run(std::string_view bytes) {
  std::vector<Written> history = ReadHistory(bytes);
  if (history.size() > kEntriesMax) history.resize(kEntriesMax);
  const std::vector<Placed> placed = Place(history);
  const auto store = FoldAll(placed);
  COMPTOIR_CHECK(DumpFolded(*store) == DumpFolded(*FoldAll(JournalByJournal(placed))));
  const auto snapshot = store->NewSnapshot();
  const auto findings = retail::CheckConservation(*snapshot);
  COMPTOIR_CHECK(findings.ok() && findings->empty());
  ReadLists(*snapshot);
  for (const Placed& each : placed) ReadFact(*snapshot, each);
}

std::vector<std::string> Seeds() {
  const std::vector<Written> history = SampleHistory();
  std::vector<std::string> seeds = {WriteHistory(history), WriteHistory({})};
  for (const Written& written : history) seeds.push_back(WriteHistory({written}));
  const auto goods = std::find_if(history.begin(), history.end(),
                                  [](const Written& written) { return written.journal == 1; });
  seeds.push_back(WriteHistory({goods, history.end()}));
  std::vector<Written> backwards(history.rbegin(), history.rend());
  seeds.push_back(WriteHistory(backwards));
  return seeds;
}

}  // namespace
}  // namespace facts_fuzz

constinit const Fuzzer kFactsFuzzer{"facts", facts_fuzz::Run, facts_fuzz::Seeds, AlterHistory};

}  // namespace comptoir::fuzz
