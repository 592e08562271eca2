// A fork from end to end: sessions find it, the hub settles it, whoever holds the other
// branch moves it, and new sessions bring all level (Forks).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/branch.h"
#include "tests/unit/replica/linked_replicas.h"

namespace comptoir {
namespace {

using testing::BecomeLevel;
using testing::Branch;
using testing::Carry;
using ::testing::Contains;
using testing::Coop;
using testing::Eventually;
using ::testing::HasSubstr;
using testing::IngestAndWait;
using ::testing::IsEmpty;
using testing::Link;
using testing::Sell;
using testing::Site;
using testing::VerifyNow;
using testing::Views;

TEST(ForksOfReplicas, AreFoundSettledAndMoved) {
  Coop coop;
  auto writer = coop.Node("outremeuse", "outremeuse-1");
  Site hub(coop.Hub());
  Site sibling(coop.Node("outremeuse", "outremeuse-2"));
  for (uint32_t sale = 0; sale < 20; ++sale) Sell(*writer, sale);
  Carry(*writer, *hub.base);
  Carry(*writer, *sibling.base);
  Branch branch(*writer, writer->ledger->Journals().front().head);
  branch.AddSale(500);
  branch.AddSale(501);
  ASSERT_EQ(IngestAndWait(*sibling.base, branch.Cut(), writer->ledger->self()).refusal,
            ledger::Refusal::kNone);
  for (uint32_t sale = 20; sale < 27; ++sale) Sell(*writer, sale);
  Carry(*writer, *hub.base);
  Sell(*sibling.base, 800);  // in a journal of its own: a fork holds up no other
  {
    Link link(sibling, hub);
    ASSERT_TRUE(Eventually([&] { return sibling.base->ledger->HasForksToSettle(); }));
    EXPECT_EQ(hub.base->ledger->totals().receipts, 28U);
    sibling.sessions->Tick();
    ASSERT_TRUE(Eventually([&] { return link.b_sends->closed() || link.a_sends->closed(); }));
  }
  EXPECT_FALSE(sibling.base->ledger->HasForksToSettle());
  Link again(sibling, hub);
  ASSERT_TRUE(BecomeLevel(sibling, hub));
  hub.sessions->Tick();
  EXPECT_THAT(hub.sessions->notes(), Contains(HasSubstr("had two branches after entry 21")));
  for (Site* site : {&hub, &sibling}) {
    EXPECT_EQ(Views(*site->base->store), Views(*hub.base->store));
    EXPECT_THAT(VerifyNow(*site->base).findings, IsEmpty());
  }
}

}  // namespace
}  // namespace comptoir
