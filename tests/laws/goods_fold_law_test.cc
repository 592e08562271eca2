// Folds of Sold, GoodsReceived, Wasted and Returned, counts among them.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "common/base/bytes.h"
#include "common/retail/sales/amounts.h"
#include "common/retail/stock/conservation.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

using retail::v1::GoodsReceived;
using retail::v1::Returned;
using retail::v1::Sold;
using retail::v1::Wasted;

// Counters by key, as the layout in tables.h spells them, added up one by one.
using Sums = std::map<std::string, std::vector<int64_t>>;

struct GoodsModel {
  Sums balances;
  Sums sales;
  Sums receipt_days;
  Sums waste;
  std::map<std::string, retail::v1::ReceiptRow> receipts;
  std::map<std::string, retail::v1::LotRow> lots;
  std::map<std::string, retail::v1::ReturnRow> returns;
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
  held.resize(std::max(held.size(), amounts.size()));
  for (size_t i = 0; i < amounts.size(); ++i) held[i] += amounts[i];
}

// Local time since 1970; every time drawn is after it.
int64_t LocalSeconds(const retail::Fact& fact) {
  return fact.wall_ms / 1000 + fact.utc_offset_minutes * 60;
}

// `amount` over `weights` cent by cent, each to whoever is furthest below its part, the earlier
// of equals: what SpreadCents says of itself, in another way.
std::vector<int64_t> SpreadByHand(int64_t amount, const std::vector<int64_t>& weights) {
  const int64_t sum = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  std::vector<int64_t> parts;
  for (const int64_t weight : weights) parts.push_back(sum == 0 ? 0 : amount * weight / sum);
  for (int64_t left = amount - std::accumulate(parts.begin(), parts.end(), int64_t{0}); left > 0;
       --left) {
    size_t chosen = 0;
    const auto lost = [&](size_t i) { return amount * weights[i] - parts[i] * sum; };
    for (size_t i = 1; i < parts.size(); ++i) {
      if (lost(i) > lost(chosen)) chosen = i;
    }
    ++parts[chosen];
  }
  return parts;
}

RC_GTEST_PROP(SpreadLaw, PartsComeToTheWholeAndNoneIsFarFromItsOwn, ()) {
  const auto weights = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<int64_t>>(rc::gen::inRange<int64_t>(0, 3'000)));
  const int64_t sum = std::accumulate(weights.begin(), weights.end(), int64_t{0});
  const int64_t amount = *rc::gen::inRange<int64_t>(0, sum + 1);
  std::vector<retail::Cents> cents;
  for (const int64_t weight : weights) cents.emplace_back(weight);
  const std::vector<retail::Cents> parts = retail::SpreadCents(retail::Cents(amount), cents);
  RC_ASSERT(parts.size() == weights.size());
  int64_t together = 0;
  const std::vector<int64_t> by_hand = SpreadByHand(amount, weights);
  for (size_t i = 0; i < parts.size(); ++i) {
    const int64_t part = parts[i].value();
    together += part;
    RC_ASSERT(part >= 0 && part <= weights[i]);
    // Less than a cent away from amount × weight / sum.
    RC_ASSERT(std::abs(part * sum - amount * weights[i]) < std::max<int64_t>(sum, 1));
    RC_ASSERT(part == by_hand[i]);
  }
  RC_ASSERT(together == amount);
}

void AddSold(const retail::Fact& fact, const Sold& sold, GoodsModel& model) {
  const std::string& shop = fact.journal->shop;
  const int64_t seconds = LocalSeconds(fact);
  int64_t total = 0;
  std::vector<int64_t> totals;
  for (const auto& line : sold.lines()) {
    const int64_t milli = line.has_quantity_milli() ? line.quantity_milli() : 1000;
    const int64_t reckoned = (milli * line.unit_price_cents() + 500) / 1000;
    totals.push_back((line.has_label_cents() ? line.label_cents() : reckoned) -
                     line.discount_cents());
  }
  const std::vector<int64_t> parts = SpreadByHand(sold.discount_cents(), totals);
  int64_t deposits = 0;
  for (const auto& each : sold.empties()) deposits -= each.pieces() * each.deposit_cents();
  for (int i = 0; i < sold.lines_size(); ++i) {
    const auto& line = sold.lines(i);
    const int64_t milli = line.has_quantity_milli() ? line.quantity_milli() : 1000;
    const int64_t cents = totals[static_cast<size_t>(i)] - parts[static_cast<size_t>(i)];
    total += cents;
    deposits += (milli * line.deposit_cents() + 500) / 1000;
    const std::string item = Zero(line.product()) + static_cast<char>(line.unit());
    Add(model.balances, Zero("shop:" + shop) + item + line.lot(), {-milli});
    Add(model.balances, Zero("customer:" + shop) + item + line.lot(), {milli});
    Add(model.sales, Zero(shop) + Number32(seconds / 3600) + item, {milli, cents});
  }
  const std::string journal = Number64(fact.journal->journal.value());
  std::vector<int64_t> of_day = {1, total};
  if (deposits != 0) of_day = {1, total, 0, deposits};
  Add(model.receipt_days, Zero(shop) + Number32(seconds / 86400) + journal + std::string(4, '\0'),
      of_day);
  retail::v1::ReceiptRow& row = model.receipts[journal + Number64(fact.receipt_ordinal)];
  row.set_sequence(fact.reference.sequence.value());
  row.set_day(static_cast<int32_t>(seconds / 86400));
  row.set_second(static_cast<uint32_t>(seconds % 86400));
  row.set_total_cents(total + deposits);
  row.set_deposit_cents(deposits);
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
    row.set_wall_ms(fact.wall_ms);
    row.set_doubtful(fact.doubtful);
    row.set_utc_offset_minutes(fact.utc_offset_minutes);
    if (!fact.doubtful) row.set_day(static_cast<int32_t>(LocalSeconds(fact) / 86400));
  }
}

void AddWasted(const retail::Fact& fact, const Wasted& wasted, GoodsModel& model) {
  const std::string& shop = fact.journal->shop;
  for (const auto& line : wasted.lines()) {
    const std::string item = Zero(line.product()) + static_cast<char>(line.unit());
    Add(model.balances, Zero("shop:" + shop) + item + line.lot(), {-line.quantity_milli()});
    Add(model.balances, Zero("waste:" + shop) + item + line.lot(), {line.quantity_milli()});
    Add(model.waste,
        Zero(shop) + Number32(LocalSeconds(fact) / 86400) + static_cast<char>(wasted.reason()) +
            item,
        {line.quantity_milli()});
  }
}

void AddReturned(const retail::Fact& fact, const Returned& returned, GoodsModel& model) {
  const std::string& shop = fact.journal->shop;
  const int64_t seconds = LocalSeconds(fact);
  int64_t total = 0;
  int64_t deposits = 0;
  const std::string sale = returned.sale().request_id().empty()
                               ? "r" + Number64(100) +
                                     Number64(returned.sale().reference().sequence()) +
                                     Number64(returned.sale().reference().hash_prefix())
                               : "q" + returned.sale().request_id() + std::string(8, '\0');
  const auto row_of = [&](uint32_t line, int index) -> retail::v1::ReturnRow& {
    std::string number;
    AppendBigEndian32(line, &number);
    std::string place;
    AppendBigEndian32(static_cast<uint32_t>(index), &place);
    return model.returns[Zero(shop) + sale + number + Number64(fact.reference.journal.value()) +
                         Number64(fact.reference.sequence.value()) + place];
  };
  for (const auto& undone : returned.empties()) {
    const int64_t cents = undone.empties().pieces() * undone.empties().deposit_cents();
    deposits -= cents;
    retail::v1::ReturnRow& row = row_of(1'000 + undone.sale_empties(), 0);
    row.set_returned_milli(undone.empties().pieces() * 1'000);
    row.set_sold_milli(row.returned_milli());
    row.set_product(undone.empties().product());
    row.set_deposit_refund_cents(-cents);
  }
  for (int i = 0; i < returned.lines_size(); ++i) {
    const auto& line = returned.lines(i);
    const int64_t milli = line.quantity_milli();
    total += line.refund_cents();
    deposits += line.deposit_refund_cents();
    const std::string item = Zero(line.product()) + static_cast<char>(line.unit());
    const bool wasted = line.wasted() != retail::v1::WASTE_REASON_UNSPECIFIED;
    Add(model.balances, Zero("customer:" + shop) + item + line.lot(), {-milli});
    Add(model.balances, Zero((wasted ? "waste:" : "shop:") + shop) + item + line.lot(), {milli});
    if (wasted) {
      Add(model.waste,
          Zero(shop) + Number32(seconds / 86400) + static_cast<char>(line.wasted()) + item,
          {milli});
    }
    Add(model.sales, Zero(shop) + Number32(seconds / 3600) + item, {-milli, -line.refund_cents()});
    retail::v1::ReturnRow& row = row_of(line.sale_line(), i);
    row.set_returned_milli(milli);
    row.set_sold_milli(line.sold_milli());
    row.set_refund_cents(line.refund_cents());
    row.set_product(line.product());
    row.set_deposit_refund_cents(line.deposit_refund_cents());
  }
  const std::string journal = Number64(fact.journal->journal.value());
  Add(model.receipt_days, Zero(shop) + Number32(seconds / 86400) + journal + std::string(4, '\0'),
      deposits == 0 ? std::vector<int64_t>{0, -total, 1}
                    : std::vector<int64_t>{0, -total, 1, -deposits});
  retail::v1::ReceiptRow& row = model.receipts[journal + Number64(fact.receipt_ordinal)];
  row.set_sequence(fact.reference.sequence.value());
  row.set_day(static_cast<int32_t>(seconds / 86400));
  row.set_second(static_cast<uint32_t>(seconds % 86400));
  row.set_total_cents(-total - deposits);
  row.set_deposit_cents(-deposits);
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
    } else if (fact.kind == retail::v1::FACT_KIND_WASTED) {
      AddWasted(fact, static_cast<const Wasted&>(*fact.fact), model);
    } else if (fact.kind == retail::v1::FACT_KIND_GOODS_RECEIVED) {
      AddGoods(fact, static_cast<const GoodsReceived&>(*fact.fact), model);
    } else if (fact.kind != retail::v1::FACT_KIND_COUNTED) {
      AddReturned(fact, static_cast<const Returned&>(*fact.fact), model);
    }
  }
  CheckSums(snapshot, retail::kBalances, model.balances);
  CheckSums(snapshot, retail::kSales, model.sales);
  CheckSums(snapshot, retail::kReceiptDays, model.receipt_days);
  CheckSums(snapshot, retail::kWaste, model.waste);
  CheckRows(snapshot, retail::kReceipts, model.receipts);
  CheckRows(snapshot, retail::kLots, model.lots);
  CheckRows(snapshot, retail::kReturns, model.returns);
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

RC_GTEST_PROP(WastedFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold([](const auto&, const auto&) { return DrawWasted(); });
}

RC_GTEST_PROP(ReturnedFoldLaw, OrderDoesNotMatter, ()) {
  CheckFold([](const auto&, const auto&) { return DrawReturned(); });
}

RC_GTEST_PROP(GoodsFoldLaw, OrderDoesNotMatterAmongKinds, ()) {
  CheckFold([](const auto&, const auto& frame) { return DrawGoodsFact(frame); });
}

}  // namespace
}  // namespace comptoir::laws
