// Folds of Sold and GoodsReceived.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/stock/conservation.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

using retail::v1::GoodsReceived;
using retail::v1::Sold;

// Counters by key, as the layout in tables.h spells them, added up one by one.
using Sums = std::map<std::string, std::vector<int64_t>>;

struct GoodsModel {
  Sums balances;
  Sums sales;
  Sums receipt_days;
  std::map<std::string, retail::v1::ReceiptRow> receipts;
  std::map<std::string, retail::v1::LotRow> lots;
};

std::string Zero(std::string text) { return text + '\0'; }
std::string Number32(int64_t value) {
  std::string bytes;
  AppendBigEndian32(static_cast<uint32_t>(value + (int64_t{1} << 31)), &bytes);
  return bytes;
}
std::string Number64(uint64_t value) {
  std::string bytes;
  AppendBigEndian64(value, &bytes);
  return bytes;
}
void Add(Sums& sums, const std::string& key, const std::vector<int64_t>& amounts) {
  std::vector<int64_t>& held = sums[key];
  held.resize(amounts.size());
  for (size_t i = 0; i < amounts.size(); ++i) held[i] += amounts[i];
}

// Local time since 1970; every time drawn is after it.
int64_t LocalSeconds(const retail::Fact& fact) {
  return fact.wall_ms / 1000 + fact.utc_offset_minutes * 60;
}

void AddSold(const retail::Fact& fact, const Sold& sold, GoodsModel& model) {
  const std::string& shop = fact.journal->shop;
  const int64_t seconds = LocalSeconds(fact);
  int64_t total = 0;
  for (const auto& line : sold.lines()) {
    const int64_t milli = line.has_quantity_milli() ? line.quantity_milli() : 1000;
    const int64_t cents = (milli * line.unit_price_cents() + 500) / 1000;
    total += cents;
    const std::string item = Zero(line.product()) + static_cast<char>(line.unit());
    Add(model.balances, Zero("shop:" + shop) + item + line.lot(), {-milli});
    Add(model.balances, Zero("customer:" + shop) + item + line.lot(), {milli});
    Add(model.sales, Zero(shop) + Number32(seconds / 3600) + item, {milli, cents});
  }
  const std::string journal = Number64(fact.journal->journal.value());
  Add(model.receipt_days, Zero(shop) + Number32(seconds / 86400) + journal + std::string(4, '\0'),
      {1, total});
  retail::v1::ReceiptRow& row = model.receipts[journal + Number64(fact.receipt_ordinal)];
  row.set_sequence(fact.reference.sequence.value());
  row.set_day(static_cast<int32_t>(seconds / 86400));
  row.set_second(static_cast<uint32_t>(seconds % 86400));
  row.set_total_cents(total);
}

void AddGoods(const retail::Fact& fact, const GoodsReceived& received, GoodsModel& model) {
  const std::string& shop = fact.journal->shop;
  for (int i = 0; i < received.lines_size(); ++i) {
    const auto& line = received.lines(i);
    const std::string item = Zero(line.product()) + static_cast<char>(line.unit()) + line.lot();
    Add(model.balances, Zero("shop:" + shop) + item, {line.quantity_milli()});
    Add(model.balances, Zero("producer:" + received.producer()) + item, {-line.quantity_milli()});
    std::string index;
    AppendBigEndian32(static_cast<uint32_t>(i), &index);
    retail::v1::LotRow& row = model.lots[Zero(shop) + Zero(line.product()) + Zero(line.lot()) +
                                         Number64(fact.reference.journal.value()) +
                                         Number64(fact.reference.sequence.value()) + index];
    row.set_producer(received.producer());
    row.set_unit(line.unit());
    row.set_received_milli(line.quantity_milli());
    row.set_use_by_day(line.use_by_day());
  }
}

void CheckSums(const store::Snapshot& snapshot, store::TableId table, const Sums& expected) {
  Sums held;
  auto row = snapshot.Scan(table, "", "");
  for (; row->Valid(); row->Next()) {
    const auto sums = store::DecodeCounters(row->value());
    RC_ASSERT(sums.ok());
    held[std::string(row->key())] = *sums;
  }
  RC_ASSERT(held == expected);
}

template <typename Row>
void CheckRows(const store::Snapshot& snapshot, store::TableId table,
               const std::map<std::string, Row>& expected) {
  std::map<std::string, std::string> texts;
  for (const auto& [key, row] : expected) texts[key] = row.DebugString();
  std::map<std::string, std::string> held;
  auto rows = snapshot.Scan(table, "", "");
  for (; rows->Valid(); rows->Next()) {
    Row row;
    RC_ASSERT(row.ParseFromString(std::string(rows->value())));
    held[std::string(rows->key())] = row.DebugString();
  }
  RC_ASSERT(held == texts);
}

void CheckGoods(const std::vector<FoldOperation>& applied, const store::Snapshot& snapshot) {
  GoodsModel model;
  for (const FoldOperation& operation : applied) {
    const retail::Fact& fact = operation.fact;
    if (fact.kind == retail::v1::FACT_KIND_SOLD) {
      AddSold(fact, static_cast<const Sold&>(*fact.fact), model);
    } else {
      AddGoods(fact, static_cast<const GoodsReceived&>(*fact.fact), model);
    }
  }
  CheckSums(snapshot, retail::kBalances, model.balances);
  CheckSums(snapshot, retail::kSales, model.sales);
  CheckSums(snapshot, retail::kReceiptDays, model.receipt_days);
  CheckRows(snapshot, retail::kReceipts, model.receipts);
  CheckRows(snapshot, retail::kLots, model.lots);
  const auto findings = retail::CheckConservation(snapshot);
  RC_ASSERT(findings.ok());
  RC_ASSERT(findings->empty());
}

void CheckFold(const Source& source) {
  FactHistory history(FactHistory::ShopWriters());
  FoldLaw law;
  law.model = CheckGoods;
  CheckOrderLaw(law, history.Draw(source));
}

RC_GTEST_PROP(SoldFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold([](const auto&, const auto&) { return DrawSold(); });
}

RC_GTEST_PROP(GoodsReceivedFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold([](const auto&, const auto&) { return DrawGoodsReceived(); });
}

RC_GTEST_PROP(GoodsFoldLaw, OrderDoesNotMatterAmongKinds, ()) {
  CheckFold([](const auto&, const auto&) {
    return *rc::gen::arbitrary<bool>() ? DrawSold() : DrawGoodsReceived();
  });
}

}  // namespace
}  // namespace comptoir::laws
