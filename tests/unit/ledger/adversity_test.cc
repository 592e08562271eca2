// Two things that go wrong at once: rot beside a count, a fork or a start; settling beside
// an ingest or a refused append.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <utility>

#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/tables.h"
#include "tests/support/branch.h"
#include "tests/support/coop.h"
#include "tests/support/forked_shop.h"

namespace comptoir {
namespace {

using ledger::Refusal;
using testing::Branch;
using testing::Carry;
using ::testing::Contains;
using ::testing::HasSubstr;
using testing::IngestAndWait;
using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using testing::Sell;
using ::testing::SizeIs;
using testing::VerifyNow;

// Does something else, once, in the midst of an ingest.
class HookedVerifier final : public journal::Verifier {
 public:
  explicit HookedVerifier(const journal::Verifier& inner) : inner_(inner) {}
  void Before(std::function<void()> hook) { hook_ = std::move(hook); }
  absl::StatusOr<journal::Writer> VerifyCertificate(std::string_view certificate) const override {
    return inner_.VerifyCertificate(certificate);
  }
  absl::Status VerifySignature(std::string_view certificate, std::string_view message,
                               std::string_view signature) const override {
    if (const auto hook = std::exchange(hook_, nullptr)) hook();
    return inner_.VerifySignature(certificate, message, signature);
  }

 private:
  const journal::Verifier& inner_;
  mutable std::function<void()> hook_;
};

// Starts it anew; unlike Replica::Open, may find that it cannot.
absl::Status TryOpen(testing::Replica& replica, const journal::Verifier* verifier = nullptr) {
  replica.ledger.reset();
  ledger::Options options{replica.store.get(), replica.signer.get(),
                          verifier != nullptr ? verifier : replica.verifier.get(), &replica.clock,
                          replica.random.get()};
  options.new_scratch = [] { return std::make_shared<store::MemoryStore>(ledger::AllTables()); };
  auto opened = ledger::Ledger::Open(std::move(options));
  if (opened.ok()) replica.ledger = *std::move(opened);
  return opened.status();
}

class AdversityTest : public testing::ForkedShop {
 protected:
  void Fork(Branch& branch) {
    EXPECT_EQ(IngestAndWait(*sibling, branch.Cut(), shop->ledger->self()).refusal, Refusal::kNone);
    for (uint32_t sale = 0; sale < 4; ++sale) Sell(*shop, 5 + sale);
    Carry(*shop, *hub);
    EXPECT_EQ(IngestAndWait(*hub, branch.Cut(), sibling->ledger->self()).refusal, Refusal::kFork);
    Sell(*shop, 900);
    Carry(*shop, *hub);
  }
  void Tell(testing::Replica& node) {
    for (const auto& journal : hub->ledger->Journals()) {
      if (journal.node != "hub") continue;
      IngestAndWait(node,
                    *Must(hub->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20)),
                    hub->ledger->self());
    }
  }
  // The journal of its own in which it sells.
  static JournalId OwnOf(testing::Replica& replica) {
    JournalId own;
    for (const auto& journal : replica.ledger->Journals()) {
      if (journal.ours) own = journal.head.journal;
    }
    return own;
  }
  static ledger::AppendRequest CountOfAll() {
    retail::v1::Counted counted;
    retail::v1::CountedLine* line = counted.add_lines();
    line->set_product("pain-gris");
    line->set_unit(retail::v1::UNIT_PIECE);
    line->set_whole(true);
    line->add_lots()->set_quantity_milli(30'000);
    return {testing::RequestId(4000),
            7,
            journal::v1::SCOPE_SHOP,
            {{retail::v1::FACT_KIND_COUNTED, counted.SerializeAsString()}}};
  }
};

TEST_F(AdversityTest, IngestBesideSettling) {
  HookedVerifier hooked(*sibling->verifier);
  MustOk(TryOpen(*sibling, &hooked));
  Branch branch(*shop, common);
  branch.AddSale(500);
  Branch behind(*shop, branch.head());
  branch.AddSale(501);
  branch.AddSale(502);
  behind.AddSale(600);
  Fork(branch);
  Tell(*sibling);
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  hooked.Before([&] { MustOk(sibling->ledger->SettleForks()); });
  const auto result = IngestAndWait(*sibling, behind.Cut(), shop->ledger->self());
  EXPECT_EQ(result.refusal, Refusal::kGap) << result.detail;
}

TEST_F(AdversityTest, RefusedAppendThenSettle) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  branch.AddSale(501);
  branch.AddSale(502);
  Fork(branch);
  Tell(*sibling);
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  retail::v1::Sold bad = testing::OneSale("pain-gris", -5, 250);
  EXPECT_FALSE(sibling->ledger->AppendAndWait(testing::SaleRequest(77, bad)).ok());
  MustOk(sibling->ledger->SettleForks());
  for (const auto& finding : VerifyNow(*sibling).findings) {
    ADD_FAILURE() << finding.invariant << " " << finding.what;
  }
  EXPECT_EQ(Must(sibling->ledger->CountVerdicts()), 0U);
}

TEST_F(AdversityTest, StartWithForkAndRot) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  Fork(branch);
  Sell(*sibling, 800);  // a journal of the sibling's own
  const JournalId own = OwnOf(*sibling);
  Tell(*sibling);
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  sibling->ledger.reset();
  sibling->store->DamageRow(ledger::kEntries, ledger::EntryKey(own, Sequence(2)));
  EXPECT_EQ(TryOpen(*sibling), absl::OkStatus());
}

// Which branch is held shows only in the entry that rotted.
TEST_F(AdversityTest, RotWhereASettledForkParts) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  Fork(branch);
  Carry(*hub, *shop);
  for (testing::Replica* replica : {hub.get(), shop.get()}) {
    for (const uint64_t past : {0, 1}) {
      const Sequence at(common.sequence.value() + past);
      replica->ledger.reset();
      replica->store->DamageRow(ledger::kEntries, ledger::EntryKey(common.journal, at));
      ASSERT_EQ(TryOpen(*replica), absl::OkStatus()) << at.value();
      EXPECT_FALSE(replica->ledger->HasForksToSettle());
      testing::Replica& other = replica == hub.get() ? *shop : *hub;
      const auto segment = *Must(other.ledger->ReadSegment(common.journal, Sequence(1), 1 << 20));
      const auto result = IngestAndWait(*replica, segment, other.ledger->self());
      EXPECT_EQ(result.refusal, Refusal::kNone) << result.detail;
      EXPECT_THAT(VerifyNow(*replica).findings, IsEmpty());
    }
  }
}

TEST_F(AdversityTest, RotInABranchThatIsToBeMoved) {
  Branch branch(*shop, common);
  for (uint32_t sale = 500; sale < 504; ++sale) branch.AddSale(sale);
  Fork(branch);
  const Sequence rotten(common.sequence.value() + 3);
  sibling->store->DamageRow(ledger::kEntries, ledger::EntryKey(common.journal, rotten));
  Tell(*sibling);
  EXPECT_EQ(sibling->ledger->SettleForks().code(), absl::StatusCode::kDataLoss);
  for (uint32_t start = 0; start < 3; ++start) {
    ASSERT_EQ(TryOpen(*sibling), absl::OkStatus());
    EXPECT_THAT(sibling->ledger->opening_notes(),
                Contains(HasSubstr("that is to be moved is damaged here")));
    EXPECT_TRUE(sibling->ledger
                    ->AppendAndWait(testing::SaleRequest(5000 + start,
                                                         testing::OneSale("pain-gris", 1000, 250)))
                    .ok());
  }
  // Another that holds the same branch brings it.
  const auto result = IngestAndWait(*sibling, branch.Cut(), shop->ledger->self());
  EXPECT_EQ(result.refusal, Refusal::kNone) << result.detail;
  EXPECT_THAT(sibling->ledger->damage().entries, IsEmpty());
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  MustOk(sibling->ledger->SettleForks());
  EXPECT_THAT(VerifyNow(*sibling).findings, IsEmpty());
  EXPECT_EQ(Must(sibling->ledger->CountVerdicts()), 0U);
}

// A row whose hash was altered, past the engine's checksums.
TEST_F(AdversityTest, ADamagedRowAtTheHubIsNoBranch) {
  Branch kept(*shop, common);
  kept.AddSale(500);
  kept.AddSale(501);
  const auto shorter = kept.Cut();
  kept.AddSale(502);
  EXPECT_EQ(IngestAndWait(*hub, kept.Cut(), shop->ledger->self()).refusal, Refusal::kNone);
  const std::string key = ledger::EntryKey(common.journal, Sequence(common.sequence.value() + 2));
  std::string row = Must(hub->store->NewSnapshot()->Get(ledger::kEntries, key)).value();
  row[0] = static_cast<char>(row[0] ^ 1);
  auto alter = hub->store->Begin();
  alter->Put(ledger::kEntries, key, row);
  MustOk(hub->store->Commit(std::move(alter), store::Durability::kSynced));
  IngestAndWait(*hub, shorter, sibling->ledger->self());
  Carry(*shop, *hub);
  EXPECT_THAT(Must(hub->ledger->Forks()), IsEmpty());
  EXPECT_FALSE(hub->ledger->damage().entries.empty());
  EXPECT_EQ(IngestAndWait(*hub, kept.Cut(), shop->ledger->self()).refusal, Refusal::kNone);
  EXPECT_THAT(VerifyNow(*hub).findings, IsEmpty());
}

TEST_F(AdversityTest, WhatWasThoughtLostBeforeAForkWasKnownIsNot) {
  Branch branch(*shop, common);
  for (uint32_t sale = 500; sale < 510; ++sale) branch.AddSale(sale);
  shop->ledger->ReportLost(common.journal, Next(common.sequence), branch.head().sequence);
  EXPECT_THAT(shop->ledger->Losses(), SizeIs(1));
  Fork(branch);
  Carry(*hub, *shop);
  EXPECT_THAT(shop->ledger->Losses(), IsEmpty());
}

TEST_F(AdversityTest, RotInRevocationsAtStart) {
  Must(hub->ledger->Revoke("outremeuse-9", "volee", false));
  hub->ledger.reset();
  std::string key;
  {
    const auto snapshot = hub->store->NewSnapshot();
    auto row = snapshot->Scan(retail::kRevocations, "", "");
    key = std::string(row->key());
  }
  hub->store->DamageRow(retail::kRevocations, key);
  // The first start finds it, and the next one folds anew.
  EXPECT_EQ(TryOpen(*hub).code(), absl::StatusCode::kDataLoss);
  MustOk(TryOpen(*hub));
  EXPECT_TRUE(hub->ledger->IsRevoked("outremeuse-9"));
}

TEST_F(AdversityTest, CountOverARottenSale) {
  sibling->store->DamageRow(ledger::kEntries, ledger::EntryKey(common.journal, Sequence(4)));
  const ledger::AppendRequest request = CountOfAll();
  for (int start = 0; start < 3; ++start) {
    const auto answer = sibling->ledger->AppendAndWait(request);
    EXPECT_TRUE(answer.ok()) << "start " << start << ": " << answer.status();
    const auto sale = sibling->ledger->AppendAndWait(
        testing::SaleRequest(5000, testing::OneSale("pain-gris", 1000, 250)));
    EXPECT_TRUE(sale.ok()) << "a sale after it: " << sale.status();
    MustOk(TryOpen(*sibling));
  }
}

TEST_F(AdversityTest, IngestedCountOverARottenSaleAtTheHub) {
  hub->store->DamageRow(ledger::kEntries, ledger::EntryKey(common.journal, Sequence(4)));
  Must(sibling->ledger->AppendAndWait(CountOfAll()));
  const JournalId own = OwnOf(*sibling);
  for (int start = 0; start < 3; ++start) {
    const auto result =
        IngestAndWait(*hub, *Must(sibling->ledger->ReadSegment(own, Sequence(1), 1 << 20)),
                      sibling->ledger->self());
    EXPECT_TRUE(result.status.ok()) << "start " << start << ": " << result.status;
    MustOk(TryOpen(*hub));
  }
}

}  // namespace
}  // namespace comptoir
