#include "common/retail/transfers/fold.h"

#include <string>
#include <utility>

#include "common/base/status.h"
#include "common/retail/account.h"
#include "common/retail/keys.h"
#include "common/retail/stock/lots.h"
#include "common/retail/stock/movement.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/state.h"
#include "common/retail/waste/waste_row.h"

namespace comptoir::retail {
namespace {

using TransferLines = google::protobuf::RepeatedPtrField<v1::TransferLine>;

void MoveLines(const TransferLines& lines, int64_t sign, std::string_view from_account,
               std::string_view to_account, store::Transaction& transaction) {
  Mover mover(from_account, to_account, transaction);
  for (const v1::TransferLine& line : lines) {
    mover.Move({line.product(), line.unit(), line.lot()}, sign * line.quantity_milli());
  }
}

// `row` holds what the fact says. What no release here knows of it stays in the entry: a
// note that copied it could be over its limit.
absl::Status PutFact(const Fact& fact, const std::string& transfer, v1::TransferRow row,
                     Effect effect, store::Transaction& transaction) {
  row.DiscardUnknownFields();
  row.set_counted(effect == Effect::kCount);
  row.set_shop(fact.journal->shop);
  row.set_wall_ms(fact.wall_ms);
  row.set_utc_offset_minutes(fact.utc_offset_minutes);
  return PutTransferRow(kTransfers, transfer,
                        TransferFactKey(transfer, fact.name().reference(), fact.reference),
                        row.SerializeAsString(), DayOf(row), transaction);
}

absl::Status PutNote(const Fact& fact, const std::string& transfer, const v1::TransferTold& told,
                     v1::TransferRow copy, store::Transaction& transaction) {
  copy.DiscardUnknownFields();
  copy.set_counted(!told.undone());
  copy.set_shop(told.shop());
  copy.set_wall_ms(told.wall_ms());
  copy.set_utc_offset_minutes(told.utc_offset_minutes());
  v1::TransferNoteRow row;
  row.set_shop(fact.journal->shop);
  row.set_revision(told.revision());
  row.set_hybrid_time(fact.hybrid_time.value());
  const Day day = DayOf(copy);
  *row.mutable_told() = std::move(copy);
  return PutTransferRow(kTransferNotes, transfer,
                        TransferNoteKey(transfer, told.fact(), fact.journal->shop, fact.reference),
                        row.SerializeAsString(), day, transaction);
}

std::string TransitAccount(const std::string& transfer) {
  return AccountName(kTransitAccounts, transfer);
}

}  // namespace

absl::Status FoldTransferSent(const Fact& fact, const v1::TransferSent& sent, Effect effect,
                              store::Transaction& transaction) {
  MoveLines(sent.lines(), SignOf(effect), AccountName(kShopAccounts, fact.journal->shop),
            TransitAccount(sent.transfer()), transaction);
  v1::TransferRow row;
  *row.mutable_sent() = sent;
  return PutFact(fact, sent.transfer(), std::move(row), effect, transaction);
}

absl::Status FoldTransferReceived(const Fact& fact, const v1::TransferReceived& received,
                                  Effect effect, store::Transaction& transaction) {
  MoveLines(received.lines(), SignOf(effect), TransitAccount(received.transfer()),
            AccountName(kShopAccounts, fact.journal->shop), transaction);
  for (int i = 0; i < received.lines_size(); ++i) {
    const v1::TransferLine& line = received.lines(i);
    v1::LotRow lot;
    lot.set_producer(line.producer());
    lot.set_use_by_day(line.use_by_day());
    lot.set_best_before_day(line.best_before_day());
    lot.set_received_milli(line.quantity_milli());
    lot.set_unit(line.unit());
    FoldLot(fact, {line.product(), line.unit(), line.lot()}, i, lot, effect, transaction);
  }
  v1::TransferRow row;
  *row.mutable_received() = received;
  return PutFact(fact, received.transfer(), std::move(row), effect, transaction);
}

absl::Status FoldTransferSettled(const Fact& fact, const v1::TransferSettled& settled,
                                 Effect effect, store::Transaction& transaction) {
  MoveLines(settled.lines(), SignOf(effect), TransitAccount(settled.transfer()),
            AccountName(kWasteAccounts, fact.journal->shop), transaction);
  for (const v1::TransferLine& line : settled.lines()) {
    AddWaste(fact, settled.reason(), line.product(), line.unit(),
             SignOf(effect) * line.quantity_milli(), transaction);
  }
  v1::TransferRow row;
  *row.mutable_settled() = settled;
  return PutFact(fact, settled.transfer(), std::move(row), effect, transaction);
}

absl::Status FoldTransferAnnounced(const Fact& fact, const v1::TransferAnnounced& announced,
                                   Effect /*effect*/, store::Transaction& transaction) {
  v1::TransferRow copy;
  if (announced.has_sent()) *copy.mutable_sent() = announced.sent();
  return PutNote(fact, announced.transfer(), announced.told(), std::move(copy), transaction);
}

absl::Status FoldTransferAnswered(const Fact& fact, const v1::TransferAnswered& answered,
                                  Effect /*effect*/, store::Transaction& transaction) {
  v1::TransferRow copy;
  if (answered.has_received()) *copy.mutable_received() = answered.received();
  if (answered.has_settled()) *copy.mutable_settled() = answered.settled();
  return PutNote(fact, answered.transfer(), answered.told(), std::move(copy), transaction);
}

}  // namespace comptoir::retail
