#include "common/replica/peer.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "tests/unit/replica/linked_replicas.h"

namespace comptoir::testing {
namespace {

class PeerTest : public ::testing::Test {
 protected:
  Coop coop_;
  Site hub_{coop_.Hub()};
  Site node_{coop_.Node("outremeuse", "outremeuse-1")};
};

TEST_F(PeerTest, SaysWhoIsThereAndHowFar) {
  Sell(*node_.base, 1);
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return link.at_a->view().session.level; }));
  const replica::PeerView view = link.at_a->view();
  EXPECT_EQ(view.writer.node, "outremeuse-1");
  EXPECT_EQ(view.address, "memory:b");
  EXPECT_EQ(view.session.peer_software, "test");
  EXPECT_EQ(view.session.missing_entries, 0U);
  EXPECT_GT(view.bytes_received, 0U);
  EXPECT_EQ(view.last_heard_ms, kMonday);
}

TEST_F(PeerTest, CallerWithAnotherNameIsSentAway) {
  // The hub's transport says that sainte-walburge-1 calls, and outremeuse-1 speaks.
  const auto answers = std::make_shared<MemorySink>();
  journal::Writer someone = node_.writer();
  someone.node = "sainte-walburge-1";
  const auto at_hub = hub_.sessions->Connect(someone, "memory", answers);
  const auto calls = std::make_shared<MemorySink>();
  const auto at_node = node_.sessions->Connect(hub_.writer(), "memory", calls);
  calls->Deliver(at_hub);
  ASSERT_TRUE(Eventually([&] { return answers->closed(); }));
  EXPECT_EQ(answers->reason().code(), absl::StatusCode::kUnauthenticated);
  at_node->Stop();
}

TEST_F(PeerTest, JournalOfAnotherCoopIsRefusedAndTheRestGoesOn) {
  Coop elsewhere("ailleurs");
  Site stranger(elsewhere.Node("outremeuse", "outremeuse-1"));
  Sell(*stranger.base, 1);
  Link link(hub_, stranger);
  ASSERT_TRUE(Eventually([&] { return !link.at_a->view().session.parked.empty(); }));
  const sync::Parked parked = link.at_a->view().session.parked.front();
  EXPECT_EQ(parked.reason, sync::v1::REFUSED_REASON_CERTIFICATE);
  EXPECT_FALSE(parked.by_peer);
  ASSERT_TRUE(Eventually([&] { return !link.at_b->view().session.parked.empty(); }));
  EXPECT_TRUE(link.at_b->view().session.parked.front().by_peer);
  EXPECT_EQ(link.at_b->view().session.parked.front().reason, sync::v1::REFUSED_REASON_CERTIFICATE);
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->notes().size() == 1; }));
  EXPECT_NE(hub_.sessions->notes().front().find("refused here, CERTIFICATE"), std::string::npos)
      << hub_.sessions->notes().front();
  EXPECT_TRUE(HeadsOf(hub_).empty());
  EXPECT_FALSE(link.a_sends->closed());
  EXPECT_FALSE(link.b_sends->closed());
}

TEST_F(PeerTest, FailedStoreEndsTheSessionWithoutAnAck) {
  Sell(*node_.base, 1);
  hub_.base->store->FailNextCommit(absl::InternalError("the disk is gone"),
                                   store::MemoryStore::FaultPoint::kBeforeApplied);
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return link.a_sends->closed(); }));
    EXPECT_EQ(link.a_sends->reason().code(), absl::StatusCode::kInternal);
    // Nothing was acknowledged: both entries still wait at the node.
    ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
    EXPECT_EQ(node_.sessions->link().waiting_entries, 2U);
  }

  // The process stops (R9), starts again, and takes them.
  hub_.Restart();
  Link again(hub_, node_);
  EXPECT_TRUE(BecomeLevel(hub_, node_));
  EXPECT_EQ(hub_.base->ledger->totals().receipts, 1U);
}

TEST_F(PeerTest, WithoutRoomWhatComesWaitsInOrderAndWhatIsHeldGoesOut) {
  hub_.base->has_room = false;
  Link link(hub_, node_);
  for (uint32_t i = 1; i <= 20; ++i) Sell(*node_.base, i);
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->notes().size() == 1; }));
  EXPECT_NE(hub_.sessions->notes().front().find("what outremeuse-1 sends waits"),
            std::string::npos);
  EXPECT_TRUE(HeadsOf(hub_).empty());
  EXPECT_FALSE(link.a_sends->closed());
  EXPECT_GT(node_.sessions->link().waiting_entries, 0U);
  // Ticks try again; as long as there is no room, in vain.
  hub_.sessions->Tick();
  hub_.base->has_room = true;
  ASSERT_TRUE(Eventually([&] {
    hub_.sessions->Tick();
    return HeadsOf(hub_) == HeadsOf(node_);
  }));
  EXPECT_EQ(hub_.base->ledger->totals().receipts, 20U);
  EXPECT_EQ(hub_.base->ledger->counters().refused_segments[1].value(), 0U) << "a gap was made";
  EXPECT_FALSE(link.a_sends->closed());
}

TEST_F(PeerTest, CommitOfUnknownOutcomeIsNotAcknowledgedAndNotTakenTwice) {
  Sell(*node_.base, 1);
  hub_.base->store->FailNextCommit(absl::InternalError("nobody was told"),
                                   store::MemoryStore::FaultPoint::kAfterApplied);
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return link.a_sends->closed(); }));
    ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
    EXPECT_EQ(node_.sessions->link().waiting_entries, 2U);
  }
  hub_.Restart();
  EXPECT_EQ(hub_.base->ledger->totals().receipts, 1U) << "it had reached the disk";
  Link again(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return again.at_b->view().session.level; }));
  EXPECT_EQ(node_.sessions->link().waiting_entries, 0U);
  EXPECT_EQ(hub_.base->ledger->totals().receipts, 1U);
  EXPECT_EQ(HeadsOf(hub_), HeadsOf(node_));
}

TEST_F(PeerTest, FramesAfterTheEndAreDropped) {
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return link.at_a->view().session.level; }));
  link.at_a->Stop();
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->peers().empty(); }));
  const size_t before = link.a_sends->frames();
  Sell(*node_.base, 1);
  ASSERT_TRUE(Eventually([&] { return node_.sessions->link().waiting_entries == 2; }));
  EXPECT_EQ(link.a_sends->frames(), before);
  EXPECT_TRUE(HeadsOf(hub_).empty());
}

TEST(InFlight, WaitsForWhatHasBegun) {
  replica::InFlight in_flight;
  ASSERT_TRUE(in_flight.Begin());
  std::atomic<bool> stopped = false;
  std::thread stopper([&] {
    in_flight.StopAndWait();
    stopped = true;
  });
  // Once it refuses newcomers, it waits for the one inside.
  ASSERT_TRUE(Eventually([&] {
    if (!in_flight.Begin()) return true;
    in_flight.Finish();
    return false;
  }));
  EXPECT_FALSE(stopped);
  in_flight.Finish();
  stopper.join();
  EXPECT_TRUE(stopped);
}

}  // namespace
}  // namespace comptoir::testing
