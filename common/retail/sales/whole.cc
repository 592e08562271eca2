#include "common/retail/sales/whole.h"

#include <cstdint>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/retail/calendar.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

struct Sums {
  int64_t receipts = 0;  // of sales and of refunds
  int64_t cents = 0;

  bool operator==(const Sums&) const = default;
};

// Of receipts that share a row of receipt_days: day, journal, block.
using Blocks = std::map<std::tuple<int32_t, uint64_t, uint32_t>, Sums>;
using Days = std::map<std::pair<std::string, int32_t>, int64_t>;  // shop, day → cents

absl::Status Damaged(const char* table) {
  return absl::DataLossError(absl::StrCat("a row of ", table, " is damaged"));
}

absl::StatusOr<Blocks> ReadReceipts(const store::Snapshot& snapshot) {
  Blocks blocks;
  auto rows = snapshot.Scan(kReceipts, "", "");
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    uint64_t journal = 0;
    uint64_t ordinal = 0;
    v1::ReceiptRow row;
    if (!ConsumeBigEndian64(&key, &journal) || !ConsumeBigEndian64(&key, &ordinal) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return Damaged("receipts");
    }
    if (row.duplicate()) continue;
    Sums& sums = blocks[{row.day(), journal, ReceiptBlock(ordinal)}];
    ++sums.receipts;
    sums.cents += row.total_cents();
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return blocks;
}

// What no receipt stands behind leaves rows of zeros.
absl::StatusOr<std::map<std::string, Blocks>> ReadReceiptDays(const store::Snapshot& snapshot) {
  std::map<std::string, Blocks> by_shop;
  auto rows = snapshot.Scan(kReceiptDays, "", "");
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    std::string_view shop;
    int32_t day = 0;
    uint64_t journal = 0;
    uint32_t block = 0;
    const auto values = store::DecodeCounters(rows->value());
    if (!ConsumeCode(&key, &shop) || !ConsumeSigned32(&key, &day) ||
        !ConsumeBigEndian64(&key, &journal) || !ConsumeBigEndian32(&key, &block) || !values.ok()) {
      return Damaged("receipt_days");
    }
    const auto value = [&values](size_t index) {
      return index < values->size() ? (*values)[index] : 0;
    };
    const Sums sums{value(0) + value(2), value(1)};
    if (sums != Sums()) by_shop[std::string(shop)][{day, journal, block}] = sums;
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return by_shop;
}

absl::StatusOr<Days> ReadSales(const store::Snapshot& snapshot) {
  constexpr int32_t kHoursPerDay = 24;
  Days days;
  auto rows = snapshot.Scan(kSales, "", "");
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    std::string_view shop;
    int32_t hour = 0;
    const auto values = store::DecodeCounters(rows->value());
    if (!ConsumeCode(&key, &shop) || !ConsumeSigned32(&key, &hour) || !values.ok()) {
      return Damaged("sales");
    }
    const int32_t day = hour / kHoursPerDay - (hour % kHoursPerDay < 0 ? 1 : 0);
    if (values->size() > 1) days[{std::string(shop), day}] += (*values)[1];
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return days;
}

std::string DayText(int32_t day) { return FormatDay(Day(day)); }

}  // namespace

absl::StatusOr<std::vector<std::string>> CheckSalesWhole(const store::Snapshot& snapshot) {
  COMPTOIR_ASSIGN_OR_RETURN(Blocks receipts, ReadReceipts(snapshot));
  COMPTOIR_ASSIGN_OR_RETURN(const auto by_shop, ReadReceiptDays(snapshot));
  COMPTOIR_ASSIGN_OR_RETURN(const Days sales, ReadSales(snapshot));
  std::vector<std::string> findings;
  Days expected;
  for (const auto& [shop, blocks] : by_shop) {
    for (const auto& [block, sums] : blocks) {
      const auto found = receipts.find(block);
      const Sums printed = found == receipts.end() ? Sums() : found->second;
      if (found != receipts.end()) receipts.erase(found);
      expected[{shop, std::get<0>(block)}] += sums.cents;
      if (printed == sums) continue;
      findings.push_back(absl::StrCat(
          "receipts of ", shop, " on ", DayText(std::get<0>(block)), " are ", printed.receipts,
          " of ", printed.cents, " cents, and their day says ", sums.receipts, " of ", sums.cents));
    }
  }
  for (const auto& [block, printed] : receipts) {
    findings.push_back(absl::StrCat(printed.receipts, " receipts on ", DayText(std::get<0>(block)),
                                    ", ", printed.cents, " cents, are in no shop's day"));
  }
  Days both = sales;
  for (const auto& [day, cents] : expected) both[day] -= cents;
  for (const auto& [day, difference] : both) {
    if (difference == 0) continue;
    findings.push_back(absl::StrCat("goods sold by ", day.first, " on ", DayText(day.second),
                                    " come to ", difference, " cents more than its receipts"));
  }
  return findings;
}

}  // namespace comptoir::retail
