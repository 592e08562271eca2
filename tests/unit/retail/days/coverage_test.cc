#include "common/retail/days/coverage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace comptoir::retail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr JournalId kJournal{7};

EntryRange Range(uint64_t first, uint64_t last, uint32_t times = 1) {
  return {kJournal, Sequence(first), Sequence(last), times};
}
void AddRange(const EntryRange& range, google::protobuf::RepeatedPtrField<v1::ClosedRange>* to) {
  v1::ClosedRange* added = to->Add();
  added->set_journal(range.journal.value());
  added->set_first(range.first.value());
  added->set_last(range.last.value());
}
v1::DayClosed Covers(const EntryRange& range) {
  v1::DayClosed closed;
  AddRange(range, closed.mutable_covers());
  return closed;
}

void Add(const v1::DayClosed& closed, Coverage* coverage) {
  coverage->Add(closed.covers(), closed.takes_back());
}

TEST(CoverageTest, WhatNoClosingCoversIsOpen) {
  Coverage coverage;
  EXPECT_THAT(coverage.Of(kJournal, Sequence(5), {}).open, ElementsAre(Range(1, 5)));
  Add(Covers(Range(1, 5)), &coverage);
  EXPECT_THAT(coverage.Of(kJournal, Sequence(5), {}).open, IsEmpty());
  EXPECT_THAT(coverage.Of(kJournal, Sequence(9), {}).open, ElementsAre(Range(6, 9)));
  EXPECT_THAT(coverage.Of(JournalId(8), Sequence(2), {}).open,
              ElementsAre(EntryRange{JournalId(8), Sequence(1), Sequence(2)}));
}

TEST(CoverageTest, OfAJournalWithoutEntriesNothingIs) {
  EXPECT_THAT(Coverage().Of(kJournal, Sequence(), {}).open, IsEmpty());
}

TEST(CoverageTest, WhatDoesNotCountIsLeftOut) {
  const Coverage::Due due =
      Coverage().Of(kJournal, Sequence(6), {Sequence(1), Sequence(3), Sequence(4)});
  EXPECT_THAT(due.open, ElementsAre(Range(2, 2), Range(5, 6)));
  EXPECT_THAT(due.excess, IsEmpty());
}

TEST(CoverageTest, WhatTurnsOutNotToCountIsTakenBackOnce) {
  Coverage coverage;
  Add(Covers(Range(1, 5)), &coverage);
  const Coverage::Due due = coverage.Of(kJournal, Sequence(6), {Sequence(3)});
  EXPECT_THAT(due.open, ElementsAre(Range(6, 6)));
  ASSERT_THAT(due.excess, ElementsAre(Range(3, 3)));
  v1::DayClosed next = Covers(Range(6, 6));
  AddRange(due.excess.front(), next.mutable_takes_back());
  next.mutable_takes_back(0)->set_times(1);
  Add(next, &coverage);
  const Coverage::Due after = coverage.Of(kJournal, Sequence(6), {Sequence(3)});
  EXPECT_THAT(after.open, IsEmpty());
  EXPECT_THAT(after.excess, IsEmpty());
}

TEST(CoverageTest, WhatSeveralClosingsCoverIsTakenBackAsOftenAsItIsTooMuch) {
  Coverage coverage;
  Add(Covers(Range(1, 4)), &coverage);
  Add(Covers(Range(3, 6)), &coverage);
  Add(Covers(Range(4, 4)), &coverage);
  const Coverage::Due due = coverage.Of(kJournal, Sequence(6), {Sequence(6)});
  EXPECT_THAT(due.open, IsEmpty());
  EXPECT_THAT(due.excess, ElementsAre(Range(3, 3), Range(4, 4, 2), Range(6, 6)));
}

TEST(CoverageTest, OneThatStandsByItselfIsJudgedAlone) {
  Coverage coverage;
  EXPECT_THAT(coverage.OfOne(kJournal, Sequence(6), true).open, ElementsAre(Range(6, 6)));
  EXPECT_THAT(coverage.OfOne(kJournal, Sequence(6), false).open, IsEmpty());
  Add(Covers(Range(6, 6)), &coverage);
  EXPECT_THAT(coverage.OfOne(kJournal, Sequence(6), true).open, IsEmpty());
  EXPECT_THAT(coverage.OfOne(kJournal, Sequence(6), true).excess, IsEmpty());
  EXPECT_THAT(coverage.OfOne(kJournal, Sequence(6), false).excess, ElementsAre(Range(6, 6)));
  Add(Covers(Range(6, 6)), &coverage);
  EXPECT_THAT(coverage.OfOne(kJournal, Sequence(6), true).excess, ElementsAre(Range(6, 6)));
  EXPECT_THAT(coverage.OfOne(kJournal, Sequence(6), false).excess, ElementsAre(Range(6, 6, 2)));
  EXPECT_THAT(coverage.OfOne(JournalId(8), Sequence(6), true).open,
              ElementsAre(EntryRange{JournalId(8), Sequence(6), Sequence(6)}));
}

TEST(CoverageTest, ClosingsOfEntriesThatAreNotHeldHereWaitForThem) {
  Coverage coverage;
  Add(Covers(Range(1, 50)), &coverage);
  EXPECT_THAT(coverage.Of(kJournal, Sequence(10), {}).open, IsEmpty());
  EXPECT_THAT(coverage.Of(kJournal, Sequence(10), {}).excess, IsEmpty());
  EXPECT_THAT(coverage.Of(kJournal, Sequence(51), {}).open, ElementsAre(Range(51, 51)));
}

}  // namespace
}  // namespace comptoir::retail
