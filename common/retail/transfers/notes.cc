#include "common/retail/transfers/notes.h"

namespace comptoir::retail {
namespace {

void FillTold(const MissingNote& missing, v1::TransferTold* told) {
  const v1::TransferRow& row = missing.fact->row;
  *told->mutable_fact() = TransferReference(missing.fact->key);
  told->set_shop(row.shop());
  told->set_wall_ms(row.wall_ms());
  told->set_utc_offset_minutes(row.utc_offset_minutes());
  told->set_revision(missing.revision);
  told->set_undone(!row.counted());
}

}  // namespace

bool MayTellOfTransfers(v1::FactKind kind) {
  switch (kind) {
    case v1::FACT_KIND_TRANSFER_SENT:
    case v1::FACT_KIND_TRANSFER_RECEIVED:
    case v1::FACT_KIND_TRANSFER_SETTLED:
    // The hub's own, handed back to one that was restored.
    case v1::FACT_KIND_TRANSFER_ANNOUNCED:
    case v1::FACT_KIND_TRANSFER_ANSWERED:
    case v1::FACT_KIND_CORRECTED:
    case v1::FACT_KIND_FORK_SETTLED:
    case v1::FACT_KIND_MOVED:
      return true;
    default:
      return false;
  }
}

v1::FactKind NoteKindOf(const MissingNote& missing) {
  return missing.fact->row.has_sent() ? v1::FACT_KIND_TRANSFER_ANNOUNCED
                                      : v1::FACT_KIND_TRANSFER_ANSWERED;
}

std::string MakeNote(const std::string& transfer, const MissingNote& missing) {
  const v1::TransferRow& row = missing.fact->row;
  if (row.has_sent()) {
    v1::TransferAnnounced announced;
    announced.set_transfer(transfer);
    FillTold(missing, announced.mutable_told());
    if (row.counted()) *announced.mutable_sent() = row.sent();
    return announced.SerializeAsString();
  }
  v1::TransferAnswered answered;
  answered.set_transfer(transfer);
  FillTold(missing, answered.mutable_told());
  if (row.counted() && row.has_received()) *answered.mutable_received() = row.received();
  if (row.counted() && row.has_settled()) *answered.mutable_settled() = row.settled();
  return answered.SerializeAsString();
}

}  // namespace comptoir::retail
