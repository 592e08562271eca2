// Cursors and page sizes of lists. A cursor names the place where the next page
// begins; it is opaque to callers, and holds nothing but that place.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::retail {

// Which list a cursor belongs to, so that none is taken for another's.
enum class List : char {
  kStockList = 's',
  kStockByLotList = 'l',
  kInventoryList = 'i',
  kSalesList = 'd',
  kSalesByProductList = 'p',
  kProductsList = 'c',
  kReceiptsList = 'r',
  kMovementsList = 'v',
  kProducerNamesList = 'n',
  kShopNamesList = 'm',
  kConflictsList = 'x',
  kCoopStockList = 'o',
  kTransfersList = 't',
  kOpenTransfersList = 'u',
  kRecallsList = 'a',
  kTraceList = 'w',
};

std::string SealCursor(List list, std::string_view place);
// The place, empty for an empty cursor. INVALID_ARGUMENT for what SealCursor of
// that list did not give; the place itself is the list's to check.
absl::StatusOr<std::string> OpenCursor(List list, std::string_view cursor);
absl::Status BadCursor();

// `requested`, or `usual` for 0. INVALID_ARGUMENT above `most`.
absl::StatusOr<size_t> PageSize(uint32_t requested, size_t usual, size_t most);

}  // namespace comptoir::retail
