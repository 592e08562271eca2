// Revoked nodes at the transport gate (R13), and a ledger that records nothing more.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "common/ledger/ledger.h"
#include "common/retail/reasons.h"
#include "tests/support/coop.h"

namespace comptoir {
namespace {

using ledger::Refusal;
using testing::Carry;
using testing::Coop;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using testing::Sell;
using testing::VerifyNow;
using testing::Views;

class RevokingTest : public ::testing::Test {
 protected:
  static JournalId SalesOf(testing::Replica& replica) {
    for (const auto& journal : replica.ledger->Journals()) {
      if (journal.ours && journal.scope == journal::v1::SCOPE_SHOP) return journal.head.journal;
    }
    return JournalId();
  }
  static journal::v1::Segment Read(testing::Replica& replica, JournalId journal, uint64_t first) {
    return *Must(replica.ledger->ReadSegment(journal, Sequence(first), 1 << 20));
  }
  static ledger::IngestResult Bring(testing::Replica& target, const journal::v1::Segment& segment,
                                    const journal::Writer& bringer) {
    std::promise<ledger::IngestResult> promise;
    target.ledger->Ingest(segment, bringer, [&promise](ledger::IngestResult result) {
      promise.set_value(std::move(result));
    });
    return promise.get_future().get();
  }
  void Revoke(const std::string& reason = "stolen") {
    revoked_ = Must(hub_->ledger->Revoke("outremeuse-1", reason, false));
  }

  Coop coop_;
  std::unique_ptr<testing::Replica> hub_ = coop_.Hub();
  std::unique_ptr<testing::Replica> shop_ = coop_.Node("outremeuse", "outremeuse-1");
  std::unique_ptr<testing::Replica> sibling_ = coop_.Node("outremeuse", "outremeuse-2");
  ledger::Ledger::Revoked revoked_;
};

TEST_F(RevokingTest, EntriesPastTheNamedHeadAreRefused) {
  Sell(*shop_, 1);
  Carry(*shop_, *hub_);
  EXPECT_FALSE(hub_->ledger->IsRevoked("outremeuse-1"));
  Revoke();
  EXPECT_FALSE(revoked_.repeated);
  EXPECT_TRUE(hub_->ledger->IsRevoked("outremeuse-1"));
  EXPECT_FALSE(hub_->ledger->IsRevoked("outremeuse-2"));
  EXPECT_EQ(hub_->ledger->FindRevocation("outremeuse-1")->reason, "stolen");
  Sell(*shop_, 2);
  const JournalId sales = SalesOf(*shop_);
  const auto refused = Bring(*hub_, Read(*shop_, sales, 3), shop_->ledger->self());
  EXPECT_EQ(refused.refusal, Refusal::kRevoked);
  EXPECT_THAT(refused.detail, HasSubstr("to entry 2"));
  EXPECT_EQ(refused.held.sequence, Sequence(2));
  // A repeat of what is held brings nothing, and is no offence.
  EXPECT_EQ(Bring(*hub_, Read(*hub_, sales, 1), shop_->ledger->self()).refusal, Refusal::kNone);
  // Whoever brings it: it is the writer who is revoked.
  Carry(*shop_, *sibling_);
  EXPECT_EQ(Bring(*hub_, Read(*sibling_, sales, 3), sibling_->ledger->self()).refusal,
            Refusal::kRevoked);
  EXPECT_EQ(
      hub_->ledger->counters().refused_segments[static_cast<size_t>(Refusal::kRevoked)].value(),
      2U);
  // And others' go in as before (R6).
  Sell(*sibling_, 3);
  EXPECT_EQ(Bring(*hub_, Read(*sibling_, SalesOf(*sibling_), 1), sibling_->ledger->self()).refusal,
            Refusal::kNone);
  EXPECT_THAT(VerifyNow(*hub_).findings, IsEmpty());
}

TEST_F(RevokingTest, JournalsOpenedLaterAreRefused) {
  Sell(*shop_, 1);
  Carry(*shop_, *hub_);
  Revoke();
  shop_->Reopen();
  Sell(*shop_, 2);
  JournalId later;
  for (const auto& journal : shop_->ledger->Journals()) {
    if (!hub_->ledger->ReadHead(journal.head.journal, Sequence(1)).ok()) {
      later = journal.head.journal;
    }
  }
  ASSERT_NE(later, JournalId());
  const auto refused = Bring(*hub_, Read(*shop_, later, 1), shop_->ledger->self());
  EXPECT_EQ(refused.refusal, Refusal::kRevoked);
  EXPECT_THAT(refused.detail, HasSubstr("nothing of this journal"));
  EXPECT_EQ(refused.held.sequence, Sequence(0));
}

TEST_F(RevokingTest, HistoryUpToTheHeadStillPasses) {
  for (uint32_t sale = 1; sale <= 5; ++sale) Sell(*shop_, sale);
  Carry(*shop_, *hub_);
  Revoke();
  // The fact first, then the history; and the other way round elsewhere.
  Carry(*hub_, *sibling_);
  EXPECT_TRUE(sibling_->ledger->IsRevoked("outremeuse-1"));
  EXPECT_EQ(sibling_->ledger->totals().receipts, 5U);
  EXPECT_EQ(Views(*sibling_->store), Views(*hub_->store));
  auto another = coop_.Node("outremeuse", "outremeuse-3");
  const JournalId sales = SalesOf(*shop_);
  EXPECT_EQ(Bring(*another, Read(*hub_, sales, 1), hub_->ledger->self()).refusal, Refusal::kNone);
  Carry(*hub_, *another);
  EXPECT_EQ(Views(*another->store), Views(*hub_->store));
}

TEST_F(RevokingTest, WhatCameInBeforeTheFactIsKept) {
  Sell(*shop_, 1);
  Carry(*shop_, *hub_);
  Sell(*shop_, 2);
  Carry(*shop_, *sibling_);
  Revoke();
  Carry(*hub_, *sibling_);
  const JournalId sales = SalesOf(*shop_);
  EXPECT_EQ(sibling_->ledger->ReadHead(sales, Sequence(3)).status(), absl::OkStatus()) << "I7";
  Sell(*shop_, 3);
  EXPECT_EQ(Bring(*sibling_, Read(*shop_, sales, 4), shop_->ledger->self()).refusal,
            Refusal::kRevoked);
  // An operator who carries it in at the hub makes it everyone's.
  EXPECT_EQ(Bring(*hub_, Read(*sibling_, sales, 3), sibling_->ledger->self()).refusal,
            Refusal::kRevoked);
  EXPECT_EQ(Bring(*hub_, Read(*sibling_, sales, 3), hub_->ledger->self()).refusal, Refusal::kNone);
  auto third = coop_.Node("outremeuse", "outremeuse-3");
  Revoke("another reason");
  EXPECT_TRUE(revoked_.repeated);
  EXPECT_EQ(revoked_.revocation.reason, "stolen") << "the first reason stands";
  Carry(*hub_, *third);
  Carry(*hub_, *sibling_);
  EXPECT_EQ(Views(*third->store), Views(*hub_->store));
  EXPECT_EQ(Views(*sibling_->store), Views(*hub_->store));
  EXPECT_EQ(Bring(*third, Read(*shop_, sales, 4), shop_->ledger->self()).refusal,
            Refusal::kRevoked);
}

TEST_F(RevokingTest, WhatTheHubHasIsGood) {
  Sell(*shop_, 1);
  Carry(*shop_, *hub_);
  Revoke();
  Carry(*hub_, *sibling_);
  // As a hub that was put back takes it, before another shop tells it of the revocation.
  Sell(*shop_, 2);
  const auto more = Read(*shop_, SalesOf(*shop_), 3);
  EXPECT_EQ(Bring(*sibling_, more, shop_->ledger->self()).refusal, Refusal::kRevoked);
  EXPECT_EQ(Bring(*sibling_, more, hub_->ledger->self()).refusal, Refusal::kNone);
  EXPECT_EQ(sibling_->ledger->totals().receipts, 2U);
}

TEST_F(RevokingTest, TwiceIsAsOnce) {
  Sell(*shop_, 1);
  Carry(*shop_, *hub_);
  Revoke();
  const uint64_t entries = hub_->ledger->totals().entries;
  Revoke("lost");
  EXPECT_TRUE(revoked_.repeated);
  EXPECT_EQ(revoked_.revocation.reason, "stolen");
  EXPECT_EQ(hub_->ledger->totals().entries, entries);
  EXPECT_TRUE(absl::IsInvalidArgument(hub_->ledger->Revoke("outremeuse-2", "", false).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(hub_->ledger->Revoke("hub", "a mistake", false).status()));
  // Nobody but the hub: the fact gate says so.
  EXPECT_TRUE(
      absl::IsInvalidArgument(shop_->ledger->Revoke("outremeuse-2", "envy", false).status()));
}

TEST_F(RevokingTest, IsKnownAfterARestartAndCameBackToARestoredHub) {
  Sell(*shop_, 1);
  Carry(*shop_, *hub_);
  Revoke();
  Carry(*hub_, *sibling_);
  hub_->Reopen();
  EXPECT_TRUE(hub_->ledger->IsRevoked("outremeuse-1"));
  Sell(*shop_, 2);
  const auto more = Read(*shop_, SalesOf(*shop_), 3);
  EXPECT_EQ(Bring(*hub_, more, shop_->ledger->self()).refusal, Refusal::kRevoked);
  // As from a backup of before anyone was enrolled.
  hub_->ledger.reset();
  hub_->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  hub_->Open();
  EXPECT_FALSE(hub_->ledger->IsRevoked("outremeuse-1"));
  Carry(*sibling_, *hub_);
  EXPECT_TRUE(hub_->ledger->IsRevoked("outremeuse-1"));
  EXPECT_EQ(Bring(*hub_, more, shop_->ledger->self()).refusal, Refusal::kRevoked);
}

// Not one entry comes in between the heads that are named and the fact that names them.
TEST_F(RevokingTest, NamesWhatIsHeldWhileEntriesPourIn) {
  constexpr uint32_t kSales = 200;
  for (uint32_t sale = 1; sale <= kSales; ++sale) Sell(*shop_, sale);
  const JournalId sales = SalesOf(*shop_);
  std::atomic<uint64_t> brought = 0;
  std::thread link([&] {
    for (uint64_t sequence = 1; sequence <= kSales + 1; ++sequence) {
      const auto one = *Must(shop_->ledger->ReadSegment(sales, Sequence(sequence), 1));
      if (Bring(*hub_, one, shop_->ledger->self()).refusal != Refusal::kNone) return;
      brought = sequence;
    }
  });
  while (brought < 3) std::this_thread::yield();
  Revoke();
  link.join();
  Sequence held;
  for (const auto& journal : hub_->ledger->Journals()) {
    if (journal.head.journal == sales) held = journal.head.sequence;
  }
  retail::Revocations known;
  MustOk(known.Load(*hub_->ledger->NewSnapshot()));
  EXPECT_EQ(known.GoodUpTo("outremeuse-1", sales), held);
}

TEST_F(RevokingTest, AHaltedLedgerRecordsNothingUntilItResumes) {
  const auto first = Sell(*shop_, 1);
  MustOk(shop_->ledger->Halt("this node is being retired"));
  const auto refused = shop_->ledger->AppendAndWait(
      testing::SaleRequest(2, testing::OneSale("pain-gris", 1000, 250)));
  EXPECT_TRUE(absl::IsFailedPrecondition(refused.status()));
  EXPECT_EQ(refused.status().message(), "this node is being retired");
  EXPECT_EQ(retail::ReasonOf(refused.status()), retail::kHalted);
  // A till whose answer was lost hears it all the same (R11).
  const auto again = Sell(*shop_, 1);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.facts.front().reference, first.facts.front().reference);
  shop_->Reopen();
  EXPECT_EQ(shop_->ledger->halted(), "this node is being retired");
  EXPECT_FALSE(
      shop_->ledger
          ->AppendAndWait(testing::SaleRequest(2, testing::OneSale("pain-gris", 1000, 250)))
          .ok());
  MustOk(shop_->ledger->Resume());
  Sell(*shop_, 2);
  shop_->Reopen();
  EXPECT_EQ(shop_->ledger->halted(), "");
}

// From Halt's return on, what is told to peers is all there ever is.
TEST_F(RevokingTest, HaltingWaitsForWhatIsOnItsWay) {
  std::atomic<uint32_t> sold = 0;
  std::atomic<bool> refused = false;
  std::thread till([&] {
    for (uint32_t sale = 1; !refused; ++sale) {
      const auto result = shop_->ledger->AppendAndWait(
          testing::SaleRequest(sale, testing::OneSale("pain-gris", 1000, 250)));
      if (result.ok()) {
        ++sold;
      } else {
        refused = true;
      }
    }
  });
  while (sold < 20) std::this_thread::yield();
  MustOk(shop_->ledger->Halt("this node is being retired"));
  const uint64_t receipts = shop_->ledger->totals().receipts;
  till.join();
  EXPECT_EQ(shop_->ledger->totals().receipts, receipts);
  EXPECT_EQ(receipts, sold);
}

}  // namespace
}  // namespace comptoir
