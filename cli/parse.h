// What people type, read: quantities, prices, days, units. Pure. Each gives
// INVALID_ARGUMENT with a sentence that names the text and says how to write it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "comptoir/retail/v1/retail.pb.h"

namespace comptoir::cli {

// Thousandths of the unit from "3", "1.250" or "1,25": above zero, at most 10^9
// units, at most three decimals.
absl::StatusOr<int64_t> ParseQuantityMilli(std::string_view text);

// Larger quantities on one line are slips far more often than meant.
inline constexpr int64_t kUsualQuantityMilliMax = 100'000'000;
// INVALID_ARGUMENT, saying how to mean it, for more than that.
absl::Status CheckUsualQuantity(int64_t milli);

// Cents from "2.40", "2,4", "2", "2,40 €" or "€2.40": 0 to 10^10 euros, at most
// two decimals.
absl::StatusOr<int64_t> ParsePriceCents(std::string_view text);

// A whole number from "3" or "010", which is ten: 0 to `most`.
absl::StatusOr<uint32_t> ParseWhole(std::string_view text, uint32_t most);

// Basis points from "6", "6 %" or "5,5": 0 to 100 per cent.
absl::StatusOr<uint32_t> ParseVatBasisPoints(std::string_view text);

// Days since 1970-01-01 from "2026-11-23".
absl::StatusOr<int32_t> ParseDay(std::string_view text);

// From the first day to the last; 0 is today.
struct DaySpan {
  int32_t first = 0;
  int32_t last = 0;
};
// Empty texts: today, and the first day. A last day without a first, before it, or more
// than ten years after it cannot be meant.
absl::StatusOr<DaySpan> ParseDaySpan(const std::string& first_day, const std::string& last_day);

// 'piece', 'pièce', 'pce', 'kg', 'kilo', 'l', 'litre' and the like.
absl::StatusOr<retail::v1::Unit> ParseUnit(std::string_view text);

// "90s", "30m", "1h", "7d", or plain seconds. Above zero, at most a year.
absl::StatusOr<std::chrono::seconds> ParseSeconds(std::string_view text);

// One article of a sale or a delivery: "pain-gris", "carottes=1.250",
// "carottes=1,250@2.40".
struct Item {
  std::string product;
  std::optional<int64_t> quantity_milli;
  std::optional<int64_t> unit_price_cents;
};
absl::StatusOr<Item> ParseItem(std::string_view text);

// What is taken off a price: an amount, or a part of it; one of them is zero, and where both
// are, nothing is.
struct Discount {
  int64_t cents = 0;
  uint32_t basis_points = 0;
};
// "10%", "7,5 %", "0.50" or "2 €"; above zero, at most 100 %.
absl::StatusOr<Discount> ParseDiscount(std::string_view text);

// The same of what was seen on a shelf: "carottes=1.250", or "carottes=0" where
// nothing was. The quantity must be there, a price must not.
absl::StatusOr<Item> ParseCountedItem(std::string_view text);

// For the help, and for the shell to offer.
inline constexpr char kWasteReasonChoice[] =
    "{expired,damaged,donated,tasting,staff,theft,recalled}";
inline constexpr char kUnitChoice[] = "{piece,kg,litre}";
inline constexpr char kPaymentChoice[] = "{cash,card,voucher}";

// 'expired', 'périmé', 'damaged', 'casse', 'donated', 'don' and the like.
absl::StatusOr<retail::v1::WasteReason> ParseWasteReason(std::string_view text);

// "card", or "cash=10.00" for a part of the total.
absl::StatusOr<retail::v1::Payment> ParsePayment(std::string_view text);

}  // namespace comptoir::cli
