#include "common/sync/agreement.h"

#include <algorithm>
#include <string>
#include <vector>

#include "common/sync/frame_limits.h"
#include "gtest/gtest.h"
#include "tests/unit/sync/memory_ledger.h"
#include "tests/unit/sync/two_sides.h"

namespace comptoir::sync {
namespace {

using journal::v1::SCOPE_COOP;
using journal::v1::SCOPE_SHOP;

Hash HashOf(uint64_t value) {
  Hash hash;
  for (size_t i = 0; i < 8; ++i) hash.bytes[i] = static_cast<uint8_t>(value >> (8 * i));
  return hash;
}

// A journal of COOP by another shop, `sequence` entries long.
JournalSummary Summary(uint64_t journal, uint64_t sequence, bool finished,
                       uint32_t month = kNovember) {
  JournalSummary summary;
  summary.head = Head{JournalId(journal), Sequence(sequence), HashOf(journal * 1'000 + sequence)};
  summary.scope = SCOPE_COOP;
  summary.node = "guillemins-1";
  summary.finished = finished;
  summary.month = month;
  return summary;
}

JournalTable TableOf(const std::vector<JournalSummary>& summaries) {
  JournalTable table;
  table.SetSides(ShopWriter("herstal"), "hub-1");
  for (const JournalSummary& summary : summaries) table.Describe(summary, false);
  return table;
}

v1::Hello HelloOf(const std::vector<JournalSummary>& summaries) {
  v1::Frame frame;
  v1::Hello* hello = frame.mutable_hello();
  hello->set_protocol_min(1);
  hello->set_protocol_max(1);
  hello->set_node("herstal-1");
  DescribeJournals(TableOf(summaries), hello);
  EXPECT_TRUE(CheckFrame(frame).ok()) << CheckFrame(frame);
  return *hello;
}

using Months = std::vector<uint32_t>;

// Months that `ours` has to ask for after the Hello of `theirs`.
Months MonthsToList(const std::vector<JournalSummary>& ours,
                    const std::vector<JournalSummary>& theirs, JournalTable* table) {
  *table = TableOf(ours);
  const auto months = CompareHello(HelloOf(theirs), table);
  EXPECT_TRUE(months.ok());
  return *months;
}

TEST(AgreementTest, DigestIsFrozen) {
  // printf '%016x%016x%064x' 1 2 0 | xxd -r -p | sha256sum
  const std::string digest = DigestOf({Head{JournalId(1), Sequence(2), Hash{}}});
  ASSERT_EQ(digest.size(), kMonthDigestBytes);
  std::string hex;
  for (const char c : digest) {
    constexpr char kDigits[] = "0123456789abcdef";
    hex.push_back(kDigits[static_cast<uint8_t>(c) >> 4]);
    hex.push_back(kDigits[static_cast<uint8_t>(c) & 15]);
  }
  EXPECT_EQ(hex, "9eed7dc4a7699519a1f4f891ab3c9e95");
}

TEST(AgreementTest, FourHundredFinishedJournalsFitInAKibibyte) {
  std::vector<JournalSummary> journals;
  for (uint64_t i = 1; i <= 400; ++i) {
    journals.push_back(
        Summary(i * 0x9e3779b97f4a7c15, 100 + i, true, kNovember - static_cast<uint32_t>(i % 24)));
  }
  journals.push_back(Summary(7, 3, false));
  const v1::Hello hello = HelloOf(journals);
  EXPECT_EQ(hello.heads_size(), 1);
  EXPECT_EQ(hello.months_size(), 24);
  EXPECT_LT(hello.ByteSizeLong(), 1'024u);
  // And no more however long they grow.
  for (JournalSummary& journal : journals) {
    if (journal.finished) journal.head.sequence = Sequence(1'000'000);
  }
  EXPECT_EQ(HelloOf(journals).ByteSizeLong(), hello.ByteSizeLong());
}

TEST(AgreementTest, EqualMonthsNeedNothing) {
  std::vector<JournalSummary> journals;
  for (uint64_t i = 1; i <= 50; ++i) journals.push_back(Summary(i, i, i % 7 != 0, 24'000 + i % 3));
  JournalTable table;
  EXPECT_EQ(MonthsToList(journals, journals, &table), Months());
  EXPECT_EQ(table.totals().waiting, 0u);
  EXPECT_EQ(table.totals().missing, 0u);
  EXPECT_FALSE(table.NextToSend().has_value());
  for (const auto& [id, record] : table.records()) {
    EXPECT_TRUE(record.compared);
    EXPECT_EQ(record.peer_holds, record.held.sequence);
  }
}

TEST(AgreementTest, OnlyMonthsThatDifferAreListed) {
  const std::vector<JournalSummary> ours = {
      Summary(1, 5, true, 24'001), Summary(2, 5, true, 24'002), Summary(3, 5, true, 24'003)};
  std::vector<JournalSummary> theirs = ours;
  theirs[1].head.sequence = Sequence(6);
  theirs.push_back(Summary(4, 9, true, 24'009));
  JournalTable table;
  EXPECT_EQ(MonthsToList(ours, theirs, &table), (Months{24'002, 24'009}));
  // Nothing of those months is sent before their heads are known.
  EXPECT_FALSE(table.NextToSend().has_value());
  EXPECT_EQ(table.totals().waiting, 0u);
}

TEST(AgreementTest, JournalsOfAMonthThePeerDoesNotNameAreSent) {
  JournalTable table;
  EXPECT_EQ(MonthsToList({Summary(1, 5, true, 24'001), Summary(2, 2, false, 24'002)}, {}, &table),
            Months());
  EXPECT_EQ(table.totals().waiting, 7u);
  EXPECT_EQ(table.NextToSend(), JournalId(2));
}

// After a restart of the node: its new journal tells that the last one is
// finished, and only the node knows.
TEST(AgreementTest, ASuccessorThatOneSideKnowsCostsNoList) {
  const std::vector<JournalSummary> hub = {Summary(1, 5, true), Summary(2, 9, false)};
  const std::vector<JournalSummary> node = {Summary(1, 5, true), Summary(2, 9, true),
                                            Summary(3, 1, false)};
  JournalTable table;
  EXPECT_EQ(MonthsToList(hub, node, &table), Months());
  EXPECT_EQ(table.totals().missing, 1u);
  EXPECT_EQ(table.totals().waiting, 0u);
  EXPECT_EQ(MonthsToList(node, hub, &table), Months());
  EXPECT_EQ(table.totals().waiting, 1u);
  EXPECT_EQ(table.NextToSend(), JournalId(3));
}

TEST(AgreementTest, HeadsOfAMonthSayWhatEachLacks) {
  const std::vector<JournalSummary> ours = {Summary(1, 5, true), Summary(2, 5, true),
                                            Summary(3, 5, true), Summary(4, 5, false)};
  const std::vector<JournalSummary> theirs = {Summary(2, 8, true), Summary(3, 5, true),
                                              Summary(5, 1, true)};
  JournalTable table;
  ASSERT_EQ(MonthsToList(ours, theirs, &table), Months{kNovember});
  v1::List list;
  list.add_months(kNovember);
  for (const v1::Frame& frame : AnswerList(TableOf(theirs), list)) {
    ASSERT_TRUE(CheckFrame(frame).ok());
    for (const auto& head : frame.heads().heads()) {
      ASSERT_TRUE(table.PeerHolds(ReadHead(head)).ok());
    }
  }
  ResolveMonths({kNovember}, &table);
  EXPECT_EQ(table.totals().missing, 3u + 1u);
  EXPECT_EQ(table.totals().waiting, 5u + 5u);
}

TEST(AgreementTest, ResolvingOneMonthLeavesOthers) {
  JournalTable table = TableOf({Summary(1, 5, true, 24'001), Summary(2, 5, true, 24'002)});
  ResolveMonths({24'002}, &table);
  EXPECT_EQ(table.NextToSend(), JournalId(2));
  EXPECT_FALSE(table.Find(JournalId(1))->compared);
}

TEST(AgreementTest, ForkInAListedMonthIsNoted) {
  std::vector<JournalSummary> theirs = {Summary(1, 5, true)};
  theirs[0].head.hash = HashOf(1);
  JournalTable table;
  ASSERT_EQ(MonthsToList({Summary(1, 5, true)}, theirs, &table), Months{kNovember});
  ASSERT_TRUE(table.PeerHolds(theirs[0].head).ok());
  EXPECT_EQ(table.totals().forked, 1u);
}

TEST(AgreementTest, AnswerComesInAsManyFramesAsItTakes) {
  std::vector<JournalSummary> journals;
  for (uint64_t i = 1; i <= kHeadsPerFrameMax + 2; ++i) journals.push_back(Summary(i, 1, true));
  journals.push_back(Summary(999'999, 1, true, kNovember + 1));
  v1::List list;
  list.add_months(kNovember - 1);
  list.add_months(kNovember);
  const auto frames = AnswerList(TableOf(journals), list);
  ASSERT_EQ(frames.size(), 2u);
  for (const v1::Frame& frame : frames) EXPECT_TRUE(CheckFrame(frame).ok()) << CheckFrame(frame);
  EXPECT_EQ(frames[0].heads().heads_size(), kHeadsPerFrameMax);
  EXPECT_EQ(frames[0].heads().months_size(), 0);
  EXPECT_EQ(frames[1].heads().heads_size(), 2);
  EXPECT_EQ(frames[1].heads().months_size(), 2);
}

TEST(AgreementTest, HelloThatWouldBeTooLongListsLess) {
  std::vector<JournalSummary> journals;
  for (uint64_t i = 1; i <= kHeadsPerFrameMax + 5; ++i) journals.push_back(Summary(i, 1, false));
  const v1::Hello hello = HelloOf(journals);
  EXPECT_EQ(hello.heads_size(), kHeadsPerFrameMax);
  EXPECT_EQ(hello.months_size(), 1);
  JournalTable table;
  EXPECT_EQ(MonthsToList(journals, journals, &table), Months());
  EXPECT_EQ(table.totals().waiting, 0u);
}

TEST(AgreementTest, MonthsOverTheLimitAreToldHeadByHead) {
  std::vector<JournalSummary> journals;
  for (uint32_t i = 1; i <= kMonthsPerFrameMax + 3; ++i) journals.push_back(Summary(i, 1, true, i));
  const v1::Hello hello = HelloOf(journals);
  EXPECT_EQ(hello.months_size(), kMonthsPerFrameMax);
  EXPECT_EQ(hello.heads_size(), 3);
}

TEST(AgreementTest, JournalOfNoKnownMonthIsToldByItsHead) {
  const v1::Hello hello = HelloOf({Summary(1, 1, true, 0)});
  EXPECT_EQ(hello.heads_size(), 1);
  EXPECT_EQ(hello.months_size(), 0);
}

// ---- over the wire ----

// A year of a shop: 400 finished journals, and what both sides say to agree.
size_t BytesToAgree(size_t entries, bool one_sale_more) {
  TwoSides sides(ShopWriter("herstal"), HubWriter());
  MemoryLedger& shop = sides.side(0).ledger;
  MemoryLedger& hub = sides.side(1).ledger;
  for (uint64_t i = 1; i <= 401; ++i) {
    const JournalId journal = shop.Open(JournalId(i * 0x9e3779b97f4a7c15), sides.side(0).writer,
                                        SCOPE_SHOP, kNovember - static_cast<uint32_t>(i / 31));
    shop.AppendMany(journal, entries, 20);
    hub.Take(*shop.Read({journal, Sequence(1), kSegmentRawBytesMax}).segment, sides.side(0).writer);
    if (i == 401) break;
    shop.FinishJournal(journal);
    hub.FinishJournal(journal);
  }
  if (one_sale_more) shop.Append(JournalId(401 * 0x9e3779b97f4a7c15), "a sale");
  sides.Connect();
  EXPECT_TRUE(sides.RunUntilLevel());
  EXPECT_EQ(sides.CountInTrace("List"), 0u);
  return sides.frame_bytes();
}

TEST(AgreementTest, CostsTheSameHoweverMuchIsHeld) {
  const size_t small = BytesToAgree(2, false);
  const size_t large = BytesToAgree(200, false);
  EXPECT_LE(large, small + 64);
  EXPECT_LT(large, 2'048u);
  EXPECT_LT(BytesToAgree(2, true), small + 300);
}

}  // namespace
}  // namespace comptoir::sync
