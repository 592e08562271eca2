// Goods on their way from one account to another: double entry, so that what
// leaves here arrives there (I5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "common/store/store.h"

namespace comptoir::retail {

// Moves lines between two accounts, reusing its keys: one per fact. One thread.
class Mover {
 public:
  // `transaction` must outlive it.
  Mover(std::string_view from_account, std::string_view to_account, store::Transaction& transaction)
      : transaction_(transaction),
        from_(BalancePrefix(from_account)),
        to_(BalancePrefix(to_account)),
        from_prefix_bytes_(from_.size()),
        to_prefix_bytes_(to_.size()) {}

  // `milli` below zero takes back; 0 touches both rows and moves nothing.
  void Move(const BalanceKey& balance, int64_t milli) {
    const int64_t given[] = {milli};
    const int64_t taken[] = {-milli};
    from_.resize(from_prefix_bytes_);
    AppendBalance(balance, &from_);
    transaction_.Add(kBalances, from_, taken);
    to_.resize(to_prefix_bytes_);
    AppendBalance(balance, &to_);
    transaction_.Add(kBalances, to_, given);
  }

 private:
  store::Transaction& transaction_;
  std::string from_;
  std::string to_;
  const size_t from_prefix_bytes_;
  const size_t to_prefix_bytes_;
};

}  // namespace comptoir::retail
