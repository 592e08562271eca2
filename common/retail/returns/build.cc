#include "common/retail/returns/build.h"

#include <algorithm>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/check.h"
#include "common/retail/keys.h"
#include "common/retail/payments.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/returns/admit.h"
#include "common/retail/sales/amounts.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

// Of one line of a sale: what is left to take back, and what was given back for it.
struct Left {
  int64_t returned_milli = 0;
  int64_t refunded_cents = 0;
  int64_t deposit_refunded_cents = 0;
};

// What is given back for a part: all parts so far come to `so_far_cents`, of which those before
// it were given `before_cents`. At most a cent from what it is worth by itself, as the gate has it.
int64_t NextPart(int64_t so_far_cents, int64_t before_cents, int64_t worth_cents) {
  return std::clamp(so_far_cents - before_cents, std::max<int64_t>(worth_cents - 1, 0),
                    worth_cents + 1);
}

// What follows a quantity in a sentence: " kg"; of pieces nothing.
std::string_view UnitText(v1::Unit unit) {
  switch (unit) {
    case v1::UNIT_KILOGRAM:
      return " kg";
    case v1::UNIT_LITRE:
      return " litre";
    default:
      return "";
  }
}

// What its gate let in: sums and prices are reckoned with it. A deposit goes back to the customer
// with the goods of a line, and comes back from them with empties.
bool IsSound(const v1::ReturnRow& row, bool is_of_empties) {
  const int64_t deposit_cents = row.deposit_refund_cents();
  return row.returned_milli() > 0 && row.returned_milli() <= kQuantityMilliMax &&
         row.refund_cents() >= 0 && row.refund_cents() <= kMoneyCentsMax &&
         deposit_cents >= (is_of_empties ? -kMoneyCentsMax : 0) &&
         deposit_cents <= (is_of_empties ? 0 : kMoneyCentsMax);
}

absl::Status NotPossible(std::string_view reason, const std::string& sentence) {
  return WithReason(absl::FailedPreconditionError(sentence), reason);
}

// A return being made of one sale.
class Taking {
 public:
  // `recalls`, opened for the sale's shop: what is among them does not go back on the shelf
  // unless it is said where it goes. Null: it does.
  static absl::StatusOr<Taking> Of(const store::Snapshot& snapshot, const PrintedSale& sale,
                                   const RecallBook* recalls) {
    if (sale.fact.kind != v1::FACT_KIND_SOLD) {
      return NotPossible(kNotASale, absl::StrCat("receipt ", sale.number,
                                                 " is a refund: name the receipt of the sale"));
    }
    Taking taking(snapshot, sale, recalls);
    const std::string prefix = NamedKey(sale.fact.journal->shop, sale.fact.name());
    auto rows = snapshot.Scan(kReturns, prefix, PrefixLimit(prefix));
    for (; rows->Valid(); rows->Next()) {
      std::string_view key = rows->key().substr(prefix.size());
      uint32_t line = 0;
      v1::ReturnRow row;
      if (!ConsumeBigEndian32(&key, &line) ||
          !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size())) ||
          !IsSound(row, line > kLinesMax)) {
        return absl::DataLossError("a row of returns is damaged");
      }
      if (line > kLinesMax) {
        taking.undone_empties_.insert(line - kLinesMax);
        continue;
      }
      if (line < 1 || line > taking.left_.size()) continue;  // of no line of this sale
      taking.left_[line - 1].deposit_refunded_cents += row.deposit_refund_cents();
      taking.left_[line - 1].returned_milli += row.returned_milli();
      taking.left_[line - 1].refunded_cents += row.refund_cents();
    }
    COMPTOIR_RETURN_IF_ERROR(rows->status());
    return taking;
  }

  const v1::Sold& sold() const { return static_cast<const v1::Sold&>(*sale_.fact.fact); }
  bool untouched() const {
    return undone_empties_.empty() &&
           std::ranges::all_of(left_, [](const Left& left) { return left.returned_milli == 0; });
  }
  int64_t LeftOf(int index) const {
    return QuantityOf(sold().lines(index)).value() -
           left_[static_cast<size_t>(index)].returned_milli;
  }

  // Adds a line for `milli` of line `index`, from 0.
  void Take(int index, int64_t milli, v1::WasteReason wasted, v1::Returned* returned) {
    const v1::SoldLine& line = sold().lines(index);
    Left& left = left_[static_cast<size_t>(index)];
    v1::ReturnedLine* taken = returned->add_lines();
    taken->set_sale_line(static_cast<uint32_t>(index + 1));
    taken->set_product(line.product());
    taken->set_unit(line.unit());
    taken->set_quantity_milli(milli);
    taken->set_sold_milli(QuantityOf(line).value());
    taken->set_unit_price_cents(line.unit_price_cents());
    taken->set_vat_basis_points(line.vat_basis_points());
    taken->set_lot(line.lot());
    taken->set_wasted(wasted);
    const Cents paid = amounts_.PaidFor(index);
    if (paid != ReckonedOf(line)) taken->set_paid_cents(paid.value());
    left.returned_milli += milli;
    // So that parts add up to what the line cost.
    taken->set_refund_cents(NextPart(WorthOf(*taken, left.returned_milli)->value(),
                                     left.refunded_cents, WorthOf(*taken, milli)->value()));
    left.refunded_cents += taken->refund_cents();
    if (line.deposit_cents() == 0) return;
    taken->set_deposit_cents(line.deposit_cents());
    taken->set_deposit_refund_cents(NextPart(DepositOf(*taken, left.returned_milli)->value(),
                                             left.deposit_refunded_cents,
                                             DepositOf(*taken, milli)->value()));
    left.deposit_refunded_cents += taken->deposit_refund_cents();
  }

  // What was given for empties, where no void took that back.
  void TakeEmpties(v1::Returned* returned) {
    for (int i = 0; i < sold().empties_size(); ++i) {
      const auto number = static_cast<uint32_t>(i + 1);
      if (!undone_empties_.insert(number).second) continue;
      v1::UndoneEmpties* undone = returned->add_empties();
      undone->set_sale_empties(number);
      *undone->mutable_empties() = sold().empties(i);
    }
  }

  absl::Status TakeProduct(const shop::v1::ReturnLine& request, v1::Returned* returned) {
    COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", request.product()));
    if (request.has_quantity_milli()) {
      COMPTOIR_RETURN_IF_ERROR(CheckQuantity(request.quantity_milli()));
    }
    bool on_receipt = false;
    int64_t all_left_milli = 0;
    v1::Unit unit = v1::UNIT_UNSPECIFIED;
    for (int i = 0; i < sold().lines_size(); ++i) {
      if (sold().lines(i).product() != request.product()) continue;
      on_receipt = true;
      unit = sold().lines(i).unit();
      all_left_milli += std::max<int64_t>(LeftOf(i), 0);
    }
    if (!on_receipt) {
      return WithReason(absl::NotFoundError(absl::StrCat("product ", Quoted(request.product()),
                                                         " is not on receipt ", sale_.number)),
                        kNotOnReceipt);
    }
    int64_t wanted_milli = request.has_quantity_milli() ? request.quantity_milli() : all_left_milli;
    if (all_left_milli == 0) {
      return NotPossible(kNothingLeft,
                         absl::StrCat("all of ", Quoted(request.product()), " on receipt ",
                                      sale_.number, " was returned already"));
    }
    if (wanted_milli > all_left_milli) {
      return NotPossible(kReturnedTooMuch,
                         absl::StrCat("only ", FormatQuantity(Quantity(all_left_milli)),
                                      View(UnitText(unit)), " of ", Quoted(request.product()),
                                      " is left to return on receipt ", sale_.number));
    }
    for (int i = 0; wanted_milli > 0; ++i) {
      if (sold().lines(i).product() != request.product() || LeftOf(i) <= 0) continue;
      const int64_t milli = std::min(wanted_milli, LeftOf(i));
      COMPTOIR_ASSIGN_OR_RETURN(const bool recalled, IsRecalled(sold().lines(i)));
      const bool is_said = request.wasted() != v1::WASTE_REASON_UNSPECIFIED;
      Take(i, milli, recalled && !is_said ? v1::WASTE_REASON_RECALLED : request.wasted(), returned);
      wanted_milli -= milli;
    }
    return absl::OkStatus();
  }

 private:
  Taking(const store::Snapshot& snapshot, const PrintedSale& sale, const RecallBook* recalls)
      : snapshot_(snapshot),
        sale_(sale),
        recalls_(recalls),
        amounts_(sold()),
        left_(static_cast<size_t>(sold().lines_size())) {}

  absl::StatusOr<bool> IsRecalled(const v1::SoldLine& line) const {
    if (recalls_ == nullptr || recalls_->empty()) return false;
    COMPTOIR_ASSIGN_OR_RETURN(const RecalledGoods goods, recalls_->Find(snapshot_, line.product()));
    // Of which lot it was nobody can say: it may be one that is recalled.
    const bool may_be = line.lot().empty() && !goods.lots.empty();
    return may_be || goods.Find(line.lot()) != nullptr;
  }

  const store::Snapshot& snapshot_;
  const PrintedSale& sale_;
  const RecallBook* recalls_;
  SaleAmounts amounts_;
  std::vector<Left> left_;
  std::set<uint32_t> undone_empties_;  // of the sale's, from 1
};

absl::Status Complete(const PrintedSale& sale, v1::Returned* returned) {
  *returned->mutable_sale() = sale.fact.name();
  returned->set_sale_number(sale.number);
  COMPTOIR_ASSIGN_OR_RETURN(const Cents refund, CheckLines(*returned));
  COMPTOIR_ASSIGN_OR_RETURN(const int32_t rounding,
                            CompletePayments(refund, returned->mutable_payments()));
  returned->set_cash_rounding_cents(rounding);
  return CheckReturned(*returned);
}

}  // namespace

absl::StatusOr<v1::Returned> BuildReturned(const store::Snapshot& snapshot, const PrintedSale& sale,
                                           const shop::v1::RecordReturnRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(request.lines_size()));
  RecallBook recalls;
  COMPTOIR_RETURN_IF_ERROR(recalls.Open(snapshot, sale.fact.journal->shop));
  COMPTOIR_ASSIGN_OR_RETURN(Taking taking, Taking::Of(snapshot, sale, &recalls));
  v1::Returned returned;
  for (int i = 0; i < request.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(taking.TakeProduct(request.lines(i), &returned), i + 1));
  }
  *returned.mutable_payments() = request.payments();
  returned.set_till(request.till());
  returned.set_staff(request.staff());
  COMPTOIR_RETURN_IF_ERROR(Complete(sale, &returned));
  return returned;
}

absl::StatusOr<v1::Returned> BuildVoided(const store::Snapshot& snapshot, const PrintedSale& sale,
                                         const shop::v1::VoidReceiptRequest& request) {
  // Rung up by mistake: the goods never left the shelf.
  COMPTOIR_ASSIGN_OR_RETURN(Taking taking, Taking::Of(snapshot, sale, nullptr));
  const bool untouched = taking.untouched();
  v1::Returned returned;
  for (int i = 0; i < taking.sold().lines_size(); ++i) {
    if (taking.LeftOf(i) <= 0) continue;
    taking.Take(i, taking.LeftOf(i), v1::WASTE_REASON_UNSPECIFIED, &returned);
  }
  taking.TakeEmpties(&returned);
  if (returned.lines().empty() && returned.empties().empty()) {
    return NotPossible(kNothingLeft, absl::StrCat("receipt ", sale.number,
                                                  " was voided or returned whole already"));
  }
  returned.set_till(request.till());
  returned.set_staff(request.staff());
  if (!request.payments().empty()) {
    *returned.mutable_payments() = request.payments();
  } else if (untouched && TotalOf(taking.sold()).value() >= 0) {
    *returned.mutable_payments() = taking.sold().payments();
    FillLastAmount(TotalOf(taking.sold()), taking.sold().cash_rounding_cents(),
                   returned.mutable_payments());
  } else {
    returned.add_payments()->set_method(taking.sold().payments().rbegin()->method());
  }
  COMPTOIR_RETURN_IF_ERROR(Complete(sale, &returned));
  return returned;
}

}  // namespace comptoir::retail
