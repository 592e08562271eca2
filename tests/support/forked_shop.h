// A shop with two nodes and a hub, level after five sales; from there a test gives the
// first node's journal a second branch.
#pragma once

#include <gtest/gtest.h>

#include <memory>

#include "tests/support/coop.h"

namespace comptoir::testing {

class ForkedShop : public ::testing::Test {
 protected:
  void SetUp() override {
    hub = coop.Hub();
    shop = coop.Node("outremeuse", "outremeuse-1");
    sibling = coop.Node("outremeuse", "outremeuse-2");
    for (uint32_t sale = 0; sale < 5; ++sale) Sell(*shop, sale);
    Carry(*shop, *hub);
    Carry(*shop, *sibling);
    common = shop->ledger->Journals().front().head;
  }

  Coop coop;
  std::unique_ptr<Replica> hub, shop, sibling;
  Head common;  // the last entry that both branches have
};

}  // namespace comptoir::testing
