// Which goes first, how much at once, and how long without.

#include <string>
#include <vector>

#include "common/sync/session.h"
#include "gtest/gtest.h"
#include "tests/unit/sync/shop_and_hub.h"

namespace comptoir::sync {
namespace {

using journal::v1::SCOPE_COOP;
using journal::v1::SCOPE_SHOP;

class SessionPaceTest : public ShopAndHub {};

TEST_F(SessionPaceTest, PriceChangeOvertakesAWeekOfSales) {
  LinkOptions link;
  link.bytes_per_ms = 10;
  TwoSides sides(shop_writer_, hub_writer_, link);
  for (const int which : {kShop, kHub}) {
    sides.side(which).options.window_bytes = 64 << 10;
    sides.side(which).options.segment_raw_bytes = 8 << 10;
  }
  // From the hub: a big journal of this shop that its new disk lacks, and a price.
  MemoryLedger& ledger = sides.side(kHub).ledger;
  const JournalId week = ledger.Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  ledger.AppendMany(week, 4'000, 200);
  sides.Connect();
  sides.RunFor(5'000);
  const JournalId price = ledger.Open(JournalId(2), hub_writer_, SCOPE_COOP);
  ledger.Append(price, "2.40");
  const int64_t start_ms = sides.now_ms();
  sides.Tell(kHub, price);
  while (!sides.side(kShop).ledger.Holds(price)) sides.RunFor(10);
  // What was on its way already, at most a window, and no more.
  EXPECT_LE(sides.now_ms() - start_ms, (64 << 10) / 10 + 200);
  EXPECT_LT(sides.side(kShop).ledger.HeadOf(week).sequence, Sequence(2'000));
  ASSERT_TRUE(sides.RunUntilLevel());
}

TEST_F(SessionPaceTest, SmallestBacklogsGoFirstFromTheStart) {
  const JournalId large = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(large, 3'000, 100);
  const JournalId small = shop().Open(JournalId(2), shop_writer_, SCOPE_COOP);
  sides_.Connect();
  sides_.RunFor(12);
  std::vector<std::string> segments;
  for (const std::string& line : sides_.trace()) {
    if (line.find("Segment") != line.npos) segments.push_back(line.substr(line.find("Segment")));
  }
  ASSERT_FALSE(segments.empty());
  EXPECT_EQ(segments.front(), "Segment 2 1..1");
  ASSERT_TRUE(sides_.RunUntilLevel());
  EXPECT_EQ(hub().HeadOf(small), shop().HeadOf(small));
}

TEST_F(SessionPaceTest, WindowHoldsOnBothEndsAndIsUsed) {
  LinkOptions link;
  link.latency_ms = 50;
  link.ingest_ms = 30;
  TwoSides sides(shop_writer_, hub_writer_, link);
  constexpr size_t kWindowBytes = 100'000;
  for (const int which : {kShop, kHub}) {
    sides.side(which).options.window_bytes = kWindowBytes;
    sides.side(which).options.segment_raw_bytes = 8 << 10;
    for (uint64_t i = 1; i <= 5; ++i) {
      const JournalId journal = sides.side(which).ledger.Open(
          JournalId(i * 2 + static_cast<uint64_t>(which)), sides.side(which).writer, SCOPE_COOP);
      sides.side(which).ledger.AppendMany(journal, 200, 1'000);
    }
  }
  sides.Connect();
  ASSERT_TRUE(sides.RunUntilLevel());
  EXPECT_TRUE(sides.SameHeads());
  for (const int which : {kShop, kHub}) {
    EXPECT_LE(sides.side(which).unacknowledged_bytes_most, kWindowBytes);
    EXPECT_GT(sides.side(which).unacknowledged_bytes_most, kWindowBytes * 8 / 10);
    EXPECT_LE(sides.side(which).ingesting_bytes_most, kWindowBytes);
    EXPECT_GT(sides.side(which).ingesting_bytes_most, kWindowBytes / 2);
  }
}

TEST_F(SessionPaceTest, SegmentLargerThanTheWindowGoesAlone) {
  sides_.side(kShop).options.window_bytes = sides_.side(kHub).options.window_bytes = 1'000;
  sides_.side(kShop).options.segment_raw_bytes = 500;
  const JournalId sales = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(sales, 4, 3'000);
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  EXPECT_EQ(sides_.CountInTrace("Segment"), 5u);
  EXPECT_LT(sides_.side(kShop).unacknowledged_bytes_most, 3'500u);
}

TEST_F(SessionPaceTest, HeartbeatsKeepAnIdleSessionOpen) {
  sides_.Connect();
  sides_.RunFor(100'000);
  EXPECT_TRUE(sides_.Level());
  EXPECT_EQ(sides_.CountInTrace("hub-1 Heartbeat"), 10u);
  EXPECT_EQ(sides_.CountInTrace("herstal-1 Heartbeat"), 10u);
}

TEST_F(SessionPaceTest, SilenceEndsTheSession) {
  sides_.Connect();
  sides_.RunFor(50);
  const int64_t start_ms = sides_.now_ms();
  sides_.set_faults([](int, size_t, const v1::Frame&) { return Fault::kDrop; });
  while (sides_.side(kShop).closed.ok()) sides_.RunFor(100);
  EXPECT_TRUE(absl::IsUnavailable(sides_.side(kShop).closed));
  EXPECT_LE(sides_.now_ms() - start_ms, 31'000);
  EXPECT_GE(sides_.now_ms() - start_ms, 29'000);
}

TEST_F(SessionPaceTest, FrameThatWaitsForUsIsNoSilence) {
  sides_.Connect();
  sides_.RunFor(50);
  Session& session = *sides_.side(kShop).session;
  const int64_t late_ms = sides_.now_ms() + 60'000;
  session.OnArrival(late_ms);
  for (const Effect& effect : session.OnTick(late_ms, late_ms)) {
    EXPECT_FALSE(std::holds_alternative<Close>(effect));
  }
  const Effects effects = session.OnTick(late_ms + 60'000, late_ms + 60'000);
  ASSERT_FALSE(effects.empty());
  EXPECT_TRUE(std::holds_alternative<Close>(effects.back()));
}

TEST_F(SessionPaceTest, PeerThatOwesAnAnswerButOnlyBeatsIsGivenUp) {
  const JournalId sales = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  sides_.set_reconnects(true);
  sides_.set_faults([lost = false](int, size_t, const v1::Frame& frame) mutable {
    if (lost || !frame.has_segment()) return Fault::kNone;
    lost = true;
    return Fault::kDrop;
  });
  sides_.Connect();
  EXPECT_FALSE(sides_.RunUntilLevel(299'000));
  EXPECT_TRUE(sides_.RunUntilLevel(10'000));
  EXPECT_TRUE(absl::IsDeadlineExceeded(sides_.side(kShop).closed) ||
              absl::IsDeadlineExceeded(sides_.side(kHub).closed));
  EXPECT_EQ(hub().HeadOf(sales), shop().HeadOf(sales));
}

TEST_F(SessionPaceTest, PeerWithoutRoomIsWaitedForHoweverLongItTakes) {
  LinkOptions link;
  link.ingest_ms = 900'000;  // longer than any patience
  TwoSides sides(shop_writer_, hub_writer_, link);
  sides.side(kShop).ledger.Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  sides.Connect();
  sides.side(kHub).session->SetNoRoom(true);
  sides.RunFor(800'000);
  ASSERT_NE(sides.side(kShop).session, nullptr) << sides.side(kShop).closed;
  EXPECT_TRUE(sides.side(kShop).session->view().peer_has_no_room);
  sides.side(kHub).session->SetNoRoom(false);
  ASSERT_TRUE(sides.RunUntilLevel());
  sides.RunFor(20'000);
  EXPECT_FALSE(sides.side(kShop).session->view().peer_has_no_room);
}

}  // namespace
}  // namespace comptoir::sync
