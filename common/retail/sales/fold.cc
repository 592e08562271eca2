#include "common/retail/sales/fold.h"

#include <string>

#include "common/retail/account.h"
#include "common/retail/keys.h"
#include "common/retail/sales/amounts.h"
#include "common/retail/sales/receipt_row.h"
#include "common/retail/stock/movement.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

absl::Status FoldSold(const Fact& fact, const v1::Sold& sold, Effect effect,
                      store::Transaction& transaction) {
  const std::string& shop = fact.journal->shop;
  const int64_t sign = SignOf(effect);
  Mover mover(AccountName(kShopAccounts, shop), AccountName(kCustomerAccounts, shop), transaction);
  std::string sales_key;
  AppendCode(shop, &sales_key);
  AppendSigned32(static_cast<int32_t>(fact.business_hour()), &sales_key);
  const size_t prefix_bytes = sales_key.size();

  const SaleAmounts amounts(sold);
  for (int i = 0; i < sold.lines_size(); ++i) {
    const v1::SoldLine& line = sold.lines(i);
    const int64_t milli = sign * QuantityOf(line).value();
    mover.Move({line.product(), line.unit(), line.lot()}, milli);
    sales_key.resize(prefix_bytes);
    AppendCode(line.product(), &sales_key);
    AppendUnit(line.unit(), &sales_key);
    const int64_t sums[] = {milli, sign * amounts.PaidFor(i).value()};
    transaction.Add(kSales, sales_key, sums);
  }
  FoldReceipt(fact, amounts.total(), Cents(amounts.deposits().value() - amounts.empties().value()),
              effect, transaction);
  return absl::OkStatus();
}

}  // namespace comptoir::retail
