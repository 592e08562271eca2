#include "common/sync/frame_limits.h"

#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "common/base/ids.h"
#include "gtest/gtest.h"

namespace comptoir::sync {
namespace {

using absl::StatusCode;

const std::string kHash(32, 'h');
const std::string kDigest(16, 'd');

void SetHead(uint64_t journal, uint64_t sequence, journal::v1::Head* head) {
  head->set_journal(journal);
  head->set_sequence(sequence);
  head->set_hash(kHash);
}

void SetDigest(uint32_t month, v1::MonthDigest* digest) {
  digest->set_month(month);
  digest->set_digest(kDigest);
}

// One good frame of each kind, at its limits where that is cheap.
v1::Frame Good(v1::Frame::BodyCase body) {
  v1::Frame frame;
  switch (body) {
    case v1::Frame::kHello:
      frame.mutable_hello()->set_protocol_min(1);
      frame.mutable_hello()->set_protocol_max(3);
      frame.mutable_hello()->set_node("herstal-1");
      frame.mutable_hello()->set_software(std::string(kSoftwareBytesMax, 's'));
      SetHead(1, 1, frame.mutable_hello()->add_heads());
      SetHead(2, kSequenceMax, frame.mutable_hello()->add_heads());
      SetDigest(1, frame.mutable_hello()->add_months());
      SetDigest(kMonthMax, frame.mutable_hello()->add_months());
      break;
    case v1::Frame::kList:
      for (uint32_t month = 1; month <= kMonthsPerFrameMax; ++month) {
        frame.mutable_list()->add_months(month);
      }
      break;
    case v1::Frame::kHeads:
      frame.mutable_heads()->add_months(24'322);
      SetHead(1, 1, frame.mutable_heads()->add_heads());
      break;
    case v1::Frame::kSegment:
      frame.mutable_segment()->set_journal(1);
      break;
    case v1::Frame::kAck:
      frame.mutable_ack()->set_journal(1);
      frame.mutable_ack()->set_sequence(kSequenceMax);
      break;
    case v1::Frame::kRefused:
      frame.mutable_refused()->set_journal(1);
      frame.mutable_refused()->set_reason(v1::REFUSED_REASON_GAP);
      frame.mutable_refused()->set_detail(std::string(kSentenceBytesMax, 'r'));
      break;
    case v1::Frame::kWant:
      frame.mutable_want()->set_journal(1);
      frame.mutable_want()->set_first_sequence(1);
      frame.mutable_want()->set_last_sequence(1);
      break;
    case v1::Frame::kHashAt:
      frame.mutable_hash_at()->set_journal(1);
      frame.mutable_hash_at()->set_sequence(1);
      break;
    case v1::Frame::kHashIs:
      SetHead(1, 0, frame.mutable_hash_is()->mutable_head());
      break;
    case v1::Frame::kHeartbeat:
      frame.mutable_heartbeat()->set_wall_ms(std::numeric_limits<int64_t>::min());
      break;
    case v1::Frame::kGoodbye:
      frame.mutable_goodbye()->set_reason(std::string(kSentenceBytesMax, 'r'));
      break;
    case v1::Frame::BODY_NOT_SET:
      break;
  }
  return frame;
}

constexpr v1::Frame::BodyCase kBodies[] = {
    v1::Frame::kHello,  v1::Frame::kList,      v1::Frame::kHeads,  v1::Frame::kSegment,
    v1::Frame::kAck,    v1::Frame::kRefused,   v1::Frame::kWant,   v1::Frame::kHashAt,
    v1::Frame::kHashIs, v1::Frame::kHeartbeat, v1::Frame::kGoodbye};

TEST(FrameLimitsTest, GoodFramesPass) {
  for (const auto body : kBodies) {
    const v1::Frame frame = Good(body);
    ASSERT_EQ(frame.body_case(), body);
    EXPECT_TRUE(CheckFrame(frame).ok()) << frame.ShortDebugString() << CheckFrame(frame);
  }
}

TEST(FrameLimitsTest, EmptyFrameIsMalformed) {
  EXPECT_EQ(CheckFrame(v1::Frame()).code(), StatusCode::kInvalidArgument);
}

TEST(FrameLimitsTest, FrameOverThreeMebibytesIsRefusedWhateverItIs) {
  v1::Frame frame = Good(v1::Frame::kSegment);
  frame.mutable_segment()->set_block(std::string(kFrameBytesMax, 'b'));
  EXPECT_EQ(CheckFrame(frame).code(), StatusCode::kResourceExhausted);
}

struct BadFrame {
  const char* name;
  v1::Frame::BodyCase body;
  std::function<void(v1::Frame*)> spoil;
  StatusCode code = StatusCode::kInvalidArgument;
};

std::vector<BadFrame> BadHellos() {
  return {
      {"no version", v1::Frame::kHello, [](auto* f) { f->mutable_hello()->set_protocol_min(0); }},
      {"no range", v1::Frame::kHello, [](auto* f) { f->mutable_hello()->set_protocol_min(4); }},
      {"no node", v1::Frame::kHello, [](auto* f) { f->mutable_hello()->clear_node(); }},
      {"no code", v1::Frame::kHello, [](auto* f) { f->mutable_hello()->set_node("Herstal 1"); }},
      {"long software", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_software()->append("s"); },
       StatusCode::kResourceExhausted},
      {"head of none", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_heads(0)->set_journal(0); }},
      {"head of nothing", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_heads(0)->set_sequence(0); }},
      {"head past all", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_heads(0)->set_sequence(kSequenceMax + 1); },
       StatusCode::kResourceExhausted},
      {"short hash", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_heads(0)->mutable_hash()->resize(31); }},
      {"long hash", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_heads(0)->mutable_hash()->resize(33); }},
      {"journal twice", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_heads(0)->set_journal(2); }},
      {"month 0", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_months(0)->set_month(0); }},
      {"month past all", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_months(1)->set_month(kMonthMax + 1); }},
      {"month twice", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_months(0)->set_month(kMonthMax); }},
      {"short digest", v1::Frame::kHello,
       [](auto* f) { f->mutable_hello()->mutable_months(0)->mutable_digest()->resize(15); }},
      {"many months", v1::Frame::kHello,
       [](auto* f) {
         f->mutable_hello()->clear_months();
         for (uint32_t month = 1; month <= kMonthsPerFrameMax + 1; ++month) {
           SetDigest(month, f->mutable_hello()->add_months());
         }
       },
       StatusCode::kResourceExhausted},
      {"many heads", v1::Frame::kHello,
       [](auto* f) {
         f->mutable_hello()->clear_heads();
         for (uint64_t journal = 1; journal <= kHeadsPerFrameMax + 1; ++journal) {
           SetHead(journal, 1, f->mutable_hello()->add_heads());
         }
       },
       StatusCode::kResourceExhausted},
  };
}

std::vector<BadFrame> BadOthers() {
  return {
      {"list too long", v1::Frame::kList, [](auto* f) { f->mutable_list()->add_months(kMonthMax); },
       StatusCode::kResourceExhausted},
      {"list falls", v1::Frame::kList, [](auto* f) { f->mutable_list()->set_months(1, 1); }},
      {"heads month 0", v1::Frame::kHeads, [](auto* f) { f->mutable_heads()->set_months(0, 0); }},
      {"heads hash", v1::Frame::kHeads,
       [](auto* f) { f->mutable_heads()->mutable_heads(0)->clear_hash(); }},
      {"segment of none", v1::Frame::kSegment,
       [](auto* f) { f->mutable_segment()->set_journal(0); }},
      {"ack of none", v1::Frame::kAck, [](auto* f) { f->mutable_ack()->set_journal(0); }},
      {"ack of nothing", v1::Frame::kAck, [](auto* f) { f->mutable_ack()->set_sequence(0); }},
      {"ack past all", v1::Frame::kAck,
       [](auto* f) { f->mutable_ack()->set_sequence(kSequenceMax + 1); },
       StatusCode::kResourceExhausted},
      {"refused of none", v1::Frame::kRefused,
       [](auto* f) { f->mutable_refused()->set_journal(0); }},
      {"refused past all", v1::Frame::kRefused,
       [](auto* f) { f->mutable_refused()->set_sequence(~uint64_t{0}); },
       StatusCode::kResourceExhausted},
      {"refused for nothing", v1::Frame::kRefused,
       [](auto* f) { f->mutable_refused()->set_reason(v1::REFUSED_REASON_UNSPECIFIED); }},
      {"refused for the unknown", v1::Frame::kRefused,
       [](auto* f) { f->mutable_refused()->set_reason(static_cast<v1::RefusedReason>(99)); }},
      {"refused at length", v1::Frame::kRefused,
       [](auto* f) { f->mutable_refused()->mutable_detail()->append("r"); },
       StatusCode::kResourceExhausted},
      {"want of none", v1::Frame::kWant, [](auto* f) { f->mutable_want()->set_journal(0); }},
      {"want from 0", v1::Frame::kWant, [](auto* f) { f->mutable_want()->set_first_sequence(0); }},
      {"want backwards", v1::Frame::kWant,
       [](auto* f) { f->mutable_want()->set_first_sequence(2); }},
      {"want past all", v1::Frame::kWant,
       [](auto* f) { f->mutable_want()->set_last_sequence(kSequenceMax + 1); },
       StatusCode::kResourceExhausted},
      {"hash of none", v1::Frame::kHashAt, [](auto* f) { f->mutable_hash_at()->set_journal(0); }},
      {"hash at 0", v1::Frame::kHashAt, [](auto* f) { f->mutable_hash_at()->set_sequence(0); }},
      {"hash is short", v1::Frame::kHashIs,
       [](auto* f) { f->mutable_hash_is()->mutable_head()->set_hash("short"); }},
      {"hash is none", v1::Frame::kHashIs, [](auto* f) { f->mutable_hash_is()->clear_head(); }},
      {"goodbye at length", v1::Frame::kGoodbye,
       [](auto* f) { f->mutable_goodbye()->mutable_reason()->append("r"); },
       StatusCode::kResourceExhausted},
      {"revoked at length", v1::Frame::kGoodbye,
       [](auto* f) {
         f->mutable_goodbye()->mutable_revoked()->set_reason(
             std::string(kSentenceBytesMax + 1, 'r'));
       },
       StatusCode::kResourceExhausted},
  };
}

TEST(FrameLimitsTest, EachSpoiltFrameHasItsError) {
  for (const auto& frames : {BadHellos(), BadOthers()}) {
    for (const BadFrame& bad : frames) {
      v1::Frame frame = Good(bad.body);
      bad.spoil(&frame);
      const absl::Status status = CheckFrame(frame);
      EXPECT_EQ(status.code(), bad.code) << bad.name << ": " << status;
      EXPECT_FALSE(status.message().empty()) << bad.name;
    }
  }
}

journal::v1::Segment GoodSegment() {
  journal::v1::Segment segment;
  segment.set_journal(1);
  segment.set_first_sequence(1);
  segment.set_previous_hash(kHash);
  segment.set_entry_count(kSegmentEntriesMax);
  segment.set_raw_bytes(kSegmentRawBytesMax);
  segment.set_block("block");
  segment.set_signature(std::string(kSignatureBytesMax, 's'));
  return segment;
}

TEST(FrameLimitsTest, SegmentAtItsLimitsPasses) {
  EXPECT_TRUE(CheckSegment(GoodSegment()).ok()) << CheckSegment(GoodSegment());
}

TEST(FrameLimitsTest, EachSpoiltSegmentHasItsError) {
  struct BadSegment {
    const char* name;
    std::function<void(journal::v1::Segment*)> spoil;
    StatusCode code;
  };
  constexpr auto kMalformed = StatusCode::kInvalidArgument;
  constexpr auto kOver = StatusCode::kResourceExhausted;
  const std::vector<BadSegment> segments = {
      {"journal", [](auto* s) { s->set_journal(0); }, kMalformed},
      {"first", [](auto* s) { s->set_first_sequence(0); }, kMalformed},
      {"far", [](auto* s) { s->set_first_sequence(~uint64_t{0}); }, kOver},
      {"hash", [](auto* s) { s->set_previous_hash("short"); }, kMalformed},
      {"no entry", [](auto* s) { s->set_entry_count(0); }, kMalformed},
      {"no bytes", [](auto* s) { s->set_raw_bytes(0); }, kMalformed},
      {"no block", [](auto* s) { s->clear_block(); }, kMalformed},
      {"entries", [](auto* s) { s->set_entry_count(kSegmentEntriesMax + 1); }, kOver},
      {"raw", [](auto* s) { s->set_raw_bytes(kSegmentRawBytesMax + 1); }, kOver},
      {"signature", [](auto* s) { s->mutable_signature()->append("s"); }, kOver},
      {"block",
       [](auto* s) { s->set_block(std::string(EncodedSegmentBytesMax(kSegmentRawBytesMax), 'b')); },
       kOver},
  };
  for (const BadSegment& bad : segments) {
    journal::v1::Segment segment = GoodSegment();
    bad.spoil(&segment);
    EXPECT_EQ(CheckSegment(segment).code(), bad.code) << bad.name;
  }
}

}  // namespace
}  // namespace comptoir::sync
