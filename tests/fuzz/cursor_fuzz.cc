// Cursors and page sizes of every list, over views of the sample history. An input:
// which list, whether the rest is the cursor itself or the place sealed in one, the
// page size, the rest. A list answers with a page or INVALID_ARGUMENT; the pages that
// follow come to an end. One list more, that of facts as they come, has a cursor of its
// own, which is read and sealed only.
#include <array>

#include "common/base/status.h"
#include "common/daemon/fact_cursor.h"
#include "common/ledger/tables.h"
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
#include "tests/fuzz/fuzzers.h"
#include "tests/support/folded.h"

namespace comptoir::fuzz {
namespace cursor_fuzz {
namespace {

using testing::FoldAll;
using testing::kMondayDay;
using testing::kMondayMs;
using testing::NoFacts;
using testing::Place;
using testing::SampleHistory;

using retail::List;

constexpr char kShop[] = "outremeuse";
// The history has fewer rows of anything.
constexpr int kPagesMax = 200;

// The next cursor of a page, or why there is none.
using Page = absl::StatusOr<std::string>;

template <typename Response>
Page NextOf(const absl::StatusOr<Response>& response) {
  if (!response.ok()) return response.status();
  return response->next_cursor();
}

Page Ask(List list, const store::Snapshot& snapshot, const std::string& cursor, uint32_t size) {
  const Day today(kMondayDay);
  const auto fill = [&](auto request) {
    request.set_cursor(cursor);
    request.set_page_size(size);
    return request;
  };
  switch (list) {
    case List::kStockList:
      return NextOf(retail::ListStock(snapshot, kShop, fill(shop::v1::ListStockRequest())));
    case List::kStockByLotList: {
      auto request = fill(shop::v1::ListStockRequest());
      request.set_by_lot(true);
      return NextOf(retail::ListStock(snapshot, kShop, request));
    }
    case List::kInventoryList:
      return NextOf(retail::ListInventory(snapshot, fill(coop::v1::ListInventoryRequest())));
    case List::kSalesList:
      return NextOf(retail::ListSales(snapshot, today, fill(shop::v1::ListSalesRequest())));
    case List::kSalesByProductList: {
      auto request = fill(shop::v1::ListSalesRequest());
      request.set_by_product(true);
      return NextOf(retail::ListSales(snapshot, today, request));
    }
    case List::kProductsList:
      return NextOf(
          retail::ListProducts(snapshot, kShop, today, fill(shop::v1::ListProductsRequest())));
    case List::kReceiptsList: {
      const auto page = retail::ListReceiptPlaces(snapshot, kShop, today, cursor, size);
      return page.ok() ? Page(page->next_cursor) : page.status();
    }
    case List::kMovementsList: {
      const auto page = retail::ListMovementPlaces(snapshot, kShop, today, cursor, size);
      return page.ok() ? Page(page->next_cursor) : page.status();
    }
    case List::kProducerNamesList:
    case List::kShopNamesList: {
      auto request = fill(shop::v1::ListNamesRequest());
      request.set_subject(list == List::kShopNamesList ? shop::v1::SUBJECT_SHOP
                                                       : shop::v1::SUBJECT_PRODUCER);
      return NextOf(retail::ListNames(snapshot, request));
    }
    case List::kConflictsList:
      return NextOf(retail::ListConflicts(snapshot, fill(shop::v1::ListConflictsRequest())));
    case List::kCoopStockList:
      return NextOf(retail::ListCoopStock(snapshot, kShop, kMondayMs,
                                          fill(shop::v1::ListCoopStockRequest())));
    case List::kTransfersList:
    case List::kOpenTransfersList: {
      auto request = fill(shop::v1::ListTransfersRequest());
      request.set_open(list == List::kOpenTransfersList);
      return NextOf(retail::ListTransfers(snapshot, kMondayMs, request));
    }
    case List::kRecallsList: {
      auto request = fill(shop::v1::ListRecallsRequest());
      request.set_lifted(true);
      return NextOf(retail::ListRecalls(snapshot, kShop, request));
    }
    case List::kTraceList: {
      auto request = fill(shop::v1::TraceRequest());
      request.set_product("carottes");
      request.set_lot("L47");
      return NextOf(retail::Trace({snapshot, NoFacts(), "", today}, request));
    }
  }
  return absl::InvalidArgumentError("no such list");
}

constexpr std::array kLists = {
    List::kStockList,     List::kStockByLotList,     List::kInventoryList,
    List::kSalesList,     List::kProductsList,       List::kReceiptsList,
    List::kMovementsList, List::kSalesByProductList, List::kShopNamesList,
    List::kConflictsList, List::kProducerNamesList,  List::kCoopStockList,
    List::kTransfersList, List::kOpenTransfersList,  List::kRecallsList,
    List::kTraceList};

const store::Snapshot& Views() {
  static const auto* const store = FoldAll(Place(SampleHistory())).release();
  static const auto* const snapshot =
      const_cast<store::MemoryStore*>(store)->NewSnapshot().release();
  return *snapshot;
}

// Whose the watched facts are.
constexpr uint64_t kAudience = 77;

void CheckFactCursor(std::string_view bytes) {
  const auto cursor = daemon::OpenFactCursor(bytes, kAudience);
  if (!cursor.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(cursor.status()));
    COMPTOIR_CHECK(!cursor.status().message().empty());
    return;
  }
  COMPTOIR_CHECK(cursor->audience() == kAudience && bytes.size() <= daemon::kCursorBytesMax);
  COMPTOIR_CHECK(cursor->positions_size() <= daemon::kCursorPositionsMax);
  // By rising journal, each once, none of them none.
  uint64_t before = 0;
  for (const admin::v1::JournalPosition& position : cursor->positions()) {
    COMPTOIR_CHECK(position.journal() > before);
    before = position.journal();
  }
  const std::string sealed = daemon::SealFactCursor(*cursor);
  const auto again = daemon::OpenFactCursor(sealed, kAudience);
  COMPTOIR_CHECK(again.ok() && daemon::SealFactCursor(*again) == sealed);
  COMPTOIR_CHECK(!daemon::OpenFactCursor(sealed, kAudience + 1).ok());
}

// The rest as a cursor, and as what one holds, with a checksum that fits.
void RunFactCursor(std::string_view rest) {
  CheckFactCursor(rest);
  admin::v1::FactCursor cursor;
  if (!cursor.ParseFromArray(rest.data(), static_cast<int>(rest.size()))) return;
  CheckFactCursor(daemon::SealFactCursor(cursor));
  cursor.set_audience(kAudience);
  CheckFactCursor(daemon::SealFactCursor(cursor));
}

void Run(std::string_view bytes) {
  if (bytes.size() < 3) return;
  const size_t number = static_cast<uint8_t>(bytes[0]) % (kLists.size() + 1);
  if (number == kLists.size()) return RunFactCursor(bytes.substr(3));
  const List list = kLists[number];
  const std::string_view rest = bytes.substr(3);
  std::string cursor = bytes[1] % 2 == 0 ? std::string(rest) : retail::SealCursor(list, rest);
  const uint32_t size = static_cast<uint8_t>(bytes[2]) * (bytes[1] % 4 < 2 ? 1 : 1'000);
  if (const auto place = retail::OpenCursor(list, cursor); place.ok() && !place->empty()) {
    COMPTOIR_CHECK(retail::OpenCursor(list, retail::SealCursor(list, *place)).value() == *place);
  }
  Page page = Ask(list, Views(), cursor, size);
  if (!page.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(page.status()));
    return;
  }
  // A cursor that a list gave, it takes.
  for (int pages = 0; !page->empty(); ++pages) {
    COMPTOIR_CHECK(pages < kPagesMax);
    page = Ask(list, Views(), *page, size);
    COMPTOIR_CHECK(page.ok());
  }
}

admin::v1::FactCursor SampleFactCursor() {
  admin::v1::FactCursor cursor;
  cursor.set_audience(kAudience);
  for (const uint64_t journal : {100, 101, 105}) {
    auto* position = cursor.add_positions();
    position->set_journal(journal);
    position->set_sequence(journal - 97);
    position->set_opened(journal * 1'000);
    position->set_line(7);
  }
  return cursor;
}

std::vector<std::string> Seeds() {
  std::vector<std::string> seeds;
  for (size_t i = 0; i < kLists.size(); ++i) {
    const auto number = static_cast<char>(i);
    seeds.push_back({number, 0, 1});
    const Page page = Ask(kLists[i], Views(), "", 1);
    const std::string next = page.ok() && !page->empty() ? *page : "x";
    seeds.push_back(std::string{number, 0, 1} + next);
    const auto place = retail::OpenCursor(kLists[i], next);
    seeds.push_back(std::string{number, 1, 1} + (place.ok() ? *place : "carottes"));
  }
  const std::string facts{static_cast<char>(kLists.size()), 0, 0};
  const admin::v1::FactCursor cursor = SampleFactCursor();
  seeds.push_back(facts + daemon::SealFactCursor(cursor));
  seeds.push_back(facts + cursor.SerializeAsString());
  seeds.push_back(facts);
  return seeds;
}

}  // namespace
}  // namespace cursor_fuzz

constinit const Fuzzer kCursorFuzzer{"cursor", cursor_fuzz::Run, cursor_fuzz::Seeds};

}  // namespace comptoir::fuzz
