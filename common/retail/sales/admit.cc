#include "common/retail/sales/admit.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/check.h"
#include "common/retail/payments.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

absl::Status TooLarge(std::string_view what) {
  return Refuse(kTotalTooLarge,
                absl::StrCat(absl::string_view(what.data(), what.size()), " comes to more than ",
                             kMoneyCentsMax / 100, ": check quantity and price"));
}

// What is taken off `total`.
absl::Status CheckDiscount(std::string_view of, int64_t discount_cents, int64_t total_cents) {
  if (discount_cents >= 0 && discount_cents <= total_cents) return absl::OkStatus();
  return Refuse(kBadDiscount,
                absl::StrCat("a discount of ", FormatCents(Cents(discount_cents)),
                             " cannot be: it must be from 0 to ", FormatCents(Cents(total_cents)),
                             ", which ", View(of), " to"));
}

}  // namespace

absl::Status CheckSaleSize(int lines, int empties) {
  if (static_cast<size_t>(empties) > kLinesMax) {
    return Refuse(kBadLines, absl::StrCat("there are ", empties, " empties: at most ", kLinesMax,
                                          " are taken"));
  }
  return lines == 0 && empties > 0 ? absl::OkStatus() : CheckLineCount(lines);
}

absl::Status CheckEmpties(const v1::Empties& empties) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", empties.product()));
  if (empties.pieces() < 1 || empties.pieces() > kEmptiesPiecesMax) {
    return Refuse(kBadQuantity, absl::StrCat(empties.pieces(), " pieces cannot be: say 1 to ",
                                             kEmptiesPiecesMax));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckDeposit(empties.deposit_cents(), v1::UNIT_PIECE));
  if (empties.deposit_cents() == 0) {
    return Refuse(kBadDeposit, "empties without a deposit are not taken for money");
  }
  const int64_t pieces_max = kMoneyCentsMax / empties.deposit_cents();
  return empties.pieces() <= pieces_max ? absl::OkStatus() : TooLarge("the deposit");
}

absl::Status CheckSoldLine(const v1::SoldLine& line) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", line.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckUnit(line.unit()));
  COMPTOIR_RETURN_IF_ERROR(CheckQuantity(QuantityOf(line).value()));
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.unit_price_cents()));
  COMPTOIR_RETURN_IF_ERROR(CheckVat(line.vat_basis_points()));
  COMPTOIR_RETURN_IF_ERROR(CheckLot(line.lot()));
  const std::optional<Cents> total = LineTotal(QuantityOf(line), Cents(line.unit_price_cents()));
  if (!total.has_value()) return TooLarge("the line");
  COMPTOIR_RETURN_IF_ERROR(CheckDeposit(line.deposit_cents(), line.unit()));
  if (!LineTotal(QuantityOf(line), Cents(line.deposit_cents())).has_value()) {
    return TooLarge("the line's deposit");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckPrice(line.label_cents()));
  return CheckDiscount("the line comes", line.discount_cents(), GrossOf(line).value());
}

absl::Status CheckLines(const v1::Sold& sold) {
  COMPTOIR_RETURN_IF_ERROR(CheckSaleSize(sold.lines_size(), sold.empties_size()));
  int64_t quantity_milli = 0;  // neither can pass 64 bits: at most 3,000 times 10^12
  int64_t gross_cents = 0;
  for (int i = 0; i < sold.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(CheckSoldLine(sold.lines(i)), i + 1));
    quantity_milli += QuantityOf(sold.lines(i)).value();
    gross_cents += GrossOf(sold.lines(i)).value() + DepositOf(sold.lines(i)).value();
  }
  for (int i = 0; i < sold.empties_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(CheckEmpties(sold.empties(i)), i + 1, "empties"));
    gross_cents += DepositOf(sold.empties(i)).value();
  }
  if (gross_cents > kMoneyCentsMax) return TooLarge("the sale");
  if (quantity_milli <= kQuantityMilliMax) return absl::OkStatus();
  return Refuse(kBadQuantity,
                absl::StrCat("the lines come to a quantity over ", kQuantityMilliMax / 1000));
}

absl::StatusOr<Cents> CheckAmounts(const v1::Sold& sold) {
  COMPTOIR_RETURN_IF_ERROR(CheckLines(sold));
  int64_t lines_cents = 0;
  for (const v1::SoldLine& line : sold.lines()) lines_cents += LineTotalOf(line).value();
  COMPTOIR_RETURN_IF_ERROR(CheckDiscount("the lines come", sold.discount_cents(), lines_cents));
  return TotalOf(sold);
}

absl::Status CheckSold(const v1::Sold& sold) {
  COMPTOIR_ASSIGN_OR_RETURN(const Cents total, CheckAmounts(sold));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("till", sold.till()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", sold.staff()));
  return CheckPayments(sold.payments(), sold.cash_rounding_cents(), total);
}

absl::Status AdmitSold(const Fact& fact, const v1::Sold& sold) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckSold(sold);
}

}  // namespace comptoir::retail
