// Two things that go wrong at once: rot beside a count, a fork or a start; settling beside
// an ingest or a refused append.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/journal/chain.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/tables.h"
#include "tests/support/branch.h"
#include "tests/support/coop.h"

namespace comptoir {
namespace {
using ledger::Refusal;
using testing::Branch;
using testing::Carry;
using testing::Coop;
using testing::IngestAndWait;
using testing::Must;
using testing::MustOk;
using testing::Sell;
using testing::VerifyNow;

class Hooked final : public journal::Verifier {
 public:
  explicit Hooked(const journal::Verifier& inner) : inner_(inner) {}
  absl::StatusOr<journal::Writer> VerifyCertificate(std::string_view c) const override {
    return inner_.VerifyCertificate(c);
  }
  absl::Status VerifySignature(std::string_view c, std::string_view m,
                               std::string_view s) const override {
    auto hook = std::move(hook_);
    hook_ = nullptr;
    if (hook) hook();
    return inner_.VerifySignature(c, m, s);
  }
  mutable std::function<void()> hook_;

 private:
  const journal::Verifier& inner_;
};

absl::Status TryOpen(testing::Replica& r, const journal::Verifier* v = nullptr) {
  r.ledger.reset();
  ledger::Options o{r.store.get(), r.signer.get(), v ? v : r.verifier.get(), &r.clock,
                    r.random.get()};
  o.new_scratch = [] { return std::make_shared<store::MemoryStore>(ledger::AllTables()); };
  auto l = ledger::Ledger::Open(std::move(o));
  if (l.ok()) r.ledger = *std::move(l);
  return l.status();
}

class AdversityTest : public ::testing::Test {
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
  void Fork(Branch& branch) {
    EXPECT_EQ(IngestAndWait(*sibling, branch.Cut(), shop->ledger->self()).refusal, Refusal::kNone);
    for (uint32_t sale = 0; sale < 4; ++sale) Sell(*shop, 5 + sale);
    Carry(*shop, *hub);
    EXPECT_EQ(IngestAndWait(*hub, branch.Cut(), sibling->ledger->self()).refusal, Refusal::kFork);
    Sell(*shop, 900);
    Carry(*shop, *hub);
  }
  void Tell(testing::Replica& node) {
    for (const auto& j : hub->ledger->Journals()) {
      if (j.node != "hub") continue;
      IngestAndWait(node, *Must(hub->ledger->ReadSegment(j.head.journal, Sequence(1), 1 << 20)),
                    hub->ledger->self());
    }
  }
  Coop coop;
  std::unique_ptr<testing::Replica> hub, shop, sibling;
  Head common;
};

TEST_F(AdversityTest, IngestBesideSettling) {
  Hooked hooked(*sibling->verifier);
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
  hooked.hook_ = [&] { MustOk(sibling->ledger->SettleForks()); };
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
  for (const auto& f : VerifyNow(*sibling).findings) ADD_FAILURE() << f.invariant << " " << f.what;
  EXPECT_EQ(Must(sibling->ledger->CountVerdicts()), 0U);
}

TEST_F(AdversityTest, StartWithForkAndRot) {
  Branch branch(*shop, common);
  branch.AddSale(500);
  Fork(branch);
  Sell(*sibling, 800);  // a journal of the sibling's own
  JournalId own;
  for (const auto& j : sibling->ledger->Journals())
    if (j.ours) own = j.head.journal;
  Tell(*sibling);
  ASSERT_TRUE(sibling->ledger->HasForksToSettle());
  sibling->ledger.reset();
  sibling->store->DamageRow(ledger::kEntries, ledger::EntryKey(own, Sequence(2)));
  EXPECT_TRUE(TryOpen(*sibling).ok()) << TryOpen(*sibling);
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
  JournalId id = common.journal;
  sibling->store->DamageRow(ledger::kEntries, ledger::EntryKey(id, Sequence(4)));
  retail::v1::Counted counted;
  retail::v1::CountedLine* line = counted.add_lines();
  line->set_product("pain-gris");
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_whole(true);
  line->add_lots()->set_quantity_milli(30'000);
  const ledger::AppendRequest request{
      testing::RequestId(4000),
      7,
      journal::v1::SCOPE_SHOP,
      {{retail::v1::FACT_KIND_COUNTED, counted.SerializeAsString()}}};
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
  retail::v1::Counted counted;
  retail::v1::CountedLine* line = counted.add_lines();
  line->set_product("pain-gris");
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_whole(true);
  line->add_lots()->set_quantity_milli(30'000);
  Must(sibling->ledger->AppendAndWait(
      {testing::RequestId(4000),
       7,
       journal::v1::SCOPE_SHOP,
       {{retail::v1::FACT_KIND_COUNTED, counted.SerializeAsString()}}}));
  JournalId own;
  for (const auto& j : sibling->ledger->Journals())
    if (j.ours) own = j.head.journal;
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
