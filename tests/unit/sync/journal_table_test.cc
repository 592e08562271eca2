#include "common/sync/journal_table.h"

#include <rapidcheck.h>

#include <algorithm>
#include <vector>

#include "gtest/gtest.h"
#include "tests/unit/sync/memory_ledger.h"

namespace comptoir::sync {
namespace {

using journal::v1::SCOPE_COOP;
using journal::v1::SCOPE_HUB;
using journal::v1::SCOPE_SHOP;

JournalSummary Summary(uint64_t journal, uint64_t sequence, journal::v1::Scope scope = SCOPE_COOP,
                       const char* shop = "") {
  JournalSummary summary;
  summary.head.journal = JournalId(journal);
  summary.head.sequence = Sequence(sequence);
  summary.head.hash.bytes[0] = static_cast<uint8_t>(sequence);
  summary.scope = scope;
  summary.shop = shop;
  summary.node = "hub-1";
  summary.month = kNovember;
  return summary;
}

class JournalTableTest : public testing::Test {
 protected:
  JournalTableTest() { table_.SetSides(ShopWriter("herstal"), "hub-1"); }
  JournalTable table_;
};

TEST_F(JournalTableTest, KeepsNoRecordOfWhatThePeerMayNotRead) {
  // In an order that a sorted list must put right.
  table_.Describe(Summary(8, 1, SCOPE_HUB), true);
  table_.Describe(Summary(3, 1, SCOPE_SHOP, "guillemins"), true);
  table_.Describe(Summary(5, 1, SCOPE_SHOP, "guillemins"), true);
  table_.Describe(Summary(5, 2, SCOPE_SHOP, "guillemins"), true);
  table_.Describe(Summary(4, 1, SCOPE_SHOP, "herstal"), true);
  EXPECT_EQ(table_.records().size(), 1u);
  for (const uint64_t journal : {3, 5, 8}) {
    EXPECT_TRUE(absl::IsPermissionDenied(table_.CheckRights(JournalId(journal)))) << journal;
    EXPECT_TRUE(absl::IsPermissionDenied(table_.Admit(JournalId(journal)))) << journal;
    EXPECT_TRUE(
        absl::IsPermissionDenied(table_.PeerHolds(Head{JournalId(journal), Sequence(1), Hash{}})));
  }
  EXPECT_TRUE(table_.CheckRights(JournalId(4)).ok());
  EXPECT_TRUE(table_.CheckRights(JournalId(6)).ok());
  EXPECT_EQ(table_.totals().waiting, 1u);
}

TEST_F(JournalTableTest, HeadsNeverGoBack) {
  table_.Describe(Summary(1, 5), true);
  table_.Describe(Summary(1, 3), true);
  EXPECT_EQ(table_.Find(JournalId(1))->held.sequence, Sequence(5));
  ASSERT_TRUE(table_.PeerHolds(Summary(1, 4).head).ok());
  ASSERT_TRUE(table_.PeerHolds(Summary(1, 2).head).ok());
  EXPECT_EQ(table_.Find(JournalId(1))->peer_holds, Sequence(4));
  EXPECT_EQ(table_.totals().waiting, 1u);
}

TEST_F(JournalTableTest, CountsWhatEachSideLacks) {
  table_.Describe(Summary(1, 5), true);
  table_.Describe(Summary(2, 5), false);
  ASSERT_TRUE(table_.PeerHolds(Summary(3, 7).head).ok());
  EXPECT_EQ(table_.totals().waiting, 5u);
  EXPECT_EQ(table_.totals().missing, 7u);
  EXPECT_EQ(table_.totals().awaited, 7u);
  table_.Update(JournalId(3), [](JournalRecord& record) { record.receiving.parked = true; });
  EXPECT_EQ(table_.totals().missing, 7u);
  EXPECT_EQ(table_.totals().awaited, 0u);
}

TEST_F(JournalTableTest, SmallestBacklogIsNext) {
  table_.Describe(Summary(1, 9), true);
  table_.Describe(Summary(2, 3), true);
  table_.Describe(Summary(3, 3), true);
  EXPECT_EQ(table_.NextToSend(), JournalId(2));
  table_.Update(JournalId(2), [](JournalRecord& record) { record.sending.reading = true; });
  EXPECT_EQ(table_.NextToSend(), JournalId(3));
  table_.Update(JournalId(3), [](JournalRecord& record) { record.sending.parked = true; });
  EXPECT_EQ(table_.NextToSend(), JournalId(1));
  table_.Update(JournalId(1), [](JournalRecord& record) { record.sending.sent = Sequence(9); });
  EXPECT_FALSE(table_.NextToSend().has_value());
}

TEST_F(JournalTableTest, ForkedJournalIsNeitherSentNorCounted) {
  table_.Describe(Summary(1, 5), true);
  Head other = Summary(1, 5).head;
  other.hash.bytes[0] ^= 1;
  ASSERT_TRUE(table_.PeerHolds(other).ok());
  ASSERT_TRUE(table_.PeerHolds(other).ok());
  EXPECT_EQ(table_.totals().forked, 1u);
  EXPECT_EQ(table_.forks().size(), 1u);
  table_.Describe(Summary(1, 8), true);
  EXPECT_EQ(table_.totals().waiting, 0u);
  EXPECT_FALSE(table_.NextToSend().has_value());
}

TEST_F(JournalTableTest, OwnEntriesThatOnlyThePeerHoldsAreLost) {
  table_.Describe(Summary(1, 5), false);
  ASSERT_TRUE(table_.PeerHolds(Summary(1, 7).head).ok());
  // Said again, or grown since: not lost again.
  ASSERT_TRUE(table_.PeerHolds(Summary(1, 9).head).ok());
  JournalSummary others = Summary(2, 1);
  others.node = "herstal-1";
  table_.Describe(others, false);
  ASSERT_TRUE(table_.PeerHolds(Summary(2, 9).head).ok());
  ASSERT_EQ(table_.lost().size(), 1u);
  EXPECT_EQ(table_.lost()[0].first, Sequence(6));
  EXPECT_EQ(table_.lost()[0].last, Sequence(7));
}

TEST_F(JournalTableTest, NotesStopGrowing) {
  for (uint64_t i = 1; i <= kNotesMax + 50; ++i) {
    table_.NoteParked(Parked{JournalId(i), false, v1::REFUSED_REASON_SCOPE, ""});
  }
  EXPECT_EQ(table_.parked().size(), kNotesMax);
  EXPECT_EQ(table_.parked().front().journal, JournalId(1));
}

// ---- totals against a count from nothing ----

uint64_t Beyond(Sequence more, Sequence less) {
  return more > less ? more.value() - less.value() : 0;
}

void CheckAgainstACount(const JournalTable& table) {
  Totals counted;
  std::vector<std::pair<uint64_t, JournalId>> sendable;
  for (const auto& [id, record] : table.records()) {
    counted.forked += record.forked ? 1 : 0;
    if (record.forked) continue;
    const uint64_t missing = Beyond(record.peer_holds, record.held.sequence);
    counted.missing += missing;
    counted.awaited += record.receiving.parked ? 0 : missing;
    if (!record.compared) continue;
    counted.waiting += Beyond(record.held.sequence, record.peer_holds);
    const uint64_t backlog = Beyond(record.held.sequence, record.sending.sent);
    if (!record.sending.reading && !record.sending.parked && backlog > 0) {
      sendable.emplace_back(backlog, id);
    }
  }
  RC_ASSERT(table.totals().waiting == counted.waiting);
  RC_ASSERT(table.totals().missing == counted.missing);
  RC_ASSERT(table.totals().awaited == counted.awaited);
  RC_ASSERT(table.totals().forked == counted.forked);
  const auto least = std::min_element(sendable.begin(), sendable.end());
  RC_ASSERT(table.NextToSend().has_value() == (least != sendable.end()));
  if (least != sendable.end()) RC_ASSERT(*table.NextToSend() == least->second);
}

TEST(JournalTablePropertyTest, TotalsAndOrderNeverDrift) {
  EXPECT_TRUE(rc::check("totals equal a count from nothing", [] {
    JournalTable table;
    table.SetSides(ShopWriter("herstal"), "hub-1");
    const int steps = *rc::gen::inRange(1, 60);
    for (int i = 0; i < steps; ++i) {
      const uint64_t journal = *rc::gen::inRange<uint64_t>(1, 6);
      const uint64_t sequence = *rc::gen::inRange<uint64_t>(1, 20);
      const int what = *rc::gen::inRange(0, 6);
      if (what == 0) {
        table.Describe(Summary(journal, sequence), sequence % 2 == 0);
      } else if (what == 1) {
        Head head = Summary(journal, sequence).head;
        head.hash.bytes[1] = sequence % 5 == 0 ? 1 : 0;
        RC_ASSERT(table.PeerHolds(head).ok());
      } else if (table.Find(JournalId(journal)) != nullptr) {
        table.Update(JournalId(journal), [&](JournalRecord& record) {
          if (what == 2) record.sending.reading = !record.sending.reading;
          if (what == 3) record.sending.sent = Sequence(sequence);
          if (what == 4) record.sending.parked = sequence % 3 == 0;
          if (what == 5) record.receiving.parked = sequence % 3 == 0;
        });
      }
      CheckAgainstACount(table);
    }
  }));
}

}  // namespace
}  // namespace comptoir::sync
