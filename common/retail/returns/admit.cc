#include "common/retail/returns/admit.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/named.h"
#include "common/retail/payments.h"
#include "common/retail/reasons.h"
#include "common/retail/sales/admit.h"
#include "common/retail/sales/receipts.h"

namespace comptoir::retail {
namespace {

absl::Status CheckRefund(const v1::ReturnedLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.unit_price_cents()));
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.refund_cents()));
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.paid_cents()));
  const std::optional<Cents> worth = WorthOf(line, line.quantity_milli());
  // Parts round otherwise than the whole; those of nothing are nothing.
  const int64_t most_off = WorthOf(line, line.sold_milli()) == Cents(0) ? 0 : 1;
  if (worth.has_value() && line.refund_cents() >= worth->value() - most_off &&
      line.refund_cents() <= worth->value() + most_off) {
    return absl::OkStatus();
  }
  return Refuse(kBadPrice, absl::StrCat(FormatCents(Cents(line.refund_cents())),
                                        " is not what was paid for this"));
}

absl::Status CheckDepositRefund(const v1::ReturnedLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckDeposit(line.deposit_cents(), line.unit()));
  const int64_t refund_cents = line.deposit_refund_cents();
  const std::optional<Cents> worth = DepositOf(line, line.quantity_milli());
  const int64_t most_off = line.deposit_cents() == 0 ? 0 : 1;
  if (worth.has_value() && refund_cents >= 0 && refund_cents >= worth->value() - most_off &&
      refund_cents <= worth->value() + most_off) {
    return absl::OkStatus();
  }
  return Refuse(kBadDeposit, absl::StrCat(FormatCents(Cents(refund_cents)),
                                          " is not the deposit that was charged for this"));
}

absl::Status CheckUndone(const v1::Returned& returned) {
  if (static_cast<size_t>(returned.empties_size()) > kLinesMax) {
    return Refuse(kBadLines, "it takes back more empties than a sale can name");
  }
  uint32_t before = 0;
  for (const v1::UndoneEmpties& undone : returned.empties()) {
    if (undone.sale_empties() <= before || undone.sale_empties() > kLinesMax) {
      return Refuse(kBadLines, "the empties that it takes back are not in the order of the sale");
    }
    before = undone.sale_empties();
    COMPTOIR_RETURN_IF_ERROR(
        AtLine(CheckEmpties(undone.empties()), static_cast<int>(before), "empties"));
  }
  return absl::OkStatus();
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
  if (line.quantity_milli() <= line.sold_milli()) {
    COMPTOIR_RETURN_IF_ERROR(CheckRefund(line));
    return CheckDepositRefund(line);
  }
  return Refuse(kReturnedTooMuch, absl::StrCat(FormatQuantity(Quantity(line.quantity_milli())),
                                               " cannot be taken back of ",
                                               FormatQuantity(Quantity(line.sold_milli()))));
}

}  // namespace

absl::StatusOr<Cents> CheckLines(const v1::Returned& returned) {
  COMPTOIR_RETURN_IF_ERROR(CheckSaleSize(returned.lines_size(), returned.empties_size()));
  COMPTOIR_RETURN_IF_ERROR(CheckUndone(returned));
  int64_t quantity_milli = 0;  // neither can pass 64 bits: at most 3,000 times 10^12
  int64_t moved_cents = 0;
  for (int i = 0; i < returned.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(CheckLine(returned.lines(i)), i + 1));
    quantity_milli += returned.lines(i).quantity_milli();
    moved_cents += returned.lines(i).refund_cents() + returned.lines(i).deposit_refund_cents();
  }
  for (const v1::UndoneEmpties& undone : returned.empties()) {
    moved_cents += DepositOf(undone.empties()).value();
  }
  if (moved_cents <= kMoneyCentsMax && quantity_milli <= kQuantityMilliMax) {
    return RefundOf(returned);
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
  if (fact.kind != v1::FACT_KIND_VOIDED && !returned.empties().empty()) {
    return Refuse(kBadLines, "only a void takes back what was given for empties");
  }
  return CheckReturned(returned);
}

std::optional<Cents> WorthOf(const v1::ReturnedLine& line, int64_t quantity_milli) {
  if (line.has_paid_cents()) {
    return PartOf(Cents(line.paid_cents()), quantity_milli, line.sold_milli());
  }
  return LineTotal(Quantity(quantity_milli), Cents(line.unit_price_cents()));
}

std::optional<Cents> DepositOf(const v1::ReturnedLine& line, int64_t quantity_milli) {
  return LineTotal(Quantity(quantity_milli), Cents(line.deposit_cents()));
}

RefundAmounts::RefundAmounts(const v1::Returned& returned) {
  for (const v1::ReturnedLine& line : returned.lines()) {
    goods = Cents(goods.value() + line.refund_cents());
    deposits = Cents(deposits.value() + line.deposit_refund_cents());
  }
  for (const v1::UndoneEmpties& undone : returned.empties()) {
    empties = Cents(empties.value() + DepositOf(undone.empties()).value());
  }
}

Cents RefundOf(const v1::Returned& returned) { return RefundAmounts(returned).total(); }

}  // namespace comptoir::retail
