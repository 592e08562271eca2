// The hub tells shops of each other's transfers: in the batch that brings the news, after
// what was undone, restored or folded anew, and once the disk has room again (I1, I4, I5).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

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

// Of a branch that was not kept: it counts where it was moved to, and is told once.
TEST_F(LedgerTransfersTest, WhatAForkMovedStaysOneFact) {
  testing::Sell(*outremeuse_, 50);
  Carry(*outremeuse_, *hub_);
  const auto second = coop_.Node("outremeuse", "outremeuse-2");
  Carry(*outremeuse_, *second);
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
  ASSERT_EQ(testing::IngestAndWait(*second, branch.Cut(), outremeuse_->ledger->self()).refusal,
            ledger::Refusal::kNone);
  testing::Sell(*outremeuse_, 51);
  Carry(*outremeuse_, *hub_);
  ASSERT_EQ(testing::IngestAndWait(*hub_, branch.Cut(), second->ledger->self()).refusal,
            ledger::Refusal::kFork);
  testing::Sell(*outremeuse_, 52);
  Carry(*outremeuse_, *hub_);
  for (const auto& journal : hub_->ledger->Journals()) {
    if (journal.node != "hub" || journal.scope != journal::v1::SCOPE_SHOP) continue;
    const auto segment =
        Must(hub_->ledger->ReadSegment(journal.head.journal, Sequence(1), 1 << 20));
    ASSERT_TRUE(testing::IngestAndWait(*second, *segment, hub_->ledger->self()).status.ok());
  }
  MustOk(second->ledger->SettleForks());
  Carry(*second, *hub_);
  Level();
  ExpectLeft(5'000);
  EXPECT_EQ(State(*hub_).facts.size(), 1U);
  EXPECT_EQ(State(*herstal_).facts.size(), 1U);
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
