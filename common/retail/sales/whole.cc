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

struct BlockSums {
  int64_t receipts = 0;  // of sales and of refunds
  int64_t cents = 0;     // of goods
  int64_t deposit_cents = 0;

  bool operator==(const BlockSums&) const = default;
};

// Of receipts that share a row of receipt_days: day, journal, block.
using ReceiptBlocks = std::map<std::tuple<int32_t, uint64_t, uint32_t>, BlockSums>;
using CentsByDay = std::map<std::pair<std::string, int32_t>, int64_t>;  // shop, day → cents

absl::Status DamagedTable(const char* table) {
  return absl::DataLossError(absl::StrCat("a row of ", table, " is damaged"));
}

absl::StatusOr<ReceiptBlocks> SumReceipts(const store::Snapshot& snapshot) {
  ReceiptBlocks blocks;
  auto rows = snapshot.Scan(kReceipts, "", "");
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    uint64_t journal = 0;
    uint64_t ordinal = 0;
    v1::ReceiptRow row;
    if (!ConsumeBigEndian64(&key, &journal) || !ConsumeBigEndian64(&key, &ordinal) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return DamagedTable("receipts");
    }
    if (row.duplicate()) continue;
    BlockSums& sums = blocks[{row.day(), journal, ReceiptBlock(ordinal)}];
    ++sums.receipts;
    sums.cents += row.total_cents() - row.deposit_cents();
    sums.deposit_cents += row.deposit_cents();
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return blocks;
}

// What no receipt stands behind leaves rows of zeros.
absl::StatusOr<std::map<std::string, ReceiptBlocks>> SumReceiptDays(
    const store::Snapshot& snapshot) {
  std::map<std::string, ReceiptBlocks> by_shop;
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
      return DamagedTable("receipt_days");
    }
    const auto value = [&values](size_t index) {
      return index < values->size() ? (*values)[index] : 0;
    };
    const BlockSums sums{value(0) + value(2), value(1), value(3)};
    if (sums != BlockSums()) by_shop[std::string(shop)][{day, journal, block}] = sums;
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return by_shop;
}

absl::StatusOr<CentsByDay> SumSales(const store::Snapshot& snapshot) {
  constexpr int32_t kHoursPerDay = 24;
  CentsByDay days;
  auto rows = snapshot.Scan(kSales, "", "");
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    std::string_view shop;
    int32_t hour = 0;
    const auto values = store::DecodeCounters(rows->value());
    if (!ConsumeCode(&key, &shop) || !ConsumeSigned32(&key, &hour) || !values.ok()) {
      return DamagedTable("sales");
    }
    const int32_t day = hour / kHoursPerDay - (hour % kHoursPerDay < 0 ? 1 : 0);
    if (values->size() > 1) days[{std::string(shop), day}] += (*values)[1];
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return days;
}

std::string TextOfDay(int32_t day) { return FormatDay(Day(day)); }

}  // namespace

absl::StatusOr<std::vector<std::string>> CheckSalesWhole(const store::Snapshot& snapshot) {
  COMPTOIR_ASSIGN_OR_RETURN(ReceiptBlocks receipts, SumReceipts(snapshot));
  COMPTOIR_ASSIGN_OR_RETURN(const auto by_shop, SumReceiptDays(snapshot));
  COMPTOIR_ASSIGN_OR_RETURN(const CentsByDay sales, SumSales(snapshot));
  std::vector<std::string> findings;
  CentsByDay expected;
  for (const auto& [shop, blocks] : by_shop) {
    for (const auto& [block, sums] : blocks) {
      const auto found = receipts.find(block);
      const BlockSums printed = found == receipts.end() ? BlockSums() : found->second;
      if (found != receipts.end()) receipts.erase(found);
      expected[{shop, std::get<0>(block)}] += sums.cents;
      if (printed == sums) continue;
      findings.push_back(absl::StrCat(
          "receipts of ", shop, " on ", TextOfDay(std::get<0>(block)), " are ", printed.receipts,
          " of ", printed.cents, " cents and deposits of ", printed.deposit_cents,
          ", and their day says ", sums.receipts, " of ", sums.cents, " and ", sums.deposit_cents));
    }
  }
  for (const auto& [block, printed] : receipts) {
    findings.push_back(absl::StrCat(printed.receipts, " receipts on ",
                                    TextOfDay(std::get<0>(block)), ", ", printed.cents,
                                    " cents, are in no shop's day"));
  }
  CentsByDay both = sales;
  for (const auto& [day, cents] : expected) both[day] -= cents;
  for (const auto& [day, difference] : both) {
    if (difference == 0) continue;
    findings.push_back(absl::StrCat("goods sold by ", day.first, " on ", TextOfDay(day.second),
                                    " come to ", difference, " cents more than its receipts"));
  }
  return findings;
}

}  // namespace comptoir::retail
