// A machine of a release from before some kind of fact: it keeps, forwards and counts the
// numbers of what it does not know, and folds it once it is upgraded (R4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/ledger/tables.h"
#include "common/retail/forks/moved.h"
#include "google/protobuf/arena.h"
#include "tests/support/branch.h"
#include "tests/support/coop.h"
#include "tests/support/forked_shop.h"

namespace comptoir {
namespace {

using testing::Carry;
using testing::IngestAndWait;
using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using testing::RequestId;
using testing::SaleRequest;
using testing::Sell;
using testing::VerifyNow;
using testing::Views;

class UpgradeTest : public testing::ForkedShop {
 protected:
  static void Downgrade(testing::Replica& replica) {
    replica.store = std::make_unique<store::MemoryStore>(ledger::AllTables());
    replica.release.views_version = retail::kViewsVersion - 1;
    replica.release.not_known = {retail::v1::FACT_KIND_RETURNED, retail::v1::FACT_KIND_WASTED};
    replica.Reopen();
  }
  static void Upgrade(testing::Replica& replica) {
    replica.release = {};
    replica.Reopen();
  }
  // The shop's first sale, taken back.
  retail::v1::Returned Return() {
    google::protobuf::Arena arena;
    const retail::Fact sale = Must(
        shop->ledger->ReadFact(*shop->ledger->NewSnapshot(), common.journal, Sequence(2), &arena));
    const auto& line = static_cast<const retail::v1::Sold&>(*sale.fact).lines(0);
    retail::v1::Returned returned;
    *returned.mutable_sale() = sale.name();
    returned.set_sale_number("outremeuse-261123-aaaaaa-0001");
    retail::v1::ReturnedLine* back = returned.add_lines();
    back->set_sale_line(1);
    back->set_product(line.product());
    back->set_unit(line.unit());
    back->set_quantity_milli(1000);
    back->set_sold_milli(1000);
    back->set_unit_price_cents(line.unit_price_cents());
    back->set_refund_cents(line.unit_price_cents());
    back->set_vat_basis_points(line.vat_basis_points());
    returned.add_payments()->set_method(retail::v1::PAYMENT_METHOD_CARD);
    return returned;
  }
  void TakeBack(uint32_t number) {
    Must(shop->ledger->AppendAndWait(
        {RequestId(number),
         1,
         journal::v1::SCOPE_SHOP,
         {{retail::v1::FACT_KIND_RETURNED, Return().SerializeAsString()}}}));
  }
};

TEST_F(UpgradeTest, WhatIsNotKnownIsKeptForwardedAndFoldedOnceItIs) {
  Downgrade(*hub);
  TakeBack(100);
  Carry(*shop, *hub);
  EXPECT_EQ(Must(hub->ledger->CountVerdicts()), 1u);
  EXPECT_THAT(VerifyNow(*hub).findings, IsEmpty());
  Carry(*hub, *sibling);
  EXPECT_EQ(Views(*sibling->store), Views(*shop->store));
  Upgrade(*hub);
  EXPECT_EQ(Must(hub->ledger->CountVerdicts()), 0u);
  EXPECT_EQ(Views(*hub->store), Views(*shop->store));
  EXPECT_THAT(VerifyNow(*hub).findings, IsEmpty());
}

TEST_F(UpgradeTest, ASiblingThatDoesNotKnowAReturnTellsTheNumberThatWasPrintedAfterIt) {
  Downgrade(*sibling);
  TakeBack(100);
  const auto printed = Sell(*shop, 101);
  Carry(*shop, *sibling);
  // The till was not answered, and asks the sibling.
  const auto told = Must(
      sibling->ledger->AppendAndWait(SaleRequest(101, testing::OneSale("pain-gris", 1000, 250))));
  EXPECT_TRUE(told.repeated);
  EXPECT_EQ(told.series, printed.series);
  EXPECT_EQ(told.facts.front().reference, printed.facts.front().reference);
  EXPECT_EQ(told.facts.front().receipt_ordinal, printed.facts.front().receipt_ordinal);
}

TEST_F(UpgradeTest, AHubThatDoesNotKnowAReturnSettlesAForkBehindItWithTheNumbersPrinted) {
  Downgrade(*hub);
  TakeBack(100);
  Carry(*shop, *hub);
  Carry(*shop, *sibling);
  testing::Branch branch(*shop, shop->ledger->Journals().front().head);
  branch.AddSale(500);
  ASSERT_EQ(IngestAndWait(*sibling, branch.Cut(), shop->ledger->self()).refusal,
            ledger::Refusal::kNone);
  Sell(*shop, 101);
  Carry(*shop, *hub);
  ASSERT_EQ(IngestAndWait(*hub, branch.Cut(), sibling->ledger->self()).refusal,
            ledger::Refusal::kFork);
  Sell(*shop, 102);  // behind the fact that settles it
  Upgrade(*hub);
  TellOfForks(*sibling);
  ExpectAllLevel();
  const Reference original{branch.head().journal, branch.head().sequence,
                           branch.head().hash.prefix()};
  const auto moved = Must(retail::ReadMoved(*hub->ledger->NewSnapshot(),
                                            retail::MovedPlace(original), original.sequence));
  ASSERT_TRUE(moved.has_value());
  // After five sales and the return.
  EXPECT_EQ(moved->receipt_ordinal(), 7u);
}

}  // namespace
}  // namespace comptoir
