// A running machine is rolled back: one journal, two branches, both signed. The hub
// settles which is kept; whoever holds the other moves it (Forks; I1, I3, I4, I5).
//
// Tests of one process cannot roll a ledger back that runs. They do what comes to the
// same: a copy of the hub's store that stands for a sibling holds one branch, which is
// made by hand with the writer's own key, as a rolled back writer would make it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/forks/moved.h"
#include "common/retail/named.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/tables.h"
#include "google/protobuf/arena.h"
#include "tests/support/branch.h"
#include "tests/support/coop.h"
#include "tests/support/forked_shop.h"

namespace comptoir {
namespace {

using ledger::Refusal;
using testing::Branch;
using testing::Carry;
using testing::Coop;
using testing::IngestAndWait;
using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using testing::Sell;
using testing::VerifyNow;
using testing::Views;

class ForksTest : public testing::ForkedShop {
 protected:
  // The rolled back run's sales, which only the sibling heard of.
  void GiveBranch(testing::Replica& to, const Branch& branch) {
    const auto result = IngestAndWait(to, branch.Cut(), shop->ledger->self());
    ASSERT_EQ(result.refusal, Refusal::kNone) << result.detail;
    ASSERT_EQ(result.held, branch.head());
  }
  // The running writer sells on, and the hub hears that first.
  void SellOn(uint32_t first, uint32_t count) {
    for (uint32_t sale = 0; sale < count; ++sale) Sell(*shop, first + sale);
    Carry(*shop, *hub);
  }
  void Prove(const Branch& branch) {
    EXPECT_EQ(IngestAndWait(*hub, branch.Cut(), sibling->ledger->self()).refusal, Refusal::kFork);
    // The fact is on its way to the disk behind the answer.
    Sell(*shop, 900);
    Carry(*shop, *hub);
  }
  // Two sales that only the sibling heard of, while the writer sold on and the hub heard that.
  Branch LoseTwoSales(uint32_t sold_on) {
    Branch branch(*shop, common);
    branch.AddSale(500);
    branch.AddSale(501);
    GiveBranch(*sibling, branch);
    SellOn(5, sold_on);
    Prove(branch);
    return branch;
  }
  static size_t ReceiptsNamed(testing::Replica& replica, const std::string& part) {
    const auto snapshot = replica.ledger->NewSnapshot();
    size_t count = 0;
    for (auto row = snapshot->Scan(retail::kReceipts, "", ""); row->Valid(); row->Next()) {
      google::protobuf::Arena arena;
      retail::v1::ReceiptRow receipt;
      EXPECT_TRUE(receipt.ParseFromString(std::string(row->value())));
      auto fact = Must(replica.ledger->ReadFact(*snapshot, JournalId(ReadBigEndian64(row->key())),
                                                Sequence(receipt.sequence()), &arena));
      fact.receipt_ordinal = ReadBigEndian64(row->key().substr(8));
      if (receipt.duplicate()) continue;
      const std::string number =
          Must(retail::MakeReceipt(*snapshot, fact, receipt.duplicate())).number();
      if (number.find(part) != std::string::npos) ++count;
    }
    return count;
  }
};

TEST_F(ForksTest, TheHubSettlesAndTheOtherBranchIsMoved) {
  const Branch branch = LoseTwoSales(4);
  const auto forks = Must(hub->ledger->Forks());
  ASSERT_EQ(forks.size(), 1U);
  EXPECT_EQ(forks[0].common, common);
  EXPECT_EQ(forks[0].other, branch.head());
  EXPECT_EQ(hub->ledger->counters().forks.value(), 1U);

  // Both answers to one question: nothing is settled twice.
  IngestAndWait(*hub, branch.Cut(), sibling->ledger->self());
  Carry(*hub, *shop);
  TellOfForks(*sibling);
  EXPECT_TRUE(sibling->ledger->HasForksToSettle());
  EXPECT_FALSE(shop->ledger->HasForksToSettle());
  ExpectAllLevel();
  EXPECT_EQ(Must(hub->ledger->Forks()).size(), 1U);
  EXPECT_EQ(ReceiptsNamed(*hub, "-moved"), 2U);
  EXPECT_EQ(ReceiptsNamed(*hub, ""), 5U + 4U + 1U + 2U) << "each sale once";
}

TEST_F(ForksTest, TheWriterGoesOnInAnotherJournal) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  SellOn(5, 2);
  Prove(branch);
  Carry(*hub, *shop);
  const auto sold = Sell(*shop, 700);
  EXPECT_NE(sold.facts.front().reference.journal, common.journal);
  ExpectAllLevel();
}

TEST_F(ForksTest, ARequestInBothBranchesCountsOnce) {
  Branch branch(*shop, common);
  branch.Add(retail::v1::FACT_KIND_SOLD, testing::OneSale("pain-gris", 1000, 250),
             testing::RequestId(5));
  branch.AddSale(501);
  GiveBranch(*sibling, branch);
  SellOn(5, 2);
  Prove(branch);
  MustOk(sibling->ledger->SettleForks());
  TellOfForks(*sibling);
  ExpectAllLevel();
  EXPECT_EQ(ReceiptsNamed(*hub, ""), 5U + 2U + 1U + 1U);
}

TEST_F(ForksTest, ARepeatOfWhatWasMovedIsAnsweredAsAtFirst) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  branch.AddSale(501);
  GiveBranch(*sibling, branch);
  SellOn(5, 2);
  const auto asked = testing::SaleRequest(501, testing::OneSale("carottes", 2000, 240));
  const auto before = Must(sibling->ledger->AppendAndWait(asked));
  Prove(branch);
  TellOfForks(*sibling);
  ExpectAllLevel();
  for (testing::Replica* node : {sibling.get(), shop.get()}) {
    const auto again = Must(node->ledger->AppendAndWait(asked));
    EXPECT_TRUE(again.repeated);
    ASSERT_EQ(again.facts.size(), 1U);
    EXPECT_EQ(again.facts[0].reference, before.facts[0].reference);
    EXPECT_EQ(again.facts[0].receipt_ordinal, before.facts[0].receipt_ordinal);
    EXPECT_EQ(again.series, before.series);
  }
}

TEST_F(ForksTest, ABranchThatIsNotSignedByTheWriterSettlesNothing) {
  SellOn(5, 2);
  Branch branch(*sibling, common);  // by another's key
  branch.AddSale(500);
  EXPECT_EQ(IngestAndWait(*hub, branch.Cut(), sibling->ledger->self()).refusal,
            Refusal::kSignature);
  EXPECT_THAT(Must(hub->ledger->Forks()), IsEmpty());
}

// It counts as a whole: a part of it would count for nothing, if the rest went down with the
// disk of whoever moved it.
TEST_F(ForksTest, WhatWasMovedIsSentAsAWhole) {
  LoseTwoSales(2);
  TellOfForks(*sibling);
  MustOk(sibling->ledger->SettleForks());
  JournalId mover;
  for (const ledger::JournalView& journal : sibling->ledger->Journals()) {
    if (journal.ours) mover = journal.head.journal;
  }
  const auto count = [&](uint64_t first, size_t raw_bytes_max) {
    const auto segment = sibling->ledger->ReadSegment(mover, Sequence(first), raw_bytes_max);
    return segment.ok() && segment->has_value() ? (*segment)->entry_count() : 0;
  };
  EXPECT_EQ(count(1, 1), 1U) << "its genesis";
  EXPECT_EQ(count(2, 1), 2U);
  EXPECT_EQ(count(3, 1), 1U) << "whoever has its beginning gets the rest";
  {
    auto transaction = sibling->store->Begin();
    const std::string key = ledger::EntryKey(mover, Sequence(3));
    std::string row = *Must(sibling->store->NewSnapshot()->Get(ledger::kEntries, key));
    row.back() ^= 1;
    transaction->Put(ledger::kEntries, key, row);
    MustOk(sibling->store->Commit(std::move(transaction), store::Durability::kSynced));
  }
  EXPECT_EQ(count(1, 1 << 20), 1U) << "nothing of it while its end cannot be read";
  EXPECT_EQ(sibling->ledger->ReadSegment(mover, Sequence(2), 1 << 20).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(ForksTest, ARestartSettlesBeforeItsFirstSale) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  GiveBranch(*sibling, branch);
  SellOn(5, 2);
  Prove(branch);
  TellOfForks(*sibling);
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  sibling->Reopen();
  EXPECT_FALSE(sibling->ledger->HasForksToSettle());
  ExpectAllLevel();
  EXPECT_EQ(ReceiptsNamed(*sibling, "-moved"), 1U);
}

TEST_F(ForksTest, WhatNamesTheLostBranchFindsWhatWasMoved) {
  // The kept branch has another delivery at the same number, and none has a request.
  retail::v1::GoodsReceived wrong;
  wrong.set_producer("ferme");
  retail::v1::ReceivedLine* line = wrong.add_lines();
  line->set_product("carottes");
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(40'000);
  retail::v1::GoodsReceived right = wrong;
  right.mutable_lines(0)->set_quantity_milli(7'000);
  Branch branch(*shop, common);
  branch.Add(retail::v1::FACT_KIND_GOODS_RECEIVED, wrong);
  GiveBranch(*sibling, branch);
  Must(shop->ledger->AppendAndWait(
      {"",
       0,
       journal::v1::SCOPE_SHOP,
       {{retail::v1::FACT_KIND_GOODS_RECEIVED, right.SerializeAsString()}}}));
  Carry(*shop, *hub);
  retail::v1::Corrected corrected;
  corrected.mutable_fact()->mutable_reference()->set_journal(common.journal.value());
  corrected.mutable_fact()->mutable_reference()->set_sequence(branch.head().sequence.value());
  corrected.mutable_fact()->mutable_reference()->set_hash_prefix(branch.head().hash.prefix());
  corrected.set_kind(retail::v1::FACT_KIND_GOODS_RECEIVED);
  corrected.set_reason("typed twice");
  Must(sibling->ledger->AppendAndWait(
      {"",
       0,
       journal::v1::SCOPE_SHOP,
       {{retail::v1::FACT_KIND_CORRECTED, corrected.SerializeAsString()}}}));
  Prove(branch);
  TellOfForks(*sibling);
  ExpectAllLevel();
  const auto snapshot = hub->ledger->NewSnapshot();
  const auto stock =
      Must(snapshot->Get(retail::kBalances, std::string("shop:outremeuse\0carottes\0\1", 26)));
  ASSERT_TRUE(stock.has_value());
  EXPECT_EQ(Must(store::DecodeCounters(*stock)), std::vector<int64_t>{7'000});
  google::protobuf::Arena arena;
  const auto named = Must(hub->ledger->ReadNamed(*snapshot, corrected.fact().reference(), &arena));
  ASSERT_TRUE(named.moved.has_value());
  EXPECT_EQ(named.moved->original.hash_prefix, branch.head().hash.prefix());
}

TEST_F(ForksTest, WhatALostBranchHadMovedIsMovedAnew) {
  const Branch branch = LoseTwoSales(2);
  TellOfForks(*sibling);
  MustOk(sibling->ledger->SettleForks());
  // The mover's journal forks after its genesis: the hub hears of the other branch first.
  Head start;
  for (const auto& journal : sibling->ledger->Journals()) {
    if (journal.ours) start = Must(sibling->ledger->ReadHead(journal.head.journal, Sequence(1)));
  }
  const auto genesis = Must(sibling->ledger->ReadSegment(start.journal, Sequence(1), 1));
  ASSERT_EQ(IngestAndWait(*hub, *genesis, sibling->ledger->self()).refusal, Refusal::kNone);
  Branch other(*sibling, start);
  other.AddSale(600);
  GiveBranch(*hub, other);
  const auto lost = Must(sibling->ledger->ReadSegment(start.journal, Sequence(2), 1 << 20));
  EXPECT_EQ(IngestAndWait(*hub, *lost, sibling->ledger->self()).refusal, Refusal::kFork);
  Sell(*shop, 901);
  Carry(*shop, *hub);
  TellOfForks(*sibling);
  EXPECT_TRUE(sibling->ledger->HasForksToSettle());
  ExpectAllLevel();
  EXPECT_EQ(Must(hub->ledger->Forks()).size(), 2U);
  EXPECT_EQ(ReceiptsNamed(*hub, "-moved"), 2U);
  EXPECT_EQ(ReceiptsNamed(*hub, ""), 5U + 2U + 2U + 2U + 1U);
}

TEST_F(ForksTest, TwoLostBranchesOfOneJournalAreToldApart) {
  auto third = coop.Node("outremeuse", "outremeuse-3");
  Carry(*hub, *third);
  std::vector<testing::Replica*> holders = {sibling.get(), third.get()};
  std::vector<Branch> branches(2, Branch(*shop, common));
  std::vector<Reference> lost;
  for (size_t i = 0; i < 2; ++i) {
    branches[i].AddSale(static_cast<uint32_t>(500 + 10 * i));
    branches[i].AddSale(static_cast<uint32_t>(501 + 10 * i));
    GiveBranch(*holders[i], branches[i]);
    lost.push_back({common.journal, branches[i].head().sequence, branches[i].head().hash.prefix()});
  }
  SellOn(5, 4);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(IngestAndWait(*hub, branches[i].Cut(), holders[i]->ledger->self()).refusal,
              Refusal::kFork);
  }
  Sell(*shop, 900);
  Carry(*shop, *hub);
  for (testing::Replica* holder : holders) TellOfForks(*holder);
  for (int round = 0; round < 3; ++round) {
    for (testing::Replica* node : {shop.get(), sibling.get(), third.get()}) {
      MustOk(node->ledger->SettleForks());
      Carry(*node, *hub);
      Carry(*hub, *node);
    }
  }
  ExpectAllLevel();
  EXPECT_EQ(ReceiptsNamed(*hub, "-moved"), 4U);
  EXPECT_EQ(ReceiptsNamed(*hub, ""), 5U + 4U + 1U + 4U) << "each sale once";

  const auto snapshot = hub->ledger->NewSnapshot();
  std::string printed;
  for (const Reference& original : lost) {
    const JournalId place = retail::MovedPlace(original);
    google::protobuf::Arena arena;
    auto fact = Must(hub->ledger->ReadFact(*snapshot, place, original.sequence, &arena));
    fact.receipt_ordinal = 7;
    const std::string number = Must(retail::MakeReceipt(*snapshot, fact, false)).number();
    EXPECT_EQ(Must(retail::FindReceipt(*snapshot, number)).journal, place) << number;
    printed = number.substr(0, number.find("-moved"));
    EXPECT_TRUE(number.ends_with(retail::MovedEnding(place))) << number;
  }
  EXPECT_EQ(Must(retail::FindReceipt(*snapshot, printed + "-kept")).journal, common.journal);
  // As on the paper, it may be any of the three; so may the entry of that number.
  const std::string name = printed.substr(0, printed.rfind('-')) + "/8";
  for (const char* ending : {"", "-moved"}) {
    const auto receipt = retail::FindReceipt(*snapshot, printed + ending);
    const auto named = retail::FindNamed(*snapshot, "outremeuse", name + ending);
    EXPECT_TRUE(absl::IsInvalidArgument(receipt.status())) << ending;
    EXPECT_EQ(named.status(), receipt.status());
    for (const Reference& original : lost) {
      EXPECT_THAT(std::string(receipt.status().message()),
                  ::testing::HasSubstr(retail::MovedEnding(retail::MovedPlace(original))));
    }
  }
  EXPECT_EQ(Must(retail::FindNamed(*snapshot, "outremeuse", name + "-kept")),
            (retail::FactPlace{common.journal, Sequence(8)}));
  for (const Reference& original : lost) {
    const JournalId place = retail::MovedPlace(original);
    EXPECT_EQ(Must(retail::FindNamed(*snapshot, "outremeuse", name + retail::MovedEnding(place))),
              (retail::FactPlace{place, Sequence(8)}));
  }
}

// The hub was put back to a copy of before the fork, and whoever else held the fact that
// settled it is gone: what was moved is still there, and counts again.
TEST_F(ForksTest, WhatSettledAForkIsLostAndTheHubSettlesItAnew) {
  const Branch branch = LoseTwoSales(4);
  TellOfForks(*sibling);
  MustOk(sibling->ledger->SettleForks());
  std::vector<journal::v1::Segment> segments;  // the kept branch, and what was moved
  const auto add = [&segments](testing::Replica& writer) {
    for (const auto& journal : writer.ledger->Journals()) {
      if (!journal.ours) continue;
      segments.push_back(
          *Must(writer.ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20)));
    }
  };
  add(*shop);
  add(*sibling);
  for (const bool moved_first : {true, false}) {
    auto restored = coop.Hub();
    std::ranges::reverse(segments);
    for (const journal::v1::Segment& segment : segments) {
      ASSERT_EQ(IngestAndWait(*restored, segment, sibling->ledger->self()).refusal, Refusal::kNone);
    }
    EXPECT_EQ(Must(restored->ledger->Forks()).size(), 1U) << moved_first;
    EXPECT_EQ(ReceiptsNamed(*restored, "-moved"), 2U) << moved_first;
    EXPECT_THAT(VerifyNow(*restored).findings, IsEmpty());
    // It does so once.
    for (const journal::v1::Segment& segment : segments) {
      IngestAndWait(*restored, segment, sibling->ledger->self());
    }
    EXPECT_EQ(Must(restored->ledger->Forks()).size(), 1U);
  }
}

TEST_F(ForksTest, EveryOrderOfArrivalGivesTheSameViews) {
  auto third = coop.Node("outremeuse", "outremeuse-3");
  Carry(*hub, *third);
  Branch branch(*shop, common);
  // Another content of a request that the kept branch took: both count.
  branch.Add(retail::v1::FACT_KIND_SOLD, testing::OneSale("carottes", 2000, 240),
             testing::RequestId(5), /*digest=*/2);
  branch.Add(retail::v1::FACT_KIND_SOLD, testing::OneSale("pain-gris", 1000, 250),
             testing::RequestId(6));  // the same content
  branch.AddSale(502);
  GiveBranch(*sibling, branch);
  GiveBranch(*third, branch);
  SellOn(5, 3);
  Prove(branch);
  for (testing::Replica* node : {sibling.get(), third.get()}) {
    TellOfForks(*node);
    MustOk(node->ledger->SettleForks());
  }
  // Each journal from its writer, an entry at a time.
  std::vector<std::vector<std::pair<journal::v1::Segment, journal::Writer>>> journals;
  for (testing::Replica* writer : {hub.get(), shop.get(), sibling.get(), third.get()}) {
    for (const auto& journal : writer->ledger->Journals()) {
      if (!journal.ours) continue;
      auto& segments = journals.emplace_back();
      for (Sequence at(1); at <= journal.head.sequence; at = Next(at)) {
        segments.emplace_back(*Must(writer->ledger->ReadSegment(journal.head.journal, at, 1)),
                              writer->ledger->self());
      }
    }
  }
  ASSERT_EQ(journals.size(), 4U);
  std::map<std::string, std::string> expected;
  std::mt19937 random(20'261'125);
  for (int order = 0; order < 40; ++order) {
    auto late = coop.Node("outremeuse", "outremeuse-9");
    std::vector<size_t> next(journals.size());
    std::vector<size_t> open = {0, 1, 2, 3};
    while (!open.empty()) {
      const size_t which = open[random() % open.size()];
      const auto& [segment, writer] = journals[which][next[which]++];
      const auto result = IngestAndWait(*late, segment, writer);
      ASSERT_EQ(result.refusal, Refusal::kNone) << result.detail;
      if (next[which] == journals[which].size()) std::erase(open, which);
    }
    if (order == 0) {
      expected = Views(*late->store);
      EXPECT_THAT(VerifyNow(*late).findings, IsEmpty());
      EXPECT_EQ(ReceiptsNamed(*late, "-moved"), 2U)
          << "of one content the lower hybrid time counts";
    }
    EXPECT_EQ(Views(*late->store), expected) << "order " << order;
  }
}

TEST_F(ForksTest, MovingWaitsForRoomOnTheDisk) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  GiveBranch(*sibling, branch);
  SellOn(5, 2);
  Prove(branch);
  TellOfForks(*sibling);
  sibling->has_room = false;
  const auto views = Views(*sibling->store);
  EXPECT_EQ(sibling->ledger->SettleForks().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Views(*sibling->store), views);
  sibling->Reopen();
  EXPECT_TRUE(sibling->ledger->HasForksToSettle());
  sibling->has_room = true;
  ExpectAllLevel();
}

// R13: of a hub that was rolled back after it had told a shop.
TEST_F(ForksTest, ARevocationInTheLostBranchStands) {
  const auto edit = [this](const std::string& name) {
    retail::v1::ProducerEdited edited;
    edited.set_producer("ferme");
    edited.mutable_name()->set_value(name);
    return Must(hub->ledger->AppendAndWait(
        {"",
         0,
         journal::v1::SCOPE_COOP,
         {{retail::v1::FACT_KIND_PRODUCER_EDITED, edited.SerializeAsString()}}}));
  };
  const JournalId journal = edit("La ferme").facts.front().reference.journal;
  for (testing::Replica* node : {shop.get(), sibling.get()}) Carry(*hub, *node);
  Branch branch(*hub, Must(hub->ledger->ReadHead(journal, Sequence(2))));
  retail::v1::NodeRevoked revoked;
  revoked.set_node("outremeuse-9");
  revoked.set_reason("stolen");
  branch.Add(retail::v1::FACT_KIND_NODE_REVOKED, revoked);
  ASSERT_EQ(IngestAndWait(*shop, branch.Cut(), hub->ledger->self()).refusal, Refusal::kNone);
  EXPECT_TRUE(shop->ledger->IsRevoked("outremeuse-9"));
  edit("La ferme du coin");
  edit("La ferme d'en face");
  EXPECT_EQ(IngestAndWait(*hub, branch.Cut(), shop->ledger->self()).refusal, Refusal::kFork);
  edit("La ferme");
  TellOfForks(*shop);
  ASSERT_TRUE(shop->ledger->HasForksToSettle());
  ExpectAllLevel();
  for (testing::Replica* replica : {hub.get(), shop.get(), sibling.get()}) {
    EXPECT_TRUE(replica->ledger->IsRevoked("outremeuse-9")) << replica->ledger->self().node;
    replica->Reopen();
    EXPECT_TRUE(replica->ledger->IsRevoked("outremeuse-9")) << replica->ledger->self().node;
  }
  EXPECT_TRUE(Must(hub->ledger->Revoke("outremeuse-9", "lost", false)).repeated);
}

TEST_F(ForksTest, TwoMoversCountOnce) {
  auto third = coop.Node("outremeuse", "outremeuse-3");
  Carry(*hub, *third);
  Branch branch(*shop, common);
  branch.AddSale(500);
  branch.AddSale(501);
  GiveBranch(*sibling, branch);
  GiveBranch(*third, branch);
  SellOn(5, 2);
  Prove(branch);
  for (testing::Replica* node : {sibling.get(), third.get()}) {
    TellOfForks(*node);
    MustOk(node->ledger->SettleForks());
  }
  Carry(*third, *hub);
  ExpectAllLevel();
  Carry(*hub, *third);
  EXPECT_EQ(Views(*third->store), Views(*hub->store));
  EXPECT_EQ(ReceiptsNamed(*hub, "-moved"), 2U);
}

}  // namespace
}  // namespace comptoir
