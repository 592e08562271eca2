// Counts and corrections: facts that change what others count for, in whatever order
// a ledger hears of them, and after it folded its views anew (R11, I1, I4).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "common/ledger/tables.h"
#include "common/retail/stock/queries.h"
#include "tests/support/coop.h"

namespace comptoir {
namespace {

using testing::Carry;
using ::testing::IsEmpty;
using testing::Must;
using testing::VerifyNow;
using testing::Views;

constexpr int64_t kMinute = 60'000;

ledger::AppendRequest Request(uint32_t number, retail::v1::FactKind kind,
                              const google::protobuf::Message& fact) {
  return {
      testing::RequestId(number), 7, journal::v1::SCOPE_SHOP, {{kind, fact.SerializeAsString()}}};
}

class LookingBack : public ::testing::Test {
 protected:
  LookingBack() {
    one_ = coop_.Node("outremeuse", "outremeuse-1");
    two_ = coop_.Node("outremeuse", "outremeuse-2");
  }

  Reference Append(testing::Replica& node, retail::v1::FactKind kind,
                   const google::protobuf::Message& fact) {
    return Append(node, ++requests_, kind, fact);
  }
  Reference Append(testing::Replica& node, uint32_t request, retail::v1::FactKind kind,
                   const google::protobuf::Message& fact) {
    return Must(node.ledger->AppendAndWait(Request(request, kind, fact))).facts.front().reference;
  }
  Reference Receive(testing::Replica& node, int64_t milli, uint32_t request = 0) {
    retail::v1::GoodsReceived received;
    received.set_producer("moulin");
    retail::v1::ReceivedLine* line = received.add_lines();
    line->set_product("pain-gris");
    line->set_unit(retail::v1::UNIT_PIECE);
    line->set_quantity_milli(milli);
    return Append(node, request == 0 ? ++requests_ : request, retail::v1::FACT_KIND_GOODS_RECEIVED,
                  received);
  }
  void SellOne(testing::Replica& node) { Sell(node, ++requests_); }
  Reference Count(testing::Replica& node, int64_t milli) {
    retail::v1::Counted counted;
    retail::v1::CountedLine* line = counted.add_lines();
    line->set_product("pain-gris");
    line->set_unit(retail::v1::UNIT_PIECE);
    line->set_whole(true);
    line->add_lots()->set_quantity_milli(milli);
    return Append(node, retail::v1::FACT_KIND_COUNTED, counted);
  }
  // Undoes what `node` holds at `reference`.
  Reference Correct(testing::Replica& node, const Reference& reference) {
    google::protobuf::Arena arena;
    const retail::Fact fact = Must(node.ledger->ReadFact(
        *node.ledger->NewSnapshot(), reference.journal, reference.sequence, &arena));
    retail::v1::Corrected corrected;
    *corrected.mutable_fact() = fact.name();
    corrected.set_kind(fact.kind);
    corrected.set_reason("une erreur");
    return Append(node, retail::v1::FACT_KIND_CORRECTED, corrected);
  }
  int64_t Stock(testing::Replica& replica) {
    shop::v1::ListStockRequest request;
    request.set_product("pain-gris");
    const auto stock =
        Must(retail::ListStock(*replica.ledger->NewSnapshot(), "outremeuse", request));
    return stock.rows().empty() ? 0 : stock.rows(0).quantity_milli();
  }
  void Advance(int64_t milliseconds) {
    one_->clock.Advance(milliseconds);
    two_->clock.Advance(milliseconds);
  }
  // Hubs that hear of the two nodes in either order agree, with a fold from nothing,
  // and with `milli` on the shelf.
  void ExpectEverywhere(int64_t milli) {
    auto first = coop_.Hub();
    Carry(*one_, *first);
    Carry(*two_, *first);
    auto second = coop_.Hub();
    Carry(*two_, *second);
    Carry(*one_, *second);
    // In small pieces, so that entries of both arrive by turns.
    Carry(*one_, *two_, 100);
    Carry(*two_, *one_, 100);
    for (testing::Replica* replica : {first.get(), second.get(), one_.get(), two_.get()}) {
      EXPECT_EQ(Stock(*replica), milli);
      EXPECT_THAT(VerifyNow(*replica).findings, IsEmpty());
      EXPECT_EQ(Views(*replica->store), Views(*first->store));
      Refold(*replica);
      EXPECT_EQ(Views(*replica->store), Views(*first->store));
    }
  }
  // As after an upgrade.
  void Refold(testing::Replica& replica) {
    replica.ledger.reset();
    auto batch = replica.store->Begin();
    batch->Put(ledger::kMeta, "fold_version", "0");
    testing::MustOk(replica.store->Commit(batch, store::Durability::kSynced));
    replica.Open();
  }

  testing::Coop coop_;
  std::unique_ptr<testing::Replica> one_;
  std::unique_ptr<testing::Replica> two_;
  uint32_t requests_ = 0;
};

TEST_F(LookingBack, StockIsWhatTheCountSawAndWhatMovedAfterIt) {
  Receive(*one_, 40'000);
  SellOne(*one_);
  Count(*one_, 30'000);
  EXPECT_EQ(Stock(*one_), 30'000);
  SellOne(*one_);
  EXPECT_EQ(Stock(*one_), 29'000);
  ExpectEverywhere(29'000);
}

TEST_F(LookingBack, ASiblingsSaleFromBeforeTheCountLeavesStockAlone) {
  Receive(*one_, 40'000);
  SellOne(*two_);  // cut off: the first has not heard of it
  Advance(10 * kMinute);
  Count(*one_, 30'000);
  Advance(10 * kMinute);
  SellOne(*two_);
  SellOne(*one_);
  ExpectEverywhere(28'000);
}

TEST_F(LookingBack, TwoCountsOfOneShelfDoNotAddUp) {
  Receive(*one_, 40'000);
  Count(*one_, 30'000);
  Advance(10 * kMinute);
  SellOne(*one_);
  Advance(10 * kMinute);
  Count(*two_, 28'000);
  Advance(10 * kMinute);
  SellOne(*one_);
  ExpectEverywhere(27'000);
}

TEST_F(LookingBack, ADeliveryUndoneFromBeforeTheCountLeavesTheCountStanding) {
  const Reference mistake = Receive(*one_, 40'000);
  Count(*one_, 30'000);
  Correct(*one_, mistake);
  EXPECT_EQ(Stock(*one_), 30'000);
  ExpectEverywhere(30'000);
}

TEST_F(LookingBack, AnUndoneCountGivesBackWhatStoodBefore) {
  Receive(*one_, 40'000);
  const Reference first = Count(*one_, 35'000);
  Advance(10 * kMinute);
  const Reference second = Count(*one_, 3'500);
  EXPECT_EQ(Stock(*one_), 3'500);
  Correct(*one_, second);
  EXPECT_EQ(Stock(*one_), 35'000);
  Correct(*one_, first);
  EXPECT_EQ(Stock(*one_), 40'000);
  ExpectEverywhere(40'000);
}

TEST_F(LookingBack, WhatASiblingCorrectsIsUndoneWhicheverIsHeardOfFirst) {
  const Reference mistake = Receive(*one_, 40'000);
  Receive(*one_, 5'000);
  Carry(*one_, *two_);
  Correct(*two_, mistake);
  // Said twice, it is undone once.
  Correct(*one_, mistake);
  ExpectEverywhere(5'000);
}

TEST_F(LookingBack, NamingADuplicateMeansTheOneThatCounts) {
  constexpr uint32_t kTakenTwice = 5'000;
  const Reference one = Receive(*one_, 40'000, kTakenTwice);
  Advance(kMinute);
  const Reference two = Receive(*two_, 40'000, kTakenTwice);
  ASSERT_NE(one, two);
  // The second is the duplicate everywhere, but its own node has not heard so.
  Correct(*two_, two);
  EXPECT_EQ(Stock(*two_), 0);
  Receive(*one_, 7'000);
  ExpectEverywhere(7'000);
}

TEST_F(LookingBack, ACorrectionTakenTwiceUndoesOnce) {
  const Reference mistake = Receive(*one_, 40'000);
  Carry(*one_, *two_);
  requests_ = 100;
  Correct(*one_, mistake);
  requests_ = 100;
  Advance(kMinute);
  Correct(*two_, mistake);
  requests_ = 200;
  Receive(*two_, 1'000);
  ExpectEverywhere(1'000);
}

TEST_F(LookingBack, ADoubtfulSiblingIsPlacedByWhatTheCountHadSeen) {
  Receive(*one_, 40'000);
  two_->ledger->DoubtClock();
  SellOne(*two_);
  Carry(*two_, *one_);
  SellOne(*two_);
  Advance(kMinute);
  retail::v1::Counted counted;
  retail::v1::CountedLine* line = counted.add_lines();
  line->set_product("pain-gris");
  line->set_unit(retail::v1::UNIT_PIECE);
  line->set_whole(true);
  line->add_lots()->set_quantity_milli(30'000);
  for (const auto& journal : one_->ledger->Journals()) {
    if (journal.ours) continue;
    counted.add_heads()->set_journal(journal.head.journal.value());
    counted.mutable_heads()->rbegin()->set_sequence(journal.head.sequence.value());
  }
  ASSERT_EQ(counted.heads_size(), 1);
  Append(*one_, retail::v1::FACT_KIND_COUNTED, counted);
  // The one that it had seen is before it, the other after, whatever the clock said.
  ExpectEverywhere(29'000);
}

}  // namespace
}  // namespace comptoir
