// What stands in rows of transfers, and cannot be.
#include <gtest/gtest.h>

#include <string>

#include "common/retail/transfers/id.h"
#include "common/retail/transfers/list.h"
#include "common/retail/transfers/notes.h"
#include "common/retail/transfers/state.h"
#include "comptoir/retail/v1/transfer_rows.pb.h"
#include "tests/unit/retail/altered_rows.h"

namespace comptoir::retail {
namespace {

class TransferRowsTest : public ::testing::Test {
 protected:
  TransferRowsTest() {
    sent_.set_transfer(id_);
    sent_.set_to("herstal");
    v1::TransferLine* line = sent_.add_lines();
    line->set_product("lait");
    line->set_unit(v1::UNIT_PIECE);
    line->set_quantity_milli(2'000);
    line->set_lot("L47");
    world_.Write(outremeuse_, v1::FACT_KIND_TRANSFER_SENT, sent_);
    v1::TransferAnnounced announced;
    announced.set_transfer(id_);
    announced.mutable_told()->mutable_fact()->set_journal(2);
    announced.mutable_told()->mutable_fact()->set_sequence(1);
    announced.mutable_told()->mutable_fact()->set_hash_prefix(7'001);
    announced.mutable_told()->set_shop("outremeuse");
    announced.mutable_told()->set_wall_ms(kMondayMs);
    announced.mutable_told()->set_revision(1);
    *announced.mutable_sent() = sent_;
    world_.Write(to_herstal_, v1::FACT_KIND_TRANSFER_ANNOUNCED, announced);
  }
  absl::Status Read() { return ReadTransfer(*world_.Snapshot(), id_).status(); }
  template <typename Change>
  void ExpectDamaged(Change change) {
    WithLastRowAltered<v1::TransferRow>(world_, kTransfers, change, [this] {
      EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss) << Read();
    });
    const auto change_told = [&](v1::TransferNoteRow& row) { change(*row.mutable_told()); };
    WithLastRowAltered<v1::TransferNoteRow>(world_, kTransferNotes, change_told, [this] {
      EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss) << Read();
    });
    EXPECT_TRUE(Read().ok()) << Read();
  }
  // Takes the last row away, or gives it a key without its last byte that the index has, too.
  void EraseLast(store::TableId table) {
    const auto last = Must(world_.Snapshot()->Last(table, "", ""));
    const auto batch = world_.Begin();
    batch->Erase(table, last->first);
    world_.Commit(batch);
  }

  const JournalContext outremeuse_ = ShopJournal("outremeuse", 2);
  const JournalContext to_herstal_ = {JournalId(13),
                                      journal::v1::SCOPE_SHOP,
                                      "herstal",
                                      "261123-hubhub",
                                      {"essai", "hub", "", true, true}};
  const std::string id_ = MakeTransferId("outremeuse", "0123456789abcdef", 7);
  v1::TransferSent sent_;
  RetailWorld world_;
};

TEST_F(TransferRowsTest, WhatNoGateTakesIsDamage) {
  using Row = v1::TransferRow;
  ExpectDamaged([](Row& row) { row.set_wall_ms(-1); });
  ExpectDamaged([](Row& row) { row.set_wall_ms(INT64_MAX); });
  for (const int32_t minutes : {INT32_MIN, 10'000}) {
    ExpectDamaged([=](Row& row) { row.set_utc_offset_minutes(minutes); });
  }
  for (const int64_t milli : {int64_t{0}, int64_t{-1}, kQuantityMilliMax + 1}) {
    const auto spoil = [=](auto* lines) { lines->Add()->set_quantity_milli(milli); };
    ExpectDamaged([&](Row& row) { spoil(row.mutable_sent()->mutable_lines()); });
    ExpectDamaged([&](Row& row) { spoil(row.mutable_received()->mutable_lines()); });
    ExpectDamaged([&](Row& row) { spoil(row.mutable_settled()->mutable_lines()); });
  }
}

TEST_F(TransferRowsTest, ARowThatTheIndexHasAndTheTableNotIsDamage) {
  EraseLast(kTransferNotes);
  EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss);
}

TEST_F(TransferRowsTest, KeysInTheIndexThatAreNoneAreDamage) {
  using Ends = google::protobuf::RepeatedPtrField<std::string>;
  using MutableEnds = Ends* (v1::TransferIndexRow::*)();
  const std::pair<store::TableId, MutableEnds> tables[] = {
      {kTransfers, &v1::TransferIndexRow::mutable_facts},
      {kTransferNotes, &v1::TransferIndexRow::mutable_notes}};
  for (const auto& [table, mutable_ends] : tables) {
    const std::string key = TransferListKey(TransferList::kIndex, id_);
    const std::string before = Must(world_.Snapshot()->Get(kTransferLists, key)).value();
    v1::TransferIndexRow index;
    ASSERT_TRUE(index.ParseFromString(before));
    const std::string end = "short";
    (index.*mutable_ends)()->at(0) = end;
    const auto batch = world_.Begin();
    batch->Put(kTransferLists, key, index.SerializeAsString());
    batch->Put(table, std::string(id_) + '\0' + end, "");
    world_.Commit(batch);
    EXPECT_EQ(Read().code(), absl::StatusCode::kDataLoss) << int{table};
    const auto mend = world_.Begin();
    mend->Put(kTransferLists, key, before);
    world_.Commit(mend);
  }
}

TEST_F(TransferRowsTest, OnlySomeKindsMayTellOfTransfers) {
  for (const v1::FactKind kind : {v1::FACT_KIND_TRANSFER_SENT, v1::FACT_KIND_TRANSFER_RECEIVED,
                                  v1::FACT_KIND_TRANSFER_SETTLED, v1::FACT_KIND_TRANSFER_ANNOUNCED,
                                  v1::FACT_KIND_TRANSFER_ANSWERED, v1::FACT_KIND_CORRECTED,
                                  v1::FACT_KIND_FORK_SETTLED, v1::FACT_KIND_MOVED}) {
    EXPECT_TRUE(MayTellOfTransfers(kind)) << kind;
  }
  EXPECT_FALSE(MayTellOfTransfers(v1::FACT_KIND_SOLD));
}

TEST_F(TransferRowsTest, WhatIsNowhereToGoIsInNoTransit) {
  // Received by the paper: nobody knows yet where it was sent to.
  v1::TransferReceived received;
  received.set_transfer(MakeTransferId("wandre", "0123456789abcdef", 7));
  *received.mutable_lines() = sent_.lines();
  const JournalContext herstal = ShopJournal("herstal", 3);
  world_.Write(herstal, v1::FACT_KIND_TRANSFER_RECEIVED, received);
  const InTransit on_its_way = Must(ReadInTransit(*world_.Snapshot(), ""));
  ASSERT_EQ(on_its_way.size(), 1u);
  EXPECT_EQ(on_its_way.begin()->second.at("herstal"), 2'000);
}

}  // namespace
}  // namespace comptoir::retail
