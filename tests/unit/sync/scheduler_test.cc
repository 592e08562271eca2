#include "common/sync/scheduler.h"

#include <deque>
#include <string>
#include <vector>

#include "common/sync/frame_limits.h"
#include "gtest/gtest.h"
#include "tests/unit/sync/memory_ledger.h"
#include "tests/unit/sync/two_sides.h"

namespace comptoir::sync {
namespace {

constexpr size_t kPieceBytes = 1'000;  // of entries: ten entries of a hundred bytes, less framing
constexpr size_t kRoomBytes = EncodedSegmentBytesMax(kPieceBytes);

// A shop sends to a hub that has nothing.
class SchedulerTest : public testing::Test {
 protected:
  SchedulerTest() { table_.SetSides(HubWriter(), "herstal-1"); }

  JournalId Open(uint64_t journal, size_t entries) {
    ledger_.Open(JournalId(journal), ShopWriter("herstal"), journal::v1::SCOPE_SHOP);
    ledger_.AppendMany(JournalId(journal), entries - 1, 100);
    table_.Describe(ledger_.Summary(JournalId(journal)), true);
    return JournalId(journal);
  }
  void Grow(JournalId journal, size_t entries) {
    ledger_.AppendMany(journal, entries, 100);
    table_.Describe(ledger_.Summary(journal), true);
  }
  void Advance() {
    Effects effects;
    scheduler_.Advance(&effects);
    Keep(std::move(effects));
  }
  // Answers the oldest read.
  void Answer() { AnswerWith(ledger_.Read(reads_.front())); }
  void AnswerWith(SegmentRead result) {
    reads_.erase(reads_.begin());
    Effects effects;
    scheduler_.OnSegmentRead(std::move(result), &effects);
    scheduler_.Advance(&effects);
    Keep(std::move(effects));
  }
  void AnswerAll() {
    while (!reads_.empty()) Answer();
  }
  void Refuse(JournalId journal, uint64_t held, v1::RefusedReason reason) {
    v1::Refused refused;
    refused.set_journal(journal.value());
    refused.set_sequence(held);
    refused.set_reason(reason);
    ASSERT_TRUE(scheduler_.OnRefused(refused).ok());
    Advance();
  }
  void Acknowledge(JournalId journal, uint64_t sequence) {
    ASSERT_TRUE(scheduler_.OnAck(journal, Sequence(sequence)).ok());
    Advance();
  }
  void Want(JournalId journal, uint64_t first, uint64_t last) {
    v1::Want want;
    want.set_journal(journal.value());
    want.set_first_sequence(first);
    want.set_last_sequence(last);
    Effects effects;
    scheduler_.OnWant(want, &effects);
    scheduler_.Advance(&effects);
    Keep(std::move(effects));
  }
  void Keep(Effects effects) {
    for (Effect& effect : effects) {
      if (auto* send = std::get_if<SendFrame>(&effect)) said_.push_back(Brief(send->frame));
      if (auto* read = std::get_if<ReadSegment>(&effect)) reads_.push_back(*read);
    }
  }
  size_t Unacknowledged() const { return scheduler_.bytes_unacknowledged(); }

  using Said = std::vector<std::string>;
  MemoryLedger ledger_;
  JournalTable table_;
  Scheduler scheduler_{&table_, 4 * kRoomBytes, kPieceBytes};
  std::vector<ReadSegment> reads_;
  Said said_;
};

TEST_F(SchedulerTest, ReadsInPiecesAndGoesOnWhereTheLastEnded) {
  Open(1, 25);
  Advance();
  ASSERT_EQ(reads_.size(), 1u);
  EXPECT_EQ(reads_[0].first, Sequence(1));
  EXPECT_EQ(reads_[0].raw_bytes_max, kPieceBytes);
  AnswerAll();
  EXPECT_EQ(said_, (Said{"Segment 1 1..10", "Segment 1 11..19", "Segment 1 20..25"}));
}

TEST_F(SchedulerTest, OneReadAJournalAndAFewInAll) {
  for (uint64_t i = 1; i <= 9; ++i) Open(i, 3);
  Advance();
  Advance();
  ASSERT_EQ(reads_.size(), kReadsOutstandingMax);
  for (size_t i = 0; i < reads_.size(); ++i) EXPECT_EQ(reads_[i].journal, JournalId(i + 1));
  EXPECT_EQ(scheduler_.reads_outstanding(), kReadsOutstandingMax);
  AnswerAll();
  EXPECT_EQ(said_.size(), 9u);
  EXPECT_EQ(scheduler_.reads_outstanding(), 0u);
}

TEST_F(SchedulerTest, StopsAtTheWindowAndGoesOnWithAcks) {
  Open(1, 500);
  Advance();
  AnswerAll();
  EXPECT_LE(Unacknowledged(), 4 * kRoomBytes);
  EXPECT_GT(Unacknowledged() + kRoomBytes, 4 * kRoomBytes);
  const size_t sent = said_.size();
  Acknowledge(JournalId(1), 1);  // of no segment's end: frees nothing
  EXPECT_TRUE(reads_.empty());
  Acknowledge(JournalId(1), 19);
  ASSERT_EQ(reads_.size(), 1u);
  AnswerAll();
  EXPECT_GT(said_.size(), sent);
  EXPECT_LE(Unacknowledged(), 4 * kRoomBytes);
}

// A relayed journal can only be cut where its writer signed: more than was asked.
TEST_F(SchedulerTest, SegmentThatDoesNotFitWaitsForRoom) {
  const JournalId journal = Open(1, 100);
  Open(2, 200);
  Advance();
  ASSERT_EQ(reads_.size(), 2u);
  AnswerWith(ledger_.Read({journal, Sequence(1), 6 * kPieceBytes}));
  EXPECT_EQ(said_, Said{"Segment 1 1..59"});
  AnswerWith(ledger_.Read({JournalId(2), Sequence(1), 6 * kPieceBytes}));
  // Held back, and no more is read while it is.
  EXPECT_EQ(said_.size(), 1u);
  EXPECT_TRUE(reads_.empty());
  Acknowledge(journal, 59);
  ASSERT_EQ(said_.size(), 2u);
  EXPECT_EQ(said_[1].substr(0, 13), "Segment 2 1..");
}

TEST_F(SchedulerTest, GapSetsBackAndFreesWhatWasDropped) {
  const JournalId journal = Open(1, 25);
  Advance();
  AnswerAll();
  ASSERT_EQ(said_.size(), 3u);
  Refuse(journal, 10, v1::REFUSED_REASON_GAP);
  EXPECT_EQ(table_.Find(journal)->sending.unacknowledged.size(), 1u);
  AnswerAll();
  ASSERT_EQ(said_.size(), 5u);
  EXPECT_EQ(said_[3], "Segment 1 11..19");
  Acknowledge(journal, 25);
  EXPECT_EQ(Unacknowledged(), 0u);
  EXPECT_EQ(table_.totals().waiting, 0u);
}

TEST_F(SchedulerTest, GapWhileReadingReadsAnew) {
  const JournalId journal = Open(1, 25);
  Advance();
  Answer();
  ASSERT_EQ(reads_.size(), 1u);
  EXPECT_EQ(reads_[0].first, Sequence(11));
  Refuse(journal, 0, v1::REFUSED_REASON_GAP);
  // Still one read under way; its answer is of no use any more.
  EXPECT_EQ(reads_.size(), 1u);
  Answer();
  EXPECT_EQ(said_.size(), 1u);
  ASSERT_EQ(reads_.size(), 1u);
  EXPECT_EQ(reads_[0].first, Sequence(1));
  // Nor does it matter that such a read failed.
  Answer();
  Refuse(journal, 0, v1::REFUSED_REASON_GAP);
  AnswerWith({journal, Sequence(11), std::nullopt});
  EXPECT_FALSE(table_.Find(journal)->sending.parked);
  AnswerAll();
  EXPECT_EQ(said_.back(), "Segment 1 20..25");
}

TEST_F(SchedulerTest, AckPastTheSendingPointSkipsWhatIsHeld) {
  const JournalId journal = Open(1, 25);
  Advance();
  AnswerAll();
  Refuse(journal, 0, v1::REFUSED_REASON_GAP);
  reads_.clear();
  // It turns out that the peer has it after all.
  ASSERT_TRUE(scheduler_.OnAck(journal, Sequence(25)).ok());
  EXPECT_FALSE(table_.NextToSend().has_value());
}

TEST_F(SchedulerTest, RefusedJournalIsParkedAndGivesItsWindowBack) {
  const JournalId bad = Open(1, 400);
  Advance();
  AnswerAll();
  const JournalId good = Open(2, 3);
  Advance();
  EXPECT_TRUE(reads_.empty());
  Refuse(bad, 0, v1::REFUSED_REASON_CERTIFICATE);
  EXPECT_EQ(Unacknowledged(), 0u);
  ASSERT_EQ(reads_.size(), 1u);
  EXPECT_EQ(reads_[0].journal, good);
  AnswerAll();
  EXPECT_EQ(said_.back(), "Segment 2 1..3");
  Grow(bad, 5);
  Advance();
  EXPECT_TRUE(reads_.empty());
}

TEST_F(SchedulerTest, JournalParkedWhileReadingIsNotSent) {
  const JournalId bad = Open(1, 25);
  Advance();
  Answer();
  Refuse(bad, 0, v1::REFUSED_REASON_MALFORMED);
  Answer();
  EXPECT_EQ(said_.size(), 1u);
  EXPECT_TRUE(reads_.empty());
  EXPECT_EQ(scheduler_.reads_outstanding(), 0u);
}

TEST_F(SchedulerTest, UnreadableJournalIsParkedWithAWord) {
  const JournalId bad = Open(1, 25);
  Advance();
  Answer();
  AnswerWith({bad, Sequence(11), std::nullopt, /*damaged=*/true});
  EXPECT_EQ(said_.back(), "Refused 1 10 REFUSED_REASON_UNREADABLE");
  Grow(bad, 5);
  scheduler_.OnAdvanced(bad);
  Advance();
  EXPECT_TRUE(reads_.empty());
}

TEST_F(SchedulerTest, WhatIsNotSignedYetGoesOnOnceThereIsMoreOfIt) {
  const JournalId journal = Open(1, 25);
  Advance();
  Answer();
  AnswerWith({journal, Sequence(11), std::nullopt});
  EXPECT_EQ(said_.back(), "Refused 1 10 REFUSED_REASON_UNREADABLE");
  Advance();
  EXPECT_TRUE(reads_.empty());
  Grow(journal, 5);
  scheduler_.OnAdvanced(journal);
  Advance();
  ASSERT_EQ(reads_.size(), 1u);
  EXPECT_EQ(reads_[0].first, Sequence(11));
}

TEST_F(SchedulerTest, WhatCameWhileItWasReadIsReadAnew) {
  const JournalId journal = Open(1, 25);
  Advance();
  Answer();
  const auto said = said_;
  Grow(journal, 5);
  scheduler_.OnAdvanced(journal);
  AnswerWith({journal, Sequence(11), std::nullopt});
  EXPECT_EQ(said_, said);
  ASSERT_EQ(reads_.size(), 1u);
  EXPECT_EQ(reads_[0].first, Sequence(11));
  AnswerWith({journal, Sequence(11), std::nullopt});
  EXPECT_EQ(said_.back(), "Refused 1 10 REFUSED_REASON_UNREADABLE") << "nothing came since";
}

TEST_F(SchedulerTest, WantIsServedInPieces) {
  const JournalId journal = Open(1, 25);
  Advance();
  AnswerAll();
  Acknowledge(journal, 25);
  said_.clear();
  Want(journal, 3, 14);
  Want(journal, 5, 16);
  Answer();
  EXPECT_EQ(said_, Said{"Segment 1 3..11"});
  // One piece at a time.
  EXPECT_TRUE(reads_.empty());
  Acknowledge(journal, 11);
  AnswerAll();
  EXPECT_EQ(said_, (Said{"Segment 1 3..11", "Segment 1 12..20"}));
  Acknowledge(journal, 25);
  Grow(journal, 1);
  Advance();
  AnswerAll();
  EXPECT_EQ(said_.back(), "Segment 1 26..26");
}

TEST_F(SchedulerTest, WantOfWhatWasNotSentAsksNothingMore) {
  const JournalId journal = Open(1, 25);
  Want(journal, 20, 25);
  ASSERT_EQ(reads_.size(), 1u);
  EXPECT_EQ(reads_[0].first, Sequence(1));
}

TEST(SchedulerGrowthTest, SegmentsBeginSmallAndGrowWithEachThatIsAcknowledged) {
  constexpr size_t kMax = 1 << 20;
  JournalTable table;
  table.SetSides(HubWriter(), "herstal-1");
  MemoryLedger ledger;
  const JournalId journal(1);
  ledger.Open(journal, ShopWriter("herstal"), journal::v1::SCOPE_SHOP);
  ledger.AppendMany(journal, 20'000, 300);
  table.Describe(ledger.Summary(journal), true);
  Scheduler scheduler(&table, 4 * kMax, kMax);
  std::deque<ReadSegment> reads;
  const auto advance = [&](Effects effects) {
    scheduler.Advance(&effects);
    for (const Effect& effect : effects) {
      if (const auto* read = std::get_if<ReadSegment>(&effect)) reads.push_back(*read);
    }
  };
  std::vector<size_t> asked;
  advance({});
  while (asked.empty() || asked.back() < kMax) {
    ASSERT_FALSE(reads.empty());
    asked.push_back(reads.front().raw_bytes_max);
    const SegmentRead answer = ledger.Read(reads.front());
    reads.pop_front();
    const Sequence last(answer.segment->first_sequence() + answer.segment->entry_count() - 1);
    Effects effects;
    scheduler.OnSegmentRead(answer, &effects);
    advance(std::move(effects));
    ASSERT_TRUE(scheduler.OnAck(journal, last).ok());
    advance({});
    ASSERT_LT(asked.size(), 10U);
  }
  EXPECT_EQ(asked.front(), kFirstSegmentRawBytes);
  for (size_t i = 1; i < asked.size(); ++i) EXPECT_LE(asked[i], 2 * asked[i - 1]);
}

}  // namespace
}  // namespace comptoir::sync
