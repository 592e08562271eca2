// A shop with two nodes and a hub, level after five sales; from there a test gives the
// first node's journal a second branch.
#pragma once

#include <gmock/gmock.h>
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

  // Brings what the hub wrote, and nothing else.
  void TellOfForks(Replica& node) {
    for (const auto& journal : hub->ledger->Journals()) {
      if (journal.node != "hub") continue;
      IngestAndWait(node,
                    *Must(hub->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20)),
                    hub->ledger->self());
    }
  }
  void ExpectAllLevel() {
    for (int round = 0; round < 2; ++round) {
      for (Replica* node : {shop.get(), sibling.get()}) {
        MustOk(node->ledger->SettleForks());
        Carry(*node, *hub);
        Carry(*hub, *node);
      }
    }
    for (Replica* replica : {hub.get(), shop.get(), sibling.get()}) {
      EXPECT_FALSE(replica->ledger->HasForksToSettle());
      EXPECT_EQ(Views(*replica->store), Views(*hub->store)) << replica->ledger->self().node;
      EXPECT_THAT(VerifyNow(*replica).findings, ::testing::IsEmpty())
          << replica->ledger->self().node;
    }
  }

  Coop coop;
  std::unique_ptr<Replica> hub, shop, sibling;
  Head common;  // the last entry that both branches have
};

}  // namespace comptoir::testing
