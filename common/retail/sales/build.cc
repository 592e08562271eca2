#include "common/retail/sales/build.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/barcodes/lookup.h"
#include "common/retail/check.h"
#include "common/retail/payments.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/rows.h"
#include "common/retail/sales/admit.h"
#include "common/retail/stock/lots.h"

namespace comptoir::retail {
namespace {

constexpr uint32_t kDiscountBasisPointsMax = 10'000;

// As short as it can be.
void SetQuantity(Quantity quantity, v1::SoldLine* line) {
  if (quantity == kOneUnit) {
    line->clear_quantity_milli();
  } else {
    line->set_quantity_milli(quantity.value());
  }
}

// What a request takes off `total`: an amount, or a part of it.
template <typename Request>
absl::StatusOr<int64_t> DiscountOf(const Request& request, Cents total) {
  if (request.discount_basis_points() == 0) return request.discount_cents();
  if (request.discount_cents() != 0 || request.discount_basis_points() > kDiscountBasisPointsMax) {
    return Refuse(kBadDiscount,
                  absl::StrCat("a discount of ", request.discount_basis_points(),
                               " basis points cannot be: it is from 1 to ", kDiscountBasisPointsMax,
                               ", and no amount is said beside it"));
  }
  return PartOf(total, request.discount_basis_points(), kDiscountBasisPointsMax).value();
}

// The lines of a request, with what their barcodes stand for in the place of those. Most
// sales have none, and cost nothing here.
class ReadLines {
 public:
  // `request` is kept by reference.
  static absl::StatusOr<ReadLines> Of(const store::Snapshot& snapshot, TillMemory& memory,
                                      const BarcodeRules& rules,
                                      const shop::v1::RecordSaleRequest& request) {
    ReadLines read(request);
    for (int i = 0; i < request.lines_size(); ++i) {
      if (request.lines(i).barcode().empty()) continue;
      COMPTOIR_RETURN_IF_ERROR(AtLine(read.Read(snapshot, memory, rules, i), i + 1));
    }
    return read;
  }

  int size() const { return request_.lines_size(); }
  const shop::v1::SaleLine& line(int index) const {
    const auto found = scanned_.find(index);
    return found == scanned_.end() ? request_.lines(index) : found->second.line;
  }
  // What its label says it costs.
  std::optional<int64_t> label_cents(int index) const {
    const auto found = scanned_.find(index);
    return found == scanned_.end() ? std::nullopt : found->second.label_cents;
  }

 private:
  struct ScannedLine {
    shop::v1::SaleLine line;
    std::optional<int64_t> label_cents;
  };

  explicit ReadLines(const shop::v1::RecordSaleRequest& request) : request_(request) {}

  absl::Status Read(const store::Snapshot& snapshot, TillMemory& memory, const BarcodeRules& rules,
                    int index) {
    ScannedLine read{request_.lines(index), std::nullopt};
    if (!read.line.product().empty()) {
      return Refuse(kBadBarcode, "it names a product and a barcode: say one of them");
    }
    COMPTOIR_ASSIGN_OR_RETURN(Scanned scanned, FindBarcode(snapshot, rules, read.line.barcode()));
    read.line.set_product(std::move(scanned.product));
    if (scanned.label.has_value()) {
      COMPTOIR_RETURN_IF_ERROR(ReadLabelOf(snapshot, memory, *scanned.label, &read));
    }
    scanned_.emplace(index, std::move(read));
    return absl::OkStatus();
  }

  static absl::Status ReadLabelOf(const store::Snapshot& snapshot, TillMemory& memory,
                                  const Label& label, ScannedLine* read) {
    if (read->line.has_quantity_milli()) {
      return Refuse(kBadBarcode, "its label says how much it is: leave the quantity out");
    }
    if (label.cents.has_value() && read->line.has_unit_price_cents()) {
      return Refuse(kBadBarcode,
                    "its label says what it costs: leave the price out, or sell it by its code");
    }
    COMPTOIR_ASSIGN_OR_RETURN(const SaleTerms terms,
                              memory.prices.Find(snapshot, read->line.product()));
    COMPTOIR_ASSIGN_OR_RETURN(const int64_t milli, QuantityOfLabel(label, terms));
    read->line.set_quantity_milli(milli);
    read->label_cents = label.cents;
    return absl::OkStatus();
  }

  const shop::v1::RecordSaleRequest& request_;
  std::map<int, ScannedLine> scanned_;
};

absl::Status BuildLine(const store::Snapshot& snapshot, TillMemory& memory,
                       const shop::v1::SaleLine& request, std::optional<int64_t> label_cents,
                       v1::SoldLine* line) {
  COMPTOIR_ASSIGN_OR_RETURN(const SaleTerms terms, memory.prices.Find(snapshot, request.product()));
  if (!request.has_unit_price_cents() && !terms.price_cents.has_value()) {
    return WithReason(absl::FailedPreconditionError(absl::StrCat(
                          "product ", Quoted(request.product()),
                          " has no price in force: set one, or say the price on the line")),
                      kNoPrice);
  }
  line->set_product(request.product());
  line->set_unit(terms.unit);
  SetQuantity(request.has_quantity_milli() ? Quantity(request.quantity_milli()) : kOneUnit, line);
  line->set_unit_price_cents(request.has_unit_price_cents() ? request.unit_price_cents()
                                                            : *terms.price_cents);
  line->set_vat_basis_points(terms.vat_basis_points);
  line->set_lot(request.lot());
  line->set_deposit_cents(terms.deposit_cents);
  if (label_cents.has_value()) line->set_label_cents(*label_cents);
  // What is wrong with a line is said of the line as it was asked for.
  COMPTOIR_RETURN_IF_ERROR(CheckSoldLine(*line));
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t discount_cents, DiscountOf(request, GrossOf(*line)));
  line->set_discount_cents(discount_cents);
  return discount_cents == 0 ? absl::OkStatus() : CheckSoldLine(*line);
}

absl::Status BuildEmpties(const store::Snapshot& snapshot, TillMemory& memory,
                          const shop::v1::EmptiesLine& request, v1::Empties* empties) {
  COMPTOIR_ASSIGN_OR_RETURN(const SaleTerms terms, memory.prices.Find(snapshot, request.product()));
  if (!request.has_deposit_cents() && terms.deposit_cents == 0) {
    return WithReason(absl::FailedPreconditionError(absl::StrCat(
                          "product ", Quoted(request.product()),
                          " bears no deposit: set one at the hub, or say what one piece is given "
                          "back for")),
                      kNoDeposit);
  }
  empties->set_product(request.product());
  empties->set_pieces(request.pieces());
  empties->set_deposit_cents(request.has_deposit_cents() ? request.deposit_cents()
                                                         : terms.deposit_cents);
  return CheckEmpties(*empties);
}

// What of a line's product is recalled. Not OK where the line names what is.
absl::StatusOr<RecalledGoods> RecalledOf(const store::Snapshot& snapshot, const TillMemory& memory,
                                         const v1::SoldLine& line) {
  if (memory.recalls.empty() || COMPTOIR_PLANTED(kSellRecalled)) return RecalledGoods();
  COMPTOIR_ASSIGN_OR_RETURN(RecalledGoods recalled, memory.recalls.Find(snapshot, line.product()));
  const bool is_named = !recalled.whole.empty() || !line.lot().empty();
  const GoodsRecall* const recall = is_named ? recalled.Find(line.lot()) : nullptr;
  if (recall != nullptr) return RefuseRecalled(line.product(), line.lot(), *recall);
  return recalled;
}

// A part of a line of which nobody says the lot: refused where, for all that is known of the
// shelf, it would be of what is recalled.
absl::Status CheckUnknownLot(const store::Snapshot& snapshot, const LotBook& lots,
                             const RecalledGoods& recalled, const v1::SoldLine& line,
                             Quantity quantity) {
  if (!recalled.unlotted.empty() && !recalled.unlotted.front().cleared) {
    return RefuseRecalled(line.product(), "", recalled.unlotted.front());
  }
  const GoodsRecall* on_shelf = nullptr;
  for (const auto& [compared, lot] : recalled.lots) {
    if (lot.recalls.front().cleared) continue;
    for (const std::string& spelling : lot.spellings) {
      COMPTOIR_ASSIGN_OR_RETURN(const int64_t left,
                                lots.Untaken(snapshot, line.product(), line.unit(), spelling));
      if (IsLeft(left, line.unit())) on_shelf = &lot.recalls.front();
    }
  }
  if (on_shelf == nullptr) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t unlotted,
                            lots.Untaken(snapshot, line.product(), line.unit(), ""));
  if (unlotted >= quantity.value()) return absl::OkStatus();
  const v1::Recalled& recall = on_shelf->standing->recall;
  return WithReason(absl::FailedPreconditionError(absl::StrCat(
                        "what is known to be on the shelf of ", line.product(), " is recalled: ",
                        recall.reason(), " (recall ", recall.code(), ", ", WhatIsRecalled(recall),
                        "). Look at the lot: another one is sold by naming it. Take what is "
                        "recalled off the shelves",
                        HowToClear(*on_shelf))),
                    kRecalled);
}

// What was taken off a line that became the lines from `first` on, over them.
void SpreadDiscount(Cents discount, int first, v1::Sold* sold) {
  std::vector<Cents> totals;
  for (int i = first; i < sold->lines_size(); ++i) {
    sold->mutable_lines(i)->clear_discount_cents();
    totals.push_back(GrossOf(sold->lines(i)));
  }
  const std::vector<Cents> parts = SpreadCents(discount, totals);
  for (size_t i = 0; i < parts.size(); ++i) {
    sold->mutable_lines(first + static_cast<int>(i))->set_discount_cents(parts[i].value());
  }
}

// Says which lots the last line of `sold` is taken from: more lines, where that is several.
// `still_to_come`: lines that are still to be added, of all that a sale may have.
absl::Status PickLots(const store::Snapshot& snapshot, LotBook& lots, const RecalledGoods& recalled,
                      int still_to_come, v1::Sold* sold) {
  const int index = sold->lines_size() - 1;
  v1::SoldLine* line = sold->mutable_lines(index);
  const Quantity quantity = QuantityOf(*line);
  if (!line->lot().empty()) return absl::OkStatus();
  // What a label says is of all of it.
  const int room =
      line->has_label_cents() ? 1 : static_cast<int>(kLinesMax) - index - still_to_come;
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::vector<LotPick> picks,
      lots.Pick(snapshot, line->product(), line->unit(), quantity, Cents(line->unit_price_cents()),
                static_cast<size_t>(std::max(room, 1)), recalled));
  if (!recalled.empty() && picks.back().lot.empty()) {
    COMPTOIR_RETURN_IF_ERROR(
        CheckUnknownLot(snapshot, lots, recalled, *line, picks.back().quantity));
    lots.Take(line->product(), "", picks.back().quantity);
  }
  for (size_t i = 0; i < picks.size(); ++i) {
    if (i > 0) {
      line = sold->add_lines();
      *line = sold->lines(index);
    }
    line->set_lot(picks[i].lot);
    SetQuantity(picks[i].quantity, line);
  }
  if (line->discount_cents() != 0 && picks.size() > 1) {
    SpreadDiscount(Cents(line->discount_cents()), index, sold);
  }
  return absl::OkStatus();
}

// Without them a sale is as good: what cannot be read is not noted.
void NotePastUseBy(const store::Snapshot& snapshot, Day today, const v1::Sold& sold,
                   TillMemory* memory) {
  for (const v1::SoldLine& line : sold.lines()) {
    if (line.lot().empty()) continue;
    const auto day = memory->lots.UseBy(snapshot, line.product(), line.unit(), line.lot());
    if (!day.ok() || day->value() == 0 || *day >= today) continue;
    const bool is_noted = std::ranges::any_of(memory->past_use_by, [&](const auto& noted) {
      return noted.product() == line.product() && noted.lot() == line.lot();
    });
    if (is_noted) continue;
    shop::v1::LotDay& note = memory->past_use_by.emplace_back();
    note.set_product(line.product());
    note.set_lot(line.lot());
    note.set_use_by_day(day->value());
  }
}

absl::Status AddLines(const store::Snapshot& snapshot, TillMemory& memory, const ReadLines& lines,
                      v1::Sold* sold) {
  for (int i = 0; i < lines.size(); ++i) {
    const shop::v1::SaleLine& line = lines.line(i);
    const int64_t milli = line.has_quantity_milli() ? line.quantity_milli() : kOneUnit.value();
    if (line.lot().empty() || !CheckQuantity(milli).ok()) continue;  // refused below
    memory.lots.Take(line.product(), line.lot(), Quantity(milli));
  }
  sold->mutable_lines()->Reserve(lines.size());
  for (int i = 0; i < lines.size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(
        AtLine(BuildLine(snapshot, memory, lines.line(i), lines.label_cents(i), sold->add_lines()),
               i + 1));
    const auto recalled = RecalledOf(snapshot, memory, *sold->lines().rbegin());
    COMPTOIR_RETURN_IF_ERROR(AtLine(recalled.status(), i + 1));
    COMPTOIR_RETURN_IF_ERROR(
        AtLine(PickLots(snapshot, memory.lots, *recalled, lines.size() - i - 1, sold), i + 1));
  }
  return absl::OkStatus();
}

// The receipt's discount, and payments of what is left.
absl::Status SetPaid(const shop::v1::RecordSaleRequest& request, v1::Sold* sold) {
  COMPTOIR_RETURN_IF_ERROR(CheckLines(*sold));
  COMPTOIR_ASSIGN_OR_RETURN(const int64_t discount_cents,
                            DiscountOf(request, SaleAmounts(*sold).goods()));
  sold->set_discount_cents(discount_cents);
  COMPTOIR_ASSIGN_OR_RETURN(const Cents total, CheckAmounts(*sold));
  *sold->mutable_payments() = request.payments();
  COMPTOIR_ASSIGN_OR_RETURN(const int32_t rounding,
                            CompletePayments(total, sold->mutable_payments()));
  sold->set_cash_rounding_cents(rounding);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::Sold> BuildSold(const store::Snapshot& snapshot, TillMemory& memory,
                                   std::string_view shop, Day today,
                                   const shop::v1::RecordSaleRequest& request,
                                   const BarcodeRules& rules) {
  COMPTOIR_RETURN_IF_ERROR(CheckSaleSize(request.lines_size(), request.empties_size()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("till", request.till()));
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("staff", request.staff()));
  COMPTOIR_RETURN_IF_ERROR(memory.prices.Open(snapshot, shop, today));
  COMPTOIR_RETURN_IF_ERROR(memory.lots.Open(snapshot, shop, today));
  COMPTOIR_RETURN_IF_ERROR(memory.recalls.Open(snapshot, shop));
  memory.past_use_by.clear();
  COMPTOIR_ASSIGN_OR_RETURN(const ReadLines lines, ReadLines::Of(snapshot, memory, rules, request));
  v1::Sold sold;
  COMPTOIR_RETURN_IF_ERROR(AddLines(snapshot, memory, lines, &sold));
  for (int i = 0; i < request.empties_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(
        BuildEmpties(snapshot, memory, request.empties(i), sold.add_empties()), i + 1, "empties"));
  }
  NotePastUseBy(snapshot, today, sold, &memory);
  sold.set_till(request.till());
  sold.set_staff(request.staff());
  COMPTOIR_RETURN_IF_ERROR(SetPaid(request, &sold));
  return sold;
}

absl::StatusOr<v1::Sold> BuildSold(const store::Snapshot& snapshot, std::string_view shop,
                                   Day today, const shop::v1::RecordSaleRequest& request,
                                   const BarcodeRules& rules) {
  TillMemory memory;
  return BuildSold(snapshot, memory, shop, today, request, rules);
}

}  // namespace comptoir::retail
