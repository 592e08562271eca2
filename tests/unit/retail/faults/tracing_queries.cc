// Transfers, recalls, traces, and names of facts.
#include "common/ledger/tables.h"
#include "common/retail/fact_names.h"
#include "common/retail/forks/moved.h"
#include "common/retail/keys.h"
#include "common/retail/named.h"
#include "common/retail/recalls/build.h"
#include "common/retail/recalls/lines.h"
#include "common/retail/recalls/list.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/stock/lot_book.h"
#include "common/retail/tables.h"
#include "common/retail/trace/queries.h"
#include "common/retail/transfers/id.h"
#include "common/retail/transfers/list.h"
#include "common/retail/transfers/state.h"
#include "tests/unit/retail/faults/queries.h"
#include "tests/unit/retail/faults/rich_history.h"

namespace comptoir::retail::faults {
namespace {

using store::Snapshot;

constexpr Day kTraceDay{testing::kMondayDay};
constexpr absl::StatusCode kOk = absl::StatusCode::kOk;
// Where a recall book or a confirmation is damaged, sales go on.
const std::set<store::TableId>& RecallTables() {
  static const auto* const tables = new std::set<store::TableId>{kRecalls, kRecallAnswers};
  return *tables;
}

Query TransfersQuery(const std::string& name, bool open, const std::string& shop) {
  return {name, [=](const Snapshot& s) {
            shop::v1::ListTransfersRequest request;
            request.set_open(open);
            request.set_shop(shop);
            request.set_page_size(1);
            do {
              const auto page = ListTransfers(s, testing::kMondayMs, request);
              if (!page.ok()) return page.status();
              request.set_cursor(page->next_cursor());
            } while (!request.cursor().empty());
            return absl::OkStatus();
          }};
}

std::vector<Query> TransferQueries() {
  return {
      TransfersQuery("transfers", false, ""),
      TransfersQuery("transfers of a shop", false, kOurShop),
      TransfersQuery("open transfers", true, ""),
      TransfersQuery("open transfers of a shop", true, kOtherShop),
      {"a transfer",
       [](const Snapshot& s) {
         shop::v1::ListTransfersRequest request;
         request.set_transfer(TransferOnItsWay());
         return ListTransfers(s, testing::kMondayMs, request).status();
       }},
      {"state of a transfer",
       [](const Snapshot& s) { return ReadTransfer(s, TransferAwaited()).status(); }},
      {"state of an unknown transfer",
       [](const Snapshot& s) {
         return ReadTransfer(s, MakeTransferId(kOurShop, "never-heard-of..", 9)).status();
       }},
      {"what is on its way", [](const Snapshot& s) { return ReadInTransit(s, "").status(); }},
      {"what is on its way to a shop",
       [](const Snapshot& s) { return ReadInTransit(s, kOtherShop).status(); }},
  };
}

Query RecallsQuery(const std::string& name, const std::string& self, bool lifted) {
  return {name, [=](const Snapshot& s) {
            shop::v1::ListRecallsRequest request;
            request.set_lifted(lifted);
            request.set_page_size(2);
            do {
              const auto page = ListRecalls(s, self, request);
              if (!page.ok()) return page.status();
              request.set_cursor(page->next_cursor());
            } while (!request.cursor().empty());
            return absl::OkStatus();
          }};
}

v1::Recalled RecallOf(const std::string& product, const std::string& lot) {
  v1::Recalled recall;
  recall.set_product(product);
  recall.set_lot(lot);
  return recall;
}

v1::Recalled RecallOfDeliveries() {
  v1::Recalled recall;
  recall.set_producer("ferme");
  recall.set_first_day(testing::kMondayDay);
  recall.set_last_day(testing::kMondayDay);
  return recall;
}

// Opened first; then what is asked of it.
absl::Status AskBook(const Snapshot& s, const std::vector<std::string>& products) {
  RecallBook book;
  const absl::Status opened = book.Open(s, kOurShop);
  if (!opened.ok()) return opened;
  for (const std::string& product : products) {
    const absl::Status found = book.Find(s, product).status();
    if (!found.ok()) return found;
  }
  return absl::OkStatus();
}

absl::Status AskLines(const Snapshot& s, v1::FactKind kind) {
  for (const Fact& fact : RichFacts()) {
    if (fact.kind != kind || fact.journal->shop != kOurShop) continue;
    const absl::Status lines = RecalledLinesOf(s, kOurShop, fact).status();
    if (!lines.ok()) return lines;
  }
  return absl::OkStatus();
}

std::vector<Query> RecallQueries() {
  return {
      RecallsQuery("recalls at the hub", "", false),
      RecallsQuery("recalls and lifts at the hub", "", true),
      RecallsQuery("recalls at a shop", kOurShop, true),
      {"a recall",
       [](const Snapshot& s) {
         shop::v1::ListRecallsRequest request;
         request.set_code("k7qm2y");
         return ListRecalls(s, "", request).status();
       }},
      {"a recall by its code", [](const Snapshot& s) { return FindRecall(s, "k7qm2z").status(); }},
      {"a recall of one code with another",
       [](const Snapshot& s) { return FindRecall(s, "k7qm2v").status(); }},
      {"an unknown recall", [](const Snapshot& s) { return FindRecall(s, "k7qm2t").status(); },
       absl::StatusCode::kNotFound},
      {"a recall by its fact",
       [](const Snapshot& s) {
         v1::NamedFact name;
         name.set_request_id("a-lot-of-milk...");
         return FindRecallNamed(s, name).status();
       }},
      {"open recalls", [](const Snapshot& s) { return OpenRecalls(s, "").status(); }},
      {"open recalls of a shop",
       [](const Snapshot& s) { return OpenRecalls(s, kOurShop).status(); }},
      {"is a lot known",
       [](const Snapshot& s) { return IsLotKnown(s, RecallOf("lait", "M1")).status(); }},
      {"is no lot known",
       [](const Snapshot& s) { return IsLotKnown(s, RecallOf("lait", "M99")).status(); }},
      {"is a lot known in a shop",
       [](const Snapshot& s) {
         v1::Recalled recall = RecallOf("lait", "M99");
         recall.set_shop(kOtherShop);
         return IsLotKnown(s, recall).status();
       }},
      {"recall book", [](const Snapshot& s) { return AskBook(s, {}); }, kOk, RecallTables()},
      {"what the recall book finds",
       [](const Snapshot& s) {
         return AskBook(s, {"lait", "pain", "carottes"});
       },
       kOk, RecallTables()},
      {"recalled lines of deliveries",
       [](const Snapshot& s) { return AskLines(s, v1::FACT_KIND_GOODS_RECEIVED); }, kOk,
       RecallTables()},
      {"recalled lines of counts",
       [](const Snapshot& s) { return AskLines(s, v1::FACT_KIND_COUNTED); }, kOk, RecallTables()},
  };
}

// An entry that was moved is taken as it stands where the one before it is damaged.
const std::set<store::TableId>& EntryTable() {
  static const auto* const tables = new std::set<store::TableId>{ledger::kEntries};
  return *tables;
}

Query TraceQuery(const std::string& name, shop::v1::TraceRequest request, const std::string& self) {
  return {name,
          [=](const Snapshot& s) {
            const testing::StoredFacts facts(s);
            shop::v1::TraceRequest page = request;
            page.set_page_size(3);
            do {
              const auto answer = Trace({s, facts, self, kTraceDay}, page);
              if (!answer.ok()) return answer.status();
              page.set_cursor(answer->next_cursor());
            } while (!page.cursor().empty());
            return absl::OkStatus();
          },
          kOk, EntryTable()};
}

shop::v1::TraceRequest TraceOf(const std::string& product, const std::string& lot) {
  shop::v1::TraceRequest request;
  request.set_product(product);
  request.set_lot(lot);
  return request;
}
shop::v1::TraceRequest TraceOfRecall(const std::string& code, const std::string& shop) {
  shop::v1::TraceRequest request;
  request.set_recall(code);
  request.set_shop(shop);
  return request;
}
shop::v1::TraceRequest TraceOfReceipt() {
  shop::v1::TraceRequest request;
  request.set_receipt(kRichSale);
  return request;
}

std::vector<Query> TraceQueries() {
  return {
      TraceQuery("trace of a lot", TraceOf("carottes", "L47"), ""),
      TraceQuery("trace of a lot at a shop", TraceOf("pain", "P1"), kOurShop),
      TraceQuery("trace of a recalled lot", TraceOfRecall("k7qm2y", ""), ""),
      TraceQuery("trace of a recalled product", TraceOfRecall("coop-261123-k7qm2w/10", kOurShop),
                 ""),
      TraceQuery("trace of recalled deliveries", TraceOfRecall("k7qm2z", ""), ""),
      TraceQuery("trace of recalled deliveries to a shop", TraceOfRecall("k7qm2z", kOurShop), ""),
      TraceQuery("trace of a receipt", TraceOfReceipt(), ""),
      TraceQuery("trace of a receipt at its shop", TraceOfReceipt(), kOurShop),
      {"items of a recall",
       [](const Snapshot& s) { return ItemsOfRecall(s, RecallOfDeliveries(), "").status(); }},
      {"deliveries without a lot",
       [](const Snapshot& s) {
         return UnlottedDeliveries(s, RecallOfDeliveries(), "lait", "").status();
       }},
      {"receipts without a lot",
       [](const Snapshot& s) {
         const testing::StoredFacts facts(s);
         shop::v1::TraceUnknown unknown;
         unknown.set_shop(kOurShop);
         unknown.set_product("pain");
         unknown.set_first_day(testing::kMondayDay - 1);
         unknown.set_last_day(testing::kMondayDay);
         size_t budget = 100;
         return CountUnknownLots({s, facts, "", kTraceDay}, &budget, &unknown);
       },
       kOk, EntryTable()},
  };
}

Query NameQuery(const std::string& name, const std::string& fact, absl::StatusCode healthy) {
  return {name, [fact](const Snapshot& s) { return FindNamed(s, kOurShop, fact).status(); },
          healthy};
}

std::vector<Query> NameQueries() {
  return {
      NameQuery("a fact by its name", "outremeuse-261123-k7qm2x/3", kOk),
      NameQuery("an unknown fact", "outremeuse-261123-k7qm2q/3", absl::StatusCode::kNotFound),
      NameQuery("a fact that was moved", "outremeuse-261123-k7qm2g/2-moved", kOk),
      {"names of facts",
       [](const Snapshot& s) {
         const auto names = FactNames::Of(s, kOurShop);
         if (!names.ok()) return names.status();
         const absl::Status name = names->NameOf(101, 3).status();
         return name.ok() ? names->ReceiptNumberOf(102, 2, 1).status() : name;
       }},
      {"lots of a sale",
       [](const Snapshot& s) {
         LotBook book;
         const absl::Status opened = book.Open(s, kOurShop, kTraceDay);
         if (!opened.ok()) return opened;
         const auto picks = book.Pick(s, "pain", v1::UNIT_PIECE, Quantity(9'000), Cents(250), 4);
         if (!picks.ok()) return picks.status();
         const absl::Status left = book.Untaken(s, "pain", v1::UNIT_PIECE, "P2").status();
         return left.ok() ? book.UseBy(s, "pain", v1::UNIT_PIECE, "P9").status() : left;
       }},
  };
}

}  // namespace

std::vector<Query> TracingQueries() {
  std::vector<Query> queries = TransferQueries();
  for (auto* const some : {&RecallQueries, &TraceQueries, &NameQueries}) {
    for (Query& query : some()) queries.push_back(std::move(query));
  }
  return queries;
}

}  // namespace comptoir::retail::faults
