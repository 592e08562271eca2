// A running machine is rolled back: one journal, two branches, both signed. The hub
// settles which is kept; whoever holds the other moves it (Forks; I1, I3, I4, I5).
//
// Tests of one process cannot roll a ledger back that runs. They do what comes to the
// same: a copy of the hub's store that stands for a sibling holds one branch, which is
// made by hand with the writer's own key, as a rolled back writer would make it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/forks/moved.h"
#include "common/retail/sales/receipts.h"
#include "common/retail/tables.h"
#include "google/protobuf/arena.h"
#include "tests/support/branch.h"
#include "tests/support/coop.h"

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

class ForksTest : public ::testing::Test {
 protected:
  void SetUp() override {
    hub = coop.Hub();
    shop = coop.Node("outremeuse", "outremeuse-1");
    sibling = coop.Node("outremeuse", "outremeuse-2");
    for (uint32_t sale = 0; sale < 5; ++sale) Sell(*shop, sale);
    Carry(*shop, *hub);
    Carry(*shop, *sibling);
    common = shop->ledger->Journals().front().head;
  }
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
  static size_t ReceiptsNamed(testing::Replica& replica, const std::string& ending) {
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
      if (number.ends_with(ending)) ++count;
    }
    return count;
  }
  void ExpectAllLevel() {
    for (int round = 0; round < 2; ++round) {
      for (testing::Replica* node : {shop.get(), sibling.get()}) {
        MustOk(node->ledger->SettleForks());
        Carry(*node, *hub);
        Carry(*hub, *node);
      }
    }
    for (testing::Replica* replica : {hub.get(), shop.get(), sibling.get()}) {
      EXPECT_FALSE(replica->ledger->HasForksToSettle());
      EXPECT_EQ(Views(*replica->store), Views(*hub->store)) << replica->ledger->self().node;
      EXPECT_THAT(VerifyNow(*replica).findings, IsEmpty()) << replica->ledger->self().node;
    }
  }

  Coop coop;
  std::unique_ptr<testing::Replica> hub;
  std::unique_ptr<testing::Replica> shop;
  std::unique_ptr<testing::Replica> sibling;
  Head common;
};

TEST_F(ForksTest, TheHubSettlesAndTheOtherBranchIsMoved) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  branch.AddSale(501);
  GiveBranch(*sibling, branch);
  SellOn(5, 4);
  Prove(branch);
  const auto forks = Must(hub->ledger->Forks());
  ASSERT_EQ(forks.size(), 1U);
  EXPECT_EQ(forks[0].common, common);
  EXPECT_EQ(forks[0].other, branch.head());
  EXPECT_EQ(hub->ledger->counters().forks.value(), 1U);

  // Both answers to one question: nothing is settled twice.
  IngestAndWait(*hub, branch.Cut(), sibling->ledger->self());
  Carry(*hub, *shop);
  for (const auto& journal : hub->ledger->Journals()) {
    if (journal.head.journal == common.journal || journal.node != "hub") continue;
    const auto segment = Must(hub->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20));
    IngestAndWait(*sibling, *segment, hub->ledger->self());
  }
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
  for (const auto& journal : hub->ledger->Journals()) {
    if (journal.node != "hub") continue;
    IngestAndWait(*sibling,
                  *Must(hub->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20)),
                  hub->ledger->self());
  }
  ExpectAllLevel();
  EXPECT_EQ(ReceiptsNamed(*hub, ""), 5U + 2U + 1U + 1U);
}

TEST_F(ForksTest, ABranchThatIsNotSignedByTheWriterSettlesNothing) {
  SellOn(5, 2);
  Branch branch(*sibling, common);  // by another's key
  branch.AddSale(500);
  EXPECT_EQ(IngestAndWait(*hub, branch.Cut(), sibling->ledger->self()).refusal,
            Refusal::kSignature);
  EXPECT_THAT(Must(hub->ledger->Forks()), IsEmpty());
}

TEST_F(ForksTest, ARestartSettlesBeforeItsFirstSale) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  GiveBranch(*sibling, branch);
  SellOn(5, 2);
  Prove(branch);
  for (const auto& journal : hub->ledger->Journals()) {
    if (journal.node != "hub") continue;
    IngestAndWait(*sibling,
                  *Must(hub->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20)),
                  hub->ledger->self());
  }
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  sibling->Reopen();
  EXPECT_FALSE(sibling->ledger->HasForksToSettle());
  ExpectAllLevel();
  EXPECT_EQ(ReceiptsNamed(*sibling, "-moved"), 1U);
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
    for (const auto& journal : hub->ledger->Journals()) {
      if (journal.node != "hub") continue;
      IngestAndWait(*node,
                    *Must(hub->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20)),
                    hub->ledger->self());
    }
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
