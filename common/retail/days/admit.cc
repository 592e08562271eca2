#include "common/retail/days/admit.h"

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/days/sums.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {
namespace {

using Ranges = google::protobuf::RepeatedPtrField<v1::ClosedRange>;

constexpr size_t kHashBytes = 32;
constexpr int64_t kReceiptsMax = 1'000'000'000'000;

absl::Status BadClosing(absl::string_view sentence) { return Refuse(kBadClosing, sentence); }

absl::Status CheckRange(const v1::ClosedRange& range, const v1::ClosedRange* before) {
  if (range.journal() == 0 || range.first() == 0 || range.last() < range.first() ||
      range.last() == UINT64_MAX) {
    return BadClosing("a range of entries that it names cannot be");
  }
  if (range.hash().size() != kHashBytes) return BadClosing("a range that it names has no hash");
  if (range.times() > kTimesClosedMax) return BadClosing("it names a range too often");
  if (range.series().size() > kSeriesBytesMax) return BadClosing("a series that it names is none");
  if ((range.first_receipt() == 0) != (range.last_receipt() == 0) ||
      range.last_receipt() < range.first_receipt()) {
    return BadClosing("the receipts of a range that it names cannot be");
  }
  const bool follows = before == nullptr || before->journal() < range.journal() ||
                       (before->journal() == range.journal() && before->last() < range.first());
  return follows ? absl::OkStatus() : BadClosing("the ranges that it names are not in order");
}

absl::Status CheckRanges(const Ranges& ranges) {
  if (static_cast<size_t>(ranges.size()) > kClosedRangesMax) {
    return BadClosing(
        absl::StrCat("it names ", ranges.size(), " ranges of entries: at most ", kClosedRangesMax));
  }
  for (int i = 0; i < ranges.size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(CheckRange(ranges[i], i == 0 ? nullptr : &ranges[i - 1]));
  }
  return absl::OkStatus();
}

bool IsSum(int64_t cents) { return cents >= -kMoneyCentsMax && cents <= kMoneyCentsMax; }
bool IsCount(int64_t count) { return count >= 0 && count <= kReceiptsMax; }
bool IsAmount(int64_t cents) { return cents >= 0 && cents <= kMoneyCentsMax; }

// Each amount for itself, so that the sums of them fit.
absl::Status CheckAmounts(const v1::DaySums& sums) {
  const bool fit = IsAmount(sums.sold_cents()) && IsAmount(sums.refunded_cents()) &&
                   IsSum(sums.cash_rounding_cents()) && IsAmount(sums.float_cents()) &&
                   IsAmount(sums.cash_in_cents()) && IsAmount(sums.cash_out_cents()) &&
                   IsAmount(sums.discounts_cents()) && IsAmount(sums.deposits_charged_cents()) &&
                   IsAmount(sums.deposits_returned_cents()) && IsCount(sums.sales()) &&
                   IsCount(sums.returns()) && IsCount(sums.voids());
  return fit ? absl::OkStatus() : BadClosing("a sum that it says cannot be");
}

absl::Status CheckPaymentSums(const v1::DaySums& sums, int64_t taken_cents) {
  int64_t paid_cents = 0;  // of three methods
  v1::PaymentMethod before = v1::PAYMENT_METHOD_UNSPECIFIED;
  for (const v1::PaymentSum& payment : sums.payments()) {
    if (payment.method() <= before || !v1::PaymentMethod_IsValid(payment.method()) ||
        !IsSum(payment.amount_cents())) {
      return BadClosing("a sum of payments that it says cannot be");
    }
    before = payment.method();
    paid_cents += payment.amount_cents();
  }
  if (paid_cents == taken_cents + sums.cash_rounding_cents()) return absl::OkStatus();
  return BadClosing("its payments do not come to what was sold");
}

absl::Status CheckVatSums(const v1::DaySums& sums, int64_t taken_cents) {
  if (sums.vat_size() > static_cast<int>(kLinesMax))
    return BadClosing("it says too many VAT rates");
  int64_t total_cents = 0;  // of at most 1,000 rates
  for (int i = 0; i < sums.vat_size(); ++i) {
    const v1::VatSum& vat = sums.vat(i);
    if (vat.basis_points() > kVatBasisPointsMax || !IsSum(vat.total_cents()) ||
        !IsSum(vat.vat_cents()) ||
        (i > 0 && sums.vat(i - 1).basis_points() >= vat.basis_points())) {
      return BadClosing("a sum of VAT that it says cannot be");
    }
    total_cents += vat.total_cents();
  }
  if (total_cents == taken_cents) return absl::OkStatus();
  return BadClosing("its sums by VAT rate do not come to what was sold");
}

absl::Status CheckSums(const v1::DaySums& sums) {
  COMPTOIR_RETURN_IF_ERROR(CheckAmounts(sums));
  COMPTOIR_RETURN_IF_ERROR(CheckPaymentSums(sums, TakenOf(sums)));
  return CheckVatSums(sums, sums.sold_cents() - sums.refunded_cents());
}

}  // namespace

absl::Status CheckDayOpened(const v1::DayOpened& opened) {
  if (!IsAmount(opened.float_cents())) {
    return Refuse(kBadCash,
                  absl::StrCat("a float of ", FormatCents(Cents(opened.float_cents())),
                               " cannot be: it must be from 0 to ", kMoneyCentsMax / 100));
  }
  return CheckOptionalCode("staff", opened.staff());
}

absl::Status CheckCashMoved(const v1::CashMoved& moved) {
  if (moved.amount_cents() == 0 || !IsSum(moved.amount_cents())) {
    return Refuse(kBadCash, absl::StrCat("cash of ", FormatCents(Cents(moved.amount_cents())),
                                         " cannot be moved: say more than 0 and at most ",
                                         kMoneyCentsMax / 100));
  }
  if (moved.reason().empty())
    return Refuse(kBadText, "it says no reason: say what the cash was for");
  COMPTOIR_RETURN_IF_ERROR(CheckText("reason", moved.reason(), kCashReasonBytesMax, kBadText));
  return CheckOptionalCode("staff", moved.staff());
}

absl::Status CheckDayClosed(const v1::DayClosed& closed) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("node", closed.node()));
  if (closed.number() == 0 || closed.number() > static_cast<uint64_t>(kReceiptsMax)) {
    return BadClosing("its number cannot be");
  }
  if (closed.covers().empty() && closed.takes_back().empty()) {
    return WithReason(absl::FailedPreconditionError(
                          "no money moved since the last closing: there is nothing to close"),
                      kNothingToClose);
  }
  COMPTOIR_RETURN_IF_ERROR(CheckRanges(closed.covers()));
  COMPTOIR_RETURN_IF_ERROR(CheckRanges(closed.takes_back()));
  COMPTOIR_RETURN_IF_ERROR(CheckSums(closed.sums()));
  COMPTOIR_RETURN_IF_ERROR(CheckSums(closed.taken_back()));
  if (closed.drawer_cents() != DrawerOf(closed.sums()) - DrawerOf(closed.taken_back())) {
    return BadClosing("its drawer is not what float and cash come to");
  }
  if (closed.has_counted_cents() && !IsAmount(closed.counted_cents())) {
    return Refuse(kBadCash,
                  absl::StrCat("a drawer with ", FormatCents(Cents(closed.counted_cents())),
                               " cannot be: it must be from 0 to ", kMoneyCentsMax / 100));
  }
  return CheckOptionalCode("staff", closed.staff());
}

absl::Status AdmitDayOpened(const Fact& fact, const v1::DayOpened& opened) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckDayOpened(opened);
}

absl::Status AdmitCashMoved(const Fact& fact, const v1::CashMoved& moved) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckCashMoved(moved);
}

absl::Status AdmitDayClosed(const Fact& fact, const v1::DayClosed& closed) {
  COMPTOIR_RETURN_IF_ERROR(CheckShopWriter(fact));
  return CheckDayClosed(closed);
}

}  // namespace comptoir::retail
