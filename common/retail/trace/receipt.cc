// What of a trace rests on receipts.
#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/retail/calendar.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/sales/admit.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/tables.h"
#include "common/retail/trace/queries.h"
#include "google/protobuf/arena.h"

namespace comptoir::retail {
namespace {

// Was anything of the product sold at the shop on `day`?
absl::StatusOr<bool> IsSoldOn(const store::Snapshot& snapshot, std::string_view shop,
                              std::string_view product, int32_t day) {
  for (int32_t hour = day * kHoursPerDay; hour < (day + 1) * kHoursPerDay; ++hour) {
    std::string key;
    AppendCode(shop, &key);
    AppendSigned32(hour, &key);
    AppendCode(product, &key);
    const auto rows = snapshot.Scan(kSales, key, PrefixLimit(key));
    if (rows->Valid()) return true;
    COMPTOIR_RETURN_IF_ERROR(rows->status());
  }
  return false;
}

bool SaysNoLot(const Fact& fact, std::string_view product) {
  if (fact.kind != v1::FACT_KIND_SOLD) return false;
  const auto& sold = static_cast<const v1::Sold&>(*fact.fact);
  return std::ranges::any_of(sold.lines(), [&](const v1::SoldLine& line) {
    return line.product() == product && line.lot().empty();
  });
}

// Of one day.
absl::Status CountDay(const TraceScope& scope, int32_t day, size_t* budget,
                      shop::v1::TraceUnknown* unknown) {
  std::string cursor;
  do {
    if (*budget == 0) {
      unknown->set_at_least(true);
      return absl::OkStatus();
    }
    const auto page_size = static_cast<uint32_t>(std::min(*budget, kReceiptsPageMax));
    COMPTOIR_ASSIGN_OR_RETURN(
        const ReceiptPage page,
        ListReceiptPlaces(scope.snapshot, unknown->shop(), Day(day), cursor, page_size));
    *budget -= std::min(*budget, page.receipts.size());
    for (const ReceiptPlace& place : page.receipts) {
      if (place.duplicate) continue;
      google::protobuf::Arena arena;
      const auto fact = scope.facts.Read(place.journal, place.sequence, &arena);
      if (absl::IsNotFound(fact.status())) continue;  // it rotted
      COMPTOIR_RETURN_IF_ERROR(fact.status());
      if (SaysNoLot(*fact, unknown->product())) unknown->set_receipts(unknown->receipts() + 1);
    }
    cursor = page.next_cursor;
  } while (!cursor.empty());
  return absl::OkStatus();
}

}  // namespace

absl::Status CountUnknownLots(const TraceScope& scope, size_t* budget,
                              shop::v1::TraceUnknown* unknown) {
  constexpr int32_t kDaysMax = 366;  // the latest: what is older was eaten
  const int32_t first = std::max(unknown->first_day(), unknown->last_day() - kDaysMax);
  if (first > unknown->first_day()) unknown->set_at_least(true);
  for (int32_t day = std::max(first, 0); day <= unknown->last_day(); ++day) {
    if (*budget == 0) {
      unknown->set_at_least(true);
      break;
    }
    --*budget;  // looking whether anything was sold is work, too
    COMPTOIR_ASSIGN_OR_RETURN(const bool is_sold,
                              IsSoldOn(scope.snapshot, unknown->shop(), unknown->product(), day));
    if (is_sold) COMPTOIR_RETURN_IF_ERROR(CountDay(scope, day, budget, unknown));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TraceItem>> ItemsOfReceipt(const TraceScope& scope,
                                                      const std::string& number,
                                                      shop::v1::TraceResponse* response,
                                                      std::string* shop) {
  COMPTOIR_ASSIGN_OR_RETURN(const ReceiptPlace place, FindReceipt(scope.snapshot, number));
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(Fact fact, scope.facts.Read(place.journal, place.sequence, &arena));
  if (fact.kind != v1::FACT_KIND_SOLD) {
    return WithReason(absl::FailedPreconditionError(absl::StrCat(
                          "receipt ", number, " is a refund: name the receipt of the sale")),
                      kNotASale);
  }
  fact.receipt_ordinal = place.ordinal;
  *shop = fact.journal->shop;
  response->set_receipt(NumberOf(fact));
  response->set_receipt_wall_ms(fact.wall_ms);
  response->set_receipt_utc_offset_minutes(fact.utc_offset_minutes);
  std::set<TraceItem> items;
  for (const v1::SoldLine& line : static_cast<const v1::Sold&>(*fact.fact).lines()) {
    shop::v1::TraceReceiptLine* said = response->add_receipt_lines();
    said->set_product(line.product());
    said->set_unit(line.unit());
    said->set_lot(line.lot());
    said->set_quantity_milli(QuantityOf(line).value());
    COMPTOIR_ASSIGN_OR_RETURN(*said->mutable_product_name(),
                              ProductName(scope.snapshot, line.product()));
    if (!line.lot().empty()) items.insert({line.product(), line.lot()});
  }
  return std::vector<TraceItem>(items.begin(), items.end());
}

}  // namespace comptoir::retail
