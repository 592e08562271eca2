#include "common/retail/returns/fold.h"

#include <string>

#include "common/base/limits.h"
#include "common/retail/account.h"
#include "common/retail/keys.h"
#include "common/retail/returns/admit.h"
#include "common/retail/sales/amounts.h"
#include "common/retail/sales/receipt_row.h"
#include "common/retail/stock/movement.h"
#include "common/retail/tables.h"
#include "common/retail/waste/waste_row.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

// `number` says which line of the sale, or which of its empties behind kLinesMax.
void FoldTakenRow(const Fact& fact, const v1::NamedFact& sale, uint32_t number, int index,
                  const v1::ReturnRow& row, Effect effect, store::Transaction& transaction) {
  if (effect == Effect::kDuplicate) return;
  std::string key = NamedKey(fact.journal->shop, sale);
  AppendBigEndian32(number, &key);
  AppendBigEndian64(fact.reference.journal.value(), &key);
  AppendBigEndian64(fact.reference.sequence.value(), &key);
  AppendBigEndian32(static_cast<uint32_t>(index), &key);
  if (effect == Effect::kUncount) return transaction.Erase(kReturns, key);
  transaction.Put(kReturns, key, row.SerializeAsString());
}

v1::ReturnRow TakenRow(const v1::ReturnedLine& line) {
  v1::ReturnRow row;
  row.set_returned_milli(line.quantity_milli());
  row.set_sold_milli(line.sold_milli());
  row.set_refund_cents(line.refund_cents());
  row.set_product(line.product());
  row.set_deposit_refund_cents(line.deposit_refund_cents());
  return row;
}

// All of them, so that a second void of them is more than there was.
v1::ReturnRow TakenRow(const v1::Empties& empties) {
  v1::ReturnRow row;
  row.set_returned_milli(empties.pieces() * kOneUnit.value());
  row.set_sold_milli(row.returned_milli());
  row.set_product(empties.product());
  row.set_deposit_refund_cents(-DepositOf(empties).value());
  return row;
}

}  // namespace

absl::Status FoldReturned(const Fact& fact, const v1::Returned& returned, Effect effect,
                          store::Transaction& transaction) {
  const std::string& shop = fact.journal->shop;
  const int64_t sign = SignOf(effect);
  const std::string customer = AccountName(kCustomerAccounts, shop);
  Mover to_shelf(customer, AccountName(kShopAccounts, shop), transaction);
  Mover to_waste(customer, AccountName(kWasteAccounts, shop), transaction);
  std::string sales_key;
  AppendCode(shop, &sales_key);
  AppendSigned32(static_cast<int32_t>(fact.business_hour()), &sales_key);
  const size_t prefix_bytes = sales_key.size();
  for (int i = 0; i < returned.lines_size(); ++i) {
    const v1::ReturnedLine& line = returned.lines(i);
    const int64_t milli = sign * line.quantity_milli();
    const bool wasted = line.wasted() != v1::WASTE_REASON_UNSPECIFIED;
    (wasted ? to_waste : to_shelf).Move({line.product(), line.unit(), line.lot()}, milli);
    if (wasted) AddWaste(fact, line.wasted(), line.product(), line.unit(), milli, transaction);
    sales_key.resize(prefix_bytes);
    AppendCode(line.product(), &sales_key);
    AppendUnit(line.unit(), &sales_key);
    const int64_t sums[] = {-milli, -sign * line.refund_cents()};
    transaction.Add(kSales, sales_key, sums);
    FoldTakenRow(fact, returned.sale(), line.sale_line(), i, TakenRow(line), effect, transaction);
  }
  for (const v1::UndoneEmpties& undone : returned.empties()) {
    FoldTakenRow(fact, returned.sale(), static_cast<uint32_t>(kLinesMax) + undone.sale_empties(), 0,
                 TakenRow(undone.empties()), effect, transaction);
  }
  const RefundAmounts amounts(returned);
  FoldReceipt(fact, Cents(-amounts.total().value()),
              Cents(amounts.goods.value() - amounts.total().value()), effect, transaction);
  return absl::OkStatus();
}

}  // namespace comptoir::retail
