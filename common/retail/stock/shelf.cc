#include "common/retail/stock/shelf.h"

#include "common/retail/sales/admit.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::retail {
namespace {

using Visitor = absl::FunctionRef<void(const BalanceKey& balance, int64_t milli)>;

void Visit(const v1::GoodsReceived& received, Visitor visit) {
  for (const v1::ReceivedLine& line : received.lines()) {
    visit({line.product(), line.unit(), line.lot()}, line.quantity_milli());
  }
}
void Visit(const v1::Sold& sold, Visitor visit) {
  for (const v1::SoldLine& line : sold.lines()) {
    visit({line.product(), line.unit(), line.lot()}, -QuantityOf(line).value());
  }
}
void Visit(const v1::Wasted& wasted, Visitor visit) {
  for (const v1::WastedLine& line : wasted.lines()) {
    visit({line.product(), line.unit(), line.lot()}, -line.quantity_milli());
  }
}
void Visit(const v1::Returned& returned, Visitor visit) {
  for (const v1::ReturnedLine& line : returned.lines()) {
    if (line.wasted() != v1::WASTE_REASON_UNSPECIFIED) continue;  // never reaches the shelf
    visit({line.product(), line.unit(), line.lot()}, line.quantity_milli());
  }
}

void Visit(const v1::TransferSent& sent, Visitor visit) {
  for (const v1::TransferLine& line : sent.lines()) {
    visit({line.product(), line.unit(), line.lot()}, -line.quantity_milli());
  }
}
void Visit(const v1::TransferReceived& received, Visitor visit) {
  for (const v1::TransferLine& line : received.lines()) {
    visit({line.product(), line.unit(), line.lot()}, line.quantity_milli());
  }
}

}  // namespace

void VisitShelf(const Fact& fact, Visitor visit) {
  switch (fact.kind) {
    case v1::FACT_KIND_GOODS_RECEIVED:
      return Visit(static_cast<const v1::GoodsReceived&>(*fact.fact), visit);
    case v1::FACT_KIND_SOLD:
      return Visit(static_cast<const v1::Sold&>(*fact.fact), visit);
    case v1::FACT_KIND_WASTED:
      return Visit(static_cast<const v1::Wasted&>(*fact.fact), visit);
    case v1::FACT_KIND_RETURNED:
    case v1::FACT_KIND_VOIDED:
      return Visit(static_cast<const v1::Returned&>(*fact.fact), visit);
    case v1::FACT_KIND_TRANSFER_SENT:
      return Visit(static_cast<const v1::TransferSent&>(*fact.fact), visit);
    case v1::FACT_KIND_TRANSFER_RECEIVED:
      return Visit(static_cast<const v1::TransferReceived&>(*fact.fact), visit);
    default:
      return;
  }
}

}  // namespace comptoir::retail
