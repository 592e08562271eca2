// Accounts of goods: who holds a quantity. A movement takes from one and gives
// to another, so that over all accounts a product's sum is zero (I5).
#pragma once

#include <string>
#include <string_view>

namespace comptoir::retail {

// Each with its colon, as it begins an account's name.
inline constexpr std::string_view kShopAccounts = "shop:";
inline constexpr std::string_view kProducerAccounts = "producer:";
inline constexpr std::string_view kCustomerAccounts = "customer:";
inline constexpr std::string_view kWasteAccounts = "waste:";
inline constexpr std::string_view kTransitAccounts = "transit:";
// Never written: it is the adjustments table with the sign turned.
inline constexpr std::string_view kAdjustmentAccounts = "adjustment:";

// `kinds` is one of the above, `code` the shop's or producer's, or the transfer's id.
inline std::string AccountName(std::string_view kinds, std::string_view code) {
  std::string name;
  name.reserve(kinds.size() + code.size());
  name.append(kinds).append(code);
  return name;
}

}  // namespace comptoir::retail
