#include "common/retail/transfers/admit.h"

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"
#include "common/retail/transfers/id.h"
#include "common/retail/waste/admit.h"

namespace comptoir::retail {
namespace {

using TransferLines = google::protobuf::RepeatedPtrField<v1::TransferLine>;

absl::Status CheckTransferLine(const v1::TransferLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", line.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckUnit(line.unit()));
  COMPTOIR_RETURN_IF_ERROR(CheckQuantity(line.quantity_milli()));
  COMPTOIR_RETURN_IF_ERROR(CheckLot(line.lot()));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("use-by day", line.use_by_day()));
  COMPTOIR_RETURN_IF_ERROR(CheckDay("best-before day", line.best_before_day()));
  return CheckOptionalCode("producer", line.producer());
}

absl::Status CheckTransferLines(const TransferLines& lines) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(lines.size()));
  int64_t quantity_milli = 0;  // at most 1,000 lines of 10^12
  for (int i = 0; i < lines.size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(CheckTransferLine(lines[i]), i + 1));
    quantity_milli += lines[i].quantity_milli();
  }
  if (quantity_milli <= kQuantityMilliMax) return absl::OkStatus();
  return Refuse(kBadQuantity,
                absl::StrCat("the lines come to a quantity over ", kQuantityMilliMax / 1000));
}

absl::Status CheckTold(const Fact& fact, const std::string& transfer, const v1::TransferTold& told,
                       bool has_copy) {
  const JournalContext& journal = *fact.journal;
  if (!journal.writer.hub) {
    return Refuse(kNotAllowed, "only the hub tells a shop of another one's transfer");
  }
  if (journal.scope != journal::v1::SCOPE_SHOP) {
    return Refuse(kWrongScope, "what a shop is told of a transfer is written in its SHOP journals");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckTransferId(transfer));
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", told.shop()));
  if (told.shop() == journal.shop) {
    return Refuse(kBadTransfer, "a shop is not told of what it wrote itself");
  }
  if (told.fact().journal() == 0 || told.fact().sequence() == 0) {
    return Refuse(kBadReference, "it names no entry");
  }
  const bool is_in_time = told.wall_ms() >= 0 && told.wall_ms() <= kTransferWallMillisMax &&
                          told.utc_offset_minutes() >= -kTransferOffsetMinutesMax &&
                          told.utc_offset_minutes() <= kTransferOffsetMinutesMax;
  if (!is_in_time) return Refuse(kBadDay, "the time of the fact is none");
  if (told.revision() == 0 || told.revision() > kTransferRevisionsMax) {
    return Refuse(kBadTransfer, absl::StrCat("revision ", told.revision(), " is not from 1 to ",
                                             kTransferRevisionsMax));
  }
  if (has_copy != told.undone()) return absl::OkStatus();
  return Refuse(kBadTransfer, has_copy ? "what was undone is not copied"
                                       : "the copy of what it tells of is missing");
}

absl::Status CheckSameTransfer(const std::string& transfer, const std::string& of_copy) {
  if (transfer == of_copy) return absl::OkStatus();
  return Refuse(kBadTransfer, absl::StrCat("it copies a fact of another transfer, ",
                                           Quoted(of_copy), ", than it names"));
}

}  // namespace

absl::Status CheckTransferSent(const v1::TransferSent& sent) {
  COMPTOIR_RETURN_IF_ERROR(CheckTransferId(sent.transfer()));
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", sent.to()));
  if (sent.to() == SenderOf(sent.transfer())) {
    return Refuse(kBadTransfer, "a shop sends goods to another one, not to itself");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", sent.staff()));
  return CheckTransferLines(sent.lines());
}

absl::Status CheckTransferReceived(const v1::TransferReceived& received) {
  COMPTOIR_RETURN_IF_ERROR(CheckTransferId(received.transfer()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", received.staff()));
  return CheckTransferLines(received.lines());
}

absl::Status CheckTransferSettled(const v1::TransferSettled& settled) {
  COMPTOIR_RETURN_IF_ERROR(CheckTransferId(settled.transfer()));
  COMPTOIR_RETURN_IF_ERROR(CheckWasteReason(settled.reason()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", settled.staff()));
  return CheckTransferLines(settled.lines());
}

absl::Status AdmitTransferSent(const Fact& fact, const v1::TransferSent& sent) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  COMPTOIR_RETURN_IF_ERROR(CheckTransferSent(sent));
  if (SenderOf(sent.transfer()) == fact.journal->shop) return absl::OkStatus();
  return Refuse(kBadTransfer, absl::StrCat("transfer ", Quoted(sent.transfer()), " is not one of ",
                                           fact.journal->shop));
}

absl::Status AdmitTransferReceived(const Fact& fact, const v1::TransferReceived& received) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckTransferReceived(received);
}

absl::Status AdmitTransferSettled(const Fact& fact, const v1::TransferSettled& settled) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckTransferSettled(settled);
}

absl::Status AdmitTransferAnnounced(const Fact& fact, const v1::TransferAnnounced& announced) {
  const std::string& transfer = announced.transfer();
  COMPTOIR_RETURN_IF_ERROR(CheckTold(fact, transfer, announced.told(), announced.has_sent()));
  if (SenderOf(transfer) != announced.told().shop()) {
    return Refuse(kBadTransfer, "it was sent by another shop than its id names");
  }
  if (!announced.has_sent()) return absl::OkStatus();
  COMPTOIR_RETURN_IF_ERROR(CheckSameTransfer(transfer, announced.sent().transfer()));
  return CheckTransferSent(announced.sent());
}

absl::Status AdmitTransferAnswered(const Fact& fact, const v1::TransferAnswered& answered) {
  const std::string& transfer = answered.transfer();
  const bool has_copy = answered.answer_case() != v1::TransferAnswered::ANSWER_NOT_SET;
  COMPTOIR_RETURN_IF_ERROR(CheckTold(fact, transfer, answered.told(), has_copy));
  if (answered.has_received()) {
    COMPTOIR_RETURN_IF_ERROR(CheckSameTransfer(transfer, answered.received().transfer()));
    return CheckTransferReceived(answered.received());
  }
  if (!answered.has_settled()) return absl::OkStatus();
  COMPTOIR_RETURN_IF_ERROR(CheckSameTransfer(transfer, answered.settled().transfer()));
  return CheckTransferSettled(answered.settled());
}

}  // namespace comptoir::retail
