#include "common/retail/sales/daily.h"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/retail/calendar.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"

namespace comptoir::retail {
namespace {

// Where a row stands in the list; also what a cursor holds.
struct Place {
  std::string shop;
  Day day;
  std::string product;  // with by_product, as is the unit
  v1::Unit unit = v1::UNIT_UNSPECIFIED;

  auto operator<=>(const Place&) const = default;
};

std::string SealPlace(List list, const Place& place) {
  std::string bytes;
  AppendCode(place.shop, &bytes);
  AppendDay(place.day, &bytes);
  AppendCode(place.product, &bytes);
  AppendUnit(place.unit, &bytes);
  return SealCursor(list, bytes);
}

absl::StatusOr<Place> OpenPlace(List list, std::string_view cursor) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string sealed, OpenCursor(list, cursor));
  Place place;
  if (sealed.empty()) return place;
  std::string_view bytes = sealed;
  std::string_view shop;
  std::string_view product;
  int32_t day = 0;
  if (!ConsumeCode(&bytes, &shop) || !ConsumeSigned32(&bytes, &day) ||
      !ConsumeCode(&bytes, &product) || !ConsumeUnit(&bytes, &place.unit) || !bytes.empty() ||
      !IsCode(shop) || day < 0 || day > kDayMax.value()) {
    return BadCursor();
  }
  place.shop = shop;
  place.day = Day(day);
  place.product = product;
  return place;
}

// Sums of a row: receipts, cents, refunds and deposits, or thousandths and cents.
using Sums = std::array<int64_t, 4>;

absl::Status AddSums(std::string_view row, Sums* sums) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<int64_t> values, store::DecodeCounters(row));
  if (values.size() < 2 || values.size() > sums->size()) {
    return absl::DataLossError("a row of sums is damaged");
  }
  for (size_t i = 0; i < values.size(); ++i) (*sums)[i] += values[i];
  return absl::OkStatus();
}

// Fills one page.
class SalesPage {
 public:
  SalesPage(const store::Snapshot& snapshot, bool by_product, Place first, size_t count)
      : snapshot_(snapshot), by_product_(by_product), first_(std::move(first)), count_(count) {}

  // The rows of one shop, days [first, last].
  absl::Status AddShop(const std::string& shop, Day first, Day last) {
    if (shop < first_.shop) return absl::OkStatus();
    if (shop == first_.shop) first = std::max(first, first_.day);
    if (full() || first > last) return absl::OkStatus();
    return by_product_ ? ScanSales(shop, first, last) : ScanReceiptDays(shop, first, last);
  }
  bool full() const { return !response_.next_cursor().empty(); }
  shop::v1::ListSalesResponse Finish() && { return std::move(response_); }

 private:
  absl::Status ScanReceiptDays(const std::string& shop, Day first, Day last);
  absl::Status ScanSales(const std::string& shop, Day first, Day last);
  absl::Status AddRow(const Place& place, const Sums& sums);
  // The rows gathered in `day_`, and forgets them.
  absl::Status FlushDay();

  const store::Snapshot& snapshot_;
  const bool by_product_;
  const Place first_;
  const size_t count_;
  std::map<Place, Sums> day_;  // of one day
  shop::v1::ListSalesResponse response_;
};

absl::Status SalesPage::AddRow(const Place& place, const Sums& sums) {
  // Rows that only duplicates touched say nothing.
  if (place < first_ || sums == Sums() || full()) return absl::OkStatus();
  if (static_cast<size_t>(response_.rows_size()) == count_) {
    response_.set_next_cursor(
        SealPlace(by_product_ ? List::kSalesByProductList : List::kSalesList, place));
    return absl::OkStatus();
  }
  shop::v1::SalesRow* row = response_.add_rows();
  row->set_shop(place.shop);
  row->set_day(place.day.value());
  row->set_total_cents(sums[1]);
  if (!by_product_) {
    row->set_receipts(sums[0]);
    row->set_refunds(sums[2]);
    row->set_deposit_cents(sums[3]);
    return absl::OkStatus();
  }
  row->set_product(place.product);
  row->set_unit(place.unit);
  row->set_quantity_milli(sums[0]);
  COMPTOIR_ASSIGN_OR_RETURN(*row->mutable_name(), ProductName(snapshot_, place.product));
  return absl::OkStatus();
}

absl::Status SalesPage::FlushDay() {
  for (const auto& [place, sums] : day_) COMPTOIR_RETURN_IF_ERROR(AddRow(place, sums));
  day_.clear();
  return absl::OkStatus();
}

absl::Status SalesPage::ScanReceiptDays(const std::string& shop, Day first, Day last) {
  std::string prefix;
  AppendCode(shop, &prefix);
  auto rows = snapshot_.Scan(kReceiptDays, ReceiptDayPrefix(shop, first),
                             ReceiptDayPrefix(shop, Day(last.value() + 1)));
  for (; rows->Valid() && !full(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    int32_t day = 0;
    if (!ConsumeSigned32(&key, &day))
      return absl::DataLossError("a key of receipt_days is damaged");
    if (!day_.empty() && day_.begin()->first.day != Day(day)) COMPTOIR_RETURN_IF_ERROR(FlushDay());
    COMPTOIR_RETURN_IF_ERROR(AddSums(rows->value(), &day_[{shop, Day(day), "", {}}]));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return FlushDay();
}

absl::Status SalesPage::ScanSales(const std::string& shop, Day first, Day last) {
  std::string prefix;
  AppendCode(shop, &prefix);
  std::string from = prefix;
  std::string limit = prefix;
  AppendSigned32(first.value() * kHoursPerDay, &from);
  AppendSigned32((last.value() + 1) * kHoursPerDay, &limit);
  auto rows = snapshot_.Scan(kSales, from, limit);
  for (; rows->Valid() && !full(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    Place place{shop, Day(), "", v1::UNIT_UNSPECIFIED};
    int32_t hour = 0;
    std::string_view product;
    if (!ConsumeSigned32(&key, &hour) || !ConsumeCode(&key, &product) ||
        !ConsumeUnit(&key, &place.unit)) {
      return absl::DataLossError("a key of sales is damaged");
    }
    place.day = Day(static_cast<int32_t>(FloorDivide(hour, kHoursPerDay)));
    place.product = product;
    if (!day_.empty() && day_.begin()->first.day != place.day) COMPTOIR_RETURN_IF_ERROR(FlushDay());
    COMPTOIR_RETURN_IF_ERROR(AddSums(rows->value(), &day_[std::move(place)]));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return FlushDay();
}

// Shops with a receipt, by code.
absl::StatusOr<std::vector<std::string>> ShopsWithReceipts(const store::Snapshot& snapshot) {
  std::vector<std::string> shops;
  std::string from;
  while (true) {
    auto rows = snapshot.Scan(kReceiptDays, from, "");
    if (!rows->Valid()) {
      COMPTOIR_RETURN_IF_ERROR(rows->status());
      return shops;
    }
    std::string_view key = rows->key();
    std::string_view shop;
    if (!ConsumeCode(&key, &shop)) return absl::DataLossError("a key of receipt_days is damaged");
    shops.emplace_back(shop);
    from.clear();
    AppendCode(shop, &from);
    from = PrefixLimit(from);
  }
}

absl::Status CheckDays(Day first, Day last) {
  COMPTOIR_RETURN_IF_ERROR(CheckDay("first day", first.value()));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("last day", last.value()));
  if (last < first) {
    return Refuse(kBadDay, absl::StrCat("the last day, ", FormatDay(last),
                                        ", is before the first, ", FormatDay(first)));
  }
  if (last.value() - first.value() <= kSalesDaysMax) return absl::OkStatus();
  return Refuse(kBadDay, absl::StrCat("a span of ", last.value() - first.value(),
                                      " days is too long: ask for at most ", kSalesDaysMax));
}

}  // namespace

absl::StatusOr<shop::v1::ListSalesResponse> ListSales(const store::Snapshot& snapshot, Day today,
                                                      const shop::v1::ListSalesRequest& request) {
  const Day first = request.first_day() == 0 ? today : Day(request.first_day());
  const Day last = request.last_day() == 0 ? first : Day(request.last_day());
  COMPTOIR_RETURN_IF_ERROR(CheckDays(first, last));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("shop", request.shop()));
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(request.page_size(), kSalesPageMax, kSalesPageMax));
  COMPTOIR_ASSIGN_OR_RETURN(
      Place place, OpenPlace(request.by_product() ? List::kSalesByProductList : List::kSalesList,
                             request.cursor()));
  std::vector<std::string> shops = {request.shop()};
  if (request.shop().empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(shops, ShopsWithReceipts(snapshot));
  }
  SalesPage page(snapshot, request.by_product(), std::move(place), count);
  for (const std::string& shop : shops) {
    COMPTOIR_RETURN_IF_ERROR(page.AddShop(shop, first, last));
  }
  return std::move(page).Finish();
}

}  // namespace comptoir::retail
