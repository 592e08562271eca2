// Who may say what, and when.

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/sync/agreement.h"
#include "common/sync/frame_limits.h"
#include "gtest/gtest.h"
#include "tests/unit/sync/played_by_hand.h"

namespace comptoir::sync {
namespace {

using absl::StatusCode;
using journal::v1::SCOPE_SHOP;

class SessionFramesTest : public PlayedByHand {};

TEST_F(SessionFramesTest, HelloIsTheFirstThingSaid) {
  options_.software = std::string(kSoftwareBytesMax + 1, 's');
  options_.run = 77;
  Session session(options_);
  const Effects effects = session.OnConnected(peer_, ledger_.Summaries(), 5, 1'700'000'000'000);
  ASSERT_EQ(effects.size(), 1u);
  const v1::Frame& frame = std::get<SendFrame>(effects[0]).frame;
  ASSERT_TRUE(frame.has_hello());
  EXPECT_TRUE(CheckFrame(frame).ok());
  EXPECT_EQ(frame.hello().node(), "hub-1");
  EXPECT_EQ(frame.hello().run(), 77u);
  EXPECT_EQ(frame.hello().wall_ms(), 1'700'000'000'000);
  // Not the other shop's journal.
  ASSERT_EQ(frame.hello().heads_size(), 1);
  EXPECT_EQ(frame.hello().heads(0).journal(), kOwn.value());
}

TEST_F(SessionFramesTest, NothingElseMayComeBeforeHello) {
  v1::Frame heartbeat;
  heartbeat.mutable_heartbeat();
  v1::Frame list;
  list.mutable_list()->add_months(kNovember);
  for (const v1::Frame& frame :
       {heartbeat, list, AckFrame(kOwn, 1), WantFrame(kOwn, 1, 1), HashAtFrame(kOwn, 1),
        SegmentFrame(ledger_, kOwn, Sequence(1)), RefusedFrame(kOwn, 0, v1::REFUSED_REASON_GAP)}) {
    Start();
    ExpectEnds(Receive(frame), StatusCode::kInvalidArgument, "before Hello");
    EXPECT_TRUE(Receive(Hello()).empty());
  }
}

TEST_F(SessionFramesTest, HelloComesOnce) {
  StartAndGreet();
  ExpectEnds(Receive(Hello()), StatusCode::kInvalidArgument, "twice");
}

TEST_F(SessionFramesTest, NameMustBeTheCertificates) {
  Start();
  v1::Frame hello = Hello();
  hello.mutable_hello()->set_node("herstal-2");
  ExpectEnds(Receive(hello), StatusCode::kUnauthenticated, "herstal-2");
}

TEST_F(SessionFramesTest, NoCommonVersionNamesBothRanges) {
  options_.protocol_min = 3;
  options_.protocol_max = 4;
  for (const auto& [oldest, newest] : std::vector<std::pair<uint32_t, uint32_t>>{{1, 2}, {5, 9}}) {
    Start();
    v1::Frame hello = Hello();
    hello.mutable_hello()->set_protocol_min(oldest);
    hello.mutable_hello()->set_protocol_max(newest);
    const Effects effects = Receive(hello);
    ExpectEnds(effects, StatusCode::kFailedPrecondition, "speaks 3 to 4");
    ExpectEnds(effects, StatusCode::kFailedPrecondition,
               absl::StrCat("speaks ", oldest, " to ", newest));
  }
}

TEST_F(SessionFramesTest, HighestCommonVersionIsUsed) {
  options_.protocol_min = 1;
  options_.protocol_max = 4;
  Start();
  v1::Frame hello = Hello();
  hello.mutable_hello()->set_protocol_min(2);
  hello.mutable_hello()->set_protocol_max(3);
  Receive(hello);
  EXPECT_EQ(session_->view().protocol, 3u);
}

TEST_F(SessionFramesTest, JournalOutOfThePeersRightsEndsTheSession) {
  v1::Frame hello = Hello();
  WriteHead(ledger_.HeadOf(kForeign), hello.mutable_hello()->add_heads());
  Start();
  ExpectEnds(Receive(hello), StatusCode::kPermissionDenied, "0000000000000002");
  for (const v1::Frame& frame :
       {AckFrame(kForeign, 1), WantFrame(kForeign, 1, 1), HashAtFrame(kForeign, 1),
        SegmentFrame(ledger_, kForeign, Sequence(1)),
        RefusedFrame(kForeign, 0, v1::REFUSED_REASON_GAP),
        RefusedFrame(kForeign, 0, v1::REFUSED_REASON_UNREADABLE)}) {
    StartAndGreet();
    ExpectEnds(Receive(frame), StatusCode::kPermissionDenied, "not for herstal-1");
  }
  hello = Hello();
  v1::MonthDigest* month = hello.mutable_hello()->add_months();
  month->set_month(kNovember);
  month->set_digest(std::string(kMonthDigestBytes, 'x'));
  Start();
  Receive(hello);
  v1::Frame heads;
  WriteHead(ledger_.HeadOf(kForeign), heads.mutable_heads()->add_heads());
  ExpectEnds(Receive(heads), StatusCode::kPermissionDenied, "not for herstal-1");
}

TEST_F(SessionFramesTest, UnknownJournalOutOfThePeersRightsIsRefusedByTheLedger) {
  MemoryLedger thief;
  thief.Open(kUnknown, ShopWriter("sainte-walburge"), SCOPE_SHOP);
  StartAndGreet();
  const auto frames = Work(Receive(SegmentFrame(thief, kUnknown, Sequence(1))));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Refused 9 0 REFUSED_REASON_SCOPE");
  EXPECT_FALSE(ledger_.Holds(kUnknown));
  // Once is enough; the session goes on.
  EXPECT_TRUE(Receive(SegmentFrame(thief, kUnknown, Sequence(1))).empty());
  ASSERT_EQ(session_->view().parked.size(), 1u);
}

TEST_F(SessionFramesTest, HeadsThatWereNotAskedForEndTheSession) {
  StartAndGreet();
  v1::Frame frame;
  WriteHead(Head{kUnknown, Sequence(3), Hash{}}, frame.mutable_heads()->add_heads());
  ExpectEnds(Receive(frame), absl::StatusCode::kInvalidArgument, "not asked for");
}

TEST_F(SessionFramesTest, AckPastWhatWasSentOrHeldEndsTheSession) {
  Start();
  Effects effects = Receive(Hello());
  // What its Hello said, and repeats of that, are no news.
  EXPECT_TRUE(Receive(AckFrame(kOwn, 2)).empty());
  EXPECT_TRUE(Receive(AckFrame(kOwn, 1)).empty());
  EXPECT_EQ(session_->Acknowledged(kOwn), Sequence(2));
  const auto frames = Work(std::move(effects));
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_EQ(Brief(frames[0]), "Segment 1 3..5");
  EXPECT_GT(session_->view().bytes_unacknowledged, 0u);
  EXPECT_TRUE(Receive(AckFrame(kOwn, 5)).empty());
  EXPECT_EQ(session_->view().bytes_unacknowledged, 0u);
  EXPECT_TRUE(session_->view().level);
  ExpectEnds(Receive(AckFrame(kOwn, 6)), StatusCode::kInvalidArgument, "never sent");
}

TEST_F(SessionFramesTest, AckBeforeSendingOrOfAnUnknownJournalEndsTheSession) {
  StartAndGreet();
  ExpectEnds(Receive(AckFrame(kOwn, 3)), StatusCode::kInvalidArgument, "never sent");
  StartAndGreet();
  ExpectEnds(Receive(AckFrame(kUnknown, 1)), StatusCode::kInvalidArgument, "never sent");
}

TEST_F(SessionFramesTest, RefusingWhatWasNotSentEndsTheSession) {
  StartAndGreet();
  ExpectEnds(Receive(RefusedFrame(kOwn, 2, v1::REFUSED_REASON_GAP)), StatusCode::kInvalidArgument,
             "nothing was sent");
  StartAndGreet();
  ExpectEnds(Receive(RefusedFrame(kUnknown, 0, v1::REFUSED_REASON_FORK)),
             StatusCode::kInvalidArgument, "nothing was sent");
  // The peer's own damage is another matter.
  StartAndGreet();
  EXPECT_TRUE(Receive(RefusedFrame(kUnknown, 0, v1::REFUSED_REASON_UNREADABLE)).empty());
}

}  // namespace
}  // namespace comptoir::sync
