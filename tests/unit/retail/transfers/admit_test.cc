#include "common/retail/transfers/admit.h"

#include <gtest/gtest.h>

#include <string>

#include "common/base/limits.h"
#include "common/retail/transfers/id.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class TransferGateTest : public ::testing::Test {
 protected:
  TransferGateTest() {
    sent_.set_transfer(id_);
    sent_.set_to("herstal");
    v1::TransferLine* line = sent_.add_lines();
    line->set_product("fraises");
    line->set_unit(v1::UNIT_KILOGRAM);
    line->set_quantity_milli(1'500);
    line->set_lot("L47");
    line->set_use_by_day(20'790);
    line->set_producer("ferme-du-bois");
    received_.set_transfer(id_);
    *received_.mutable_lines() = sent_.lines();
    settled_.set_transfer(id_);
    settled_.set_reason(v1::WASTE_REASON_DAMAGED);
    *settled_.mutable_lines() = sent_.lines();
    announced_.set_transfer(id_);
    FillTold("outremeuse", announced_.mutable_told());
    *announced_.mutable_sent() = sent_;
    answered_.set_transfer(id_);
    FillTold("herstal", answered_.mutable_told());
    *answered_.mutable_received() = received_;
  }
  static void FillTold(const std::string& shop, v1::TransferTold* told) {
    told->mutable_fact()->set_journal(5);
    told->mutable_fact()->set_sequence(2);
    told->set_shop(shop);
    told->set_wall_ms(kMondayMs);
    told->set_revision(1);
  }
  static JournalContext HubJournal(const std::string& shop) {
    return {JournalId(9),
            journal::v1::SCOPE_SHOP,
            shop,
            "261123-hubhub",
            {"essai", "hub", "", true, true}};
  }
  absl::Status Sent() {
    return AdmitTransferSent(FactIn(outremeuse_, v1::FACT_KIND_TRANSFER_SENT, sent_), sent_);
  }
  absl::Status Received() {
    return AdmitTransferReceived(FactIn(herstal_, v1::FACT_KIND_TRANSFER_RECEIVED, received_),
                                 received_);
  }
  absl::Status Settled() {
    return AdmitTransferSettled(FactIn(herstal_, v1::FACT_KIND_TRANSFER_SETTLED, settled_),
                                settled_);
  }
  absl::Status Announced() {
    return AdmitTransferAnnounced(FactIn(to_herstal_, v1::FACT_KIND_TRANSFER_ANNOUNCED, announced_),
                                  announced_);
  }
  absl::Status Answered() {
    return AdmitTransferAnswered(FactIn(to_outremeuse_, v1::FACT_KIND_TRANSFER_ANSWERED, answered_),
                                 answered_);
  }

  const std::string id_ = MakeTransferId("outremeuse", "0123456789abcdef", 7);
  const JournalContext hub_ = CoopJournal(1);
  const JournalContext outremeuse_ = ShopJournal("outremeuse", 2);
  const JournalContext herstal_ = ShopJournal("herstal", 3);
  const JournalContext to_herstal_ = HubJournal("herstal");
  const JournalContext to_outremeuse_ = HubJournal("outremeuse");
  v1::TransferSent sent_;
  v1::TransferReceived received_;
  v1::TransferSettled settled_;
  v1::TransferAnnounced announced_;
  v1::TransferAnswered answered_;
};

TEST_F(TransferGateTest, WhatIsWholeIsTaken) {
  EXPECT_TRUE(Sent().ok()) << Sent();
  EXPECT_TRUE(Received().ok()) << Received();
  EXPECT_TRUE(Settled().ok()) << Settled();
  EXPECT_TRUE(Announced().ok()) << Announced();
  EXPECT_TRUE(Answered().ok()) << Answered();
  *answered_.mutable_settled() = settled_;
  EXPECT_TRUE(Answered().ok()) << Answered();
}

TEST_F(TransferGateTest, ShopsWriteTheirOwnAndTheHubTells) {
  const auto as = [](const JournalContext& journal, google::protobuf::Message& message) {
    return FactIn(journal, v1::FACT_KIND_TRANSFER_SENT, message);
  };
  ExpectRefused(AdmitTransferSent(as(hub_, sent_), sent_), kWrongScope);
  ExpectRefused(AdmitTransferReceived(as(hub_, received_), received_), kWrongScope);
  ExpectRefused(AdmitTransferSettled(as(hub_, settled_), settled_), kWrongScope);
  ExpectRefused(AdmitTransferReceived(as(to_herstal_, received_), received_), kNotAllowed);
  // Under another shop's id nobody sends.
  ExpectRefused(AdmitTransferSent(as(herstal_, sent_), sent_), kBadTransfer);
  ExpectRefused(AdmitTransferAnnounced(as(herstal_, announced_), announced_), kNotAllowed);
  ExpectRefused(AdmitTransferAnswered(as(outremeuse_, answered_), answered_), kNotAllowed);
  ExpectRefused(AdmitTransferAnnounced(as(hub_, announced_), announced_), kWrongScope);
  ExpectRefused(AdmitTransferAnnounced(as(to_outremeuse_, announced_), announced_), kBadTransfer);
  // The sender itself may count in what came back.
  EXPECT_TRUE(AdmitTransferReceived(as(outremeuse_, received_), received_).ok());
}

TEST_F(TransferGateTest, WhatCannotBeIsRefused) {
  sent_.set_to("outremeuse");
  ExpectRefused(Sent(), kBadTransfer);
  sent_.set_to("Herstal");
  ExpectRefused(Sent(), kBadCode);
  sent_.set_to("herstal");
  sent_.set_transfer("outremeuse-22222-22222");
  ExpectRefused(Sent(), kBadTransfer);
  sent_.set_transfer(id_);
  sent_.set_staff("Jean Dupont");
  ExpectRefused(Sent(), kBadCode);
  received_.clear_lines();
  ExpectRefused(Received(), kBadLines);
  for (const int reason : {0, -1, 8}) {
    settled_.set_reason(static_cast<v1::WasteReason>(reason));
    ExpectRefused(Settled(), kBadWasteReason);
  }
}

TEST_F(TransferGateTest, EveryFieldIsChecked) {
  const auto spoil = [](auto* message, auto change, const auto& admit, std::string_view reason) {
    const auto good = *message;
    change(*message);
    ExpectRefused(admit(), reason);
    *message = good;
  };
  const auto received = [this] { return Received(); };
  const auto settled = [this] { return Settled(); };
  spoil(
      &received_, [](auto& bad) { bad.set_transfer("nothing"); }, received, kBadTransfer);
  spoil(
      &received_, [](auto& bad) { bad.set_staff("Jean Dupont"); }, received, kBadCode);
  spoil(
      &settled_, [](auto& bad) { bad.set_transfer("nothing"); }, settled, kBadTransfer);
  spoil(
      &settled_, [](auto& bad) { bad.set_staff("Jean Dupont"); }, settled, kBadCode);
  const auto line = [&](auto change, std::string_view reason) {
    spoil(
        &received_, [&](auto& bad) { change(*bad.mutable_lines(0)); }, received, reason);
  };
  line([](auto& bad) { bad.set_product("des fraises"); }, kBadCode);
  line([](auto& bad) { bad.set_use_by_day(-1); }, kBadDay);
  line([](auto& bad) { bad.set_best_before_day(-1); }, kBadDay);
  const auto answered = [this] { return Answered(); };
  spoil(
      &answered_, [](auto& bad) { bad.set_transfer("nothing"); }, answered, kBadTransfer);
  const auto told = [&](auto change, std::string_view reason) {
    spoil(
        &answered_, [&](auto& bad) { change(*bad.mutable_told()); }, answered, reason);
  };
  told([](auto& bad) { bad.set_shop("Le magasin"); }, kBadCode);
  told([](auto& bad) { bad.mutable_fact()->set_journal(0); }, kBadReference);
  told([](auto& bad) { bad.mutable_fact()->set_sequence(0); }, kBadReference);
  for (const int32_t minutes : {-10'000, 10'000}) {
    told([=](auto& bad) { bad.set_utc_offset_minutes(minutes); }, kBadDay);
  }
  const std::string other = MakeTransferId("outremeuse", "0123456789abcdef", 8);
  spoil(
      &answered_, [&](auto& bad) { bad.mutable_received()->set_transfer(other); }, answered,
      kBadTransfer);
  *answered_.mutable_settled() = settled_;
  spoil(
      &answered_, [&](auto& bad) { bad.mutable_settled()->set_transfer(other); }, answered,
      kBadTransfer);
}

TEST_F(TransferGateTest, LinesHaveTheirLimits) {
  v1::TransferLine* line = sent_.mutable_lines(0);
  sent_.clear_staff();
  for (const int64_t milli : {int64_t{0}, int64_t{-1}, INT64_MIN, kQuantityMilliMax + 1}) {
    line->set_quantity_milli(milli);
    ExpectRefused(Sent(), kBadQuantity);
  }
  line->set_quantity_milli(kQuantityMilliMax);
  EXPECT_TRUE(Sent().ok());
  *sent_.add_lines() = sent_.lines(0);
  ExpectRefused(Sent(), kBadQuantity);  // together
  sent_.mutable_lines()->RemoveLast();
  line = sent_.mutable_lines(0);
  line->set_unit(v1::UNIT_UNSPECIFIED);
  ExpectRefused(Sent(), kBadUnit);
  line->set_unit(v1::UNIT_PIECE);
  line->set_lot(std::string(33, 'a'));
  ExpectRefused(Sent(), kBadLot);
  line->set_lot("");
  line->set_best_before_day(-1);
  ExpectRefused(Sent(), kBadDay);
  line->set_best_before_day(0);
  line->set_producer("Ferme");
  ExpectRefused(Sent(), kBadCode);
  line->clear_producer();
  line->set_quantity_milli(1);
  while (sent_.lines_size() < static_cast<int>(kLinesMax)) *sent_.add_lines() = sent_.lines(0);
  EXPECT_TRUE(Sent().ok());
  *sent_.add_lines() = sent_.lines(0);
  ExpectRefused(Sent(), kBadLines);
}

TEST_F(TransferGateTest, WhatIsToldIsOfOneFactAndWhole) {
  v1::TransferTold* told = announced_.mutable_told();
  told->set_undone(true);
  ExpectRefused(Announced(), kBadTransfer);  // with a copy
  announced_.clear_sent();
  EXPECT_TRUE(Announced().ok()) << Announced();
  told->set_undone(false);
  ExpectRefused(Announced(), kBadTransfer);  // without
  *announced_.mutable_sent() = sent_;
  announced_.mutable_sent()->set_transfer(MakeTransferId("outremeuse", "fedcba9876543210", 7));
  ExpectRefused(Announced(), kBadTransfer);
  *announced_.mutable_sent() = sent_;
  for (const uint64_t revision : {uint64_t{0}, kTransferRevisionsMax + 1, UINT64_MAX}) {
    told->set_revision(revision);
    ExpectRefused(Announced(), kBadTransfer);
  }
  told->set_revision(kTransferRevisionsMax);
  EXPECT_TRUE(Announced().ok());
  for (const int64_t wall_ms : {int64_t{-1}, INT64_MAX, INT64_MIN}) {
    told->set_wall_ms(wall_ms);
    ExpectRefused(Announced(), kBadDay);
  }
  told->set_wall_ms(kMondayMs);
  told->set_utc_offset_minutes(INT32_MAX);
  ExpectRefused(Announced(), kBadDay);
  told->set_utc_offset_minutes(60);
  told->set_shop("wandre");
  ExpectRefused(Announced(), kBadTransfer);  // not whom the id names
  told->set_shop("outremeuse");
  told->mutable_fact()->set_journal(0);
  ExpectRefused(Announced(), kBadReference);
  answered_.mutable_told()->set_shop("outremeuse");
  ExpectRefused(Answered(), kBadTransfer);  // what it wrote itself
}

}  // namespace
}  // namespace comptoir::retail
