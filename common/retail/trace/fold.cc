#include "common/retail/trace/fold.h"

#include <algorithm>
#include <map>
#include <string>
#include <tuple>

#include "common/retail/sales/admit.h"
#include "common/retail/stock/lots.h"
#include "common/retail/tables.h"
#include "common/retail/trace/keys.h"
#include "comptoir/retail/v1/recall_rows.pb.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::retail {
namespace {

// By product, lot and unit.
using TraceRows = std::map<std::tuple<std::string, std::string, v1::Unit>, v1::TraceRow>;

bool HasNoLot(const auto& line) { return line.lot().empty(); }

template <typename Line>
v1::TraceRow& RowOf(const Line& line, TraceRows* rows) {
  return (*rows)[{line.product(), line.lot(), line.unit()}];
}

void Gather(const v1::GoodsReceived& received, TraceRows* rows) {
  for (const v1::ReceivedLine& line : received.lines()) {
    if (HasNoLot(line)) continue;
    v1::TraceRow& row = RowOf(line, rows);
    row.set_quantity_milli(row.quantity_milli() + line.quantity_milli());
    row.set_producer(received.producer());
    row.set_document(received.document());
    row.set_use_by_day(EarlierDay(row.use_by_day(), line.use_by_day()));
    row.set_best_before_day(EarlierDay(row.best_before_day(), line.best_before_day()));
  }
}
void Gather(const v1::Sold& sold, TraceRows* rows) {
  for (const v1::SoldLine& line : sold.lines()) {
    if (HasNoLot(line)) continue;
    v1::TraceRow& row = RowOf(line, rows);
    row.set_quantity_milli(row.quantity_milli() + QuantityOf(line).value());
  }
}
void Gather(const v1::Returned& returned, TraceRows* rows) {
  for (const v1::ReturnedLine& line : returned.lines()) {
    if (HasNoLot(line)) continue;
    v1::TraceRow& row = RowOf(line, rows);
    row.set_quantity_milli(row.quantity_milli() + line.quantity_milli());
    if (line.wasted() == v1::WASTE_REASON_UNSPECIFIED) continue;
    row.set_to_waste_milli(row.to_waste_milli() + line.quantity_milli());
  }
}
void Gather(const v1::Wasted& wasted, TraceRows* rows) {
  for (const v1::WastedLine& line : wasted.lines()) {
    if (HasNoLot(line)) continue;
    v1::TraceRow& row = RowOf(line, rows);
    row.set_quantity_milli(row.quantity_milli() + line.quantity_milli());
    row.set_waste_reason(wasted.reason());
  }
}
void Gather(const v1::Counted& counted, TraceRows* rows) {
  for (const v1::CountedLine& line : counted.lines()) {
    for (const v1::LotQuantity& lot : line.lots()) {
      if (HasNoLot(lot)) continue;
      (*rows)[{line.product(), lot.lot(), line.unit()}].set_quantity_milli(lot.quantity_milli());
    }
  }
}

// Of what is sent, arrives or is given up.
template <typename Transfer>
void GatherTransfer(const Transfer& transfer, TraceRows* rows) {
  for (const v1::TransferLine& line : transfer.lines()) {
    if (HasNoLot(line)) continue;
    v1::TraceRow& row = RowOf(line, rows);
    row.set_quantity_milli(row.quantity_milli() + line.quantity_milli());
    row.set_producer(line.producer());
    row.set_document(transfer.transfer());
    row.set_use_by_day(EarlierDay(row.use_by_day(), line.use_by_day()));
    row.set_best_before_day(EarlierDay(row.best_before_day(), line.best_before_day()));
  }
}
void Gather(const v1::TransferSettled& settled, TraceRows* rows) {
  GatherTransfer(settled, rows);
  for (auto& [item, row] : *rows) row.set_waste_reason(settled.reason());
}

TraceRows RowsOf(const Fact& fact) {
  TraceRows rows;
  switch (fact.kind) {
    case v1::FACT_KIND_GOODS_RECEIVED:
      Gather(static_cast<const v1::GoodsReceived&>(*fact.fact), &rows);
      break;
    case v1::FACT_KIND_SOLD:
      Gather(static_cast<const v1::Sold&>(*fact.fact), &rows);
      break;
    case v1::FACT_KIND_RETURNED:
    case v1::FACT_KIND_VOIDED:
      Gather(static_cast<const v1::Returned&>(*fact.fact), &rows);
      break;
    case v1::FACT_KIND_WASTED:
      Gather(static_cast<const v1::Wasted&>(*fact.fact), &rows);
      break;
    case v1::FACT_KIND_COUNTED:
      Gather(static_cast<const v1::Counted&>(*fact.fact), &rows);
      break;
    case v1::FACT_KIND_TRANSFER_SENT:
      GatherTransfer(static_cast<const v1::TransferSent&>(*fact.fact), &rows);
      break;
    case v1::FACT_KIND_TRANSFER_RECEIVED:
      GatherTransfer(static_cast<const v1::TransferReceived&>(*fact.fact), &rows);
      break;
    case v1::FACT_KIND_TRANSFER_SETTLED:
      Gather(static_cast<const v1::TransferSettled&>(*fact.fact), &rows);
      break;
    default:
      break;
  }
  return rows;
}

}  // namespace

void FoldTrace(const Fact& fact, Effect effect, store::Transaction& transaction) {
  if (effect == Effect::kDuplicate) return;
  for (auto& [item, row] : RowsOf(fact)) {
    const auto& [product, lot, unit] = item;
    std::string key = TracePrefix(product, lot, fact.journal->shop);
    AppendTracePlace({fact.wall_ms, fact.reference.journal, fact.reference.sequence}, unit, &key);
    if (effect == Effect::kUncount) {
      transaction.Erase(kTrace, key);
      continue;
    }
    row.set_kind(fact.kind);
    row.set_unit(unit);
    row.set_receipt_ordinal(fact.receipt_ordinal);
    row.set_utc_offset_minutes(fact.utc_offset_minutes);
    row.set_doubtful(fact.doubtful);
    row.set_day(fact.business_day().value());
    transaction.Put(kTrace, key, row.SerializeAsString());
  }
}

}  // namespace comptoir::retail
