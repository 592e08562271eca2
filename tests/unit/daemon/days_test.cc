#include "common/daemon/days.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/retail/days/admit.h"
#include "common/retail/days/sums.h"
#include "tests/support/branch.h"
#include "tests/support/coop.h"
#include "tests/support/forked_shop.h"
#include "tests/support/tellings.h"

namespace comptoir::testing {
namespace {

using ::testing::IsEmpty;

constexpr int64_t kSaleCents = 250;  // of Sell

class ShopDaysTest : public ::testing::Test {
 protected:
  static daemon::ShopDays Days(Replica& replica) {
    return Must(daemon::ShopDays::Read(*replica.ledger, "outremeuse"));
  }
  static retail::v1::DayClosed Open(Replica& replica, const std::string& node) {
    return Must(Days(replica).OpenOf(node)).closed;
  }
  // Sold less what is taken back.
  static int64_t OpenCents(Replica& replica, const std::string& node) {
    const retail::v1::DayClosed open = Open(replica, node);
    return open.sums().sold_cents() - open.taken_back().sold_cents();
  }
  retail::v1::DayClosed Close(Replica& replica) {
    retail::v1::DayClosed closed = Open(replica, replica.ledger->self().node);
    MustOk(retail::CheckDayClosed(closed));
    Write(replica, retail::v1::FACT_KIND_DAY_CLOSED, closed);
    return closed;
  }
  void Write(Replica& replica, retail::v1::FactKind kind, const google::protobuf::Message& fact) {
    Must(replica.ledger->AppendAndWait({RequestId(9'000 + ++requests_),
                                        1,
                                        journal::v1::SCOPE_SHOP,
                                        {{kind, fact.SerializeAsString()}}}));
  }
  shop::v1::ShowDayResponse Show(Replica& replica) {
    shop::v1::ShowDayRequest request;
    request.set_shop("outremeuse");
    return Must(daemon::ShowDay(*replica.ledger, request));
  }

  Coop coop_;
  uint32_t requests_ = 0;
  const std::unique_ptr<Replica> hub_ = coop_.Hub();
  const std::unique_ptr<Replica> node_ = coop_.Node("outremeuse", "outremeuse-1");
  const std::unique_ptr<Replica> sibling_ = coop_.Node("outremeuse", "outremeuse-2");
};

TEST_F(ShopDaysTest, AClosingCoversWhatWasSoldSinceTheLast) {
  const std::string series = Sell(*node_, 1).series;
  Sell(*node_, 2);
  retail::v1::DayOpened opened;
  opened.set_float_cents(10'000);
  Write(*node_, retail::v1::FACT_KIND_DAY_OPENED, opened);
  const retail::v1::DayClosed first = Close(*node_);
  EXPECT_EQ(first.number(), 1U);
  EXPECT_EQ(first.sums().sales(), 2);
  EXPECT_EQ(first.sums().sold_cents(), 2 * kSaleCents);
  EXPECT_EQ(first.drawer_cents(), 10'000) << "both were paid by card";
  ASSERT_EQ(first.covers_size(), 1);
  const retail::v1::ClosedRange& range = first.covers(0);
  EXPECT_EQ(range.series(), series);
  EXPECT_EQ(range.first(), 1U);
  EXPECT_EQ(range.last(), 4U);
  EXPECT_EQ(range.first_receipt(), 1U);
  EXPECT_EQ(range.last_receipt(), 2U);
  const Head head = Must(node_->ledger->ReadHead(JournalId(range.journal()), Sequence(4)));
  EXPECT_EQ(range.hash(), std::string(head.hash.bytes.begin(), head.hash.bytes.end()));

  node_->Reopen();
  Sell(*node_, 3);
  const retail::v1::DayClosed second = Close(*node_);
  EXPECT_EQ(second.number(), 2U);
  EXPECT_EQ(second.sums().sales(), 1);
  EXPECT_EQ(second.drawer_cents(), 0);
  ASSERT_EQ(second.covers_size(), 2) << "its own closing, and the next journal";
  EXPECT_THAT(second.takes_back(), IsEmpty());
  EXPECT_EQ(OpenCents(*node_, "outremeuse-1"), 0);
}

TEST_F(ShopDaysTest, TheShopsDayIsTheSumOverItsNodes) {
  Sell(*node_, 1);
  Sell(*sibling_, 2);
  Sell(*sibling_, 3);
  Close(*node_);
  Carry(*node_, *hub_);
  Carry(*sibling_, *hub_);
  shop::v1::ShowDayResponse day = Show(*hub_);
  EXPECT_EQ(day.closings_size(), 1);
  EXPECT_EQ(day.sums().sold_cents(), kSaleCents);
  ASSERT_EQ(day.open_size(), 2);
  EXPECT_EQ(day.open(0).node(), "outremeuse-1");
  EXPECT_EQ(day.open(0).sums().sales(), 0);
  EXPECT_EQ(day.open(1).sums().sold_cents(), 2 * kSaleCents);
  EXPECT_FALSE(day.open(1).own());
  sibling_->clock.Advance(2'000);
  Close(*sibling_);
  Carry(*sibling_, *hub_);
  day = Show(*hub_);
  EXPECT_EQ(day.closings_size(), 2);
  EXPECT_EQ(day.sums().sold_cents(), 3 * kSaleCents);
  EXPECT_EQ(day.closings(0).closed().node(), "outremeuse-1") << "by time";
}

// R11: a till asked both while they were cut off from each other, and the sibling's counts.
TEST_F(ShopDaysTest, WhatCountsAtTheSiblingIsTakenBackByTheNext) {
  Sell(*sibling_, 1);
  node_->clock.Advance(1'000);
  Sell(*node_, 1);
  Sell(*node_, 2);
  EXPECT_EQ(Close(*node_).sums().sales(), 2);
  Carry(*sibling_, *node_);
  const retail::v1::DayClosed due = Open(*node_, "outremeuse-1");
  EXPECT_EQ(due.sums().sales(), 0);
  EXPECT_EQ(due.taken_back().sold_cents(), kSaleCents);
  ASSERT_EQ(due.takes_back_size(), 1);
  EXPECT_EQ(due.takes_back(0).first(), 2U);
  EXPECT_EQ(due.takes_back(0).last(), 2U);
  Close(*node_);
  EXPECT_THAT(Open(*node_, "outremeuse-1").takes_back(), IsEmpty()) << "once";
  EXPECT_EQ(OpenCents(*node_, "outremeuse-2"), kSaleCents);
}

TEST_F(ShopDaysTest, ADuplicateThatIsKnownIsNotCovered) {
  Sell(*sibling_, 1);
  node_->clock.Advance(1'000);
  Sell(*node_, 1);
  Sell(*node_, 2);
  Carry(*sibling_, *node_);
  const retail::v1::DayClosed closed = Close(*node_);
  EXPECT_EQ(closed.sums().sales(), 1);
  ASSERT_EQ(closed.covers_size(), 2) << "around it";
  EXPECT_EQ(closed.covers(0).last(), 1U);
  EXPECT_EQ(closed.covers(1).first(), 3U);
}

// A node that was put back closes before it has its own closing again.
TEST_F(ShopDaysTest, WhatTwoClosingsCoverIsTakenBack) {
  Sell(*node_, 1);
  const auto copy = coop_.Node("outremeuse", "outremeuse-1");
  Carry(*node_, *copy);
  Sell(*node_, 2);
  Close(*node_);
  EXPECT_EQ(Close(*copy).sums().sales(), 1);
  Carry(*node_, *copy);
  const retail::v1::DayClosed due = Open(*copy, "outremeuse-1");
  EXPECT_EQ(due.sums().sales(), 0);
  EXPECT_EQ(due.taken_back().sales(), 1);
  EXPECT_EQ(due.number(), 2U);
  Close(*copy);
  Carry(*copy, *node_);
  EXPECT_EQ(OpenCents(*node_, "outremeuse-1"), 0);
}

TEST_F(ShopDaysTest, ADamagedEntryWaitsForALaterClosing) {
  Sell(*node_, 1);
  Sell(*node_, 2);
  Sell(*node_, 3);
  Carry(*node_, *hub_);
  const JournalId journal = node_->ledger->Journals().front().head.journal;
  node_->store->DamageRow(ledger::kEntries, ledger::EntryKey(journal, Sequence(3)));
  const retail::v1::DayClosed closed = Close(*node_);
  EXPECT_EQ(closed.sums().sales(), 1) << "nor can the one behind it be judged";
  IngestAndWait(*node_, *Must(hub_->ledger->ReadSegment(journal, Sequence(1), 1 << 20)),
                hub_->ledger->self());
  EXPECT_EQ(OpenCents(*node_, "outremeuse-1"), 2 * kSaleCents);
}

TEST_F(ShopDaysTest, WhereNoMoneyMovedThereIsNothingToClose) {
  Sell(*node_, 1);
  Close(*node_);
  const retail::v1::DayClosed due = Open(*node_, "outremeuse-1");
  EXPECT_THAT(due.covers(), IsEmpty());
  EXPECT_EQ(retail::CheckDayClosed(due).code(), absl::StatusCode::kFailedPrecondition);
}

class ForkedDaysTest : public ForkedShop {
 protected:
  static constexpr int64_t kLostCents = 480;  // of Branch::AddSale

  // The node's own closing of all that `branch` has, to which `lost` sales were added.
  void CloseBranch(Branch* branch, int lost) {
    retail::v1::DayClosed closed;
    closed.set_node("outremeuse-1");
    closed.set_number(1);
    const Head& head = branch->head();
    retail::v1::ClosedRange* range = closed.add_covers();
    range->set_journal(head.journal.value());
    range->set_first(1);
    range->set_last(head.sequence.value());
    range->set_hash(head.hash.bytes.data(), head.hash.bytes.size());
    retail::DayCounter counter;
    google::protobuf::Arena arena;
    const uint64_t shared = head.sequence.value() - static_cast<uint64_t>(lost);
    for (uint64_t at = 2; at <= shared; ++at) {
      ASSERT_TRUE(counter.Add(Must(shop->ledger->ReadFact(*shop->ledger->NewSnapshot(),
                                                          head.journal, Sequence(at), &arena))));
    }
    retail::v1::Sold sold = OneSale("carottes", 2'000, 240);
    retail::Fact fact;
    fact.kind = retail::v1::FACT_KIND_SOLD;
    fact.fact = &sold;
    for (int i = 0; i < lost; ++i) ASSERT_TRUE(counter.Add(fact));
    *closed.mutable_sums() = counter.sums();
    MustOk(retail::CheckDayClosed(closed));
    branch->Add(retail::v1::FACT_KIND_DAY_CLOSED, closed);
  }
  // The sibling has `branch`; the hub keeps the other one, with two sales more.
  void Lose(const Branch& branch, uint32_t sale) {
    ASSERT_EQ(IngestAndWait(*sibling, branch.Cut(), shop->ledger->self()).refusal,
              ledger::Refusal::kNone);
    Sell(*shop, sale);
    Carry(*shop, *hub);
    IngestAndWait(*hub, branch.Cut(), sibling->ledger->self());
    Sell(*shop, sale + 1);
    Carry(*shop, *hub);
    TellOfForks(*sibling);
    ASSERT_TRUE(sibling->ledger->HasForksToSettle());
    ExpectAllLevel();
  }
  static retail::v1::DayClosed Due(Replica& replica) {
    const auto days = Must(daemon::ShopDays::Read(*replica.ledger, "outremeuse"));
    return Must(days.OpenOf("outremeuse-1")).closed;
  }
  retail::v1::DayClosed Close() {
    retail::v1::DayClosed closed = Due(*shop);
    MustOk(retail::CheckDayClosed(closed));
    Must(shop->ledger->AppendAndWait(
        {RequestId(9'000),
         1,
         journal::v1::SCOPE_SHOP,
         {{retail::v1::FACT_KIND_DAY_CLOSED, closed.SerializeAsString()}}}));
    return closed;
  }
};

// Of a branch that is not kept, a closing covers what it covered then.
TEST_F(ForkedDaysTest, WhatIsSoldInTheKeptBranchIsCoveredAnew) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  CloseBranch(&branch, 1);
  Lose(branch, 5);

  const daemon::ShopDays days = Must(daemon::ShopDays::Read(*hub->ledger, "outremeuse"));
  EXPECT_EQ(Must(days.ClosingsOf(hub->ledger->Today())).size(), 1U) << "it was moved";
  const retail::v1::DayClosed due = Due(*hub);
  EXPECT_EQ(due.number(), 2U);
  EXPECT_EQ(due.sums().sold_cents(), 2 * kSaleCents);
  ASSERT_GE(due.covers_size(), 1);
  EXPECT_THAT(due.takes_back(), IsEmpty());
}

TEST_F(ForkedDaysTest, WhatWasMovedBeforeItsBranchWasClosedIsInTheNextClosingOnce) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  retail::v1::CashMoved moved;
  moved.set_amount_cents(700);
  moved.set_reason("change");
  branch.Add(retail::v1::FACT_KIND_CASH_MOVED, moved, RequestId(501));
  Lose(branch, 5);
  const retail::v1::DayClosed closed = Close();
  EXPECT_EQ(closed.sums().sold_cents(), 7 * kSaleCents + kLostCents);
  EXPECT_EQ(closed.sums().cash_in_cents(), 700);
  ASSERT_EQ(closed.covers_size(), 3) << "the kept branch, and two that stand by themselves";
  int alone = 0;
  for (const retail::v1::ClosedRange& range : closed.covers()) {
    if (JournalId(range.journal()) == common.journal) continue;
    ++alone;
    EXPECT_EQ(range.first(), range.last());
    if (range.first_receipt() == 0) continue;
    EXPECT_EQ(range.first_receipt(), 6U) << "as it was printed";
  }
  EXPECT_EQ(alone, 2);
  ExpectAllLevel();
  for (Replica* replica : {hub.get(), shop.get(), sibling.get()}) {
    const retail::v1::DayClosed due = Due(*replica);
    EXPECT_THAT(due.covers(), IsEmpty()) << replica->ledger->self().node;
    EXPECT_THAT(due.takes_back(), IsEmpty()) << replica->ledger->self().node;
  }
}

TEST_F(ForkedDaysTest, WhatWasMovedAfterItsBranchWasClosedIsOpen) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  CloseBranch(&branch, 1);
  branch.AddSale(501);
  branch.AddSale(502);
  Lose(branch, 5);
  EXPECT_EQ(Due(*hub).sums().sold_cents(), 2 * kSaleCents + 2 * kLostCents);
  EXPECT_EQ(Due(*sibling).sums().sold_cents(), 2 * kSaleCents + 2 * kLostCents);
}

// Until the branch is known not to be the kept one, its closing covers it where it stood.
TEST_F(ForkedDaysTest, WhoStillHoldsTheOtherBranchClosesThat) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  CloseBranch(&branch, 1);
  branch.AddSale(501);
  ASSERT_EQ(IngestAndWait(*sibling, branch.Cut(), shop->ledger->self()).refusal,
            ledger::Refusal::kNone);
  EXPECT_EQ(Due(*sibling).sums().sold_cents(), kLostCents);
  Sell(*shop, 5);
  Carry(*shop, *hub);
  IngestAndWait(*hub, branch.Cut(), sibling->ledger->self());
  testing::WaitForTellings(*hub);
  TellOfForks(*sibling);
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  EXPECT_EQ(Due(*sibling).sums().sold_cents(), kLostCents);
  ExpectAllLevel();
  EXPECT_EQ(Due(*sibling).sums().sold_cents(), kLostCents + kSaleCents);
}

// Each of two branches shares something else with the kept one.
TEST_F(ForkedDaysTest, OfTwoForksAClosingCoversWhatItsOwnShares) {
  const auto third = coop.Node("outremeuse", "outremeuse-3");
  Branch first(*shop, common);
  first.AddSale(500);
  Sell(*shop, 5);
  Carry(*shop, *third);
  Branch second(*shop, shop->ledger->Journals().front().head);
  second.AddSale(600);
  CloseBranch(&second, 1);
  ASSERT_EQ(IngestAndWait(*third, second.Cut(), shop->ledger->self()).refusal,
            ledger::Refusal::kNone);
  ASSERT_EQ(IngestAndWait(*sibling, first.Cut(), shop->ledger->self()).refusal,
            ledger::Refusal::kNone);
  Sell(*shop, 6);
  Carry(*shop, *hub);
  IngestAndWait(*hub, second.Cut(), third->ledger->self());
  IngestAndWait(*hub, first.Cut(), sibling->ledger->self());
  Sell(*shop, 900);
  Carry(*shop, *hub);
  ASSERT_EQ(Must(hub->ledger->Forks()).size(), 2U);
  TellOfForks(*sibling);
  TellOfForks(*third);
  MustOk(third->ledger->SettleForks());
  Carry(*third, *hub);
  ExpectAllLevel();
  EXPECT_EQ(Due(*hub).sums().sold_cents(), 2 * kSaleCents + kLostCents)
      << "the two after the second fork, and the first branch's";
  EXPECT_THAT(Due(*hub).takes_back(), IsEmpty());
}

TEST_F(ForkedDaysTest, WhatADamagedMoveHidesWaits) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  branch.AddSale(501);
  CloseBranch(&branch, 2);
  Lose(branch, 5);
  ASSERT_EQ(Due(*sibling).sums().sold_cents(), 2 * kSaleCents);
  for (const ledger::JournalView& journal : sibling->ledger->Journals()) {
    if (journal.node != "outremeuse-2") continue;
    // Behind its genesis, as they stood in the branch: two sales, and the closing.
    sibling->store->DamageRow(ledger::kEntries,
                              ledger::EntryKey(journal.head.journal, Sequence(3)));
  }
  EXPECT_EQ(Due(*sibling).sums().sold_cents(), 2 * kSaleCents) << "who knows what it covers?";
}

TEST_F(ShopDaysTest, RequestsThatCannotBeAreRefused) {
  shop::v1::ShowDayRequest request;
  EXPECT_EQ(daemon::ShowDay(*node_->ledger, request).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.set_shop("outremeuse");
  request.set_day(-1);
  EXPECT_EQ(daemon::ShowDay(*node_->ledger, request).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace comptoir::testing
