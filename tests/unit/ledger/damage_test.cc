// Damage: what is found, what is served all the same, what mends it and what may not.
#include "common/ledger/damage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/journal/chain.h"
#include "common/ledger/entry_rows.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/tables.h"
#include "tests/support/coop.h"

namespace comptoir {
namespace {

using ledger::DamageBook;
using ledger::DamagedRange;
using ledger::Refusal;
using testing::Carry;
using testing::Coop;
using ::testing::ElementsAre;
using testing::IngestAndWait;
using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using ::testing::Pair;
using testing::Sell;
using testing::VerifyNow;
using testing::Views;

constexpr JournalId kOne(1);

TEST(DamageBookTest, RangesGrowTogetherAndAreToldOnce) {
  DamageBook book;
  EXPECT_THAT(book.Add({kOne, Sequence(5), Sequence(6)}),
              ElementsAre(DamagedRange{kOne, Sequence(5), Sequence(6)}));
  EXPECT_THAT(book.Add({kOne, Sequence(5), Sequence(6)}), IsEmpty());
  EXPECT_THAT(book.Add({kOne, Sequence(4), Sequence(8)}),
              ElementsAre(DamagedRange{kOne, Sequence(4), Sequence(4)},
                          DamagedRange{kOne, Sequence(7), Sequence(8)}));
  EXPECT_THAT(book.all(), ElementsAre(DamagedRange{kOne, Sequence(4), Sequence(8)}));
  EXPECT_EQ(book.entries(), 5U);
  EXPECT_THAT(book.In(kOne, Sequence(7), Sequence(20)), ElementsAre(Sequence(7), Sequence(8)));
  EXPECT_TRUE(book.Remove(kOne, Sequence(6)));
  EXPECT_FALSE(book.Remove(kOne, Sequence(6)));
  EXPECT_THAT(book.all(), ElementsAre(DamagedRange{kOne, Sequence(4), Sequence(5)},
                                      DamagedRange{kOne, Sequence(7), Sequence(8)}));
  for (const uint64_t each : {4, 5, 7, 8}) EXPECT_TRUE(book.Remove(kOne, Sequence(each)));
  EXPECT_THAT(book.all(), IsEmpty());
  EXPECT_FALSE(book.Has(kOne, Sequence(5)));
}

class DamageTest : public ::testing::Test {
 protected:
  DamageTest() {
    for (uint32_t sale = 0; sale < 9; ++sale) Sell(*shop_, sale);
    Carry(*shop_, *hub_, 600);
    journal_ = shop_->ledger->Journals().front().head.journal;
  }

  std::string RowAt(testing::Replica& replica, uint64_t sequence) {
    const auto row = Must(replica.store->NewSnapshot()->Get(
        ledger::kEntries, ledger::EntryKey(journal_, Sequence(sequence))));
    return row.value_or("");
  }
  void PutRow(testing::Replica& replica, uint64_t sequence, const std::string& row) {
    auto transaction = replica.store->Begin();
    transaction->Put(ledger::kEntries, ledger::EntryKey(journal_, Sequence(sequence)), row);
    MustOk(replica.store->Commit(std::move(transaction), store::Durability::kSynced));
  }
  void EraseRow(testing::Replica& replica, uint64_t sequence) {
    auto transaction = replica.store->Begin();
    transaction->Erase(ledger::kEntries, ledger::EntryKey(journal_, Sequence(sequence)));
    MustOk(replica.store->Commit(std::move(transaction), store::Durability::kSynced));
  }
  // One bit of a row's last byte, which is the entry's.
  void FlipByte(testing::Replica& replica, uint64_t sequence) {
    std::string row = RowAt(replica, sequence);
    row.back() = static_cast<char>(row.back() ^ 1);
    PutRow(replica, sequence, row);
  }
  void FlipHash(testing::Replica& replica, uint64_t sequence) {
    std::string row = RowAt(replica, sequence);
    row.front() = static_cast<char>(row.front() ^ 1);
    PutRow(replica, sequence, row);
  }
  DamagedRange Range(uint64_t first, uint64_t last) {
    return {journal_, Sequence(first), Sequence(last)};
  }
  journal::v1::Segment SegmentAt(testing::Replica& replica, uint64_t first) {
    return *Must(replica.ledger->ReadSegment(journal_, Sequence(first), 1 << 20));
  }
  // The whole journal, brought again by `source`.
  ledger::IngestResult BringAgain(testing::Replica& source, testing::Replica& target) {
    return IngestAndWait(target, SegmentAt(source, 1), source.ledger->self());
  }

  Coop coop_;
  std::unique_ptr<testing::Replica> hub_ = coop_.Hub();
  std::unique_ptr<testing::Replica> shop_ = coop_.Node("outremeuse", "outremeuse-1");
  JournalId journal_;
};

TEST_F(DamageTest, EachKindIsFoundAndMendedAndTheRowsAreAsBefore) {
  std::vector<std::string> before;
  for (uint64_t sequence = 1; sequence <= 10; ++sequence) before.push_back(RowAt(*shop_, sequence));
  FlipByte(*shop_, 3);
  FlipHash(*shop_, 5);  // the one behind it cannot be judged
  EraseRow(*shop_, 8);
  shop_->store->DamageRow(ledger::kEntries, ledger::EntryKey(journal_, Sequence(10)));
  EXPECT_FALSE(VerifyNow(*shop_).findings.empty());
  EXPECT_THAT(shop_->ledger->damage().entries, ElementsAre(Range(3, 3), Range(5, 6), Range(8, 10)));
  EXPECT_EQ(shop_->ledger->counters().damaged_entries.value(), 6U);

  const auto result = BringAgain(*hub_, *shop_);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.refusal, Refusal::kNone) << result.detail;
  EXPECT_EQ(result.held.sequence, Sequence(10));
  EXPECT_THAT(shop_->ledger->damage().entries, IsEmpty());
  EXPECT_EQ(shop_->ledger->counters().mended_entries.value(), 6U);
  for (uint64_t sequence = 1; sequence <= 10; ++sequence) {
    EXPECT_EQ(RowAt(*shop_, sequence), before[sequence - 1]) << sequence;
  }
  const auto report = VerifyNow(*shop_);
  EXPECT_THAT(report.findings, IsEmpty());
  EXPECT_EQ(Views(*hub_->store), Views(*shop_->store));
}

TEST_F(DamageTest, TheFirstAndTheLastEntryAreMendedToo) {
  for (const uint64_t sequence : {1, 10}) {
    FlipByte(*hub_, sequence);
    EXPECT_FALSE(VerifyNow(*hub_).findings.empty());
    EXPECT_EQ(BringAgain(*shop_, *hub_).refusal, Refusal::kNone);
    EXPECT_THAT(VerifyNow(*hub_).findings, IsEmpty());
    EXPECT_THAT(hub_->ledger->damage().entries, IsEmpty());
  }
}

TEST_F(DamageTest, WhatStandsBeforeTheDamageIsServedAndTheDamageIsNot) {
  FlipByte(*shop_, 4);
  EXPECT_EQ(SegmentAt(*shop_, 1).entry_count(), 3U);
  EXPECT_THAT(shop_->ledger->damage().entries, IsEmpty()) << "not come upon yet";
  EXPECT_EQ(shop_->ledger->ReadSegment(journal_, Sequence(4), 1 << 20).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_THAT(shop_->ledger->damage().entries, ElementsAre(Range(4, 4)));
  EXPECT_EQ(SegmentAt(*shop_, 5).entry_count(), 6U) << "what stands behind it is good";
}

TEST_F(DamageTest, ARelayServesNothingThatItCannotServeToASignature) {
  const auto fresh = coop_.Hub();
  IngestAndWait(*fresh, SegmentAt(*hub_, 1), shop_->ledger->self());
  fresh->store->DamageRow(ledger::kEntries, ledger::EntryKey(journal_, Sequence(9)));
  EXPECT_EQ(fresh->ledger->ReadSegment(journal_, Sequence(1), 1 << 20).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_THAT(fresh->ledger->damage().entries, ElementsAre(Range(9, 10)))
      << "the one behind what is gone cannot be judged";
}

TEST_F(DamageTest, AnAlteredEntryIsShownToNobodyAndNamedOnceItIsRead) {
  FlipByte(*shop_, 3);
  google::protobuf::Arena arena;
  const auto fact = [&](uint64_t sequence) {
    return shop_->ledger
        ->ReadFact(*shop_->ledger->NewSnapshot(), journal_, Sequence(sequence), &arena)
        .status();
  };
  EXPECT_TRUE(fact(2).ok()) << fact(2);
  EXPECT_TRUE(fact(4).ok()) << "its hash is of what its writer wrote: " << fact(4);
  EXPECT_THAT(shop_->ledger->damage().entries, IsEmpty());
  EXPECT_EQ(fact(3).code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(shop_->ledger->damage().entries, ElementsAre(Range(3, 3)));

  EXPECT_EQ(BringAgain(*hub_, *shop_).refusal, Refusal::kNone);
  EXPECT_TRUE(fact(3).ok()) << fact(3);
}

TEST_F(DamageTest, AnotherBranchMendsNothing) {
  // The writer's key signs other entries under the same numbers.
  journal::SegmentBuilder builder(journal_, Sequence(1), journal::ChainStart(journal_));
  const std::string genesis = RowAt(*shop_, 1).substr(32);
  ASSERT_TRUE(builder.Add(genesis, 1 << 20));
  Hash hash = journal::ChainNext(journal::ChainStart(journal_), genesis);
  for (uint64_t sequence = 2; sequence <= 5; ++sequence) {
    const std::string other = RowAt(*shop_, sequence + 1).substr(32);
    ASSERT_TRUE(builder.Add(other, 1 << 20));
    hash = journal::ChainNext(hash, other);
  }
  const auto branch = std::move(builder).Finish(
      Must(shop_->signer->Sign(journal::HeadToSign({journal_, Sequence(5), hash}))));

  const std::string bad = [&] {
    FlipByte(*shop_, 5);
    return RowAt(*shop_, 5);
  }();
  EXPECT_FALSE(VerifyNow(*shop_).findings.empty());
  const auto result = IngestAndWait(*shop_, branch, hub_->ledger->self());
  EXPECT_EQ(result.refusal, Refusal::kFork) << result.detail;
  EXPECT_EQ(RowAt(*shop_, 5), bad) << "left for what is the same journal";
  EXPECT_EQ(BringAgain(*hub_, *shop_).refusal, Refusal::kNone);
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
}

TEST_F(DamageTest, ASoundEntryIsNeverWrittenAnew) {
  const std::string sound = RowAt(*hub_, 6);
  EXPECT_EQ(BringAgain(*shop_, *hub_).refusal, Refusal::kNone);
  EXPECT_EQ(RowAt(*hub_, 6), sound);
  EXPECT_EQ(hub_->ledger->counters().mended_entries.value(), 0U);
}

TEST_F(DamageTest, ARepeatWhoseLastEntryIsDamagedHereMendsIt) {
  // Nobody had come upon it before.
  shop_->store->DamageRow(ledger::kEntries, ledger::EntryKey(journal_, Sequence(10)));
  const std::string before = RowAt(*hub_, 10);
  Sell(*shop_, 30);
  const auto repeat = SegmentAt(*hub_, 1);
  ASSERT_EQ(repeat.entry_count(), 10U);
  const auto result = IngestAndWait(*shop_, repeat, hub_->ledger->self());
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.refusal, Refusal::kNone) << result.detail;
  EXPECT_EQ(result.held.sequence, Sequence(11));
  EXPECT_EQ(RowAt(*shop_, 10), before);
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
}

TEST_F(DamageTest, DamagedRowsOfViewsAreFoldedAnewAtTheNextStart) {
  const auto before = Views(*shop_->store);
  const auto snapshot = shop_->ledger->NewSnapshot();
  auto rows = snapshot->Scan(retail::kBalances, "", "");
  ASSERT_TRUE(rows->Valid());
  const std::string key(rows->key());
  rows.reset();
  shop_->store->DamageRow(retail::kBalances, key);
  EXPECT_FALSE(shop_->ledger->damage().views_are_stale);
  const auto damaged = shop_->ledger->NewSnapshot();
  EXPECT_EQ(damaged->Get(retail::kBalances, key).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(shop_->ledger->damage().views_are_stale);
  shop_->Reopen();
  EXPECT_FALSE(shop_->ledger->damage().views_are_stale);
  EXPECT_EQ(Views(*shop_->store), before);
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
}

TEST_F(DamageTest, RowsOfViewsThatSayNothingToWhoReadsThemAreFoldedAnewToo) {
  const auto before = Views(*shop_->store);
  auto transaction = shop_->store->Begin();
  transaction->Put(retail::kRecalls, "what no fold wrote", "\xff");
  MustOk(shop_->store->Commit(std::move(transaction), store::Durability::kSynced));
  const auto snapshot = shop_->ledger->NewSnapshot();
  EXPECT_FALSE(shop_->ledger->damage().views_are_stale);
  snapshot->TellUnreadable(retail::kRecalls, "what no fold wrote");
  EXPECT_TRUE(shop_->ledger->damage().views_are_stale);
  shop_->Reopen();
  EXPECT_FALSE(shop_->ledger->damage().views_are_stale);
  EXPECT_EQ(Views(*shop_->store), before);
}

TEST_F(DamageTest, AViewThatTheJournalsDoNotFoldToIsFoldedAnewAtTheNextStart) {
  const auto before = Views(*shop_->store);
  const auto snapshot = shop_->store->NewSnapshot();
  const auto rows = snapshot->Scan(retail::kBalances, "", "");
  ASSERT_TRUE(rows->Valid());
  auto transaction = shop_->store->Begin();
  const int64_t one[] = {1};
  transaction->Add(retail::kBalances, rows->key(), one);
  MustOk(shop_->store->Commit(std::move(transaction), store::Durability::kSynced));
  EXPECT_FALSE(VerifyNow(*shop_).findings.empty());
  EXPECT_TRUE(shop_->ledger->damage().views_are_stale);
  EXPECT_THAT(shop_->refolded, IsEmpty());
  shop_->Reopen();
  const uint64_t entries = shop_->ledger->totals().entries;
  EXPECT_THAT(shop_->refolded, ElementsAre(Pair(0U, entries), Pair(entries, entries)));
  EXPECT_EQ(Views(*shop_->store), before);
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
}

// The one that is looked back at is judged by the one before it, which is what rotted.
TEST_F(DamageTest, WhatALookBackFindsIsMendedWithTheOneBeforeIt) {
  const auto append = [this](uint32_t number, retail::v1::FactKind kind, const auto& fact) {
    MustOk(shop_->ledger
               ->AppendAndWait({testing::RequestId(number),
                                7,
                                journal::v1::SCOPE_SHOP,
                                {{kind, fact.SerializeAsString()}}})
               .status());
  };
  retail::v1::GoodsReceived received;
  received.set_producer("moulin");
  retail::v1::ReceivedLine* line = received.add_lines();
  line->set_product("pain-gris");
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_quantity_milli(1'000);
  append(700, retail::v1::FACT_KIND_GOODS_RECEIVED, received);
  Carry(*shop_, *hub_);
  google::protobuf::Arena arena;
  retail::v1::Corrected corrected;
  *corrected.mutable_fact() =
      Must(shop_->ledger->ReadFact(*shop_->ledger->NewSnapshot(), journal_, Sequence(11), &arena))
          .name();
  corrected.set_kind(retail::v1::FACT_KIND_GOODS_RECEIVED);
  corrected.set_reason("une erreur");
  FlipHash(*shop_, 10);
  append(701, retail::v1::FACT_KIND_CORRECTED, corrected);
  EXPECT_THAT(shop_->ledger->damage().entries, ElementsAre(Range(10, 11)));
  EXPECT_TRUE(shop_->ledger->damage().views_are_stale);
  const auto result = BringAgain(*hub_, *shop_);
  EXPECT_EQ(result.refusal, Refusal::kNone) << result.detail;
  EXPECT_THAT(shop_->ledger->damage().entries, IsEmpty());
  EXPECT_TRUE(shop_->ledger->damage().views_are_stale);
  shop_->Reopen();
  EXPECT_FALSE(shop_->ledger->damage().views_are_stale);
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
}

TEST_F(DamageTest, AStartThatCannotFoldAllSellsOnAndFoldsTheRestOnceMended) {
  const auto before = Views(*shop_->store);
  FlipByte(*shop_, 6);
  {
    auto transaction = shop_->store->Begin();
    transaction->Put(ledger::kMeta, ledger::kViewsStaleName, "1");
    MustOk(shop_->store->Commit(std::move(transaction), store::Durability::kSynced));
  }
  shop_->Reopen();
  EXPECT_TRUE(shop_->ledger->damage().views_are_stale);
  EXPECT_THAT(shop_->ledger->damage().entries, ElementsAre(Range(6, 6)));
  Sell(*shop_, 50);
  EXPECT_EQ(BringAgain(*hub_, *shop_).refusal, Refusal::kNone);
  EXPECT_THAT(shop_->ledger->damage().entries, IsEmpty());
  shop_->Reopen();
  EXPECT_FALSE(shop_->ledger->damage().views_are_stale);
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
  EXPECT_GT(Views(*shop_->store).size(), before.size());
  EXPECT_EQ(shop_->ledger->totals().receipts, 10U);
}

}  // namespace
}  // namespace comptoir
