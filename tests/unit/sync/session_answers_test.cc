// Bad frames, questions and farewells, and what is answered.

#include <limits>
#include <string>
#include <variant>
#include <vector>

#include "common/journal/chain.h"
#include "common/sync/agreement.h"
#include "common/sync/frame_limits.h"
#include "common/sync/session_state.h"
#include "gtest/gtest.h"
#include "tests/unit/sync/played_by_hand.h"

namespace comptoir::sync {
namespace {

using absl::StatusCode;
using journal::v1::SCOPE_SHOP;

class SessionAnswersTest : public PlayedByHand {};

TEST_F(SessionAnswersTest, MalformedFrameEndsTheSession) {
  StartAndGreet();
  ExpectEnds(Receive(v1::Frame()), StatusCode::kInvalidArgument, "nothing that this version knows");
  StartAndGreet();
  ExpectEnds(Receive(AckFrame(JournalId(0), 1)), StatusCode::kInvalidArgument, "journal 0");
}

TEST_F(SessionAnswersTest, OversizedFrameEndsTheSession) {
  StartAndGreet();
  v1::Frame frame = SegmentFrame(ledger_, kOwn, Sequence(1));
  frame.mutable_segment()->set_block(std::string(kFrameBytesMax, 'b'));
  ExpectEnds(Receive(frame), StatusCode::kResourceExhausted, "bytes of a frame");
}

TEST_F(SessionAnswersTest, BadSegmentCostsItsJournalOnly) {
  MemoryLedger shop;
  shop.Open(kUnknown, peer_, SCOPE_SHOP);
  shop.Open(JournalId(10), peer_, SCOPE_SHOP);
  StartAndGreet();
  v1::Frame malformed = SegmentFrame(shop, kUnknown, Sequence(1));
  malformed.mutable_segment()->set_previous_hash("short");
  auto frames = Work(Receive(malformed));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Refused 9 0 REFUSED_REASON_MALFORMED");
  EXPECT_NE(frames[0].refused().detail().find("5 bytes"), std::string::npos);
  v1::Frame large = SegmentFrame(shop, JournalId(10), Sequence(1));
  large.mutable_segment()->set_raw_bytes(kSegmentRawBytesMax + 1);
  frames = Work(Receive(large));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Refused 10 0 REFUSED_REASON_LIMIT");
  // Good ones of others still go in.
  shop.Open(JournalId(11), peer_, SCOPE_SHOP);
  frames = Work(Receive(SegmentFrame(shop, JournalId(11), Sequence(1))));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Ack 11 1");
}

TEST_F(SessionAnswersTest, MoreThanTheWindowEndsTheSession) {
  options_.window_bytes = 5'000;
  MemoryLedger shop;
  shop.Open(kUnknown, peer_, SCOPE_SHOP);
  shop.AppendMany(kUnknown, 3, 2'000);
  StartAndGreet();
  // Nobody answers the ingests.
  EXPECT_EQ(Receive(SegmentFrame(shop, kUnknown, Sequence(1), 2'300)).size(), 1u);
  EXPECT_EQ(Receive(SegmentFrame(shop, kUnknown, Sequence(3), 100)).size(), 1u);
  ExpectEnds(Receive(SegmentFrame(shop, kUnknown, Sequence(4), 100)),
             StatusCode::kResourceExhausted, "window of 5000 bytes");
}

TEST_F(SessionAnswersTest, ListIsAnsweredOncePerMonth) {
  ledger_.Open(JournalId(20), peer_, SCOPE_SHOP, kNovember - 1);
  ledger_.FinishJournal(JournalId(20));
  StartAndGreet();
  v1::Frame list;
  list.mutable_list()->add_months(kNovember - 2);
  list.mutable_list()->add_months(kNovember - 1);
  const auto frames = Work(Receive(list));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_TRUE(CheckFrame(frames[0]).ok());
  EXPECT_EQ(frames[0].heads().months_size(), 2);
  ASSERT_EQ(frames[0].heads().heads_size(), 1);
  EXPECT_EQ(frames[0].heads().heads(0).journal(), 20u);
  ExpectEnds(Receive(list), StatusCode::kInvalidArgument, "twice");
}

TEST_F(SessionAnswersTest, WantIsServedOnceMoreAsFarAsItWasSent) {
  Start();
  Work(Receive(Hello()));
  Receive(AckFrame(kOwn, 5));
  auto frames = Work(Receive(WantFrame(kOwn, 2, 90)));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Segment 1 2..5");
  EXPECT_FALSE(session_->view().level);
  Receive(AckFrame(kOwn, 5));
  EXPECT_TRUE(session_->view().level);
  // Not held: said so. Not sent yet: comes anyway.
  frames = Work(Receive(WantFrame(kOwn, 6, 6)));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Refused 1 5 REFUSED_REASON_UNREADABLE");
  frames = Work(Receive(WantFrame(kUnknown, 1, 1)));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Refused 9 0 REFUSED_REASON_UNREADABLE");
}

TEST_F(SessionAnswersTest, WantWaitsForWhatIsOnItsWay) {
  Start();
  Work(Receive(Hello()));
  EXPECT_TRUE(Receive(WantFrame(kOwn, 1, 1)).empty());
  const auto frames = Work(Receive(AckFrame(kOwn, 5)));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Segment 1 1..5");
}

TEST_F(SessionAnswersTest, HashAtIsAnsweredFromTheLedger) {
  StartAndGreet();
  auto frames = Work(Receive(HashAtFrame(kOwn, 3)));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(ReadHead(frames[0].hash_is().head()), ledger_.ReadHashAt(kOwn, Sequence(3)));
  // Not held, unknown, or not readable: number 0 and where the chain starts.
  std::vector<Effects> nothing;
  nothing.push_back(Receive(HashAtFrame(kOwn, 6)));
  nothing.push_back(Receive(HashAtFrame(kUnknown, 1)));
  Receive(HashAtFrame(kOwn, 3));
  nothing.push_back(session_->OnHashRead(Head{kOwn, Sequence(0), Hash{}}));
  for (const Effects& effects : nothing) {
    ASSERT_EQ(effects.size(), 1u);
    const Head head = ReadHead(std::get<SendFrame>(effects[0]).frame.hash_is().head());
    EXPECT_EQ(head.sequence, Sequence(0));
    EXPECT_EQ(head.hash, journal::ChainStart(head.journal));
  }
}

TEST_F(SessionAnswersTest, TooManyHashesAtOnceEndTheSession) {
  StartAndGreet();
  for (size_t i = 0; i < kHashReadsOutstandingMax; ++i) {
    EXPECT_EQ(Receive(HashAtFrame(kOwn, 1)).size(), 1u);
  }
  ExpectEnds(Receive(HashAtFrame(kOwn, 1)), StatusCode::kResourceExhausted, "64 hashes");
}

TEST_F(SessionAnswersTest, HashIsThatWasNotAskedEndsTheSession) {
  StartAndGreet();
  v1::Frame frame;
  WriteHead(ledger_.HeadOf(kOwn), frame.mutable_hash_is()->mutable_head());
  ExpectEnds(Receive(frame), StatusCode::kInvalidArgument, "not asked");
}

TEST_F(SessionAnswersTest, GoodbyeEndsTheSessionWithItsReasonMadeHarmless) {
  for (const bool greeted : {false, true}) {
    Start();
    if (greeted) Receive(Hello());
    v1::Frame frame;
    frame.mutable_goodbye()->set_reason("révoqué\n\x1b[2J");
    const Effects effects = Receive(frame);
    ASSERT_EQ(effects.size(), 1u);
    const absl::Status& reason = std::get<Close>(effects[0]).reason;
    EXPECT_EQ(reason.code(), StatusCode::kUnavailable);
    EXPECT_EQ(reason.message(), "herstal-1 ended the session: révoqué\\n\\033[2J");
  }
}

TEST_F(SessionAnswersTest, OnlyAHubSaysThatOneIsRevoked) {
  v1::Frame frame;
  frame.mutable_goodbye()->set_reason("herstal-1 was revoked");
  frame.mutable_goodbye()->mutable_revoked()->set_since_ms(7);
  frame.mutable_goodbye()->mutable_revoked()->set_reason("stolen\n");
  // From a node: we are sent away, and take it for no more than that.
  Start();
  Effects effects = Receive(frame);
  EXPECT_EQ(std::get<Close>(effects.back()).reason.code(), StatusCode::kUnauthenticated);
  EXPECT_FALSE(session_->view().revoked.has_value());
  // From the hub, before its Hello even.
  options_.node = peer_.node;
  session_ = std::make_unique<Session>(options_);
  session_->OnConnected(HubWriter(), {}, 0, 0);
  effects = Receive(frame);
  EXPECT_EQ(std::get<Close>(effects.back()).reason.code(), StatusCode::kUnauthenticated);
  ASSERT_TRUE(session_->view().revoked.has_value());
  EXPECT_EQ(session_->view().revoked->since_ms, 7);
  EXPECT_EQ(session_->view().revoked->reason, "stolen\\n");
  EXPECT_FALSE(session_->view().revoked->retired);
}

TEST_F(SessionAnswersTest, LongReasonsAreShortened) {
  StartAndGreet();
  const Effects effects = session_->OnEnding(absl::AbortedError(std::string(2'000, 'x')));
  ASSERT_EQ(effects.size(), 2u);
  EXPECT_TRUE(CheckFrame(std::get<SendFrame>(effects[0]).frame).ok());
}

TEST_F(SessionAnswersTest, AnyClockMayBeTold) {
  for (const int64_t wall :
       {std::numeric_limits<int64_t>::min(), int64_t{-1}, std::numeric_limits<int64_t>::max()}) {
    Start();
    v1::Frame hello = Hello();
    hello.mutable_hello()->set_wall_ms(wall);
    session_->OnFrame(hello, 0, std::numeric_limits<int64_t>::min());
    v1::Frame heartbeat;
    heartbeat.mutable_heartbeat()->set_wall_ms(50'040);
    session_->OnFrame(heartbeat, 1, 50'000);
    EXPECT_EQ(session_->view().clock_offset_ms, 40);
  }
}

}  // namespace
}  // namespace comptoir::sync
