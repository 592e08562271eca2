#include "common/replica/replica.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "absl/strings/str_join.h"
#include "tests/unit/replica/linked_replicas.h"

namespace comptoir::testing {
namespace {

class ReplicaTest : public ::testing::Test {
 protected:
  // Equal heads, and so equal views (I1); both sound.
  void ExpectLevelAndSound() {
    ASSERT_TRUE(BecomeLevel(hub_, node_));
    EXPECT_EQ(Views(*hub_.base->store), Views(*node_.base->store));
    EXPECT_TRUE(VerifyNow(*hub_.base).findings.empty());
    EXPECT_TRUE(VerifyNow(*node_.base).findings.empty());
  }

  Coop coop_;
  Site hub_{coop_.Hub()};
  Site node_{coop_.Node("outremeuse", "outremeuse-1")};
};

TEST_F(ReplicaTest, BecomeLevelFromNothing) {
  for (uint32_t i = 1; i <= 50; ++i) Sell(*node_.base, i);
  Link link(hub_, node_);
  ExpectLevelAndSound();
  EXPECT_EQ(hub_.base->ledger->totals().receipts, 50U);
  EXPECT_TRUE(Eventually([&] { return link.at_a->view().session.level; }));
  EXPECT_TRUE(Eventually([&] { return link.at_b->view().session.level; }));
  EXPECT_EQ(node_.sessions->link().waiting_entries, 0U);
}

TEST_F(ReplicaTest, WhatIsDamagedIsNamedAskedOfAPeerAndMended) {
  for (uint32_t i = 1; i <= 20; ++i) Sell(*node_.base, i);
  const JournalId journal = node_.base->ledger->Journals().front().head.journal;
  for (Site* site : {&hub_, &node_}) {
    // A session of its own: what the other end still reads for the one before must
    // not come upon this damage, and tell of it besides.
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually(
        [&] { return link.at_a->view().session.level && link.at_b->view().session.level; }));
    ASSERT_TRUE(BecomeLevel(hub_, node_));
    for (const uint64_t sequence : {5, 6, 21}) {
      site->base->store->DamageRow(ledger::kEntries, ledger::EntryKey(journal, Sequence(sequence)));
    }
    EXPECT_FALSE(VerifyNow(*site->base).findings.empty());
    site->sessions->Tick();
    EXPECT_TRUE(Eventually([&] { return site->base->ledger->damage().entries.empty(); }));
    site->sessions->Tick();
    const auto notes = site->sessions->notes();
    ASSERT_EQ(notes.size(), 3U) << absl::StrJoin(notes, "\n");
    EXPECT_NE(notes[0].find("entries 5 to 7 of journal "), std::string::npos) << notes[0];
    EXPECT_NE(notes[1].find("entries 21 to 21 of journal "), std::string::npos) << notes[1];
    EXPECT_NE(notes[2].find("was brought again and is mended"), std::string::npos) << notes[2];
  }
  ExpectLevelAndSound();
}

TEST_F(ReplicaTest, WhatCouldNotBeSentForDamageGoesOnceItIsMended) {
  // A sibling brings the hub what the writer lost, and the hub brings it back.
  Site sibling{coop_.Node("outremeuse", "outremeuse-2")};
  for (uint32_t i = 1; i <= 5; ++i) Sell(*node_.base, i);
  {
    Link link(sibling, node_);
    ASSERT_TRUE(BecomeLevel(sibling, node_));
  }
  const JournalId journal = node_.base->ledger->Journals().front().head.journal;
  node_.base->store->DamageRow(ledger::kEntries, ledger::EntryKey(journal, Sequence(3)));
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] {
    return !node_.base->ledger->damage().entries.empty() &&
           hub_.base->ledger->totals().entries == 2;
  }));
  node_.sessions->Tick();
  EXPECT_FALSE(node_.base->ledger->damage().entries.empty()) << "the hub does not hold it";
  Link to_sibling(sibling, node_);
  ASSERT_TRUE(Eventually([&] {
    node_.sessions->Tick();
    return node_.base->ledger->damage().entries.empty();
  }));
  ASSERT_TRUE(Eventually([&] {
    node_.sessions->Tick();
    return HeadsOf(hub_) == HeadsOf(node_);
  }));
  ExpectLevelAndSound();
}

TEST_F(ReplicaTest, NewEntriesFlowAsTheyAreWritten) {
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.level; }));
  for (uint32_t i = 1; i <= 20; ++i) {
    Sell(*node_.base, i);
    ASSERT_TRUE(Eventually([&] { return hub_.base->ledger->totals().receipts == i; }));
  }
  ExpectLevelAndSound();
}

TEST_F(ReplicaTest, TellsOfSessionsThatComeAndGo) {
  for (uint32_t i = 1; i <= 3; ++i) Sell(*node_.base, i);
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return node_.heard().size() == 1 && hub_.heard().size() == 1; }));
    EXPECT_EQ(node_.heard().front(), "up hub 4") << "three sales and a genesis wait";
    EXPECT_EQ(hub_.heard().front(), "up outremeuse-1 0");
    EXPECT_EQ(hub_.sessions->sessions(), 1U);
    ASSERT_TRUE(BecomeLevel(hub_, node_));
    ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.level; }));
    hub_.sessions->CloseSessions(absl::UnavailableError("the hub is stopping"));
    ASSERT_TRUE(Eventually([&] { return node_.heard().size() == 2 && hub_.heard().size() == 2; }));
  }
  EXPECT_EQ(hub_.heard().back(), "down outremeuse-1 0 the hub is stopping");
  EXPECT_TRUE(node_.heard().back().starts_with("down hub 0 ")) << node_.heard().back();
  EXPECT_EQ(hub_.sessions->sessions(), 0U);
}

TEST_F(ReplicaTest, SessionsThatNeverWereUpAreNotTold) {
  const auto nobody = std::make_shared<MemorySink>();
  const auto peer = node_.sessions->Connect(hub_.writer(), "memory:nobody", nobody);
  peer->Stop();
  ASSERT_TRUE(Eventually([&] { return node_.sessions->departed().contains("hub"); }));
  EXPECT_TRUE(node_.heard().empty());
  EXPECT_EQ(node_.sessions->sessions(), 0U);
}

TEST_F(ReplicaTest, CountsTheBytesOfAllSessions) {
  Sell(*node_.base, 1);
  uint64_t before = 0;
  for (int session = 0; session < 2; ++session) {
    Link link(hub_, node_);
    ASSERT_TRUE(BecomeLevel(hub_, node_));
    ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.level; }));
    const replica::Traffic& node = node_.sessions->traffic();
    ASSERT_TRUE(Eventually([&] {
      return hub_.sessions->traffic().received_bytes == node.sent_bytes &&
             hub_.sessions->traffic().sent_bytes == node.received_bytes;
    }));
    EXPECT_GT(node.sent_bytes, before);
    before = node.sent_bytes;
  }
}

TEST_F(ReplicaTest, BothWays) {
  Link link(hub_, node_);
  retail::v1::ShopEdited edited;
  edited.set_shop("outremeuse");
  edited.mutable_name()->set_value("Outremeuse");
  MustOk(hub_.base->ledger
             ->AppendAndWait({"",
                              0,
                              journal::v1::SCOPE_COOP,
                              {{retail::v1::FACT_KIND_SHOP_EDITED, edited.SerializeAsString()}}})
             .status());
  Sell(*node_.base, 1);
  ExpectLevelAndSound();
  EXPECT_EQ(node_.base->ledger->totals().entries, 4U);
}

TEST_F(ReplicaTest, CutsWhileSellingLoseAndDoubleNothing) {
  constexpr uint64_t kAheadMax = 100;
  std::atomic<bool> stop = false;
  std::atomic<uint32_t> sold = 0;
  std::thread till([&] {
    while (!stop) {
      // Not much ahead of the hub: what is folded and compared below stays small.
      if (sold > hub_.base->ledger->totals().receipts + kAheadMax) {
        std::this_thread::yield();
        continue;
      }
      Sell(*node_.base, sold + 1);
      ++sold;
    }
  });
  for (int cut = 0; cut < 30; ++cut) {
    const uint64_t before = hub_.base->ledger->totals().receipts;
    Link link(hub_, node_);
    // Each link brings something before it breaks, wherever that is.
    EXPECT_TRUE(Eventually([&] { return hub_.base->ledger->totals().receipts > before; }));
  }
  stop = true;
  till.join();
  Link link(hub_, node_);
  ExpectLevelAndSound();
  EXPECT_EQ(hub_.base->ledger->totals().receipts, sold);
}

TEST_F(ReplicaTest, HubPassesOnToEveryShopWhatIsForAll) {
  Site other(coop_.Node("herstal", "herstal-1"));
  Link to_node(hub_, node_);
  Link to_other(hub_, other);
  retail::v1::ShopEdited edited;
  edited.set_shop("outremeuse");
  edited.mutable_name()->set_value("Outremeuse");
  MustOk(hub_.base->ledger
             ->AppendAndWait({"",
                              0,
                              journal::v1::SCOPE_COOP,
                              {{retail::v1::FACT_KIND_SHOP_EDITED, edited.SerializeAsString()}}})
             .status());
  Sell(*node_.base, 1);
  ExpectLevelAndSound();
  ASSERT_TRUE(Eventually([&] { return other.base->ledger->totals().entries == 2; }));
  EXPECT_EQ(other.base->ledger->totals().journals, 1U) << "another shop's sales are not for it";
  EXPECT_EQ(hub_.sessions->peers().size(), 2U);
}

TEST_F(ReplicaTest, SaysWhatWaitsWhileTheHubIsAway) {
  EXPECT_FALSE(node_.sessions->link().online);
  EXPECT_EQ(node_.sessions->link().since_ms, 0);
  {
    Link link(hub_, node_);
    Sell(*node_.base, 1);
    ASSERT_TRUE(BecomeLevel(hub_, node_));
    ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.level; }));
    EXPECT_TRUE(node_.sessions->link().online);
    EXPECT_EQ(node_.sessions->link().since_ms, kMonday);
    node_.base->clock.Advance(1'000);
  }
  ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
  EXPECT_EQ(node_.sessions->link().since_ms, kMonday + 1'000);
  EXPECT_EQ(node_.sessions->link().waiting_entries, 0U);
  EXPECT_EQ(node_.sessions->link().oldest_waiting_ms, 0);
  Sell(*node_.base, 2);
  node_.base->clock.Advance(5'000);
  Sell(*node_.base, 3);
  EXPECT_EQ(node_.sessions->link().waiting_entries, 2U);
  EXPECT_EQ(node_.sessions->link().oldest_waiting_ms, kMonday + 1'000);
}

TEST_F(ReplicaTest, ARestartedNodeRemembersWhatTheHubHolds) {
  {
    Link link(hub_, node_);
    Sell(*node_.base, 1);
    ASSERT_TRUE(BecomeLevel(hub_, node_));
    ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.level; }));
  }
  ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
  Sell(*node_.base, 2);
  node_.Restart();
  EXPECT_EQ(node_.sessions->link().waiting_entries, 1U);
}

TEST_F(ReplicaTest, WhatTheHubLostWaitsAgain) {
  Sell(*node_.base, 1);
  {
    Link link(hub_, node_);
    ASSERT_TRUE(BecomeLevel(hub_, node_));
    ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.level; }));
  }
  ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
  EXPECT_EQ(node_.sessions->link().waiting_entries, 0U);
  hub_.sessions.reset();
  hub_.base->ledger.reset();
  hub_.base->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  hub_.base->Open();
  hub_.Start();
  // The node hears what the hub holds by now, and nothing gets through to it.
  const auto hub_sends = std::make_shared<MemorySink>();
  const auto node_sends = std::make_shared<MemorySink>();
  const auto at_hub = hub_.sessions->Connect(node_.writer(), "memory", hub_sends);
  const auto at_node = node_.sessions->Connect(hub_.writer(), "memory", node_sends);
  hub_sends->Deliver(at_node);
  ASSERT_TRUE(Eventually([&] { return node_.sessions->link().online; }));
  at_hub->Stop();
  at_node->Stop();
  ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
  EXPECT_EQ(node_.sessions->link().waiting_entries, 2U) << "the sale and the genesis before it";
}

TEST_F(ReplicaTest, TheSystemDoesNotVouchForAClockThatTheHubDisputes) {
  node_.base->clock.Jump(-13 * 3'600'000);
  node_.base->clock.SetSynchronised(true);
  node_.Restart();
  node_.sessions->Tick();
  EXPECT_FALSE(node_.base->ledger->ClockIsDoubtful());
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return node_.base->ledger->ClockIsDoubtful(); }));
    node_.sessions->Tick();
    EXPECT_TRUE(node_.base->ledger->ClockIsDoubtful());
  }
  ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
  node_.sessions->Tick();
  EXPECT_TRUE(node_.base->ledger->ClockIsDoubtful()) << "until the two agree";
  node_.base->clock.Jump(13 * 3'600'000);
  Link link(hub_, node_);
  EXPECT_TRUE(Eventually([&] { return !node_.base->ledger->ClockIsDoubtful(); }));
}

// R10: a sibling's clock counts while the hub is away, and less than the hub's.
TEST_F(ReplicaTest, WhileTheHubIsAwayASiblingMayDisputeAClock) {
  Site sibling(coop_.Node("outremeuse", "outremeuse-2"));
  sibling.base->clock.Jump(3'600'000);
  {
    Link link(sibling, node_);
    EXPECT_TRUE(Eventually([&] { return node_.base->ledger->ClockIsDoubtful(); }));
    Link hub(hub_, node_);
    EXPECT_TRUE(Eventually([&] { return !node_.base->ledger->ClockIsDoubtful(); }));
  }
  node_.base->clock.Jump(7'200'000);
  {
    Link link(hub_, node_);
    EXPECT_TRUE(Eventually([&] { return node_.base->ledger->ClockIsDoubtful(); }));
  }
  ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
  sibling.base->clock.Jump(3'600'000);
  Link link(sibling, node_);
  ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.clock_readings > 0; }));
  EXPECT_TRUE(node_.base->ledger->ClockIsDoubtful()) << "two that are wrong are not right";
}

TEST_F(ReplicaTest, AClockPutRightInMidSessionIsFollowed) {
  node_.base->clock.Jump(-13 * 3'600'000);
  node_.Restart();
  const Day yesterday = node_.base->ledger->Today();
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.clock_readings > 0; }));
  EXPECT_EQ(node_.base->ledger->Today(), yesterday)
      << "the hub's clock vouches for none but its like";
  // The system puts it right; the next heartbeat finds the two agreed.
  node_.base->clock.Jump(13 * 3'600'000);
  hub_.base->clock.Advance(10'001);
  hub_.sessions->Tick();
  EXPECT_TRUE(Eventually([&] { return node_.base->ledger->Today() > yesterday; }));
}

TEST_F(ReplicaTest, RemembersWhoLeft) {
  {
    Link link(hub_, node_);
    ASSERT_TRUE(Eventually([&] { return link.at_a->view().session.hello_received; }));
    EXPECT_EQ(hub_.sessions->peers().size(), 1U);
  }
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->peers().empty(); }));
  ASSERT_EQ(hub_.sessions->departed().size(), 1U);
  EXPECT_EQ(hub_.sessions->departed().at("outremeuse-1").last_heard_ms, kMonday);
}

TEST_F(ReplicaTest, ClosesItsSessionsWithAReason) {
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.hello_received; }));
  hub_.sessions->CloseSessions(absl::UnavailableError("the hub is stopping"));
  ASSERT_TRUE(Eventually([&] { return link.a_sends->closed() && link.b_sends->closed(); }));
  EXPECT_EQ(link.b_sends->reason().code(), absl::StatusCode::kUnavailable);
  EXPECT_NE(std::string(link.b_sends->reason().message()).find("the hub is stopping"),
            std::string::npos)
      << link.b_sends->reason();
  ASSERT_TRUE(Eventually([&] { return !node_.sessions->link().online; }));
}

TEST_F(ReplicaTest, SilenceEndsASession) {
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return link.at_a->view().session.level; }));
  ASSERT_TRUE(Eventually([&] { return link.at_b->view().session.level; }));
  link.b_sends->Cut();  // half open: the hub hears nothing, and nobody is told
  hub_.base->clock.Advance(29'000);
  const size_t sent = link.a_sends->frames();
  hub_.sessions->Tick();
  ASSERT_TRUE(Eventually([&] { return link.a_sends->frames() > sent; })) << "no heartbeat";
  EXPECT_FALSE(link.a_sends->closed());
  hub_.base->clock.Advance(2'000);
  hub_.sessions->Tick();
  ASSERT_TRUE(Eventually([&] { return hub_.sessions->peers().empty(); }));
  EXPECT_EQ(link.a_sends->reason().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ReplicaTest, HeartbeatsKeepAQuietSession) {
  Link link(hub_, node_);
  ASSERT_TRUE(Eventually([&] { return link.at_a->view().session.level; }));
  for (int beat = 0; beat < 20; ++beat) {
    const size_t from_node = link.b_sends->frames();
    node_.base->clock.Advance(10'000);
    node_.sessions->Tick();
    ASSERT_TRUE(Eventually([&] { return link.b_sends->frames() > from_node; }));
    const size_t from_hub = link.a_sends->frames();
    hub_.base->clock.Advance(10'000);
    hub_.sessions->Tick();
    ASSERT_TRUE(Eventually([&] { return link.a_sends->frames() > from_hub; }));
  }
  EXPECT_EQ(hub_.sessions->peers().size(), 1U);
  EXPECT_FALSE(link.a_sends->closed());
  EXPECT_FALSE(link.b_sends->closed());
}

TEST_F(ReplicaTest, GoesInTheMiddleOfWork) {
  for (int round = 0; round < 20; ++round) {
    Site node(coop_.Node("outremeuse", "outremeuse-" + std::to_string(round)));
    Site hub(coop_.Hub());
    for (uint32_t i = 1; i <= 20; ++i) Sell(*node.base, i);
    {
      Link link(hub, node);
      const bool begun = round % 2 == 0;
      ASSERT_TRUE(Eventually([&] { return !begun || !HeadsOf(hub).empty(); }));
    }
    // What it took is whole, and another run goes on from there.
    hub.Restart();
    Link again(hub, node);
    ASSERT_TRUE(BecomeLevel(hub, node));
    EXPECT_EQ(hub.base->ledger->totals().receipts, 20U);
  }
}

}  // namespace
}  // namespace comptoir::testing
