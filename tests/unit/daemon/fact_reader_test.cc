// Facts read from a ledger, from a cursor on: each once, whatever is restarted, and
// however late a journal comes.
#include "common/daemon/fact_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "common/daemon/fact_cursor.h"
#include "common/ledger/folding.h"
#include "google/protobuf/arena.h"
#include "tests/support/coop.h"

namespace comptoir::testing {
namespace {

using admin::v1::WatchedFact;
using admin::v1::WatchFactsRequest;
using admin::v1::WatchFactsResponse;
using daemon::FactReader;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Reads on until it has nothing more to say.
std::vector<WatchFactsResponse> ReadAll(FactReader& reader) {
  std::vector<WatchFactsResponse> messages;
  while (true) {
    FactReader::Step step = Must(reader.ReadOn(/*look=*/true));
    if (step.message.has_value()) messages.push_back(*std::move(step.message));
    if (step.next == FactReader::Next::kWait) return messages;
  }
}

// Who watches: a cursor and what was seen with it.
struct Watcher {
  std::string cursor;
  std::map<std::pair<uint64_t, uint64_t>, int> seen;  // journal and sequence → times
  std::vector<std::string> notes;
  size_t cursor_bytes_max = 0;

  void Take(const WatchFactsResponse& message) {
    cursor = message.cursor();
    cursor_bytes_max = std::max(cursor_bytes_max, cursor.size());
    notes.insert(notes.end(), message.notes().begin(), message.notes().end());
    if (!message.has_fact()) return;
    const auto& reference = message.fact().reference();
    // In order, without a gap, within a journal.
    if (reference.sequence() > 1) {
      EXPECT_EQ(seen.count({reference.journal(), reference.sequence() - 1}), 1U);
    }
    ++seen[{reference.journal(), reference.sequence()}];
  }
  // Goes on with the cursor; `facts_max`: hangs up after so many.
  void Read(const Replica& replica, size_t facts_max = SIZE_MAX) {
    WatchFactsRequest request;
    request.set_cursor(cursor);
    FactReader reader = Must(FactReader::Open(*replica.ledger, request));
    for (const auto& message : ReadAll(reader)) {
      if (message.has_fact() && facts_max-- == 0) return;
      Take(message);
    }
  }
  void ExpectEachOnce(const Replica& replica) const {
    size_t entries = 0;
    for (const auto& journal : replica.ledger->Journals()) {
      for (uint64_t i = 1; i <= journal.head.sequence.value(); ++i, ++entries) {
        const auto found = seen.find({journal.head.journal.value(), i});
        ASSERT_NE(found, seen.end()) << journal.node << " " << i;
        EXPECT_EQ(found->second, 1) << journal.node << " " << i;
      }
    }
    EXPECT_THAT(seen, SizeIs(entries));
  }
};

class FactReaderTest : public ::testing::Test {
 protected:
  // A run of `node`: a journal of so many sales.
  void Run(Replica& node, int sales) {
    node.Reopen();
    for (int i = 0; i < sales; ++i) Sell(node, ++requests_);
  }
  static std::vector<WatchFactsResponse> ReadOnce(const Replica& replica,
                                                  const WatchFactsRequest& request) {
    FactReader reader = Must(FactReader::Open(*replica.ledger, request));
    return ReadAll(reader);
  }

  Coop coop_;
  std::unique_ptr<Replica> hub_ = coop_.Hub();
  std::unique_ptr<Replica> one_ = coop_.Node("outremeuse", "outremeuse-1");
  std::unique_ptr<Replica> two_ = coop_.Node("herstal", "herstal-1");
  uint32_t requests_ = 0;
};

TEST_F(FactReaderTest, ShowsAllOfAnEntry) {
  Run(*one_, 1);
  const auto messages = ReadOnce(*one_, {});
  ASSERT_THAT(messages, SizeIs(3));  // genesis, sale, level
  EXPECT_TRUE(messages[0].fact().has_genesis());
  const WatchedFact& sold = messages[1].fact();
  const auto journal = one_->ledger->Journals().front();
  EXPECT_EQ(sold.reference().journal(), journal.head.journal.value());
  EXPECT_EQ(sold.reference().sequence(), 2U);
  EXPECT_EQ(sold.reference().hash_prefix(), journal.head.hash.prefix());
  EXPECT_EQ(sold.node(), "outremeuse-1");
  EXPECT_EQ(sold.shop(), "outremeuse");
  EXPECT_EQ(sold.series(), journal.series);
  EXPECT_EQ(sold.wall_ms(), kMonday);
  EXPECT_EQ(sold.kind(), retail::v1::FACT_KIND_SOLD);
  EXPECT_EQ(sold.verdict(), admin::v1::FACT_VERDICT_ADMITTED);
  EXPECT_EQ(sold.request_id(), RequestId(1));
  EXPECT_EQ(sold.sold().lines(0).product(), "pain-gris");
  EXPECT_TRUE(messages[2].level());
  EXPECT_FALSE(messages[2].has_fact());
}

TEST_F(FactReaderTest, EveryKindThisBuildKnowsHasAField) {
  const auto* kinds = retail::v1::FactKind_descriptor();
  for (int i = 0; i < kinds->value_count(); ++i) {
    journal::v1::Entry entry;
    entry.set_fold_version(1);
    entry.set_kind(static_cast<uint32_t>(kinds->value(i)->number()));
    google::protobuf::Arena arena;
    retail::JournalContext journal;
    ledger::ReadEntry read;
    if (!retail::ParseFact(entry, &arena, &read.fact).admitted()) continue;
    read.fact.journal = &journal;
    EXPECT_NE(daemon::ShowFact(read).fact_case(), WatchedFact::FACT_NOT_SET)
        << kinds->value(i)->name();
  }
}

TEST_F(FactReaderTest, AFactThatCountsForNothingIsShownWithItsVerdict) {
  ledger::ReadEntry read;
  retail::JournalContext journal;
  read.fact.journal = &journal;
  read.fact.kind = static_cast<retail::v1::FactKind>(99);
  read.verdict = {retail::Verdict::Kind::kUnknown, "upgrade this node"};
  read.fact_bytes = "from the future";
  const WatchedFact shown = daemon::ShowFact(read);
  EXPECT_EQ(shown.verdict(), admin::v1::FACT_VERDICT_UNKNOWN);
  EXPECT_EQ(shown.verdict_detail(), "upgrade this node");
  EXPECT_EQ(static_cast<int>(shown.kind()), 99);
  EXPECT_EQ(shown.undecoded(), "from the future");
}

TEST_F(FactReaderTest, EachOnceHoweverOftenItHangsUpAndIsRestarted) {
  Watcher watcher;
  for (int day = 0; day < 12; ++day) {
    Run(*one_, day % 3 + 1);
    if (day % 2 == 0) Run(*two_, 2);
    Carry(*one_, *hub_);
    if (day % 5 == 4) Carry(*two_, *hub_);  // comes late, with old dates
    hub_->Reopen();
    watcher.Read(*hub_, static_cast<size_t>(day % 4));
  }
  Carry(*two_, *hub_);
  watcher.Read(*hub_);
  watcher.ExpectEachOnce(*hub_);
  EXPECT_THAT(watcher.notes, IsEmpty());
}

TEST_F(FactReaderTest, TheCursorDoesNotGrowWithTheRunsOfAShop) {
  Watcher watcher;
  for (int day = 0; day < 40; ++day) {
    Run(*one_, 2);
    Carry(*one_, *hub_);
    watcher.Read(*hub_);
  }
  watcher.ExpectEachOnce(*hub_);
  EXPECT_EQ(Must(daemon::OpenFactCursor(watcher.cursor, daemon::AudienceOf(hub_->ledger->self())))
                .positions_size(),
            1);
  EXPECT_LT(watcher.cursor_bytes_max, 120U);
  // Nor on the way, for one who begins late.
  Watcher late;
  late.Read(*hub_);
  late.ExpectEachOnce(*hub_);
  EXPECT_LT(late.cursor_bytes_max, 120U);
}

TEST_F(FactReaderTest, JournalsThatComeInTheWrongOrderAreEachShownOnce) {
  Run(*one_, 3);
  Run(*one_, 2);
  Run(*one_, 1);
  std::vector<JournalId> by_age;
  auto journals = one_->ledger->Journals();
  std::sort(journals.begin(), journals.end(),
            [](const auto& a, const auto& b) { return a.opened < b.opened; });
  Watcher watcher;
  // The youngest first, and half of each at a time.
  for (auto journal = journals.rbegin(); journal != journals.rend(); ++journal) {
    for (uint64_t first = 1; first <= journal->head.sequence.value();) {
      const auto segment =
          Must(one_->ledger->ReadSegment(journal->head.journal, Sequence(first), 1));
      ASSERT_TRUE(segment.has_value());
      first += segment->entry_count();
      ASSERT_EQ(IngestAndWait(*hub_, *segment, one_->ledger->self()).refusal,
                ledger::Refusal::kNone);
      watcher.Read(*hub_);
    }
  }
  watcher.ExpectEachOnce(*hub_);
}

TEST_F(FactReaderTest, AReplicaThatLostEntriesWaitsForThemAndSaysSo) {
  Run(*one_, 3);
  Carry(*one_, *hub_);
  // The hub as it was backed up: another replica of the same certificate holder.
  const std::unique_ptr<Replica> restored = coop_.Hub();
  Carry(*one_, *restored);
  Run(*one_, 2);
  Run(*one_, 2);
  Carry(*one_, *hub_);
  Watcher watcher;
  watcher.Read(*hub_);
  watcher.ExpectEachOnce(*hub_);
  const auto seen = watcher.seen;

  // Back in time: nothing is shown again, others go on.
  Run(*two_, 2);
  Carry(*two_, *restored);
  WatchFactsRequest request;
  request.set_cursor(watcher.cursor);
  FactReader reader = Must(FactReader::Open(*restored->ledger, request));
  for (const auto& message : ReadAll(reader)) watcher.Take(message);
  EXPECT_THAT(watcher.notes, SizeIs(1));
  EXPECT_EQ(watcher.seen.size(), seen.size() + 3);
  // What it lost comes back, and more.
  Run(*one_, 1);
  Carry(*one_, *restored);
  for (const auto& message : ReadAll(reader)) watcher.Take(message);
  watcher.ExpectEachOnce(*restored);
  EXPECT_THAT(watcher.notes, SizeIs(1));
}

TEST_F(FactReaderTest, FiltersAreMovedPastAndTheRestIsLeftOut) {
  Run(*one_, 3);
  Run(*two_, 2);
  Carry(*one_, *hub_);
  Carry(*two_, *hub_);
  WatchFactsRequest request;
  request.add_kinds(retail::v1::FACT_KIND_SOLD);
  request.set_shop("herstal");
  const auto messages = ReadOnce(*hub_, request);
  ASSERT_THAT(messages, SizeIs(3));
  EXPECT_EQ(messages[0].fact().shop(), "herstal");
  EXPECT_EQ(messages[1].fact().kind(), retail::v1::FACT_KIND_SOLD);
  WatchFactsRequest after;
  after.set_cursor(messages[2].cursor());
  EXPECT_THAT(ReadOnce(*hub_, after), SizeIs(1));  // level
}

TEST_F(FactReaderTest, FromNowOnLeavesOutWhatIsThere) {
  Run(*one_, 3);
  WatchFactsRequest request;
  request.set_from_now(true);
  FactReader reader = Must(FactReader::Open(*one_->ledger, request));
  EXPECT_THAT(ReadAll(reader), SizeIs(1));
  Sell(*one_, ++requests_);
  const auto messages = ReadAll(reader);
  ASSERT_THAT(messages, SizeIs(2));
  EXPECT_EQ(messages[0].fact().reference().sequence(), 5U);
}

TEST_F(FactReaderTest, WhatCannotBeIsRefused) {
  const auto refused = [&](const WatchFactsRequest& request) {
    return FactReader::Open(*one_->ledger, request).status().code();
  };
  WatchFactsRequest request;
  request.set_cursor("nonsense");
  EXPECT_EQ(refused(request), absl::StatusCode::kInvalidArgument);
  Run(*two_, 1);
  request.set_cursor(ReadOnce(*two_, {}).back().cursor());  // another shop's
  EXPECT_EQ(refused(request), absl::StatusCode::kInvalidArgument);
  Run(*one_, 1);
  request.set_cursor(ReadOnce(*one_, {}).back().cursor());
  EXPECT_EQ(refused(request), absl::StatusCode::kOk);
  request.set_from_now(true);
  EXPECT_EQ(refused(request), absl::StatusCode::kInvalidArgument);
  request = {};
  request.set_shop("No Code");
  EXPECT_EQ(refused(request), absl::StatusCode::kInvalidArgument);
  request = {};
  for (int i = 0; i < 65; ++i) request.add_kinds(retail::v1::FACT_KIND_SOLD);
  EXPECT_EQ(refused(request), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace comptoir::testing
