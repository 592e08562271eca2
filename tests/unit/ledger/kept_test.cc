// What a ledger holds it keeps, from entry 1 on, and as it came (R7); its heads only grow
// (I7). Restores and settled forks, the exceptions, are in forks_test.cc and witness_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/journal/segment.h"
#include "common/ledger/ledger.h"
#include "tests/support/coop.h"

namespace comptoir {
namespace {

using ledger::Refusal;
using testing::Carry;
using testing::Coop;
using testing::IngestAndWait;
using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using ::testing::Not;
using testing::OneSale;
using testing::SaleRequest;
using testing::Sell;
using ::testing::SizeIs;
using testing::VerifyNow;

// The entries of each journal, as bytes, from the first on.
using KeptEntries = std::map<JournalId, std::vector<std::string>>;

KeptEntries AllEntriesOf(testing::Replica& replica) {
  KeptEntries all;
  for (const ledger::JournalView& journal : replica.ledger->Journals()) {
    std::vector<std::string>& entries = all[journal.head.journal];
    while (entries.size() < journal.head.sequence.value()) {
      const auto segment = Must(
          replica.ledger->ReadSegment(journal.head.journal, Sequence(entries.size() + 1), 1 << 20));
      if (!segment.has_value()) break;
      const auto decoded = Must(journal::DecodeSegment(*segment));
      entries.insert(entries.end(), decoded.entries.begin(), decoded.entries.end());
    }
  }
  return all;
}

// What was there before and is not as it was: a sentence each.
std::vector<std::string> GoneSince(const KeptEntries& before, const KeptEntries& now) {
  std::vector<std::string> gone;
  for (const auto& [journal, entries] : before) {
    const auto found = now.find(journal);
    const size_t left = found == now.end() ? 0 : found->second.size();
    if (left < entries.size()) {
      gone.push_back(absl::StrCat("journal ", journal.value(), " went back to ", left));
    }
    for (size_t i = 0; i < std::min(left, entries.size()); ++i) {
      if (found->second[i] == entries[i]) continue;
      gone.push_back(absl::StrCat("entry ", i + 1, " of ", journal.value(), " is another"));
    }
  }
  return gone;
}

TEST(GoneSinceTest, WhatIsGoneWouldBeSeen) {
  const KeptEntries before = {{JournalId(1), {"a", "b"}}, {JournalId(2), {"c"}}};
  EXPECT_THAT(GoneSince(before, before), IsEmpty());
  KeptEntries now = before;
  now[JournalId(1)].push_back("d");
  now[JournalId(3)] = {"e"};
  EXPECT_THAT(GoneSince(before, now), IsEmpty());
  EXPECT_THAT(GoneSince(now, before), SizeIs(2));
  now[JournalId(1)] = {"b"};  // the first is pruned
  EXPECT_THAT(GoneSince(before, now), SizeIs(2));
  now.erase(JournalId(2));
  EXPECT_THAT(GoneSince(before, now), SizeIs(3));
}

// A hub and two nodes of a shop, looked at after each thing that they do.
class KeptTest : public ::testing::Test {
 protected:
  KeptTest() {
    replicas_ = {hub_.get(), shop_.get(), sibling_.get()};
    // Of a release before this one, to be upgraded.
    for (testing::Replica* replica : replicas_) {
      replica->ledger.reset();
      replica->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
      replica->release.views_version = retail::kViewsVersion - 1;
      replica->Open();
    }
    LookAt("nothing yet");
  }
  void LookAt(const std::string& what) {
    for (testing::Replica* replica : replicas_) {
      const KeptEntries now = AllEntriesOf(*replica);
      size_t entries = 0;
      for (const auto& [journal, held] : now) entries += held.size();
      EXPECT_EQ(entries, replica->ledger->totals().entries) << what << ": not all can be read";
      EXPECT_THAT(GoneSince(seen_[replica], now), IsEmpty()) << what;
      seen_[replica] = now;
    }
  }
  void CarryAll() {
    for (testing::Replica* node : {shop_.get(), sibling_.get()}) Carry(*node, *hub_);
    for (testing::Replica* node : {shop_.get(), sibling_.get()}) Carry(*hub_, *node);
  }
  void SetPrice(int64_t cents) {
    retail::v1::PriceSet set;
    set.set_product("pain-gris");
    set.mutable_price_cents()->set_value(cents);
    Must(hub_->ledger->AppendAndWait(
        {"",
         0,
         journal::v1::SCOPE_COOP,
         {{retail::v1::FACT_KIND_PRICE_SET, set.SerializeAsString()}}}));
  }
  // Brings the hub the shop's first entries again, as they are and altered.
  void BringAgain() {
    const auto journals = shop_->ledger->Journals();
    const auto sales = std::find_if(journals.begin(), journals.end(),
                                    [](const ledger::JournalView& each) { return each.ours; });
    ASSERT_NE(sales, journals.end());
    auto segment = Must(shop_->ledger->ReadSegment(sales->head.journal, Sequence(1), 1 << 20));
    EXPECT_EQ(IngestAndWait(*hub_, *segment, shop_->ledger->self()).refusal, Refusal::kNone);
    segment->mutable_signature()->back() ^= 1;
    segment->set_first_sequence(segment->first_sequence() + 1);
    EXPECT_NE(IngestAndWait(*hub_, *segment, shop_->ledger->self()).refusal, Refusal::kNone);
  }

  Coop coop_;
  std::unique_ptr<testing::Replica> hub_ = coop_.Hub();
  std::unique_ptr<testing::Replica> shop_ = coop_.Node("outremeuse", "outremeuse-1");
  std::unique_ptr<testing::Replica> sibling_ = coop_.Node("outremeuse", "outremeuse-2");
  std::vector<testing::Replica*> replicas_;
  std::map<testing::Replica*, KeptEntries> seen_;
};

TEST_F(KeptTest, EveryEntryIsThereFromTheFirstOnWhateverALedgerDoes) {
  SetPrice(240);
  for (uint32_t sale = 1; sale <= 3; ++sale) Sell(*shop_, sale);
  LookAt("appended");
  // A request that both nodes took, and one that was asked for twice.
  Must(sibling_->ledger->AppendAndWait(SaleRequest(3, OneSale("pain-gris", 1000, 250))));
  Sell(*shop_, 3);
  CarryAll();
  LookAt("carried");
  Sell(*shop_, 4);
  SetPrice(250);
  CarryAll();
  CarryAll();
  LookAt("carried twice");
  BringAgain();
  LookAt("brought again, and altered");
  for (testing::Replica* replica : replicas_) {
    replica->Reopen();
    LookAt("started again");
    replica->release = {};
    replica->Reopen();
    EXPECT_THAT(replica->refolded, Not(IsEmpty()));
  }
  LookAt("upgraded, views folded anew");
  SetPrice(260);
  Sell(*shop_, 5);
  Sell(*sibling_, 6);
  CarryAll();
  LookAt("in journals of a later run");
  MustOk(hub_->ledger->Halt("it is retired"));
  MustOk(hub_->ledger->Resume());
  LookAt("halted and resumed");
  for (testing::Replica* replica : replicas_) EXPECT_THAT(VerifyNow(*replica).findings, IsEmpty());
  EXPECT_EQ(AllEntriesOf(*hub_), AllEntriesOf(*shop_));
}

}  // namespace
}  // namespace comptoir
