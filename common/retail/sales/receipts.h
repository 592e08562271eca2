// Receipts: their printed numbers, finding them, and what one says. The entries
// themselves are the ledger's to read; here is where they stand.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/retail/fact.h"
#include "common/retail/forks/moved.h"
#include "common/store/store.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::retail {

inline constexpr size_t kReceiptsPageUsual = 100;
inline constexpr size_t kReceiptsPageMax = 1'000;

// `outremeuse-261123-k7qm2w-0412`: shop, series (a day and six letters and
// digits), number of the receipt in the series, with at least four digits.
struct ReceiptNumber {
  std::string shop;
  std::string series;
  uint64_t ordinal = 0;
  NameEnding ending;  // where branches share the number

  bool operator==(const ReceiptNumber&) const = default;
};
std::string FormatReceiptNumber(std::string_view shop, std::string_view series, uint64_t ordinal);
// Of a fact that prints a receipt, its ordinal filled in: with its ending where it was moved.
std::string NumberOf(const Fact& fact);
// INVALID_ARGUMENT with a reason for what no receipt prints.
absl::StatusOr<ReceiptNumber> ParseReceiptNumber(std::string_view number);

// Where the fact behind a receipt stands.
struct ReceiptPlace {
  JournalId journal;
  Sequence sequence;
  uint64_t ordinal = 0;
  bool duplicate = false;  // another one counts (R11)

  bool operator==(const ReceiptPlace&) const = default;
};

// NOT_FOUND where no such receipt is held here. INVALID_ARGUMENT for what is no number,
// and where several branches printed it and it does not say which.
absl::StatusOr<ReceiptPlace> FindReceipt(const store::Snapshot& snapshot, std::string_view number);

struct ReceiptPage {
  std::vector<ReceiptPlace> receipts;
  std::string next_cursor;  // empty: that was all
};
// Receipts of one business day at one shop by their time of day; those of one
// second by series and number. Duplicates are among them.
absl::StatusOr<ReceiptPage> ListReceiptPlaces(const store::Snapshot& snapshot,
                                              std::string_view shop, Day day,
                                              std::string_view cursor, uint32_t page_size);

// What the receipt of `fact`, an admitted fact that prints one, says. Names are those
// known in `snapshot`; all else is the fact's.
absl::StatusOr<shop::v1::Receipt> MakeReceipt(const store::Snapshot& snapshot, const Fact& fact,
                                              bool duplicate);

}  // namespace comptoir::retail
