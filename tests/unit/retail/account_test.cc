#include "common/retail/account.h"

#include <gtest/gtest.h>

namespace comptoir::retail {
namespace {

TEST(AccountTest, IsWrittenAsInTheModel) {
  EXPECT_EQ(AccountName(kShopAccounts, "outremeuse"), "shop:outremeuse");
  EXPECT_EQ(AccountName(kProducerAccounts, "moulin"), "producer:moulin");
  EXPECT_EQ(AccountName(kCustomerAccounts, "herstal"), "customer:herstal");
}

}  // namespace
}  // namespace comptoir::retail
