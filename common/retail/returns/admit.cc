#include "common/retail/returns/admit.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/named.h"
#include "common/retail/payments.h"
#include "common/retail/reasons.h"
#include "common/retail/sales/receipts.h"

namespace comptoir::retail {
namespace {

absl::Status CheckRefund(const v1::ReturnedLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.unit_price_cents()));
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.refund_cents()));
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.paid_cents()));
  const std::optional<Cents> worth = WorthOf(line, line.quantity_milli());
  if (worth.has_value() && line.refund_cents() >= worth->value() - 1 &&
      line.refund_cents() <= worth->value() + 1) {
    return absl::OkStatus();
  }
  return Refuse(kBadPrice, absl::StrCat(FormatCents(Cents(line.refund_cents())),
                                        " is not what was paid for this"));
}

absl::Status CheckLine(const v1::ReturnedLine& line) {
  if (line.sale_line() < 1 || line.sale_line() > kLinesMax) {
    return Refuse(kBadLines, absl::StrCat("there is no line ", line.sale_line(), " in a sale"));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", line.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckUnit(line.unit()));
  COMPTOIR_RETURN_IF_ERROR(CheckQuantity(line.quantity_milli()));
  COMPTOIR_RETURN_IF_ERROR(CheckQuantity(line.sold_milli()));
  COMPTOIR_RETURN_IF_ERROR(CheckVat(line.vat_basis_points()));
  COMPTOIR_RETURN_IF_ERROR(CheckLot(line.lot()));
  if (!v1::WasteReason_IsValid(line.wasted())) {
    return Refuse(kBadWasteReason,
                  absl::StrCat("waste reason ", static_cast<int>(line.wasted()), " is none"));
  }
  if (line.quantity_milli() <= line.sold_milli()) return CheckRefund(line);
  return Refuse(kReturnedTooMuch, absl::StrCat(FormatQuantity(Quantity(line.quantity_milli())),
                                               " cannot be taken back of ",
                                               FormatQuantity(Quantity(line.sold_milli()))));
}

}  // namespace

absl::StatusOr<Cents> CheckLines(const v1::Returned& returned) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(returned.lines_size()));
  int64_t quantity_milli = 0;  // neither can pass 64 bits: at most 1,000 lines of 10^12
  int64_t refund_cents = 0;
  for (int i = 0; i < returned.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(CheckLine(returned.lines(i)), i + 1));
    quantity_milli += returned.lines(i).quantity_milli();
    refund_cents += returned.lines(i).refund_cents();
  }
  if (refund_cents <= kMoneyCentsMax && quantity_milli <= kQuantityMilliMax) {
    return Cents(refund_cents);
  }
  return Refuse(kTotalTooLarge, "the lines come to more than a sale can");
}

absl::Status CheckReturned(const v1::Returned& returned) {
  COMPTOIR_RETURN_IF_ERROR(CheckNamed(returned.sale()));
  COMPTOIR_RETURN_IF_ERROR(ParseReceiptNumber(returned.sale_number()).status());
  COMPTOIR_ASSIGN_OR_RETURN(const Cents refund, CheckLines(returned));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("till", returned.till()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", returned.staff()));
  return CheckPayments(returned.payments(), returned.cash_rounding_cents(), refund);
}

absl::Status AdmitReturned(const Fact& fact, const v1::Returned& returned) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckReturned(returned);
}

std::optional<Cents> WorthOf(const v1::ReturnedLine& line, int64_t quantity_milli) {
  if (line.has_paid_cents()) {
    return PartOf(Cents(line.paid_cents()), quantity_milli, line.sold_milli());
  }
  return LineTotal(Quantity(quantity_milli), Cents(line.unit_price_cents()));
}

Cents RefundOf(const v1::Returned& returned) {
  int64_t refund_cents = 0;
  for (const v1::ReturnedLine& line : returned.lines()) refund_cents += line.refund_cents();
  return Cents(refund_cents);
}

}  // namespace comptoir::retail
