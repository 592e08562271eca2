// Journals that are refused, damaged, lost or forked.

#include <memory>

#include "absl/strings/str_cat.h"
#include "common/sync/session.h"
#include "gtest/gtest.h"
#include "tests/unit/sync/shop_and_hub.h"

namespace comptoir::sync {
namespace {

using journal::v1::SCOPE_COOP;
using journal::v1::SCOPE_SHOP;

class SessionRepairTest : public ShopAndHub {};

TEST_F(SessionRepairTest, RefusedJournalDoesNotHoldUpOthers) {
  const JournalId bad = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  const JournalId good = shop().Open(JournalId(2), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(good, 2'000, 1'000);
  shop().AppendMany(bad, 2'000, 1'000);
  hub().RefuseFromNowOn(bad, v1::REFUSED_REASON_SIGNATURE);
  sides_.Connect();
  sides_.RunFor(5'000);
  EXPECT_EQ(hub().HeadOf(good), shop().HeadOf(good));
  EXPECT_FALSE(hub().Holds(bad));
  EXPECT_EQ(sides_.CountInTrace("Refused 1 0 REFUSED_REASON_SIGNATURE"), 1u);
  // Both say why, and neither calls itself level.
  ASSERT_EQ(View(kShop).parked.size(), 1u);
  EXPECT_TRUE(View(kShop).parked[0].by_peer);
  EXPECT_EQ(View(kShop).parked[0].journal, bad);
  EXPECT_EQ(View(kShop).parked[0].reason, v1::REFUSED_REASON_SIGNATURE);
  EXPECT_EQ(View(kShop).waiting_entries, 2'001u);
  ASSERT_EQ(View(kHub).parked.size(), 1u);
  EXPECT_FALSE(View(kHub).parked[0].by_peer);
  EXPECT_FALSE(View(kShop).level);
  EXPECT_FALSE(View(kHub).level);
  // New entries of the bad one stay; of the good one flow.
  const size_t start = sides_.trace().size();
  sides_.Append(kShop, bad, "more");
  sides_.Append(kShop, good, "more");
  sides_.RunFor(100);
  EXPECT_EQ(sides_.CountInTrace("Segment 1 ", start), 0u);
  EXPECT_EQ(hub().HeadOf(good), shop().HeadOf(good));
  // And nothing is given up over it.
  sides_.RunFor(700'000);
  EXPECT_NE(sides_.side(kShop).session, nullptr);
}

TEST_F(SessionRepairTest, UnreadableJournalIsParkedAndOthersGoOn) {
  const JournalId bad = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(bad, 9, 100);
  shop().Damage(bad, Sequence(5), Sequence(6));
  const JournalId good = shop().Open(JournalId(2), shop_writer_, SCOPE_SHOP);
  sides_.Connect();
  sides_.RunFor(1'000);
  EXPECT_EQ(hub().HeadOf(bad).sequence, Sequence(4));
  EXPECT_TRUE(hub().Holds(good));
  EXPECT_EQ(sides_.CountInTrace("herstal-1 Refused 1 4 REFUSED_REASON_UNREADABLE"), 1u);
  ASSERT_EQ(View(kHub).parked.size(), 1u);
  EXPECT_TRUE(View(kHub).parked[0].by_peer);
  EXPECT_EQ(View(kHub).missing_entries, 6u);
}

TEST_F(SessionRepairTest, WhatWasParkedForDamageGoesOnOnceItIsMended) {
  const JournalId sales = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(sales, 9, 100);
  shop().Damage(sales, Sequence(5), Sequence(6));
  sides_.Connect();
  sides_.RunFor(1'000);
  ASSERT_EQ(hub().HeadOf(sales).sequence, Sequence(4));
  // Still damaged: read once more, told once more, nothing else.
  sides_.Perform(kShop, sides_.side(kShop).session->OnMended(sales));
  sides_.RunFor(1'000);
  EXPECT_EQ(hub().HeadOf(sales).sequence, Sequence(4));
  EXPECT_EQ(sides_.CountInTrace("herstal-1 Refused 1 4 REFUSED_REASON_UNREADABLE"), 2u);
  shop().Heal(sales);
  sides_.Perform(kShop, sides_.side(kShop).session->OnMended(sales));
  EXPECT_TRUE(sides_.RunUntilLevel());
  EXPECT_EQ(hub().HeadOf(sales), shop().HeadOf(sales));
}

TEST_F(SessionRepairTest, MendingDoesNotBringBackWhatThePeerRefused) {
  const JournalId bad = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  hub().RefuseFromNowOn(bad, v1::REFUSED_REASON_SIGNATURE);
  sides_.Connect();
  sides_.RunFor(1'000);
  const size_t start = sides_.trace().size();
  sides_.Perform(kShop, sides_.side(kShop).session->OnMended(bad));
  sides_.RunFor(1'000);
  EXPECT_EQ(sides_.CountInTrace("Segment 1 ", start), 0u);
}

TEST_F(SessionRepairTest, EqualLengthAndOtherHashIsAForkAndStaysApart) {
  const JournalId forked = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  hub().Open(forked, shop_writer_, SCOPE_SHOP);
  shop().Append(forked, "to one customer");
  hub().Append(forked, "to another");
  const JournalId good = shop().Open(JournalId(2), shop_writer_, SCOPE_SHOP);
  sides_.Connect();
  sides_.RunFor(1'000);
  EXPECT_TRUE(hub().Holds(good));
  EXPECT_EQ(sides_.CountInTrace("Segment 1 2..2"), 2u) << "each shows its branch once";
  EXPECT_EQ(sides_.CountInTrace("Segment 1 "), 2u);
  for (const int which : {kShop, kHub}) {
    ASSERT_EQ(View(which).forks.size(), 1u);
    EXPECT_EQ(View(which).forks[0].ours, sides_.side(which).ledger.HeadOf(forked));
    EXPECT_EQ(View(which).forks[0].theirs, sides_.side(1 - which).ledger.HeadOf(forked));
    EXPECT_EQ(View(which).forks[0].common, shop().ReadHashAt(forked, Sequence(1)));
    EXPECT_FALSE(View(which).level);
    EXPECT_EQ(sides_.side(which).session->Acknowledged(forked), Sequence(0));
  }
  const size_t start = sides_.trace().size();
  sides_.Append(kShop, forked, "more");
  sides_.RunFor(400'000);
  EXPECT_EQ(sides_.CountInTrace("Segment 1 ", start), 0u);
  EXPECT_NE(sides_.side(kShop).session, nullptr);
}

TEST_F(SessionRepairTest, ForkSeenByPreviousHashIsRefusedAndShownOnce) {
  const JournalId forked = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  hub().Open(forked, shop_writer_, SCOPE_SHOP);
  shop().AppendMany(forked, 3, 20);
  hub().Append(forked, "to another");
  sides_.Connect();
  sides_.RunFor(1'000);
  EXPECT_EQ(sides_.CountInTrace("Segment 1 3..4"), 1u);
  EXPECT_EQ(sides_.CountInTrace("hub-1 Refused 1 2 REFUSED_REASON_FORK"), 2u)
      << "once as it came, once as it was shown";
  EXPECT_EQ(View(kShop).forks.size(), 1u);
  EXPECT_EQ(View(kHub).forks.size(), 1u);
  EXPECT_EQ(sides_.CountInTrace("Segment 1 2.."), 2u);
  EXPECT_EQ(View(kHub).bytes_unacknowledged + View(kShop).bytes_unacknowledged, 0u);
}

// Two journals alike up to `shared`, then `more` entries of their own on either side.
void Part(MemoryLedger& a, MemoryLedger& b, const journal::Writer& writer, JournalId journal,
          size_t shared, size_t more) {
  for (MemoryLedger* ledger : {&a, &b}) {
    ledger->Open(journal, writer, SCOPE_SHOP);
    for (size_t i = 1; i < shared; ++i) ledger->Append(journal, absl::StrCat("shared ", i));
    for (size_t i = 0; i < more; ++i) {
      ledger->Append(journal, absl::StrCat(ledger == &a ? "one " : "other ", i));
    }
  }
}

TEST_F(SessionRepairTest, FindsWhereBranchesPartWhereverThatIs) {
  for (const size_t shared : {1u, 2u, 3u, 63u, 64u, 65u, 999u}) {
    SCOPED_TRACE(absl::StrCat("alike up to ", shared));
    TwoSides sides(shop_writer_, hub_writer_);
    Part(sides.side(kShop).ledger, sides.side(kHub).ledger, shop_writer_, JournalId(1), shared,
         1'000 - shared);
    sides.Connect();
    sides.RunFor(5'000);
    const Head common = sides.side(kHub).ledger.ReadHashAt(JournalId(1), Sequence(shared));
    for (const int which : {kShop, kHub}) {
      const SessionView view = sides.side(which).session->view();
      ASSERT_EQ(view.forks.size(), 1u);
      EXPECT_EQ(view.forks[0].common, common);
      EXPECT_EQ(view.bytes_unacknowledged, 0u);
    }
    EXPECT_LE(sides.CountInTrace("HashAt 1"), 2u * 10u);
    EXPECT_EQ(sides.CountInTrace(absl::StrCat("Segment 1 ", shared + 1, "..")), 2u);
  }
}

TEST_F(SessionRepairTest, ACutAtAnyFrameOfTheSearchCostsOnlyTheSearch) {
  const auto make = [&] {
    auto sides = std::make_unique<TwoSides>(shop_writer_, hub_writer_);
    Part(sides->side(kShop).ledger, sides->side(kHub).ledger, shop_writer_, JournalId(1), 5, 6);
    Part(sides->side(kShop).ledger, sides->side(kHub).ledger, shop_writer_, JournalId(2), 2, 1);
    sides->side(kShop).ledger.Open(JournalId(3), shop_writer_, SCOPE_SHOP);
    sides->set_reconnects(true);
    sides->Connect();
    return sides;
  };
  auto undisturbed = make();
  undisturbed->RunFor(5'000);
  const size_t frames = undisturbed->frames();
  ASSERT_GT(frames, 20u);
  for (size_t at = 0; at < frames; ++at) {
    SCOPED_TRACE(absl::StrCat("frame ", at));
    auto sides = make();
    sides->set_faults([at](int, size_t index, const v1::Frame&) {
      return index == at ? Fault::kCut : Fault::kNone;
    });
    sides->RunFor(20'000);
    EXPECT_TRUE(sides->side(kHub).ledger.Holds(JournalId(3)));
    for (const int which : {kShop, kHub}) {
      const SessionView view = sides->side(which).session->view();
      ASSERT_EQ(view.forks.size(), 2u);
      EXPECT_EQ(view.forks[0].common.sequence, Sequence(5));
      EXPECT_EQ(view.forks[1].common.sequence, Sequence(2));
      EXPECT_EQ(view.bytes_unacknowledged, 0u);
    }
  }
}

TEST_F(SessionRepairTest, WhatTheHubLostComesBackAndIsNamed) {
  const JournalId prices = hub().Open(JournalId(1), hub_writer_, SCOPE_COOP);
  hub().AppendMany(prices, 9, 100);
  const JournalId later = hub().Open(JournalId(2), hub_writer_, SCOPE_COOP);
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  EXPECT_TRUE(View(kHub).lost.empty());
  sides_.Cut();
  hub().ForgetAfter(prices, Sequence(4));
  hub().ForgetAfter(later, Sequence(0));
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  EXPECT_TRUE(sides_.SameHeads());
  EXPECT_EQ(hub().HeadOf(prices).sequence, Sequence(10));
  ASSERT_EQ(View(kHub).lost.size(), 2u);
  EXPECT_EQ(View(kHub).lost[0].journal, prices);
  EXPECT_EQ(View(kHub).lost[0].first, Sequence(5));
  EXPECT_EQ(View(kHub).lost[0].last, Sequence(10));
  EXPECT_EQ(View(kHub).lost[1].journal, later);
  EXPECT_EQ(View(kHub).lost[1].first, Sequence(1));
  EXPECT_TRUE(View(kShop).lost.empty());
}

TEST_F(SessionRepairTest, DamagedRangeIsFetchedAgain) {
  const JournalId sales = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(sales, 30, 100);
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  shop().Damage(sales, Sequence(7), Sequence(9));
  const size_t start = sides_.trace().size();
  sides_.Perform(kShop, sides_.side(kShop).session->OnDamaged(sales, Sequence(7), Sequence(9)));
  sides_.RunFor(100);
  EXPECT_FALSE(shop().IsDamaged(sales));
  EXPECT_EQ(sides_.CountInTrace("Want 1 7..9", start), 1u);
  EXPECT_EQ(sides_.CountInTrace("hub-1 Segment 1 7..31", start), 1u);
  EXPECT_TRUE(sides_.Level());
  // Asking for what the peer does not hold asks nothing.
  Session& session = *sides_.side(kShop).session;
  EXPECT_TRUE(session.OnDamaged(JournalId(77), Sequence(1), Sequence(1)).empty());
  EXPECT_TRUE(session.OnDamaged(sales, Sequence(40), Sequence(41)).empty());
}

TEST_F(SessionRepairTest, DamageOnBothSidesLeavesTheRestFlowing) {
  const JournalId sales = shop().Open(JournalId(1), shop_writer_, SCOPE_SHOP);
  shop().AppendMany(sales, 30, 100);
  sides_.Connect();
  ASSERT_TRUE(sides_.RunUntilLevel());
  shop().Damage(sales, Sequence(7), Sequence(9));
  hub().Damage(sales, Sequence(7), Sequence(7));
  sides_.Perform(kShop, sides_.side(kShop).session->OnDamaged(sales, Sequence(7), Sequence(9)));
  sides_.RunFor(100);
  EXPECT_EQ(sides_.CountInTrace("hub-1 Refused 1 6 REFUSED_REASON_UNREADABLE"), 1u);
  sides_.Append(kShop, sales, "more");
  sides_.RunFor(100);
  EXPECT_EQ(hub().HeadOf(sales), shop().HeadOf(sales));
}

}  // namespace
}  // namespace comptoir::sync
