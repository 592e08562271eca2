// Lists and single things of the catalogue, goods, sales, days and nodes.
#include "common/retail/catalogue/price_book.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/catalogue/standing.h"
#include "common/retail/days/queries.h"
#include "common/retail/deliveries/import.h"
#include "common/retail/nodes/queries.h"
#include "common/retail/nodes/revocation.h"
#include "common/retail/sales/daily.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/sales/whole.h"
#include "common/retail/stock/conservation.h"
#include "common/retail/stock/coop_copy.h"
#include "common/retail/stock/coop_list.h"
#include "common/retail/stock/lots.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "common/retail/tables.h"
#include "tests/unit/retail/faults/queries.h"
#include "tests/unit/retail/faults/rich_history.h"

namespace comptoir::retail::faults {
namespace {

using store::Snapshot;
using testing::kMondayDay;

constexpr Day kToday{kMondayDay};

// Every page of a list, two rows at a time.
template <typename Request, typename List>
absl::Status ReadPages(Request request, const List& list) {
  request.set_page_size(2);
  do {
    const auto page = list(request);
    if (!page.ok()) return page.status();
    request.set_cursor(page->next_cursor());
  } while (!request.cursor().empty());
  return absl::OkStatus();
}

std::vector<Query> CatalogueLooks() {
  return {
      {"product name", [](const Snapshot& s) { return ProductName(s, "pain").status(); }},
      {"producer name", [](const Snapshot& s) { return ProducerName(s, "ferme").status(); }},
      {"producer place", [](const Snapshot& s) { return ProducerPlace(s, "ferme").status(); }},
      {"shop name", [](const Snapshot& s) { return ShopName(s, kOtherShop).status(); }},
      {"a product's producer",
       [](const Snapshot& s) { return ProductProducer(s, "lait").status(); }},
      {"product unit", [](const Snapshot& s) { return ProductUnit(s, "pain").status(); }},
      {"without a unit", [](const Snapshot& s) { return WithoutUnit(s, "sel"); },
       absl::StatusCode::kNotFound},
      {"price of the co-op",
       [](const Snapshot& s) { return CoopPriceOn(s, "pain", kToday).status(); }},
      {"price of a shop",
       [](const Snapshot& s) { return PriceOn(s, "pain", kOurShop, kToday).status(); }},
      {"price without an own one",
       [](const Snapshot& s) { return PriceOn(s, "pain", kOtherShop, kToday).status(); }},
      {"VAT", [](const Snapshot& s) { return VatOn(s, "pain", kToday).status(); }},
      {"a product",
       [](const Snapshot& s) { return FindProduct(s, kOurShop, kToday, "pain").status(); }},
      {"products",
       [](const Snapshot& s) {
         return ReadPages(shop::v1::ListProductsRequest(), [&](const auto& request) {
           return ListProducts(s, kOurShop, kToday, request);
         });
       }},
      {"price book",
       [](const Snapshot& s) {
         PriceBook book;
         const absl::Status opened = book.Open(s, kOurShop, kToday);
         if (!opened.ok()) return opened;
         const absl::Status one = book.Find(s, "pain").status();
         return one.ok() ? book.Find(s, "lait").status() : one;
       }},
      {"conflicts",
       [](const Snapshot& s) {
         return ReadPages(shop::v1::ListConflictsRequest(),
                          [&](const auto& request) { return ListConflicts(s, request); });
       }},
      {"known producer",
       [](const Snapshot& s) { return IsKnownProducer(s, "ferme", "lait").status(); }},
      {"producer that only a product names",
       [](const Snapshot& s) { return IsKnownProducer(s, "unheard-of", "lait").status(); }},
      {"known producer of a delivery",
       [](const Snapshot& s) {
         google::protobuf::RepeatedPtrField<shop::v1::DeliveryLine> lines;
         lines.Add()->set_product("lait");
         lines.Add()->set_product("pain");
         return IsKnownProducer(s, "unheard-of", lines).status();
       }},
  };
}

Query EntryLook(const std::string& name, shop::v1::Subject subject, const std::string& code) {
  return {name, [subject, code](const Snapshot& s) {
            shop::v1::GetCatalogueEntryRequest request;
            request.set_subject(subject);
            request.set_code(code);
            return FindEntry(s, kToday, request).status();
          }};
}

Query NamesLook(const std::string& name, shop::v1::Subject subject) {
  return {name, [subject](const Snapshot& s) {
            shop::v1::ListNamesRequest request;
            request.set_subject(subject);
            return ReadPages(request, [&](const auto& page) { return ListNames(s, page); });
          }};
}

Query StockLook(const std::string& name, bool by_lot, const std::string& product,
                std::optional<uint32_t> expires_within) {
  const std::set<store::TableId> recalls =
      by_lot ? std::set<store::TableId>{kRecalls, kRecallAnswers} : std::set<store::TableId>();
  return {name,
          [=](const Snapshot& s) {
            shop::v1::ListStockRequest request;
            request.set_by_lot(by_lot);
            request.set_product(product);
            if (expires_within.has_value()) request.set_expires_within_days(*expires_within);
            return ReadPages(
                request, [&](const auto& page) { return ListStockOn(s, kOurShop, kToday, page); });
          },
          absl::StatusCode::kOk, recalls};
}

std::vector<Query> StockLooks() {
  return {
      StockLook("stock", false, "", std::nullopt),
      StockLook("stock of a product", false, "pain", std::nullopt),
      StockLook("stock by lot", true, "", std::nullopt),
      StockLook("stock of a product by lot", true, "lait", std::nullopt),
      StockLook("what expires", true, "", 5),
      {"stock levels", [](const Snapshot& s) { return ReadStock(s, kOurShop, {}).status(); }},
      {"stock of a lot",
       [](const Snapshot& s) {
         return ReadLotStock(s, kOurShop, {"pain", v1::UNIT_PIECE, "P1"}).status();
       }},
      {"stock list alone",
       [](const Snapshot& s) {
         return ListStock(s, kOurShop, shop::v1::ListStockRequest()).status();
       }},
      {"inventory",
       [](const Snapshot& s) {
         return ReadPages(coop::v1::ListInventoryRequest(),
                          [&](const auto& request) { return ListInventory(s, request); });
       }},
      {"inventory of a product",
       [](const Snapshot& s) {
         coop::v1::ListInventoryRequest request;
         request.set_product("pain");
         return ListInventory(s, request).status();
       }},
      {"the co-op's stock",
       [](const Snapshot& s) {
         return ReadPages(shop::v1::ListCoopStockRequest(), [&](const auto& request) {
           return ListCoopStock(s, kOurShop, testing::kMondayMs, request);
         });
       }},
      {"the co-op's stock of a product",
       [](const Snapshot& s) {
         shop::v1::ListCoopStockRequest request;
         request.set_product("pain");
         return ListCoopStock(s, kOurShop, testing::kMondayMs, request).status();
       }},
      {"copy of the co-op's stock", [](const Snapshot& s) { return ReadCoopCopy(s).status(); }},
      {"days of lots",
       [](const Snapshot& s) { return ReadLotDays(s, kOurShop, "pain", v1::UNIT_PIECE).status(); }},
      {"use-by day",
       [](const Snapshot& s) { return UseByDay(s, kOurShop, "pain", "P1").status(); }},
      {"conservation", [](const Snapshot& s) { return CheckConservation(s).status(); }},
      {"discrepancies of a shop",
       [](const Snapshot& s) { return ListDiscrepancies(s, kOurShop).status(); }},
      {"discrepancies", [](const Snapshot& s) { return ListDiscrepancies(s, "").status(); }},
      {"movements",
       [](const Snapshot& s) { return ListMovementPlaces(s, kOurShop, kToday, "", 0).status(); }},
  };
}

// Each fact of the history, shown as people see it.
absl::Status ShowFacts(const Snapshot& s, bool receipts) {
  for (const Fact& fact : RichFacts()) {
    if (fact.journal->scope != journal::v1::SCOPE_SHOP) continue;
    absl::Status shown;
    if (receipts && PrintsReceipt(fact.kind)) shown = MakeReceipt(s, fact, false).status();
    const bool is_movement = MayBeCorrected(fact.kind) || fact.kind == v1::FACT_KIND_CORRECTED;
    if (!receipts && is_movement) shown = MakeMovement(s, fact, false).status();
    if (!shown.ok()) return shown;
  }
  return absl::OkStatus();
}

Query SalesLook(const std::string& name, bool by_product, const std::string& shop) {
  return {name, [=](const Snapshot& s) {
            shop::v1::ListSalesRequest request;
            request.set_shop(shop);
            request.set_by_product(by_product);
            request.set_first_day(kMondayDay - 1);
            request.set_last_day(kMondayDay + 1);
            return ReadPages(request, [&](const auto& page) { return ListSales(s, kToday, page); });
          }};
}

Query ReceiptLook(const std::string& name, const std::string& number, absl::StatusCode healthy) {
  return {name, [number](const Snapshot& s) { return FindReceipt(s, number).status(); }, healthy};
}

std::vector<Query> SalesLooks() {
  return {
      SalesLook("sales by day", false, ""),
      SalesLook("sales by day of a shop", false, kOurShop),
      SalesLook("sales by product", true, ""),
      SalesLook("sales by product of a shop", true, kOurShop),
      {"whole sales", [](const Snapshot& s) { return CheckSalesWhole(s).status(); }},
      {"receipts of a day",
       [](const Snapshot& s) { return ListReceiptPlaces(s, kOurShop, kToday, "", 2).status(); }},
      ReceiptLook("a receipt", kRichSale, absl::StatusCode::kOk),
      ReceiptLook("a receipt of a branch", "outremeuse-261123-k7qm2g-0001-moved",
                  absl::StatusCode::kOk),
      ReceiptLook("a receipt of the kept branch", "outremeuse-261123-k7qm2g-0001-kept",
                  absl::StatusCode::kNotFound),
      ReceiptLook("an unknown receipt", "outremeuse-261123-k7qm2x-0999",
                  absl::StatusCode::kNotFound),
      {"what receipts say", [](const Snapshot& s) { return ShowFacts(s, true); }},
      {"what movements say", [](const Snapshot& s) { return ShowFacts(s, false); }},
  };
}

std::vector<Query> NodeLooks() {
  return {
      {"days", [](const Snapshot& s) { return ListDayFacts(s, kOurShop).status(); }},
      {"what does not count",
       [](const Snapshot& s) { return ListUncounted(s, kOurShop).status(); }},
      {"receipts of a journal",
       [](const Snapshot& s) { return ReceiptsIn(s, JournalId(101)).status(); }},
      {"enrolments", [](const Snapshot& s) { return Enrolments(s).status(); }},
      {"another shop of a node",
       [](const Snapshot& s) { return OtherShopOf(s, "herstal-1", kOtherShop).status(); }},
      {"has a node", [](const Snapshot& s) { return HasNode(s, kOurShop).status(); }},
      {"has no node", [](const Snapshot& s) { return HasNode(s, "nowhere").status(); }},
      {"who spent a token",
       [](const Snapshot& s) { return WhoSpent(s, std::string(32, 'u')).status(); }},
      {"who spent no token",
       [](const Snapshot& s) { return WhoSpent(s, std::string(32, 'z')).status(); }},
      {"revocations",
       [](const Snapshot& s) {
         Revocations revocations;
         return revocations.Load(s);
       }},
  };
}

void Append(std::vector<Query> some, std::vector<Query>* queries) {
  for (Query& query : some) queries->push_back(std::move(query));
}

}  // namespace

std::vector<Query> LookingQueries() {
  std::vector<Query> queries = CatalogueLooks();
  queries.push_back(EntryLook("entry of a product", shop::v1::SUBJECT_PRODUCT, "lait"));
  queries.push_back(EntryLook("entry of a priced product", shop::v1::SUBJECT_PRODUCT, "pain"));
  queries.push_back(EntryLook("entry of a producer", shop::v1::SUBJECT_PRODUCER, "ferme"));
  queries.push_back(EntryLook("entry of a shop", shop::v1::SUBJECT_SHOP, kOtherShop));
  queries.push_back(NamesLook("producers", shop::v1::SUBJECT_PRODUCER));
  queries.push_back(NamesLook("shops", shop::v1::SUBJECT_SHOP));
  Append(StockLooks(), &queries);
  Append(SalesLooks(), &queries);
  Append(NodeLooks(), &queries);
  return queries;
}

std::vector<Query> AllQueries() {
  std::vector<Query> queries = LookingQueries();
  Append(TracingQueries(), &queries);
  Append(BuildingQueries(), &queries);
  return queries;
}

}  // namespace comptoir::retail::faults
