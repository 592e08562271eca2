#include "common/retail/waste/waste_row.h"

#include <string>

#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

void AddWaste(const Fact& fact, v1::WasteReason reason, std::string_view product, v1::Unit unit,
              int64_t milli, store::Transaction& transaction) {
  std::string key = WasteDayPrefix(fact.journal->shop, fact.business_day());
  key.push_back(static_cast<char>(reason));
  AppendCode(product, &key);
  AppendUnit(unit, &key);
  const int64_t sums[] = {milli};
  transaction.Add(kWaste, key, sums);
}

}  // namespace comptoir::retail
