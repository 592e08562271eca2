#include "common/retail/stock/conservation.h"

#include <map>
#include <optional>
#include <utility>

#include "common/base/status.h"
#include "common/crdt/pn_counter.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

absl::StatusOr<std::vector<ConservationFinding>> CheckConservation(
    const store::Snapshot& snapshot) {
  std::map<std::pair<std::string, v1::Unit>, crdt::PnCounter> sums;
  auto rows = snapshot.Scan(kBalances, "", "");
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    std::string_view account;
    if (!ConsumeCode(&key, &account)) return absl::DataLossError("a key of balances is damaged");
    const std::optional<BalanceKey> balance = ParseBalance(key);
    if (!balance.has_value()) return absl::DataLossError("a key of balances is damaged");
    COMPTOIR_ASSIGN_OR_RETURN(const std::vector<int64_t> values,
                              store::DecodeCounters(rows->value()));
    crdt::PnCounter& sum = sums[{std::string(balance->product), balance->unit}];
    for (const int64_t value : values) sum.Add(value);
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  std::vector<ConservationFinding> findings;
  for (const auto& [item, sum] : sums) {
    if (sum.value() != 0) findings.push_back({item.first, item.second, sum.value()});
  }
  return findings;
}

}  // namespace comptoir::retail
