// Cursors that are cut short: every list refuses the place or finds one, and none falls over.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "common/retail/catalogue/queries.h"
#include "common/retail/catalogue/standing.h"
#include "common/retail/cursor.h"
#include "common/retail/recalls/list.h"
#include "common/retail/sales/daily.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/stock/coop_list.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "common/retail/trace/queries.h"
#include "common/retail/transfers/list.h"
#include "tests/unit/retail/faults/rich_history.h"

namespace comptoir::retail::faults {
namespace {

using store::Snapshot;

// The cursor of the page after the first, of one row, that begins at `cursor`.
struct PagedList {
  List list;
  std::function<absl::StatusOr<std::string>(const Snapshot&, const std::string& cursor)> next;
};

template <typename Request, typename Ask>
PagedList Paged(List list, Request request, Ask ask) {
  return {list, [=](const Snapshot& s, const std::string& cursor) -> absl::StatusOr<std::string> {
            Request page = request;
            page.set_page_size(1);
            page.set_cursor(cursor);
            const auto answer = ask(s, page);
            if (!answer.ok()) return answer.status();
            return answer->next_cursor();
          }};
}

template <typename Page>
absl::StatusOr<std::string> CursorOf(const absl::StatusOr<Page>& page) {
  if (!page.ok()) return page.status();
  return page->next_cursor;
}

std::vector<PagedList> SalesAndStock() {
  constexpr Day kToday{testing::kMondayDay};
  shop::v1::ListStockRequest by_lot;
  by_lot.set_by_lot(true);
  shop::v1::ListSalesRequest by_product;
  by_product.set_by_product(true);
  const auto stock = [](const Snapshot& s, const auto& page) {
    return ListStock(s, kOurShop, page);
  };
  const auto sales = [=](const Snapshot& s, const auto& page) {
    return ListSales(s, kToday, page);
  };
  return {
      Paged(List::kStockList, shop::v1::ListStockRequest(), stock),
      Paged(List::kStockByLotList, by_lot, stock),
      Paged(List::kInventoryList, coop::v1::ListInventoryRequest(),
            [](const Snapshot& s, const auto& page) { return ListInventory(s, page); }),
      Paged(List::kCoopStockList, shop::v1::ListCoopStockRequest(),
            [](const Snapshot& s, const auto& page) {
              return ListCoopStock(s, kOurShop, testing::kMondayMs, page);
            }),
      Paged(List::kSalesList, shop::v1::ListSalesRequest(), sales),
      Paged(List::kSalesByProductList, by_product, sales),
      {List::kReceiptsList,
       [=](const Snapshot& s, const std::string& cursor) {
         return CursorOf(ListReceiptPlaces(s, kOurShop, kToday, cursor, 1));
       }},
      {List::kMovementsList,
       [=](const Snapshot& s, const std::string& cursor) {
         return CursorOf(ListMovementPlaces(s, kOurShop, kToday, cursor, 1));
       }},
  };
}

std::vector<PagedList> CatalogueAndOthers() {
  constexpr Day kToday{testing::kMondayDay};
  shop::v1::ListNamesRequest producers;
  producers.set_subject(shop::v1::SUBJECT_PRODUCER);
  shop::v1::ListTransfersRequest open;
  open.set_open(true);
  shop::v1::TraceRequest trace;
  trace.set_product("carottes");
  trace.set_lot("L47");
  const auto transfers = [](const Snapshot& s, const auto& page) {
    return ListTransfers(s, testing::kMondayMs, page);
  };
  return {
      Paged(List::kProductsList, shop::v1::ListProductsRequest(),
            [=](const Snapshot& s, const auto& page) {
              return ListProducts(s, kOurShop, kToday, page);
            }),
      Paged(List::kProducerNamesList, producers,
            [](const Snapshot& s, const auto& page) { return ListNames(s, page); }),
      Paged(List::kConflictsList, shop::v1::ListConflictsRequest(),
            [](const Snapshot& s, const auto& page) { return ListConflicts(s, page); }),
      Paged(List::kTransfersList, shop::v1::ListTransfersRequest(), transfers),
      Paged(List::kOpenTransfersList, open, transfers),
      Paged(List::kRecallsList, shop::v1::ListRecallsRequest(),
            [](const Snapshot& s, const auto& page) { return ListRecalls(s, "", page); }),
      Paged(List::kTraceList, trace,
            [=](const Snapshot& s, const auto& page) {
              return Trace({s, testing::NoFacts(), "", kToday}, page);
            }),
  };
}

void CutCursor(const PagedList& paged, const Snapshot& snapshot) {
  const auto cursor = paged.next(snapshot, "");
  ASSERT_TRUE(cursor.ok()) << cursor.status();
  const auto place = OpenCursor(paged.list, *cursor);
  ASSERT_TRUE(place.ok() && !place->empty()) << "there is one page only";
  EXPECT_TRUE(paged.next(snapshot, *cursor).ok());
  std::vector<std::string> places = {*place + "x", *place + '\0'};
  for (size_t bytes = 1; bytes < place->size(); ++bytes) places.push_back(place->substr(0, bytes));
  // Of a number its highest byte may be too high.
  for (size_t at = 0; at < place->size(); ++at) {
    places.push_back(*place);
    places.back()[at] = '\xff';
  }
  for (const std::string& each : places) {
    const absl::Status status = paged.next(snapshot, SealCursor(paged.list, each)).status();
    EXPECT_TRUE(status.ok() || absl::IsInvalidArgument(status)) << status;
  }
}

TEST(CursorsTest, NoListFallsOverAPlaceThatIsNone) {
  const auto store = RichStore();
  const auto snapshot = store->NewSnapshot();
  for (const auto& lists : {SalesAndStock(), CatalogueAndOthers()}) {
    for (const PagedList& paged : lists) {
      SCOPED_TRACE(static_cast<char>(paged.list));
      CutCursor(paged, *snapshot);
    }
  }
}

}  // namespace
}  // namespace comptoir::retail::faults
