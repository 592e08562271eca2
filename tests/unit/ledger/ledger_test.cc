// Append: durable, once, in order (R1, R2, R5, R6, R11).
#include "common/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <set>
#include <thread>

#include "common/base/limits.h"
#include "common/journal/chain.h"
#include "common/ledger/folding.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"
#include "tests/support/coop.h"

namespace comptoir {
namespace {

using testing::Coop;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Must;
using testing::OneSale;
using testing::SaleRequest;
using testing::Sell;
using testing::VerifyNow;
using testing::Views;

TEST(LedgerTest, FirstWriteOpensAJournalWhoseGenesisIsEntryOne) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  EXPECT_THAT(shop->ledger->Journals(), IsEmpty());
  const auto result = Sell(*shop, 1);
  ASSERT_EQ(shop->ledger->Journals().size(), 1u);
  const ledger::JournalView journal = shop->ledger->Journals().front();
  EXPECT_EQ(journal.head.sequence, Sequence(2));
  EXPECT_EQ(journal.scope, journal::v1::SCOPE_SHOP);
  EXPECT_EQ(journal.shop, "outremeuse");
  EXPECT_TRUE(journal.ours);
  EXPECT_EQ(result.facts.front().reference.sequence, Sequence(2));
  EXPECT_EQ(result.facts.front().receipt_ordinal, 1u);
}

TEST(LedgerTest, TheHubWritesInTheScopeOfTheShopThatIsNamed) {
  Coop coop;
  auto hub = coop.Hub();
  retail::v1::PriceSet set;
  set.set_product("pain-gris");
  set.mutable_price_cents()->set_value(240);
  for (const char* shop : {"outremeuse", "herstal", "outremeuse"}) {
    set.set_shop(shop);
    Must(hub->ledger->AppendAndWait({"",
                                     0,
                                     journal::v1::SCOPE_SHOP,
                                     {{retail::v1::FACT_KIND_PRICE_SET, set.SerializeAsString()}},
                                     shop}));
  }
  std::map<std::string, Sequence> heads;
  for (const auto& journal : hub->ledger->Journals()) heads[journal.shop] = journal.head.sequence;
  EXPECT_EQ(heads, (std::map<std::string, Sequence>{{"herstal", Sequence(2)},
                                                    {"outremeuse", Sequence(3)}}));
  // A node has no journal of another shop's.
  auto node = coop.Node("outremeuse", "outremeuse-1");
  EXPECT_FALSE(node->ledger
                   ->AppendAndWait({"",
                                    0,
                                    journal::v1::SCOPE_SHOP,
                                    {{retail::v1::FACT_KIND_PRICE_SET, set.SerializeAsString()}},
                                    "herstal"})
                   .ok());
  EXPECT_THAT(node->ledger->Journals(), IsEmpty());
}

TEST(LedgerTest, EveryRunOpensANewJournalThatFollowsTheLast) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  Sell(*shop, 1);
  const JournalId first = shop->ledger->Journals().front().head.journal;
  shop->Reopen();
  EXPECT_EQ(shop->ledger->Journals().size(), 1u);
  Sell(*shop, 2);
  ASSERT_EQ(shop->ledger->Journals().size(), 2u);
  for (const auto& journal : shop->ledger->Journals()) {
    EXPECT_EQ(journal.finished, journal.head.journal == first);
    EXPECT_EQ(journal.head.sequence, Sequence(2));
  }
}

TEST(LedgerTest, OnlyWhatThisRunAppendsToIsOpen) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  Sell(*shop, 1);
  const JournalId first = shop->ledger->Journals().front().head.journal;
  EXPECT_TRUE(shop->ledger->Journals().front().open);
  shop->Reopen();
  const auto before = shop->ledger->Journals();
  ASSERT_EQ(before.size(), 1u);
  EXPECT_TRUE(before.front().ours);
  EXPECT_FALSE(before.front().finished);
  EXPECT_FALSE(before.front().open) << "the next write opens another";
  Sell(*shop, 2);
  for (const auto& journal : shop->ledger->Journals()) {
    EXPECT_EQ(journal.open, journal.head.journal != first);
  }
}

TEST(LedgerTest, RepeatedRequestGetsItsFirstAnswerAlsoAfterARestart) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  const auto first = Sell(*shop, 7);
  const auto again = Sell(*shop, 7);
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.facts.front().reference, first.facts.front().reference);
  shop->Reopen();
  const auto later = Sell(*shop, 7);
  EXPECT_TRUE(later.repeated);
  EXPECT_EQ(later.facts.front().reference, first.facts.front().reference);
  EXPECT_EQ(later.series, first.series);
  EXPECT_EQ(shop->ledger->totals().receipts, 1u);
}

TEST(LedgerTest, SameRequestIdWithOtherContentIsRefused) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  Sell(*shop, 7);
  const auto other =
      shop->ledger->AppendAndWait(SaleRequest(7, OneSale("pain-gris", 2000, 250), 2));
  EXPECT_EQ(other.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(other.status().message()), HasSubstr("other content"));
  EXPECT_EQ(shop->ledger->totals().receipts, 1u);
}

TEST(LedgerTest, FactThatIsNotAdmittedIsNotWritten) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  Sell(*shop, 1);
  const auto before = Views(*shop->store);
  for (const int64_t quantity : {int64_t{0}, int64_t{-1}, kQuantityMilliMax + 1}) {
    const auto refused =
        shop->ledger->AppendAndWait(SaleRequest(2, OneSale("pain-gris", quantity, 250)));
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument) << quantity;
  }
  EXPECT_EQ(Views(*shop->store), before);
  EXPECT_EQ(shop->ledger->totals().entries, 2u);
}

TEST(LedgerTest, SeveralFactsOfOneRequestStandTogetherOrNotAtAll) {
  Coop coop;
  auto hub = coop.Hub();
  retail::v1::ProducerEdited good;
  good.set_producer("ferme");
  good.mutable_name()->set_value("La ferme");
  retail::v1::ProducerEdited bad;
  bad.set_producer("NOT A CODE");
  bad.mutable_name()->set_value("x");
  ledger::AppendRequest request{testing::RequestId(1), 5, journal::v1::SCOPE_COOP, {}};
  request.facts.push_back({retail::v1::FACT_KIND_PRODUCER_EDITED, good.SerializeAsString()});
  request.facts.push_back({retail::v1::FACT_KIND_PRODUCER_EDITED, bad.SerializeAsString()});
  EXPECT_EQ(hub->ledger->AppendAndWait(request).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(hub->ledger->totals().entries, 0u);
  request.facts.back() = request.facts.front();
  EXPECT_EQ(Must(hub->ledger->AppendAndWait(request)).facts.size(), 2u);
  const auto again = Must(hub->ledger->AppendAndWait(request));
  EXPECT_TRUE(again.repeated);
  EXPECT_EQ(again.facts.size(), 2u);
}

// R10: a count asks by this which journals its wall instant alone would not tell apart.
TEST(LedgerTest, AJournalRemembersHowFarAheadItsClockEverWas) {
  constexpr int64_t kTwoYearsMs = int64_t{730} * 86'400'000;
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  Sell(*shop, 1);
  shop->clock.Jump(kTwoYearsMs);
  shop->ledger->VouchForClock();
  Sell(*shop, 2);
  shop->clock.Jump(-kTwoYearsMs);
  shop->ledger->VouchForClock();
  Sell(*shop, 3);
  const auto expect = [&shop] {
    const ledger::JournalView journal = shop->ledger->Journals().front();
    EXPECT_EQ(journal.last_wall_ms, testing::kMonday);
    EXPECT_GE(journal.latest.millis(), testing::kMonday + kTwoYearsMs);
  };
  expect();
  shop->Reopen();
  expect();
}

TEST(LedgerTest, ARequestOfWhichOnlyAPartHasArrivedIsNotTakenForDone) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  auto sibling = coop.Node("outremeuse", "outremeuse-2");
  ledger::AppendRequest request{testing::RequestId(1), 5, journal::v1::SCOPE_SHOP, {}};
  for (int i = 0; i < 3; ++i) {
    request.facts.push_back(
        {retail::v1::FACT_KIND_SOLD, OneSale("pain-gris", 1000 + i, 250).SerializeAsString()});
  }
  const auto first = Must(shop->ledger->AppendAndWait(request));
  const JournalId journal = first.facts.front().reference.journal;
  const auto bring = [&](Sequence from, size_t bytes_max) {
    const auto segment = Must(shop->ledger->ReadSegment(journal, from, bytes_max));
    return testing::IngestAndWait(*sibling, *segment, shop->ledger->self()).held.sequence;
  };
  const Sequence genesis = bring(Sequence(1), 1);
  ASSERT_EQ(genesis, Sequence(1));
  ASSERT_EQ(bring(Next(genesis), 1), Sequence(2));
  const auto views = Views(*sibling->store);
  // Also who only asks whether it is known.
  for (const auto& facts : {request.facts, std::vector<ledger::NewFact>()}) {
    ledger::AppendRequest again = request;
    again.facts = facts;
    const auto refused = sibling->ledger->AppendAndWait(again);
    EXPECT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_EQ(retail::ReasonOf(refused.status()), retail::kRequestOnItsWay);
    EXPECT_THAT(std::string(refused.status().message()), HasSubstr("1 of its 3 facts"));
  }
  EXPECT_EQ(Views(*sibling->store), views);
  ASSERT_EQ(bring(Sequence(3), 1 << 20), Sequence(4));
  const auto again = Must(sibling->ledger->AppendAndWait(request));
  EXPECT_TRUE(again.repeated);
  ASSERT_EQ(again.facts.size(), 3u);
  EXPECT_EQ(again.facts.back().reference, first.facts.back().reference);
}

TEST(LedgerTest, ManyTillsAtOnceEachGetTheirOwnReceipt) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  constexpr uint32_t kTills = 8;
  constexpr uint32_t kSales = 200;
  Mutex mutex;
  std::set<uint64_t> ordinals;
  std::vector<std::thread> tills;
  for (uint32_t till = 0; till < kTills; ++till) {
    tills.emplace_back([&, till] {
      for (uint32_t sale = 0; sale < kSales; ++sale) {
        const auto result = Sell(*shop, till * 1'000 + sale);
        MutexLock lock(&mutex);
        ordinals.insert(result.facts.front().receipt_ordinal);
      }
    });
  }
  for (std::thread& till : tills) till.join();
  EXPECT_EQ(ordinals.size(), kTills * kSales);
  EXPECT_EQ(*ordinals.rbegin(), kTills * kSales);
  EXPECT_THAT(VerifyNow(*shop).findings, IsEmpty());
}

TEST(LedgerTest, NothingIsAcknowledgedBeforeItIsOnTheDisk) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  for (uint32_t sale = 0; sale < 20; ++sale) Sell(*shop, sale);
  shop->ledger.reset();
  shop->store->LoseUnsynced();
  shop->Open();
  EXPECT_EQ(shop->ledger->totals().receipts, 20u);
}

TEST(LedgerTest, AFailedWriteAcknowledgesNothingAndStopsTheLedger) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  Sell(*shop, 1);
  for (const auto point : {store::MemoryStore::FaultPoint::kBeforeApplied,
                           store::MemoryStore::FaultPoint::kAfterApplied}) {
    const uint64_t before = shop->ledger->totals().receipts;
    shop->store->FailNextCommit(absl::InternalError("I/O error"), point);
    const auto lost = shop->ledger->AppendAndWait(SaleRequest(50, OneSale("pain-gris", 1000, 250)));
    EXPECT_EQ(lost.status().code(), absl::StatusCode::kInternal);
    const auto after =
        shop->ledger->AppendAndWait(SaleRequest(51, OneSale("pain-gris", 1000, 250)));
    EXPECT_FALSE(after.ok());
    EXPECT_EQ(shop->ledger->totals().receipts, before);
    // The next start finds out; the till's retry gets one receipt either way.
    shop->Reopen();
    Sell(*shop, 50);
    EXPECT_EQ(shop->ledger->totals().receipts, before + (before == 1 ? 1 : 0));
    EXPECT_THAT(VerifyNow(*shop).findings, IsEmpty());
  }
}

TEST(LedgerTest, WithoutRoomOnTheDiskNothingIsWrittenAndWhatIsKnownIsAnswered) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  const auto sold = Sell(*shop, 1);
  shop->has_room = false;
  const auto refused = shop->ledger->AppendAndWait(SaleRequest(2, OneSale("pain-gris", 1000, 250)));
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(shop->ledger->PutLocal("note", "x").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(Sell(*shop, 1).facts.front().reference, sold.facts.front().reference);
  EXPECT_EQ(shop->ledger->totals().entries, 2u);
  shop->has_room = true;
  EXPECT_EQ(Sell(*shop, 2).facts.front().receipt_ordinal, 2u);
}

TEST(LedgerTest, AnotherNodesDataIsRefused) {
  Coop coop;
  auto one = coop.Node("outremeuse", "outremeuse-1");
  auto two = coop.Node("herstal", "herstal-1");
  Sell(*one, 1);
  one->ledger.reset();
  const auto opened = ledger::Ledger::Open(
      {one->store.get(), two->signer.get(), two->verifier.get(), &two->clock, two->random.get()});
  EXPECT_EQ(opened.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(opened.status().message()), HasSubstr("outremeuse-1"));
}

TEST(LedgerTest, ListenerHearsOfEveryGrowthOnceItIsDurable) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  std::atomic<uint64_t> heard = 0;
  shop->ledger->SetListener(
      [&](const ledger::JournalView& journal) { heard = journal.head.sequence.value(); });
  Sell(*shop, 1);
  EXPECT_EQ(heard, 2u);
  Sell(*shop, 2);
  EXPECT_EQ(heard, 3u);
}

TEST(LedgerTest, AListenerThatWasTakenAwayIsNotCalledAnyMore) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  std::promise<void> inside;
  std::promise<void> go_on;
  std::atomic<bool> over = false;
  shop->ledger->SetListener([&](const ledger::JournalView&) {
    inside.set_value();
    go_on.get_future().wait();
    over = true;
  });
  std::thread seller([&] { Sell(*shop, 1); });
  inside.get_future().wait();
  std::thread taker([&] {
    shop->ledger->SetListener(nullptr);
    EXPECT_TRUE(over) << "it returned while a call was under way";
  });
  go_on.set_value();
  taker.join();
  seller.join();
  Sell(*shop, 2);
}

TEST(LedgerTest, JournalsOfACertificateThatWasRenewedAreStillOurs) {
  const identity::Authority authority =
      Must(identity::Authority::Create("essai", "Essai", testing::kMonday));
  const identity::KeyPair key = Must(identity::KeyPair::Generate());
  const auto issue = [&](int64_t now_ms) {
    return Must(authority.Issue(identity::NodeHolder("essai", "outremeuse", "outremeuse-1", false),
                                Must(identity::MakeSigningRequest(key, "outremeuse-1")), now_ms));
  };
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  shop->ledger.reset();
  shop->signer = Must(identity::KeySigner::Make(key, issue(testing::kMonday)));
  shop->verifier = Must(identity::CertificateVerifier::Make({authority.certificate()}));
  shop->Open();
  Sell(*shop, 1);
  // Not signed yet: the tail of that run is signed under the certificate of the next.
  shop->ledger.reset();
  shop->signer = Must(identity::KeySigner::Make(key, issue(testing::kMonday + 86'400'000)));
  shop->Open();
  Sell(*shop, 2);
  ASSERT_EQ(shop->ledger->Journals().size(), 2U);
  for (const ledger::JournalView& journal : shop->ledger->Journals()) {
    EXPECT_TRUE(journal.ours);
    const auto segment =
        Must(shop->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20));
    ASSERT_TRUE(segment.has_value());
    EXPECT_FALSE(segment->signature().empty());
  }
  EXPECT_THAT(VerifyNow(*shop).findings, IsEmpty());
}

}  // namespace
}  // namespace comptoir
