#include "common/sync/inbound.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/unit/sync/memory_ledger.h"
#include "tests/unit/sync/two_sides.h"

namespace comptoir::sync {
namespace {

const JournalId kSales{7};

// A hub takes the sales of a shop.
class InboundTest : public testing::Test {
 protected:
  InboundTest() {
    table_.SetSides(shop_, "hub-1");
    source_.Open(kSales, shop_, journal::v1::SCOPE_SHOP);
    source_.AppendMany(kSales, 9, 100);
  }
  // Entries first..last of kSales.
  journal::v1::Segment Piece(uint64_t first, uint64_t last) {
    MemoryLedger source = source_;
    source.ForgetAfter(kSales, Sequence(last));
    return *source.Read({kSales, Sequence(first), kSegmentRawBytesMax}).segment;
  }
  // Passes a segment; keeps what it gives to the ledger to be answered later.
  void Receive(const journal::v1::Segment& segment) {
    Effects effects;
    ASSERT_TRUE(inbound_.OnSegment(segment, &effects).ok());
    Keep(std::move(effects));
  }
  void Answer(size_t index = 0) { AnswerWith(ledger_.Take(given_.at(index), shop_)); }
  void AnswerWith(const Ingested& result) {
    given_.erase(given_.begin());
    Effects effects;
    inbound_.OnIngested(result, &effects);
    Keep(std::move(effects));
  }
  void Keep(Effects effects) {
    for (Effect& effect : effects) {
      if (auto* send = std::get_if<SendFrame>(&effect)) said_.push_back(Brief(send->frame));
      if (auto* ingest = std::get_if<Ingest>(&effect)) given_.push_back(ingest->segment);
    }
  }

  using Said = std::vector<std::string>;
  const journal::Writer shop_ = ShopWriter("herstal");
  MemoryLedger source_;
  MemoryLedger ledger_;
  JournalTable table_;
  Inbound inbound_{&table_, 1 << 20};
  std::vector<journal::v1::Segment> given_;
  Said said_;
};

TEST_F(InboundTest, AcknowledgesEachSegmentOnlyWhenTaken) {
  Receive(Piece(1, 3));
  Receive(Piece(4, 5));
  EXPECT_EQ(given_.size(), 2u);
  EXPECT_EQ(said_, Said());
  EXPECT_EQ(inbound_.bytes_waiting(), Piece(1, 3).ByteSizeLong() + Piece(4, 5).ByteSizeLong());
  EXPECT_EQ(table_.totals().missing, 5u);
  Answer();
  EXPECT_EQ(said_, Said{"Ack 7 3"});
  EXPECT_EQ(table_.totals().missing, 2u);
  Answer();
  EXPECT_EQ(said_, (Said{"Ack 7 3", "Ack 7 5"}));
  EXPECT_EQ(inbound_.bytes_waiting(), 0u);
}

TEST_F(InboundTest, RepeatsAreAcknowledgedAgain) {
  Receive(Piece(1, 3));
  Answer();
  Receive(Piece(1, 3));
  Receive(Piece(2, 4));
  Answer();
  Answer();
  EXPECT_EQ(said_, (Said{"Ack 7 3", "Ack 7 3", "Ack 7 4"}));
}

TEST_F(InboundTest, AckStaysWithinWhatThePeerSentEvenIfMoreIsHeld) {
  Receive(Piece(1, 3));
  ledger_.Take(Piece(1, 9), shop_);  // by another session, meanwhile
  Answer();
  EXPECT_EQ(said_, Said{"Ack 7 3"});
  EXPECT_EQ(table_.Find(kSales)->held.sequence, Sequence(9));
}

TEST_F(InboundTest, NeverAcknowledgesMoreThanIsHeld) {
  Receive(Piece(1, 3));
  const Ingested less{kSales, source_.ReadHashAt(kSales, Sequence(2)),
                      v1::REFUSED_REASON_UNSPECIFIED, ""};
  AnswerWith(less);
  EXPECT_EQ(said_, Said{"Ack 7 2"});
}

TEST_F(InboundTest, GapIsToldOnceAndFilled) {
  Receive(Piece(1, 2));
  Answer();
  Receive(Piece(4, 4));
  Receive(Piece(5, 6));
  EXPECT_TRUE(given_.empty());
  EXPECT_EQ(said_, (Said{"Ack 7 2", "Refused 7 2 REFUSED_REASON_GAP"}));
  Receive(Piece(3, 6));
  Answer();
  EXPECT_EQ(said_.back(), "Ack 7 6");
  // A later gap is a new one.
  Receive(Piece(8, 8));
  EXPECT_EQ(said_.back(), "Refused 7 6 REFUSED_REASON_GAP");
  EXPECT_TRUE(table_.parked().empty());
}

TEST_F(InboundTest, GapIsToldAfterWhatWasGivenBefore) {
  Receive(Piece(1, 2));
  Receive(Piece(4, 4));
  EXPECT_EQ(said_, Said());
  // Dropped, whatever it is: the peer starts again from what is said next.
  Receive(Piece(3, 3));
  EXPECT_EQ(given_.size(), 1u);
  Answer();
  EXPECT_EQ(said_, (Said{"Ack 7 2", "Refused 7 2 REFUSED_REASON_GAP"}));
}

TEST_F(InboundTest, GapThatTheLedgerFindsDropsWhatFollows) {
  Receive(Piece(1, 2));
  Receive(Piece(3, 4));
  Receive(Piece(5, 6));
  const Head none{kSales, Sequence(0), Hash{}};
  AnswerWith({kSales, none, v1::REFUSED_REASON_GAP, ""});
  AnswerWith({kSales, none, v1::REFUSED_REASON_GAP, ""});
  EXPECT_EQ(said_, Said());
  AnswerWith({kSales, none, v1::REFUSED_REASON_GAP, ""});
  EXPECT_EQ(said_, Said{"Refused 7 0 REFUSED_REASON_GAP"});
  Receive(Piece(7, 7));
  EXPECT_TRUE(given_.empty());
  Receive(Piece(1, 9));
  Answer();
  EXPECT_EQ(said_.back(), "Ack 7 9");
}

TEST_F(InboundTest, GapsWithoutEndParkTheJournal) {
  const Head none{kSales, Sequence(0), Hash{}};
  for (uint32_t i = 0; i < kGapsInRowMax; ++i) {
    Receive(Piece(1, 2));
    AnswerWith({kSales, none, v1::REFUSED_REASON_GAP, ""});
    EXPECT_EQ(said_.back(), "Refused 7 0 REFUSED_REASON_GAP");
  }
  Receive(Piece(1, 2));
  AnswerWith({kSales, none, v1::REFUSED_REASON_GAP, ""});
  EXPECT_EQ(said_.back(), "Refused 7 0 REFUSED_REASON_LIMIT");
  EXPECT_EQ(said_.size(), kGapsInRowMax + 1);
  Receive(Piece(1, 2));
  EXPECT_TRUE(given_.empty());
}

TEST_F(InboundTest, GapsWithProgressBetweenDoNot) {
  for (uint64_t i = 1; i <= 10; ++i) {
    for (int again = 0; again < 3; ++again) {
      Receive(Piece(i, i));
      AnswerWith({kSales, Head{}, v1::REFUSED_REASON_GAP, ""});
      EXPECT_EQ(said_.back().substr(0, 9), "Refused 7");
    }
    Receive(Piece(i, i));
    Answer();
  }
  EXPECT_EQ(ledger_.HeadOf(kSales), source_.HeadOf(kSales));
  EXPECT_TRUE(table_.parked().empty());
}

// The ledger says no at once, and yes only after the disk: answers may pass each other.
TEST_F(InboundTest, RefusalThatPassesAnEarlierAnswerIsToldLast) {
  Receive(Piece(1, 3));
  Receive(Piece(4, 5));
  const Head none{kSales, Sequence(0), Hash{}};
  AnswerWith({kSales, none, v1::REFUSED_REASON_SIGNATURE, "not signed"});
  EXPECT_EQ(said_, Said());
  AnswerWith({kSales, source_.ReadHashAt(kSales, Sequence(3)), v1::REFUSED_REASON_UNSPECIFIED, ""});
  EXPECT_EQ(said_, (Said{"Ack 7 3", "Refused 7 3 REFUSED_REASON_SIGNATURE"}));
  EXPECT_EQ(inbound_.bytes_waiting(), 0u);
  ASSERT_EQ(table_.parked().size(), 1u);
  EXPECT_EQ(table_.parked()[0].detail, "not signed");
  // No more of it in this session.
  Receive(Piece(4, 5));
  EXPECT_TRUE(given_.empty());
  EXPECT_EQ(said_.size(), 2u);
}

TEST_F(InboundTest, LongDetailIsShortened) {
  Receive(Piece(1, 3));
  Effects effects;
  inbound_.OnIngested({kSales, Head{kSales, Sequence(0), Hash{}}, v1::REFUSED_REASON_MALFORMED,
                       std::string(3'000, 'x')},
                      &effects);
  ASSERT_EQ(effects.size(), 1u);
  EXPECT_EQ(std::get<SendFrame>(effects[0]).frame.refused().detail().size(), 512u);
}

TEST_F(InboundTest, WindowIsForAllJournalsTogether) {
  const JournalId other{8};
  source_.Open(other, shop_, journal::v1::SCOPE_SHOP);
  const journal::v1::Segment first = Piece(1, 9);
  const journal::v1::Segment second = *source_.Read({other, Sequence(1), 1'000}).segment;
  Inbound narrow(&table_, first.ByteSizeLong() + second.ByteSizeLong() - 1);
  Effects effects;
  ASSERT_TRUE(narrow.OnSegment(first, &effects).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(narrow.OnSegment(second, &effects)));
  EXPECT_EQ(narrow.bytes_waiting(), first.ByteSizeLong());
}

}  // namespace
}  // namespace comptoir::sync
