#include "common/sync/session.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "gtest/gtest.h"
#include "tests/unit/sync/shop_and_hub.h"

namespace comptoir::sync {
namespace {

using journal::v1::SCOPE_COOP;
using journal::v1::SCOPE_HUB;
using journal::v1::SCOPE_SHOP;

class SessionTest : public ShopAndHub {};

TEST_F(SessionTest, TwoEmptyReplicasAreLevelAfterTheHellos) {
  sides_.Connect();
  EXPECT_FALSE(View(kShop).hello_received);
  EXPECT_FALSE(View(kShop).level);
  ASSERT_TRUE(sides_.RunUntilLevel(20));
  EXPECT_EQ(sides_.frames(), 2u);
  EXPECT_EQ(View(kShop).peer_node, "hub-1");
  EXPECT_EQ(View(kShop).peer_software, "test 1.0");
  EXPECT_NE(View(kShop).peer_run, 0u);
  EXPECT_EQ(View(kShop).protocol, kProtocolMax);
}

TEST_F(SessionTest, BringsBothSidesLevelFromDifferentJournals) {
  const JournalId sales = shop().Open(JournalId(11), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(sales, 300, 200);
  const JournalId prices = hub().Open(JournalId(12), hub_writer_, SCOPE_COOP);
  hub().AppendMany(prices, 50, 100);
  sides_.Connect();
  sides_.RunFor(12);
  EXPECT_EQ(View(kShop).waiting_entries, 301u);
  EXPECT_EQ(View(kShop).missing_entries, 51u);
  ASSERT_TRUE(sides_.RunUntilLevel());
  EXPECT_TRUE(sides_.SameHeads());
  EXPECT_EQ(hub().HeadOf(sales), shop().HeadOf(sales));
  EXPECT_EQ(shop().HeadOf(prices), hub().HeadOf(prices));
  EXPECT_EQ(View(kShop).waiting_entries, 0u);
  EXPECT_EQ(View(kShop).missing_entries, 0u);
  EXPECT_EQ(sides_.side(kShop).session->Acknowledged(sales), shop().HeadOf(sales).sequence);
  EXPECT_EQ(sides_.side(kShop).session->Acknowledged(JournalId(99)), Sequence(0));
}

TEST_F(SessionTest, SendsOnlyWhatThePeerLacks) {
  const JournalId sales = shop().Open(JournalId(11), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(sales, 20, 50);
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  sides_.Cut();
  shop().AppendMany(sales, 5, 50);
  const size_t start = sides_.trace().size();
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  EXPECT_EQ(sides_.CountInTrace("Segment", start), 1u);
  EXPECT_EQ(sides_.CountInTrace("Segment 11 22..26", start), 1u);
}

TEST_F(SessionTest, ShopNeverHearsOfAnotherShopsOrTheHubsOwnJournals) {
  hub().Open(JournalId(21), ShopWriter("guillemins"), SCOPE_SHOP);
  hub().Open(JournalId(22), hub_writer_, SCOPE_HUB);
  hub().Open(JournalId(23), ShopWriter("guillemins"), SCOPE_COOP);
  hub().Open(JournalId(24), ShopWriter("herstal"), SCOPE_SHOP);
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  hub().Append(JournalId(21), "more");
  sides_.Tell(kHub, JournalId(21));
  sides_.RunFor(100);
  EXPECT_TRUE(sides_.Level());
  EXPECT_FALSE(shop().Holds(JournalId(21)));
  EXPECT_FALSE(shop().Holds(JournalId(22)));
  EXPECT_TRUE(shop().Holds(JournalId(23)));
  EXPECT_TRUE(shop().Holds(JournalId(24)));
}

TEST_F(SessionTest, LiveEntryIsOneSegmentAndOneAckWithoutATick) {
  const JournalId sales = shop().Open(JournalId(11), shop_writer_, SCOPE_SHOP);
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  const size_t start = sides_.trace().size();
  const int64_t sold_ms = sides_.now_ms();
  sides_.Append(kShop, sales, "one sale");
  EXPECT_FALSE(View(kShop).level);
  EXPECT_EQ(View(kShop).waiting_entries, 1u);
  ASSERT_TRUE(sides_.RunUntilLevel(100));
  // Read 1, there 5, ingest 2, back 5.
  EXPECT_EQ(sides_.now_ms() - sold_ms, 13);
  ASSERT_EQ(sides_.trace().size(), start + 2);
  EXPECT_EQ(sides_.CountInTrace("Segment 11 2..2", start), 1u);
  EXPECT_EQ(sides_.CountInTrace("Ack 11 2", start), 1u);
}

TEST_F(SessionTest, AdvanceGivesTheReadInTheSameCall) {
  const JournalId sales = shop().Open(JournalId(11), shop_writer_, SCOPE_SHOP);
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  shop().Append(sales, "one");
  Session& session = *sides_.side(kShop).session;
  Effects effects = session.OnAdvanced(shop().Summary(sales));
  ASSERT_EQ(effects.size(), 1u);
  ASSERT_TRUE(std::holds_alternative<ReadSegment>(effects[0]));
  EXPECT_EQ(std::get<ReadSegment>(effects[0]).first, Sequence(2));
  // One read of a journal at a time: what comes meanwhile is read after it.
  shop().Append(sales, "two");
  EXPECT_TRUE(session.OnAdvanced(shop().Summary(sales)).empty());
  EXPECT_TRUE(session.OnAdvanced(shop().Summary(sales)).empty());
  sides_.Perform(kShop, std::move(effects));
  ASSERT_TRUE(sides_.RunUntilLevel(1'000));
  EXPECT_TRUE(sides_.SameHeads());
}

TEST_F(SessionTest, NewJournalFlowsWhenLevel) {
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  shop().Open(JournalId(31), shop_writer_, SCOPE_SHOP);
  sides_.Tell(kShop, JournalId(31));
  hub().Open(JournalId(32), hub_writer_, SCOPE_COOP);
  sides_.Tell(kHub, JournalId(32));
  ASSERT_TRUE(sides_.RunUntilLevel(100));
  EXPECT_TRUE(sides_.SameHeads());
  EXPECT_TRUE(hub().Holds(JournalId(31)));
  EXPECT_TRUE(shop().Holds(JournalId(32)));
}

TEST_F(SessionTest, WhatThePeerJustSentIsNotSentBack) {
  for (const bool advanced_first : {false, true}) {
    LinkOptions link;
    link.advanced_first = advanced_first;
    TwoSides sides(shop_writer_, hub_writer_, link);
    const JournalId sales = sides.side(kShop).ledger.Open(JournalId(11), shop_writer_, SCOPE_SHOP);
    sides.Connect();
    ASSERT_TRUE(sides.RunUntilLevel());
    sides.Append(kShop, sales, "one");
    sides.RunFor(200);
    EXPECT_TRUE(sides.Level());
    EXPECT_EQ(sides.CountInTrace("hub-1 Segment"), 0u) << advanced_first;
    EXPECT_EQ(sides.CountInTrace("hub-1 Ack"), 2u) << advanced_first;
  }
}

TEST_F(SessionTest, WhatComesByAnotherSessionIsPassedOn) {
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  // A sibling of the shop brought it to the hub.
  const journal::Writer sibling{.coop = "petits", .node = "herstal-2", .shop = "herstal"};
  hub().Open(JournalId(41), sibling, SCOPE_SHOP);
  sides_.Tell(kHub, JournalId(41));
  ASSERT_TRUE(sides_.RunUntilLevel(100));
  EXPECT_TRUE(shop().Holds(JournalId(41)));
}

TEST_F(SessionTest, ClockOffsetIsThePeersLessOurs) {
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  // The hub is 40 ms ahead; its Hello took 5.
  EXPECT_EQ(View(kShop).clock_offset_ms, 35);
  EXPECT_EQ(View(kHub).clock_offset_ms, -45);
}

TEST_F(SessionTest, EndingSaysWhyToThePeer) {
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  sides_.Perform(kHub, sides_.side(kHub).session->OnEnding(
                           absl::PermissionDeniedError("herstal-1 was revoked")));
  sides_.RunFor(100);
  EXPECT_TRUE(absl::IsPermissionDenied(sides_.side(kHub).closed));
  EXPECT_TRUE(absl::IsUnavailable(sides_.side(kShop).closed));
  EXPECT_NE(sides_.side(kShop).closed.message().find("herstal-1 was revoked"),
            absl::string_view::npos);
  // No Goodbye answers a Goodbye.
  EXPECT_EQ(sides_.CountInTrace("Goodbye"), 1u);
}

TEST_F(SessionTest, SameInputsGiveTheSameTrace) {
  std::vector<std::string> traces[2];
  for (auto& trace : traces) {
    TwoSides sides(shop_writer_, hub_writer_);
    for (uint64_t i = 1; i <= 20; ++i) {
      MemoryLedger& ledger = sides.side(i % 2 == 0 ? kShop : kHub).ledger;
      ledger.Open(JournalId(i * 0x9e3779b97f4a7c15), sides.side(i % 2 == 0 ? kShop : kHub).writer,
                  SCOPE_COOP);
      ledger.AppendMany(JournalId(i * 0x9e3779b97f4a7c15), i * 10, 500);
    }
    sides.Connect();
    ASSERT_TRUE(sides.RunUntilLevel());
    trace = sides.trace();
  }
  EXPECT_GT(traces[0].size(), 40u);
  EXPECT_EQ(traces[0], traces[1]);
}

TEST_F(SessionTest, ClosedSessionGivesNoEffects) {
  const JournalId sales = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  Session session(sides_.side(kShop).options);
  session.OnConnected(hub_writer_, shop().Summaries(), 0, 0);
  const Effects last = session.OnEnding(absl::CancelledError("stopping"));
  ASSERT_EQ(last.size(), 2u);
  EXPECT_TRUE(std::holds_alternative<Close>(last.back()));
  v1::Frame heartbeat;
  heartbeat.mutable_heartbeat();
  EXPECT_TRUE(session.OnFrame(heartbeat, 1, 1).empty());
  EXPECT_TRUE(session.OnTick(100'000, 1).empty());
  EXPECT_TRUE(session.OnAdvanced(shop().Summary(sales)).empty());
  EXPECT_TRUE(session.OnSegmentRead({sales, Sequence(1), std::nullopt}).empty());
  EXPECT_TRUE(session.OnHashRead(Head{sales, Sequence(1), Hash{}}).empty());
  EXPECT_TRUE(session.OnIngested({sales, Head{}, v1::REFUSED_REASON_UNSPECIFIED, ""}).empty());
  EXPECT_TRUE(session.OnDamaged(sales, Sequence(1), Sequence(1)).empty());
  EXPECT_TRUE(session.OnEnding(absl::CancelledError("again")).empty());
}

TEST_F(SessionTest, SaysWhetherItRetiresAndWhetherItIsHalted) {
  sides_.side(kHub).options.retire = true;
  sides_.side(kShop).options.halted = true;
  const JournalId sales = shop().Open(JournalId(11), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(sales, 300, 200);
  sides_.Connect();
  sides_.RunFor(12);
  EXPECT_TRUE(View(kShop).peer_retires);
  EXPECT_FALSE(View(kShop).peer_halted);
  EXPECT_TRUE(View(kHub).peer_halted);
  EXPECT_FALSE(View(kHub).holds_all) << "it was told of more";
  ASSERT_TRUE(sides_.RunUntilLevel());
  EXPECT_TRUE(View(kHub).holds_all);
}

TEST_F(SessionTest, OnlyAHubRetires) {
  sides_.side(kShop).options.retire = true;
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  EXPECT_FALSE(View(kHub).peer_retires);
}

}  // namespace
}  // namespace comptoir::sync
