// Sessions of revoked nodes, and a node that is retired (R13).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/retail/reasons.h"
#include "tests/unit/replica/linked_replicas.h"

namespace comptoir::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class StandingTest : public ::testing::Test {
 protected:
  StandingTest() {
    // Journals of the hub are there to be told of, too.
    retail::v1::ShopEdited edited;
    edited.set_shop("outremeuse");
    edited.mutable_name()->set_value("Outremeuse");
    Append(retail::v1::FACT_KIND_SHOP_EDITED, edited);
  }
  void Append(retail::v1::FactKind kind, const google::protobuf::Message& fact) {
    MustOk(hub_.base->ledger
               ->AppendAndWait({"", 0, journal::v1::SCOPE_COOP, {{kind, fact.SerializeAsString()}}})
               .status());
  }
  void Revoke(bool retired = false) {
    Must(hub_.base->ledger->Revoke("outremeuse-1", "stolen", retired));
  }
  replica::LinkView LinkOfNode() { return node_.sessions->link(); }
  bool Halted() { return !node_.base->ledger->halted().empty(); }
  static bool Level(const Link& link) {
    return Eventually(
        [&] { return link.at_a->view().session.level && link.at_b->view().session.level; });
  }

  Coop coop_;
  Site hub_{coop_.Hub()};
  Site node_{coop_.Node("outremeuse", "outremeuse-1")};
  Site other_{coop_.Node("herstal", "herstal-1")};
};

TEST_F(StandingTest, ARevocationEndsTheSessionAndSaysWhy) {
  Sell(*node_.base, 1);
  Link link(hub_, node_);
  Link bystander(hub_, other_);
  ASSERT_TRUE(BecomeLevel(hub_, node_));
  ASSERT_TRUE(Level(link));
  Revoke();
  ASSERT_TRUE(Eventually([&] { return link.a_sends->closed(); }));
  EXPECT_EQ(link.a_sends->reason().code(), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(retail::ReasonOf(link.a_sends->reason()), retail::kNodeRevoked);
  EXPECT_THAT(std::string(link.a_sends->reason().message()), EndsWith("UTC: stolen"));
  ASSERT_TRUE(Eventually([&] { return LinkOfNode().revoked.has_value(); }));
  EXPECT_EQ(LinkOfNode().revoked->reason, "stolen");
  EXPECT_FALSE(LinkOfNode().revoked->retired);
  // The fact itself may arrive before the Goodbye does.
  EXPECT_TRUE(Eventually([&] { return !LinkOfNode().online; }));
  ASSERT_TRUE(Eventually([&] { return node_.heard().size() == 2; }));
  EXPECT_THAT(node_.heard().back(), HasSubstr("outremeuse-1 was revoked on "));
  // It sells on, and says how much of it is nowhere else.
  Sell(*node_.base, 2);
  EXPECT_EQ(LinkOfNode().waiting_entries, 1U);
  // The other shop's session goes on, and hears of it.
  EXPECT_TRUE(Eventually([&] { return other_.base->ledger->IsRevoked("outremeuse-1"); }));
  EXPECT_FALSE(bystander.a_sends->closed());
  EXPECT_FALSE(other_.sessions->link().revoked.has_value());
}

TEST_F(StandingTest, ANewSessionIsRefusedWithTheReason) {
  Revoke();
  Sell(*node_.base, 1);
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return link.a_sends->closed(); }));
    EXPECT_EQ(link.a_sends->frames(), 1U) << "no more than a Goodbye";
    ASSERT_TRUE(Eventually([&] { return LinkOfNode().revoked.has_value(); }));
  }
  EXPECT_EQ(hub_.base->ledger->totals().receipts, 0U);
  EXPECT_EQ(hub_.sessions->sessions(), 0U);
  // Known after a restart too, before anyone is dialled.
  node_.Restart();
  ASSERT_TRUE(LinkOfNode().revoked.has_value());
  EXPECT_EQ(LinkOfNode().revoked->reason, "stolen");
}

TEST_F(StandingTest, OneThatIsTurnedAwayWasHeardWhenItWas) {
  {
    Link link(hub_, node_);
    ASSERT_TRUE(BecomeLevel(hub_, node_));
  }
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->departed().contains("outremeuse-1"); }));
  const int64_t heard_ms = hub_.sessions->departed().at("outremeuse-1").last_heard_ms;
  EXPECT_GT(heard_ms, 0);
  Revoke();
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return LinkOfNode().revoked.has_value(); }));
  }
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->peers().empty(); }));
  EXPECT_EQ(hub_.sessions->departed().at("outremeuse-1").last_heard_ms, heard_ms);
}

TEST_F(StandingTest, ANodeThatHoldsTheFactSaysSoItself) {
  Revoke();
  Carry(*hub_.base, *node_.base);
  ASSERT_TRUE(LinkOfNode().revoked.has_value());
  EXPECT_EQ(LinkOfNode().revoked->node, "outremeuse-1");
}

TEST_F(StandingTest, OnlyAHubIsBelieved) {
  // A sibling that holds the fact turns it away; that is no word of the hub's.
  Site sibling(coop_.Node("outremeuse", "outremeuse-2"));
  Revoke();
  Carry(*hub_.base, *sibling.base);
  Link link(sibling, node_);
  ASSERT_TRUE(Eventually([&] { return link.a_sends->closed(); }));
  EXPECT_EQ(link.a_sends->reason().code(), absl::StatusCode::kUnauthenticated);
  ASSERT_TRUE(Eventually([&] { return node_.sessions->departed().contains("outremeuse-2"); }));
  EXPECT_FALSE(LinkOfNode().revoked.has_value());
}

TEST_F(StandingTest, AHubThatForgotTakesItBackUntilAnotherShopTellsIt) {
  Revoke();
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return LinkOfNode().revoked.has_value(); }));
  }
  Carry(*hub_.base, *other_.base);
  // From a backup of before.
  hub_.sessions.reset();
  hub_.base->ledger.reset();
  hub_.base->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  hub_.base->Open();
  hub_.Start();
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return LinkOfNode().online; }));
  ASSERT_TRUE(Eventually([&] { return !LinkOfNode().revoked.has_value(); }));
  Link bystander(hub_, other_);
  ASSERT_TRUE(Eventually([&] { return link.a_sends->closed(); }));
  EXPECT_TRUE(Eventually([&] { return LinkOfNode().revoked.has_value(); }));
}

TEST_F(StandingTest, RetiringStopsTheNodeAndProvesThatNothingIsMissing) {
  for (uint32_t sale = 1; sale <= 5; ++sale) Sell(*node_.base, sale);
  auto link = std::make_unique<Link>(hub_, node_);
  ASSERT_TRUE(BecomeLevel(hub_, node_));
  MustOk(hub_.sessions->BeginRetiring("outremeuse-1"));
  EXPECT_TRUE(absl::IsFailedPrecondition(hub_.sessions->BeginRetiring("outremeuse-1")));
  ASSERT_TRUE(Eventually([&] { return link->a_sends->closed(); }));
  // Between two sessions it sells on.
  Sell(*node_.base, 6);
  link = std::make_unique<Link>(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return Halted(); }));
  EXPECT_FALSE(hub_.sessions->RetiringOf("outremeuse-1").proven);
  ASSERT_TRUE(Eventually([&] { return link->b_sends->closed(); }));
  link = std::make_unique<Link>(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->RetiringOf("outremeuse-1").proven; }));
  EXPECT_EQ(HeadsOf(hub_).size(), HeadsOf(node_).size());
  EXPECT_EQ(hub_.base->ledger->totals().receipts, 6U);
  Revoke(/*retired=*/true);
  hub_.sessions->EndRetiring("outremeuse-1", absl::OkStatus());
  ASSERT_TRUE(Eventually([&] { return LinkOfNode().revoked.has_value(); }));
  EXPECT_TRUE(LinkOfNode().revoked->retired);
  EXPECT_TRUE(Halted()) << "a retired node sells no more";
  EXPECT_EQ(HeadsOf(hub_).size(), HeadsOf(node_).size());
}

TEST_F(StandingTest, ARetirementGivenUpLetsTheNodeSellAgain) {
  Sell(*node_.base, 1);
  MustOk(hub_.sessions->BeginRetiring("outremeuse-1"));
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return Halted(); }));
  }
  // Restarted meanwhile, it still records nothing.
  node_.Restart();
  EXPECT_TRUE(Halted());
  hub_.sessions->EndRetiring("outremeuse-1", absl::UnavailableError("not now"));
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return !Halted(); }));
  Sell(*node_.base, 2);
  ASSERT_TRUE(BecomeLevel(hub_, node_));
  // The session in which it said that it is halted serves no later request.
  MustOk(hub_.sessions->BeginRetiring("outremeuse-1"));
  EXPECT_FALSE(hub_.sessions->RetiringOf("outremeuse-1").proven);
  hub_.sessions->EndRetiring("outremeuse-1", absl::UnavailableError("not now"));
}

// Its disk is slow: by the time that it stops recording, the hub wants it no longer.
TEST_F(StandingTest, ARetirementGivenUpBeforeTheNodeGotToItStopsNothing) {
  Site slow(coop_.Node("seraing", "seraing-1"), /*threads=*/0);
  const auto heard_up = [&](size_t times) {
    const auto heard = slow.heard();
    return std::ranges::count(heard, "up hub 0") == static_cast<ptrdiff_t>(times);
  };
  MustOk(hub_.sessions->BeginRetiring("seraing-1"));
  Link first(hub_, slow);
  ASSERT_TRUE(Eventually([&] { return heard_up(1) || (slow.sessions->RunOne(), false); }));
  // What it has to do for that waits, the oldest of what is queued.
  hub_.sessions->EndRetiring("seraing-1", absl::UnavailableError("not now"));
  Link second(hub_, slow);
  ASSERT_TRUE(Eventually([&] { return second.a_sends->frames() > 0; }));
  while (!heard_up(2) && slow.sessions->RunOne(1)) {
  }
  EXPECT_TRUE(heard_up(2));
  while (slow.sessions->RunOne()) {
  }
  EXPECT_EQ(slow.base->ledger->halted(), "");
}

TEST_F(StandingTest, OneCutOffWhileItIsRetiredSellsOn) {
  Sell(*node_.base, 1);
  MustOk(hub_.sessions->BeginRetiring("outremeuse-1"));
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return Halted(); }));
  }
  Revoke();
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return !Halted(); }));
  EXPECT_THAT(LinkOfNode().revoked->reason, StartsWith("stolen"));
  Sell(*node_.base, 2);
}

TEST_F(StandingTest, TwoSessionsOfOneNameProveNothing) {
  // A clone beside the original: one of the two may go on selling.
  MustOk(hub_.sessions->BeginRetiring("outremeuse-1"));
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return Halted(); }));
  }
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->RetiringOf("outremeuse-1").proven; }));
  const auto clone =
      hub_.sessions->Connect(node_.writer(), "memory:clone", std::make_shared<MemorySink>());
  EXPECT_FALSE(hub_.sessions->RetiringOf("outremeuse-1").proven);
  EXPECT_EQ(hub_.sessions->RetiringOf("outremeuse-1").sessions, 2U);
  clone->Stop();
}

}  // namespace
}  // namespace comptoir::testing
