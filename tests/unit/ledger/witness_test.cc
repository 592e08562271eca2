// The witness, and a store that holds less than it saw (R8, R10).
#include "common/ledger/witness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/ledger/tables.h"
#include "tests/support/coop.h"
#include "tests/support/copied_store.h"

namespace comptoir {
namespace {

using testing::Coop;
using testing::CopyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using testing::Sell;
using testing::VerifyNow;
using testing::Views;

constexpr std::string_view kPlanted = "planted";

// A row that no journal folds to, in a view: gone once views were folded anew.
void Plant(store::Store& store) {
  auto batch = store.Begin();
  batch->Put(ledger::kVerdicts, kPlanted, "x");
  MustOk(store.Commit(std::move(batch), store::Durability::kSynced));
}
bool Planted(store::Store& store) {
  return Must(store.NewSnapshot()->Get(ledger::kVerdicts, kPlanted)).has_value();
}

TEST(WitnessTest, AnyDamageIsNoticed) {
  Coop coop;
  auto shop = coop.Node("outremeuse", "outremeuse-1");
  Sell(*shop, 1);
  const journal::v1::Witness witness = shop->ledger->MakeWitness();
  const std::string file = ledger::EncodeWitness(witness);
  EXPECT_EQ(Must(ledger::DecodeWitness(file)).SerializeAsString(), witness.SerializeAsString());
  for (size_t i = 0; i < file.size(); ++i) {
    std::string damaged = file;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    EXPECT_FALSE(ledger::DecodeWitness(damaged).ok()) << "byte " << i;
    EXPECT_FALSE(ledger::DecodeWitness(file.substr(0, i)).ok()) << i << " bytes";
  }
  EXPECT_EQ(ledger::DecodeWitness(std::string(ledger::kWitnessBytesMax + 1, 'x')).status().code(),
            absl::StatusCode::kDataLoss);
  EXPECT_EQ(ledger::DecodeWitness("comptoir.witness.v2\nwhatever").status().code(),
            absl::StatusCode::kFailedPrecondition);
}

// A shop that sells, level with its hub, and a copy of its store from before the
// last two sales: what a lost write-ahead log leaves.
class RolledBackTest : public ::testing::Test {
 protected:
  RolledBackTest() {
    for (uint32_t sale = 1; sale <= 3; ++sale) Sell(*shop_, sale);
    before_ = CopyOf(*shop_->store);
    for (uint32_t sale = 4; sale <= 5; ++sale) Sell(*shop_, sale);
    series_ = shop_->ledger->Journals().front().series;
    journal_ = shop_->ledger->Journals().front().head.journal;
    witness_ = shop_->ledger->MakeWitness();
  }
  void RollBack(absl::StatusOr<journal::v1::Witness> witness) {
    shop_->ledger.reset();
    shop_->store = CopyOf(*before_);
    Plant(*shop_->store);
    shop_->Open(std::move(witness));
  }

  Coop coop_;
  std::unique_ptr<testing::Replica> hub_ = coop_.Hub();
  std::unique_ptr<testing::Replica> shop_ = coop_.Node("outremeuse", "outremeuse-1");
  std::unique_ptr<store::MemoryStore> before_;
  std::string series_;
  JournalId journal_;
  journal::v1::Witness witness_;
};

TEST_F(RolledBackTest, SaysWhichNumbersFoldsAnewAndFetchesThemBack) {
  testing::Carry(*shop_, *hub_);
  RollBack(witness_);
  EXPECT_THAT(shop_->ledger->opening_notes(),
              ElementsAre(HasSubstr("lost here: entries 5 to 6 of journal " + series_ +
                                    " of outremeuse-1: the views were folded anew")));
  EXPECT_EQ(shop_->ledger->counters().lost_entries.value(), 2u);
  EXPECT_FALSE(Planted(*shop_->store));
  ASSERT_EQ(shop_->ledger->Losses().size(), 1u);
  EXPECT_EQ(shop_->ledger->Losses().front().entries(), 2u);

  // It sells at once, under numbers that nobody had.
  const auto sold = Sell(*shop_, 6);
  EXPECT_NE(sold.facts.front().reference.journal, journal_);
  EXPECT_NE(sold.series, series_);

  testing::Carry(*hub_, *shop_);
  EXPECT_THAT(shop_->ledger->Losses(), IsEmpty());
  EXPECT_EQ(shop_->ledger->totals().receipts, 6u);
  testing::Carry(*shop_, *hub_);
  EXPECT_EQ(Views(*shop_->store), Views(*hub_->store));
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
  EXPECT_THAT(VerifyNow(*hub_).findings, IsEmpty());
}

TEST_F(RolledBackTest, ATillsRetryOfALostSaleCountsOnceWhenItComesBack) {
  testing::Carry(*shop_, *hub_);
  RollBack(witness_);
  EXPECT_FALSE(Sell(*shop_, 5).repeated) << "it is lost here";
  testing::Carry(*hub_, *shop_);
  testing::Carry(*shop_, *hub_);
  EXPECT_EQ(Views(*shop_->store), Views(*hub_->store));
  EXPECT_TRUE(Sell(*shop_, 5).repeated);
  EXPECT_EQ(Sell(*shop_, 5).facts.front().reference.journal, journal_) << "the first one counts";
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
}

TEST_F(RolledBackTest, HybridTimeNeverGoesBackBelowWhatTheWitnessSaw) {
  // A battery ran out, too: the wall clock is an hour behind the last sale.
  shop_->clock.Jump(-3'600'000);
  RollBack(witness_);
  EXPECT_TRUE(shop_->ledger->ClockIsDoubtful());
  Sell(*shop_, 6);
  EXPECT_GT(shop_->ledger->MakeWitness().hybrid_time(), witness_.hybrid_time());
  // Nor at the next start, when nothing of it was written.
  shop_->ledger.reset();
  shop_->store = CopyOf(*before_);
  shop_->Open(witness_);
  const journal::v1::Witness next = shop_->ledger->MakeWitness();
  EXPECT_EQ(next.hybrid_time(), witness_.hybrid_time());
}

TEST_F(RolledBackTest, WhatIsNotBackIsRememberedOverStartsButFoldedOnce) {
  RollBack(witness_);
  const journal::v1::Witness later = shop_->ledger->MakeWitness();
  ASSERT_EQ(later.losses_size(), 1);
  EXPECT_EQ(later.losses(0).first_sequence(), 5u);
  EXPECT_EQ(later.losses(0).last_sequence(), 6u);
  shop_->ledger.reset();
  Plant(*shop_->store);
  shop_->Open(later);
  EXPECT_TRUE(Planted(*shop_->store)) << "the store is as its witness saw it";
  EXPECT_THAT(shop_->ledger->opening_notes(), IsEmpty());
  EXPECT_EQ(shop_->ledger->counters().lost_entries.value(), 0u);
  ASSERT_EQ(shop_->ledger->Losses().size(), 1u);
  EXPECT_EQ(ledger::LossText(shop_->ledger->Losses().front()),
            "entries 5 to 6 of journal " + series_ + " of outremeuse-1");
}

TEST_F(RolledBackTest, AFoldThatWasCutShortIsBegunAgain) {
  shop_->ledger.reset();
  auto mark = shop_->store->Begin();
  mark->Put(ledger::kMeta, ledger::kViewsStaleName, "1");
  MustOk(shop_->store->Commit(std::move(mark), store::Durability::kSynced));
  Plant(*shop_->store);
  shop_->Open(witness_);
  EXPECT_FALSE(Planted(*shop_->store));
  EXPECT_THAT(VerifyNow(*shop_).findings, IsEmpty());
  shop_->ledger.reset();
  Plant(*shop_->store);
  shop_->Open(witness_);
  EXPECT_TRUE(Planted(*shop_->store)) << "and not once more";
}

TEST_F(RolledBackTest, WithoutAWitnessAPeerSaysWhatIsLost) {
  RollBack(absl::NotFoundError("there is no witness"));
  EXPECT_THAT(shop_->ledger->opening_notes(), ElementsAre(HasSubstr("there is no witness")));
  EXPECT_THAT(shop_->ledger->Losses(), IsEmpty());
  const uint64_t version = shop_->ledger->witness_version();
  shop_->ledger->ReportLost(journal_, Sequence(5), Sequence(6));
  shop_->ledger->ReportLost(journal_, Sequence(5), Sequence(6));
  EXPECT_GT(shop_->ledger->witness_version(), version);
  EXPECT_EQ(shop_->ledger->counters().lost_entries.value(), 2u);
  EXPECT_EQ(shop_->ledger->Losses().size(), 1u);
  // It sells on meanwhile; the next start folds anew.
  EXPECT_TRUE(Planted(*shop_->store));
  shop_->Reopen();
  EXPECT_FALSE(Planted(*shop_->store));
}

TEST_F(RolledBackTest, AStoreThatWasReplacedIsSaid) {
  // Two sales of another life under the same numbers.
  journal::v1::Witness other = witness_;
  other.mutable_heads(0)->mutable_head()->set_hash(std::string(32, 'x'));
  shop_->ledger.reset();
  Plant(*shop_->store);
  shop_->Open(other);
  EXPECT_THAT(shop_->ledger->opening_notes(),
              ElementsAre(HasSubstr("is another one than was held here before")));
  EXPECT_FALSE(Planted(*shop_->store));
}

TEST_F(RolledBackTest, AWitnessThatIsDamagedOrOfAnotherNodeStopsNothing) {
  const std::vector<std::pair<absl::StatusOr<journal::v1::Witness>, std::string>> cases = {
      {absl::DataLossError("the witness is damaged"), "the witness is damaged"},
      {hub_->ledger->MakeWitness(), "the witness is of essai/hub/hub, not of this node"}};
  for (const auto& [witness, note] : cases) {
    RollBack(witness);
    EXPECT_THAT(shop_->ledger->opening_notes(), ElementsAre(HasSubstr(note)));
    EXPECT_THAT(shop_->ledger->Losses(), IsEmpty());
    Sell(*shop_, 6);
  }
}

TEST_F(RolledBackTest, AStoreAheadOfItsWitnessHasLostNothing) {
  Sell(*shop_, 6);
  shop_->ledger.reset();
  shop_->Open(witness_);
  EXPECT_THAT(shop_->ledger->opening_notes(), IsEmpty());
  EXPECT_THAT(shop_->ledger->Losses(), IsEmpty());
}

TEST(WitnessTest, AFirstStartMissesNoWitness) {
  Coop coop;
  EXPECT_THAT(coop.Node("outremeuse", "outremeuse-1")->ledger->opening_notes(), IsEmpty());
}

TEST(WitnessTest, IsBoundedAndCountsWhatItDoesNotList) {
  Coop coop;
  auto hub = coop.Hub();
  constexpr uint32_t kShops = ledger::kWitnessHeadsMax + 10;
  std::string last_shop;
  for (uint32_t i = 0; i < kShops; ++i) {
    last_shop = "shop-" + std::to_string(i);
    retail::v1::PriceSet set;
    set.set_product("pain-gris");
    set.mutable_price_cents()->set_value(240);
    set.set_shop(last_shop);
    Must(hub->ledger->AppendAndWait({"",
                                     0,
                                     journal::v1::SCOPE_SHOP,
                                     {{retail::v1::FACT_KIND_PRICE_SET, set.SerializeAsString()}},
                                     last_shop}));
  }
  const journal::v1::Witness witness = hub->ledger->MakeWitness();
  ASSERT_EQ(witness.heads_size(), static_cast<int>(ledger::kWitnessHeadsMax));
  EXPECT_EQ(witness.entries(), uint64_t{2} * kShops);
  const auto journals = hub->ledger->Journals();
  const auto newest = std::ranges::find_if(
      journals, [&](const ledger::JournalView& journal) { return journal.shop == last_shop; });
  EXPECT_EQ(witness.heads().rbegin()->head().journal(), newest->head.journal.value());
  EXPECT_LT(ledger::EncodeWitness(witness).size(), ledger::kWitnessBytesMax);
  // The same order after a start, whatever the times of the entries.
  hub->ledger.reset();
  hub->Open(witness);
  EXPECT_EQ(hub->ledger->MakeWitness().SerializeAsString(), witness.SerializeAsString());
  // A store that is gone altogether.
  hub->ledger.reset();
  hub->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  hub->Open(witness);
  EXPECT_EQ(hub->ledger->counters().lost_entries.value(), uint64_t{2} * kShops);
  EXPECT_LT(hub->ledger->opening_notes().size(), 110u);
  EXPECT_THAT(hub->ledger->opening_notes().back(), HasSubstr("lost here: 20 entries of journals"));
}

}  // namespace
}  // namespace comptoir
