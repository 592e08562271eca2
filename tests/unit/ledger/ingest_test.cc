// Segments through both gates (R2, R3, R6), and what relays pass on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/journal/chain.h"
#include "common/journal/segment.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "tests/support/coop.h"

namespace comptoir {
namespace {

using ledger::Refusal;
using testing::Carry;
using testing::Coop;
using ::testing::HasSubstr;
using testing::IngestAndWait;
using ::testing::IsEmpty;
using testing::Must;
using testing::Sell;
using testing::VerifyNow;
using testing::Views;

class IngestTest : public ::testing::Test {
 protected:
  void SetUp() override {
    hub = coop.Hub();
    shop = coop.Node("outremeuse", "outremeuse-1");
  }
  JournalId OnlyJournal(testing::Replica& replica) {
    return replica.ledger->Journals().front().head.journal;
  }
  journal::v1::Segment Read(testing::Replica& replica, uint64_t first) {
    return *Must(replica.ledger->ReadSegment(OnlyJournal(replica), Sequence(first), 1 << 20));
  }
  // A segment of the shop's own making, signed, with `entries` after its journal's end.
  journal::v1::Segment Forge(const std::vector<journal::v1::Entry>& entries) {
    const auto journal = shop->ledger->Journals().front();
    journal::SegmentBuilder builder(journal.head.journal, Next(journal.head.sequence),
                                    journal.head.hash);
    Hash hash = journal.head.hash;
    for (const auto& entry : entries) {
      const std::string bytes = entry.SerializeAsString();
      EXPECT_TRUE(builder.Add(bytes, 1 << 20));
      hash = journal::ChainNext(hash, bytes);
    }
    const Head head{journal.head.journal, builder.last(), hash};
    return std::move(builder).Finish(Must(shop->signer->Sign(journal::HeadToSign(head))));
  }
  IngestTest() = default;

  Coop coop;
  std::unique_ptr<testing::Replica> hub;
  std::unique_ptr<testing::Replica> shop;
};

TEST_F(IngestTest, BringsTwoLedgersLevelToTheByte) {
  for (uint32_t sale = 0; sale < 50; ++sale) Sell(*shop, sale);
  Carry(*shop, *hub);
  EXPECT_EQ(hub->ledger->Journals().front().head, shop->ledger->Journals().front().head);
  EXPECT_EQ(Views(*hub->store), Views(*shop->store));
  EXPECT_THAT(VerifyNow(*hub).findings, IsEmpty());
  EXPECT_EQ(hub->ledger->totals().receipts, 50u);
}

// Between a batch's rows being seen and its being durable, which the store may end in either way.
TEST_F(IngestTest, WhatIsDurableIsRelayedWhileMoreIsOnItsWay) {
  for (const bool restarted : {false, true}) {
    Sell(*shop, restarted ? 10 : 1);
    Carry(*shop, *hub);
    if (restarted) hub->Reopen();
    const Head held = hub->ledger->Journals().front().head;
    Sell(*shop, restarted ? 11 : 2);
    const auto next = Read(*shop, held.sequence.value() + 1);
    hub->store->FailNextCommit(absl::InternalError("I/O error"),
                               store::MemoryStore::FaultPoint::kAfterApplied);
    EXPECT_FALSE(IngestAndWait(*hub, next, shop->ledger->self()).status.ok());
    const auto relayed = hub->ledger->ReadSegment(held.journal, Sequence(1), 1 << 20);
    ASSERT_TRUE(relayed.ok() && relayed->has_value()) << relayed.status();
    auto other = coop.Node("outremeuse", restarted ? "outremeuse-3" : "outremeuse-2");
    EXPECT_TRUE(IngestAndWait(*other, **relayed, hub->ledger->self()).status.ok());
    const auto at_other = Must(other->ledger->ReadHead(held.journal, held.sequence));
    EXPECT_EQ(at_other, held);
    hub->Reopen();
  }
}

TEST_F(IngestTest, RepeatsAndOverlapsAreSkipped) {
  for (uint32_t sale = 0; sale < 10; ++sale) Sell(*shop, sale);
  const auto early = Read(*shop, 1);
  Carry(*shop, *hub);
  for (uint32_t sale = 10; sale < 20; ++sale) Sell(*shop, sale);
  const auto again = IngestAndWait(*hub, early, shop->ledger->self());
  EXPECT_EQ(again.refusal, Refusal::kNone);
  EXPECT_EQ(again.held.sequence, Sequence(11));
  const auto overlapping = IngestAndWait(*hub, Read(*shop, 5), shop->ledger->self());
  EXPECT_EQ(overlapping.refusal, Refusal::kNone) << overlapping.detail;
  EXPECT_EQ(overlapping.held.sequence, Sequence(21));
  EXPECT_EQ(Views(*hub->store), Views(*shop->store));
}

TEST_F(IngestTest, CountsWhatWentInAndWhatDidNot) {
  for (uint32_t sale = 0; sale < 10; ++sale) Sell(*shop, sale);
  EXPECT_EQ(shop->ledger->counters().appended_entries.value(), 10U);
  EXPECT_EQ(shop->ledger->counters().ingested_entries.value(), 0U);
  const ledger::Counters& counters = hub->ledger->counters();
  const auto refused = [&](Refusal why) {
    return counters.refused_segments[static_cast<size_t>(why)].value();
  };
  IngestAndWait(*hub, Read(*shop, 5), shop->ledger->self());
  EXPECT_EQ(refused(Refusal::kGap), 1U);
  journal::v1::Segment broken = Read(*shop, 1);
  (*broken.mutable_signature())[10] ^= 1;
  IngestAndWait(*hub, broken, shop->ledger->self());
  EXPECT_EQ(refused(Refusal::kSignature), 1U);
  EXPECT_EQ(counters.ingested_entries.value(), 0U);
  IngestAndWait(*hub, Read(*shop, 1), shop->ledger->self());
  EXPECT_EQ(counters.ingested_entries.value(), 11U) << "the genesis among them";
  // What is held already does not count again.
  IngestAndWait(*hub, Read(*shop, 1), shop->ledger->self());
  EXPECT_EQ(counters.ingested_entries.value(), 11U);
  EXPECT_EQ(refused(Refusal::kGap) + refused(Refusal::kSignature), 2U);
  EXPECT_EQ(counters.appended_entries.value(), 0U);
  EXPECT_EQ(counters.bad_facts.value(), 0U);
}

TEST_F(IngestTest, AGapIsRefusedAndNamed) {
  for (uint32_t sale = 0; sale < 10; ++sale) Sell(*shop, sale);
  const auto unknown = IngestAndWait(*hub, Read(*shop, 5), shop->ledger->self());
  EXPECT_EQ(unknown.refusal, Refusal::kGap);
  EXPECT_EQ(unknown.held.sequence, Sequence(0));
  EXPECT_EQ(hub->ledger->totals().entries, 0u);
}

TEST_F(IngestTest, AlteredBytesAreRefused) {
  Sell(*shop, 1);
  const journal::v1::Segment good = Read(*shop, 1);
  journal::v1::Segment broken = good;
  (*broken.mutable_signature())[10] ^= 1;
  EXPECT_EQ(IngestAndWait(*hub, broken, shop->ledger->self()).refusal, Refusal::kSignature);
  broken = good;
  (*broken.mutable_previous_hash())[0] ^= 1;
  EXPECT_NE(IngestAndWait(*hub, broken, shop->ledger->self()).refusal, Refusal::kNone);
  broken = good;
  broken.mutable_block()->resize(broken.block().size() / 2);
  EXPECT_EQ(IngestAndWait(*hub, broken, shop->ledger->self()).refusal, Refusal::kMalformed);
  broken = good;
  broken.set_journal(good.journal() + 1);
  EXPECT_NE(IngestAndWait(*hub, broken, shop->ledger->self()).refusal, Refusal::kNone);
  EXPECT_EQ(hub->ledger->totals().entries, 0u);
  EXPECT_EQ(IngestAndWait(*hub, good, shop->ledger->self()).refusal, Refusal::kNone);
}

TEST_F(IngestTest, AForeignCoopsJournalIsRefused) {
  Coop other("autre");
  auto stranger = other.Node("outremeuse", "outremeuse-1");
  Sell(*stranger, 1);
  const auto result = IngestAndWait(*hub, Read(*stranger, 1), shop->ledger->self());
  EXPECT_EQ(result.refusal, Refusal::kCertificate);
  EXPECT_EQ(hub->ledger->totals().entries, 0u);
}

TEST_F(IngestTest, AnotherShopsJournalIsRefused) {
  auto other = coop.Node("herstal", "herstal-1");
  Sell(*other, 1);
  EXPECT_EQ(IngestAndWait(*hub, Read(*other, 1), shop->ledger->self()).refusal, Refusal::kScope);
  EXPECT_EQ(IngestAndWait(*shop, Read(*other, 1), hub->ledger->self()).refusal, Refusal::kScope);
}

TEST_F(IngestTest, WhoMayNotReadAJournalIsToldNothingOfIt) {
  auto other = coop.Node("herstal", "herstal-1");
  Sell(*other, 1);
  const journal::v1::Segment segment = Read(*other, 1);
  ASSERT_EQ(IngestAndWait(*hub, segment, other->ledger->self()).refusal, Refusal::kNone);
  const auto result = IngestAndWait(*hub, segment, shop->ledger->self());
  EXPECT_EQ(result.refusal, Refusal::kScope);
  EXPECT_EQ(result.held.sequence, Sequence(0));
}

TEST_F(IngestTest, ABadFactEntersWithItsVerdictAndBlocksNothing) {
  Sell(*shop, 1);
  Carry(*shop, *hub);
  journal::v1::Entry bad;
  bad.set_hybrid_time(HybridTime::FromMillis(testing::kMonday + 5).value());
  bad.set_fold_version(1);
  bad.set_kind(retail::v1::FACT_KIND_SOLD);
  bad.set_fact(testing::OneSale("pain-gris", -5, 250).SerializeAsString());
  journal::v1::Entry unknown = bad;
  unknown.set_kind(60'000);
  journal::v1::Entry from_the_future = bad;
  from_the_future.set_fold_version(retail::kFoldVersion + 1);
  journal::v1::Entry garbage = bad;
  garbage.set_fact("\xff\xff\xff");
  journal::v1::Entry good = bad;
  good.set_fact(testing::OneSale("pain-gris", 1000, 250).SerializeAsString());
  const auto segment = Forge({bad, unknown, from_the_future, garbage, good});
  const auto result = IngestAndWait(*hub, segment, shop->ledger->self());
  EXPECT_EQ(result.refusal, Refusal::kNone) << result.detail;
  EXPECT_EQ(result.held.sequence, Sequence(7));
  EXPECT_EQ(Must(hub->ledger->CountVerdicts()), 4u);
  EXPECT_EQ(hub->ledger->counters().bad_facts.value(), 4u);
  EXPECT_EQ(hub->ledger->totals().receipts, 2u);
  EXPECT_THAT(VerifyNow(*hub).findings, IsEmpty());
  // And is forwarded as it came.
  auto sibling = coop.Node("outremeuse", "outremeuse-2");
  Carry(*hub, *sibling);
  EXPECT_EQ(Views(*sibling->store), Views(*hub->store));
}

TEST_F(IngestTest, ABranchIsRefusedAsAFork) {
  Sell(*shop, 1);
  Carry(*shop, *hub);
  journal::v1::Entry entry;
  entry.set_hybrid_time(HybridTime::FromMillis(testing::kMonday + 5).value());
  entry.set_fold_version(1);
  entry.set_kind(retail::v1::FACT_KIND_SOLD);
  entry.set_fact(testing::OneSale("pain-gris", 1000, 250).SerializeAsString());
  const auto branch = Forge({entry, entry});
  Sell(*shop, 2);
  Carry(*shop, *hub);
  const auto result = IngestAndWait(*hub, branch, shop->ledger->self());
  EXPECT_EQ(result.refusal, Refusal::kFork);
  EXPECT_EQ(hub->ledger->totals().receipts, 2u);
}

TEST_F(IngestTest, RelaysCutWhereTheWriterSigned) {
  auto sibling = coop.Node("outremeuse", "outremeuse-2");
  for (uint32_t round = 0; round < 40; ++round) {
    for (uint32_t sale = 0; sale < 5; ++sale) Sell(*shop, round * 10 + sale);
    Carry(*shop, *hub);
  }
  // What the hub relays verifies with the shop's own signature, whatever size is asked.
  Carry(*hub, *sibling, 64);
  EXPECT_EQ(Views(*sibling->store), Views(*shop->store));
  const auto report = VerifyNow(*sibling);
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(report.unsigned_entries, 0u);
}

TEST_F(IngestTest, RelayOfManyMebibytesKeepsOneSignatureEach) {
  auto sibling = coop.Node("outremeuse", "outremeuse-2");
  retail::v1::Sold large;
  for (int line = 0; line < 900; ++line) {
    *large.add_lines() = testing::OneSale("pain-gris", 1000 + line, 250).lines(0);
  }
  large.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
  for (uint32_t sale = 0; sale < 200; ++sale) {
    Must(shop->ledger->AppendAndWait(testing::SaleRequest(sale, large)));
    if (sale % 10 == 9) Carry(*shop, *hub);
  }
  Carry(*hub, *sibling);
  EXPECT_EQ(Views(*sibling->store), Views(*shop->store));
  const auto report = VerifyNow(*hub);
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_LT(report.signatures, 15u);
}

TEST_F(IngestTest, SiblingsThatBothTookARequestCountItOnceInEveryOrder) {
  auto sibling = coop.Node("outremeuse", "outremeuse-2");
  auto other_hub = coop.Hub();
  sibling->clock.Advance(5);
  Sell(*shop, 9);
  Sell(*sibling, 9);
  Carry(*shop, *hub);
  Carry(*sibling, *hub);
  Carry(*sibling, *other_hub);
  Carry(*shop, *other_hub);
  EXPECT_EQ(Views(*hub->store), Views(*other_hub->store));
  EXPECT_THAT(VerifyNow(*hub).findings, IsEmpty());
  EXPECT_THAT(VerifyNow(*other_hub).findings, IsEmpty());
  // A repeat of the request is told of the one that counts.
  Carry(*hub, *sibling);
  Carry(*hub, *shop);
  const auto at_sibling = Sell(*sibling, 9);
  const auto at_shop = Sell(*shop, 9);
  EXPECT_EQ(at_sibling.facts.front().reference, at_shop.facts.front().reference);
}

TEST_F(IngestTest, ADamagedEntryIsNamedAndNotServed) {
  for (uint32_t sale = 0; sale < 5; ++sale) Sell(*shop, sale);
  const JournalId journal = OnlyJournal(*shop);
  auto transaction = shop->store->Begin();
  const auto row = Must(
      shop->store->NewSnapshot()->Get(ledger::kEntries, ledger::EntryKey(journal, Sequence(4))));
  std::string altered = *row;
  altered[altered.size() - 1] ^= 1;
  transaction->Put(ledger::kEntries, ledger::EntryKey(journal, Sequence(4)), altered);
  testing::MustOk(shop->store->Commit(std::move(transaction), store::Durability::kSynced));
  EXPECT_EQ(Read(*shop, 1).entry_count(), 3U) << "what stands before it is good";
  EXPECT_EQ(shop->ledger->ReadSegment(journal, Sequence(4), 1 << 20).status().code(),
            absl::StatusCode::kDataLoss);
  const auto report = VerifyNow(*shop);
  ASSERT_FALSE(report.findings.empty());
  EXPECT_EQ(report.findings.front().invariant, "I6");
  EXPECT_THAT(report.findings.front().what, HasSubstr("entry 4"));
}

TEST_F(IngestTest, VerifyFindsAViewThatTheJournalsDoNotFoldTo) {
  Sell(*shop, 1);
  auto transaction = shop->store->Begin();
  const int64_t one[] = {1};
  const auto rows = Views(*shop->store);
  std::string key;
  for (const auto& [name, value] : rows) {
    if (name.rfind("balances/", 0) == 0) key = name.substr(std::string("balances/").size());
  }
  transaction->Add(retail::kBalances, key, one);
  testing::MustOk(shop->store->Commit(std::move(transaction), store::Durability::kSynced));
  std::vector<std::string> found;
  for (const auto& finding : VerifyNow(*shop).findings) found.push_back(finding.invariant);
  EXPECT_THAT(found, ::testing::ElementsAre("I4", "I5"));
}

TEST_F(IngestTest, VerifyFindsARequestThatCountsTwice) {
  auto sibling = coop.Node("outremeuse", "outremeuse-2");
  sibling->clock.Advance(5);
  Sell(*shop, 9);
  Sell(*sibling, 9);
  Sell(*sibling, 10);
  Carry(*shop, *hub);
  Carry(*sibling, *hub);
  EXPECT_THAT(VerifyNow(*hub).findings, IsEmpty());
  auto transaction = hub->store->Begin();
  {
    const auto snapshot = hub->store->NewSnapshot();
    for (auto rows = snapshot->Scan(retail::kReceipts, "", ""); rows->Valid(); rows->Next()) {
      retail::v1::ReceiptRow row;
      ASSERT_TRUE(row.ParseFromString(std::string(rows->value())));
      row.clear_duplicate();
      transaction->Put(retail::kReceipts, rows->key(), row.SerializeAsString());
    }
  }
  testing::MustOk(hub->store->Commit(std::move(transaction), store::Durability::kSynced));
  const auto report = VerifyNow(*hub);
  std::vector<std::string> found;
  for (const auto& finding : report.findings) found.push_back(finding.invariant);
  EXPECT_THAT(found, ::testing::ElementsAre("I4", "I9", "I3"));
  EXPECT_THAT(report.findings.back().what, HasSubstr("one request counts twice"));
}

TEST_F(IngestTest, ViewsAreFoldedAnewWhenTheirVersionIsAnothers) {
  for (uint32_t sale = 0; sale < 30; ++sale) Sell(*shop, sale);
  const auto before = Views(*shop->store);
  shop->ledger.reset();
  auto transaction = shop->store->Begin();
  transaction->Put(ledger::kMeta, "fold_version", "0");
  testing::MustOk(shop->store->Commit(std::move(transaction), store::Durability::kSynced));
  testing::MustOk(shop->store->Clear(retail::kBalances));
  shop->Open();
  EXPECT_EQ(Views(*shop->store), before);
}

}  // namespace
}  // namespace comptoir
