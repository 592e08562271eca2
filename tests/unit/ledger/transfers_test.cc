// The hub tells shops of each other's transfers: in the batch that brings the news, after
// what was undone, restored or folded anew, and once the disk has room again (I1, I4, I5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "common/ledger/tables.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/id.h"
#include "common/retail/transfers/state.h"
#include "google/protobuf/arena.h"
#include "tests/support/branch.h"
#include "tests/support/coop.h"
#include "tests/support/tellings.h"

namespace comptoir {
namespace {

using testing::Carry;
using testing::Coop;
using ::testing::IsEmpty;
using testing::Must;
using testing::MustOk;
using testing::RequestId;
using ::testing::SizeIs;
using testing::VerifyNow;
using testing::WaitForTellings;

class LedgerTransfersTest : public ::testing::Test {
 protected:
  LedgerTransfersTest()
      : hub_(coop_.Hub()),
        outremeuse_(coop_.Node("outremeuse", "outremeuse-1")),
        herstal_(coop_.Node("herstal", "herstal-1")) {}

  static void AddLine(int64_t milli,
                      google::protobuf::RepeatedPtrField<retail::v1::TransferLine>* lines) {
    retail::v1::TransferLine* line = lines->Add();
    line->set_product("pain-gris");
    line->set_unit(retail::v1::UNIT_PIECE);
    line->set_quantity_milli(milli);
  }
  template <typename Message>
  ledger::AppendResult Append(testing::Replica& node, uint32_t request, retail::v1::FactKind kind,
                              const Message& fact) {
    return Must(node.ledger->AppendAndWait(
        {RequestId(request), 7, journal::v1::SCOPE_SHOP, {{kind, fact.SerializeAsString()}}}));
  }
  Reference Send(testing::Replica& node, uint32_t request, int64_t milli,
                 const std::string& to = "herstal") {
    retail::v1::TransferSent sent;
    id_ = retail::MakeTransferId("outremeuse", RequestId(request), 7);
    sent.set_transfer(id_);
    sent.set_to(to);
    AddLine(milli, sent.mutable_lines());
    return Append(node, request, retail::v1::FACT_KIND_TRANSFER_SENT, sent).facts.front().reference;
  }
  Reference Receive(testing::Replica& node, uint32_t request, int64_t milli) {
    retail::v1::TransferReceived received;
    received.set_transfer(id_);
    AddLine(milli, received.mutable_lines());
    return Append(node, request, retail::v1::FACT_KIND_TRANSFER_RECEIVED, received)
        .facts.front()
        .reference;
  }
  void Undo(testing::Replica& node, uint32_t request, const Reference& place) {
    google::protobuf::Arena arena;
    const auto fact = Must(
        node.ledger->ReadFact(*node.ledger->NewSnapshot(), place.journal, place.sequence, &arena));
    retail::v1::Corrected corrected;
    *corrected.mutable_fact() = fact.name();
    corrected.set_kind(fact.kind);
    corrected.set_reason("une erreur");
    Append(node, request, retail::v1::FACT_KIND_CORRECTED, corrected);
  }
  void Tell() {
    MustOk(hub_->ledger->TellTransfers());
    WaitForTellings(*hub_);
  }
  void Level() {
    for (int round = 0; round < 2; ++round) {
      for (testing::Replica* node : {outremeuse_.get(), herstal_.get()}) {
        Carry(*node, *hub_);
        WaitForTellings(*hub_);
        Carry(*hub_, *node);
      }
    }
  }
  retail::TransferState State(testing::Replica& replica) {
    return Must(retail::ReadTransfer(*replica.ledger->NewSnapshot(), id_));
  }
  // On its way, as `replica` has it.
  int64_t Left(testing::Replica& replica) {
    int64_t milli = 0;
    for (const auto& [key, item] : retail::ItemsOf(State(replica))) milli += item.left_milli();
    return milli;
  }
  void ExpectLeft(int64_t milli) {
    EXPECT_EQ(Left(*hub_), milli);
    EXPECT_EQ(Left(*outremeuse_), milli);
    EXPECT_EQ(Left(*herstal_), milli);
    for (testing::Replica* replica : {hub_.get(), outremeuse_.get(), herstal_.get()}) {
      const auto report = VerifyNow(*replica);
      for (const auto& finding : report.findings) ADD_FAILURE() << finding.what;
    }
    EXPECT_THAT(retail::MissingNotes(State(*hub_)), IsEmpty());
  }
  uint64_t Entries(testing::Replica& replica) { return replica.ledger->totals().entries; }

  Coop coop_;
  std::unique_ptr<testing::Replica> hub_;
  std::unique_ptr<testing::Replica> outremeuse_;
  std::unique_ptr<testing::Replica> herstal_;
  std::string id_;
};

TEST_F(LedgerTransfersTest, EachSideHearsOfTheOther) {
  Send(*outremeuse_, 1, 5'000);
  Level();
  ExpectLeft(5'000);
  Receive(*herstal_, 2, 3'000);
  Level();
  ExpectLeft(2'000);
}

TEST_F(LedgerTransfersTest, NothingIsToldTwice) {
  Send(*outremeuse_, 1, 5'000);
  Level();
  const uint64_t entries = Entries(*hub_);
  Tell();
  hub_->Reopen();
  Tell();
  Level();
  EXPECT_EQ(Entries(*hub_), entries);
  ExpectLeft(5'000);
}

TEST_F(LedgerTransfersTest, WhatIsReceivedFirstIsAnnouncedLater) {
  id_ = retail::MakeTransferId("outremeuse", RequestId(1), 7);
  Receive(*herstal_, 2, 4'000);
  Level();
  EXPECT_EQ(Left(*outremeuse_), -4'000);
  EXPECT_TRUE(retail::IsOpen(State(*herstal_)));
  Send(*outremeuse_, 1, 5'000);
  Level();
  ExpectLeft(1'000);
}

TEST_F(LedgerTransfersTest, WhatIsUndoneIsHeardOf) {
  const Reference sent = Send(*outremeuse_, 1, 5'000);
  const Reference received = Receive(*herstal_, 2, 5'000);
  Level();
  ExpectLeft(0);
  Undo(*herstal_, 3, received);
  Level();
  ExpectLeft(5'000);
  Undo(*outremeuse_, 4, sent);
  Level();
  ExpectLeft(0);
  EXPECT_FALSE(retail::IsOpen(State(*herstal_)));
}

// R11: two nodes of the sender, cut off from each other, record one request.
TEST_F(LedgerTransfersTest, ARequestTakenTwiceIsOneTransfer) {
  const auto second = coop_.Node("outremeuse", "outremeuse-2");
  Send(*outremeuse_, 1, 5'000);
  const std::string id = id_;
  Send(*second, 1, 5'000);
  EXPECT_EQ(id_, id);
  Carry(*second, *hub_);
  WaitForTellings(*hub_);
  Carry(*hub_, *herstal_);
  EXPECT_EQ(Left(*herstal_), 5'000);
  Level();
  Carry(*second, *outremeuse_);
  Level();
  ExpectLeft(5'000);
}

// Written under another run, with what it lost handed back after it wrote the same anew.
TEST_F(LedgerTransfersTest, ARestoredHubTellsWhatItLostAndNothingChanges) {
  const Reference sent = Send(*outremeuse_, 1, 5'000);
  Level();
  Undo(*outremeuse_, 3, sent);
  Level();
  Send(*outremeuse_, 4, 2'000);
  Level();
  // An empty folder stands for an old backup.
  hub_ = coop_.Hub();
  Carry(*outremeuse_, *hub_);
  EXPECT_EQ(Left(*hub_), 2'000);
  Carry(*herstal_, *hub_);
  Level();
  ExpectLeft(2'000);
}

// A hub of a release before transfers keeps and forwards them; once upgraded, it tells, as
// soon as its disk has room.
TEST_F(LedgerTransfersTest, AnUpgradedHubTellsWhatItCouldNotRead) {
  hub_->release.views_version = retail::kViewsVersion - 1;
  for (int kind = retail::v1::FACT_KIND_TRANSFER_SENT;
       kind <= retail::v1::FACT_KIND_TRANSFER_SETTLED; ++kind) {
    hub_->release.not_known.insert(static_cast<retail::v1::FactKind>(kind));
  }
  hub_->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  hub_->Reopen();
  Send(*outremeuse_, 1, 5'000);
  Receive(*herstal_, 2, 1'000);
  Level();
  EXPECT_EQ(Left(*herstal_), -1'000);
  hub_->release = retail::Release();
  hub_->Reopen();
  hub_->has_room = false;
  EXPECT_TRUE(absl::IsResourceExhausted(hub_->ledger->TellTransfers()));
  EXPECT_EQ(retail::MissingNotes(State(*hub_)).size(), 2U);
  hub_->has_room = true;
  Tell();
  Level();
  ExpectLeft(4'000);
}

// The correction of a kind that a release does not know is bad there, and counts once it is
// upgraded and folds anew.
TEST_F(LedgerTransfersTest, AnUpgradedHubTakesTheCorrectionThatItHeldForBad) {
  hub_->release.views_version = retail::kViewsVersion - 1;
  hub_->release.not_known = {retail::v1::FACT_KIND_TRANSFER_SENT};
  hub_->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  hub_->Reopen();
  Undo(*outremeuse_, 2, Send(*outremeuse_, 1, 5'000));
  Carry(*outremeuse_, *hub_);
  const auto bad = [this] {
    size_t verdicts = 0;
    const auto snapshot = hub_->ledger->NewSnapshot();
    for (auto row = snapshot->Scan(ledger::kVerdicts, "", ""); row->Valid(); row->Next()) {
      ++verdicts;
    }
    return verdicts;
  };
  EXPECT_EQ(bad(), 2U);  // the one that it does not know, and what corrects it
  hub_->release = retail::Release();
  hub_->Reopen();
  EXPECT_EQ(bad(), 0U);
  EXPECT_FALSE(retail::IsOpen(State(*hub_)));
  Level();
  ExpectLeft(0);
}

// Of a branch that was not kept: it counts where it was moved to, and is told once.
TEST_F(LedgerTransfersTest, WhatAForkMovedStaysOneFact) {
  testing::Sell(*outremeuse_, 50);
  Carry(*outremeuse_, *hub_);
  const auto second = coop_.Node("outremeuse", "outremeuse-2");
  const auto third = coop_.Node("outremeuse", "outremeuse-3");
  Carry(*outremeuse_, *second);
  Carry(*outremeuse_, *third);
  Head common;
  for (const auto& journal : outremeuse_->ledger->Journals()) {
    if (journal.open && journal.scope == journal::v1::SCOPE_SHOP) common = journal.head;
  }
  testing::Branch branch(*outremeuse_, common);
  retail::v1::TransferSent sent;
  id_ = retail::MakeTransferId("outremeuse", RequestId(1), 7);
  sent.set_transfer(id_);
  sent.set_to("herstal");
  AddLine(5'000, sent.mutable_lines());
  branch.AddBytes(retail::v1::FACT_KIND_TRANSFER_SENT, sent.SerializeAsString(), RequestId(1), 7);
  for (testing::Replica* holder : {second.get(), third.get()}) {
    ASSERT_EQ(testing::IngestAndWait(*holder, branch.Cut(), outremeuse_->ledger->self()).refusal,
              ledger::Refusal::kNone);
  }
  testing::Sell(*outremeuse_, 51);
  Carry(*outremeuse_, *hub_);
  ASSERT_EQ(testing::IngestAndWait(*hub_, branch.Cut(), second->ledger->self()).refusal,
            ledger::Refusal::kFork);
  testing::Sell(*outremeuse_, 52);
  Carry(*outremeuse_, *hub_);
  const auto give = [](testing::Replica& from, testing::Replica& to, const char* writer) {
    for (const auto& journal : from.ledger->Journals()) {
      if (journal.node != writer || journal.scope != journal::v1::SCOPE_SHOP) continue;
      const auto segment =
          Must(from.ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20));
      ASSERT_TRUE(testing::IngestAndWait(to, *segment, from.ledger->self()).status.ok());
    }
  };
  give(*hub_, *second, "hub");
  MustOk(second->ledger->SettleForks());
  // A third that holds the branch still, beside the copy of what was moved of it.
  give(*hub_, *third, "hub");
  give(*second, *third, "outremeuse-2");
  EXPECT_EQ(Left(*third), 5'000);
  EXPECT_EQ(State(*third).facts.size(), 1U);
  MustOk(third->ledger->SettleForks());
  EXPECT_EQ(Left(*third), 5'000);
  Carry(*second, *hub_);
  Level();
  ExpectLeft(5'000);
  EXPECT_EQ(State(*hub_).facts.size(), 1U);
  EXPECT_EQ(State(*herstal_).facts.size(), 1U);
  // A hub that was put back settles it anew once both branches are there, and tells in the
  // batch that does.
  hub_ = coop_.Hub();
  give(*second, *hub_, "outremeuse-2");
  give(*outremeuse_, *hub_, "outremeuse-1");
  WaitForTellings(*hub_);
  EXPECT_EQ(Left(*hub_), 5'000);
  EXPECT_THAT(retail::MissingNotes(State(*hub_)), IsEmpty());
}

// R11: what takes a request from a transfer is no fact about transfers, and the tick finds
// what it left to be told.
TEST_F(LedgerTransfersTest, WhatAnotherKindOfFactUncountsIsToldAtTheNextTick) {
  const auto second = coop_.Node("outremeuse", "outremeuse-2");
  const auto journal_of = [](testing::Replica& node) {
    testing::Sell(node, 90);
    for (const auto& journal : node.ledger->Journals()) {
      if (journal.open && journal.scope == journal::v1::SCOPE_SHOP) return journal.head.journal;
    }
    return JournalId(0);
  };
  const bool is_lower = journal_of(*outremeuse_) < journal_of(*second);
  testing::Replica& winner = is_lower ? *outremeuse_ : *second;
  testing::Replica& loser = is_lower ? *second : *outremeuse_;
  Send(loser, 1, 5'000);
  Carry(loser, *hub_);
  WaitForTellings(*hub_);
  Tell();
  Carry(*hub_, *herstal_);
  EXPECT_EQ(Left(*herstal_), 5'000);
  Append(winner, 1, retail::v1::FACT_KIND_SOLD, testing::OneSale("carottes", 2000, 240));
  Carry(winner, *hub_);
  EXPECT_EQ(Left(*hub_), 0);
  EXPECT_THAT(retail::MissingNotes(State(*hub_)), SizeIs(1));
  Tell();
  Carry(*hub_, *herstal_);
  EXPECT_EQ(Left(*herstal_), 0);
  EXPECT_THAT(retail::MissingNotes(State(*hub_)), IsEmpty());
}

// Told once, a shop hears all the rest: nothing stays open there.
TEST_F(LedgerTransfersTest, AShopThatReceivedByMistakeIsLevelWithTheOthers) {
  const auto wandre = coop_.Node("wandre", "wandre-1");
  const auto level = [&] {
    Level();
    Carry(*wandre, *hub_);
    WaitForTellings(*hub_);
    Carry(*hub_, *wandre);
    Level();
  };
  Send(*outremeuse_, 1, 5'000);
  const Reference mistaken = Receive(*wandre, 2, 2'000);
  level();
  EXPECT_EQ(Left(*wandre), 3'000);
  Undo(*wandre, 3, mistaken);
  level();
  EXPECT_EQ(Left(*wandre), 5'000);
  Receive(*herstal_, 4, 5'000);
  level();
  level();
  EXPECT_EQ(Left(*wandre), 0);
  EXPECT_FALSE(retail::IsOpen(State(*wandre)));
  ExpectLeft(0);
}

// A note that this hub's release cannot write keeps no other from its shop.
TEST_F(LedgerTransfersTest, ANoteThatIsRefusedStopsNoOther) {
  hub_->release.not_known = {retail::v1::FACT_KIND_TRANSFER_ANSWERED};
  hub_->store = std::make_unique<store::MemoryStore>(ledger::AllTables());
  hub_->Reopen();
  Send(*outremeuse_, 1, 5'000);
  Receive(*herstal_, 2, 5'000);
  Carry(*outremeuse_, *hub_);
  Carry(*herstal_, *hub_);
  WaitForTellings(*hub_);
  EXPECT_TRUE(absl::IsInvalidArgument(hub_->ledger->TellTransfers()));
  const std::string refused = id_;
  retail::v1::TransferSent sent;
  id_ = retail::MakeTransferId("herstal", RequestId(3), 7);
  sent.set_transfer(id_);
  sent.set_to("outremeuse");
  AddLine(2'000, sent.mutable_lines());
  Append(*herstal_, 3, retail::v1::FACT_KIND_TRANSFER_SENT, sent);
  Carry(*herstal_, *hub_);
  WaitForTellings(*hub_);
  EXPECT_THAT(retail::MissingNotes(State(*hub_)), IsEmpty());
  Carry(*hub_, *outremeuse_);
  EXPECT_EQ(Left(*outremeuse_), 2'000);
  id_ = refused;
  EXPECT_THAT(retail::MissingNotes(State(*hub_)), SizeIs(1));
}

// Many at once: each is told, over several batches.
TEST_F(LedgerTransfersTest, MoreThanOneBatchTakesSeveral) {
  constexpr uint32_t kTransfers = 600;
  for (uint32_t request = 1; request <= kTransfers; ++request) {
    Send(*outremeuse_, request, 1'000);
  }
  Carry(*outremeuse_, *hub_);
  for (int i = 0; i < 3; ++i) Tell();
  Level();
  size_t told = 0;
  const auto snapshot = herstal_->ledger->NewSnapshot();
  for (auto row = snapshot->Scan(retail::kTransferNotes, "", ""); row->Valid(); row->Next()) ++told;
  EXPECT_EQ(told, kTransfers);
  ExpectLeft(1'000);
}

}  // namespace
}  // namespace comptoir
