#include "cli/render_day.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "cli/format.h"
#include "cli/table.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using retail::v1::DayClosed;
using retail::v1::DaySums;
using Align = Table::Align;

// Of goods and deposits: what payments come to, but for the rounding of cash.
int64_t TakenOf(const DaySums& sums) {
  return sums.sold_cents() - sums.refunded_cents() + sums.deposits_charged_cents() -
         sums.deposits_returned_cents();
}

// Below zero where more is taken back than there is.
std::string SignedCount(int64_t count, const char* one, const char* many) {
  return (count < 0 ? "-" : "") +
         FormatCount(static_cast<uint64_t>(count < 0 ? -count : count), one, many);
}

std::string ReceiptsText(const DaySums& sums) {
  std::string text = SignedCount(sums.sales(), "sale", "sales");
  if (sums.returns() != 0)
    absl::StrAppend(&text, ", ", SignedCount(sums.returns(), "return", "returns"));
  if (sums.voids() != 0) absl::StrAppend(&text, ", ", SignedCount(sums.voids(), "void", "voids"));
  return text;
}

void AddMoney(const std::string& what, int64_t cents, Table* table) {
  table->AddRow({what, FormatMoney(cents)});
}

void RenderSums(const DaySums& sums, std::ostream& out) {
  Table money({{"money"}, {"", Align::kRight}});
  const bool is_discounted = sums.discounts_cents() != 0;
  AddMoney(is_discounted ? "sold, before discounts" : "sold",
           sums.sold_cents() + sums.discounts_cents(), &money);
  if (is_discounted) AddMoney("discounts", -sums.discounts_cents(), &money);
  if (sums.refunded_cents() != 0) AddMoney("given back", -sums.refunded_cents(), &money);
  if (sums.deposits_charged_cents() != 0) {
    AddMoney("deposits charged", sums.deposits_charged_cents(), &money);
  }
  if (sums.deposits_returned_cents() != 0) {
    AddMoney("deposits given back", -sums.deposits_returned_cents(), &money);
  }
  if (sums.cash_rounding_cents() != 0) {
    AddMoney("cash rounding", sums.cash_rounding_cents(), &money);
  }
  money.AddRule();
  for (const retail::v1::PaymentSum& payment : sums.payments()) {
    AddMoney("by " + FormatPaymentMethod(payment.method()), payment.amount_cents(), &money);
  }
  money.Print(out);
  if (sums.vat().empty()) return;
  out << "\n";
  Table vat({{"VAT"}, {"total", Align::kRight}, {"of which VAT", Align::kRight}});
  for (const retail::v1::VatSum& sum : sums.vat()) {
    vat.AddRow({FormatVat(sum.basis_points()), FormatMoney(sum.total_cents()),
                FormatMoney(sum.vat_cents())});
  }
  vat.Print(out);
}

void RenderDrawer(const DayClosed& closed, std::ostream& out) {
  Table drawer({{"drawer"}, {"", Align::kRight}});
  const DaySums& sums = closed.sums();
  int64_t listed_cents = 0;
  const auto add = [&](const char* what, int64_t cents) {
    AddMoney(what, cents, &drawer);
    listed_cents += cents;
  };
  add("float", sums.float_cents());
  if (sums.cash_in_cents() != 0) add("cash in", sums.cash_in_cents());
  if (sums.cash_out_cents() != 0) add("cash out", -sums.cash_out_cents());
  for (const retail::v1::PaymentSum& payment : sums.payments()) {
    if (payment.method() != retail::v1::PAYMENT_METHOD_CASH) continue;
    add("cash of sales", payment.amount_cents());
  }
  if (!closed.takes_back().empty()) add("taken back", closed.drawer_cents() - listed_cents);
  drawer.AddRule();
  AddMoney("should be", closed.drawer_cents(), &drawer);
  if (closed.has_counted_cents()) {
    AddMoney("counted", closed.counted_cents(), &drawer);
    AddMoney("difference", closed.counted_cents() - closed.drawer_cents(), &drawer);
  }
  drawer.Print(out);
  if (!closed.has_counted_cents()) out << "not counted\n";
}

std::string SeriesText(const retail::v1::ClosedRange& range) {
  if (range.first_receipt() == 0) return absl::StrCat(range.series(), ": no receipt");
  return absl::StrCat(range.series(), ": receipts ", range.first_receipt(), " to ",
                      range.last_receipt());
}

void RenderTakenBack(const DayClosed& closed, std::ostream& out) {
  if (closed.takes_back().empty()) return;
  out << "\nTaken back, since earlier closings counted it once too often: "
      << ReceiptsText(closed.taken_back()) << ", " << FormatMoney(TakenOf(closed.taken_back()))
      << "\n";
  for (const retail::v1::ClosedRange& range : closed.takes_back()) {
    out << "  " << Printable(SeriesText(range)) << "\n";
  }
}

}  // namespace

void RenderClosing(const shop::v1::Closing& closing, std::ostream& out) {
  const DayClosed& closed = closing.closed();
  out << Printable(absl::StrCat("Z ", closed.number(), " of ", closed.node(), ", ",
                                FormatInstant(closing.wall_ms(), closing.utc_offset_minutes()),
                                closing.duplicate() ? " (taken twice: another one counts)" : ""))
      << "\n"
      << ReceiptsText(closed.sums()) << "\n\n";
  RenderSums(closed.sums(), out);
  out << "\n";
  RenderDrawer(closed, out);
  RenderTakenBack(closed, out);
  out << "\n";
  for (const retail::v1::ClosedRange& range : closed.covers()) {
    out << Printable(SeriesText(range)) << "\n";
  }
}

void RenderDay(const shop::v1::ShowDayResponse& day, std::ostream& out) {
  out << Printable(day.shop()) << ", " << FormatDay(day.day()) << "\n";
  if (day.closings().empty()) {
    out << "no day was closed\n";
  } else {
    Table table({{"closing"},
                 {"node"},
                 {"at"},
                 {"sales", Align::kRight},
                 {"taken", Align::kRight},
                 {"drawer", Align::kRight},
                 {"counted", Align::kRight}});
    for (const shop::v1::Closing& closing : day.closings()) {
      const DayClosed& closed = closing.closed();
      table.AddRow({absl::StrCat("Z ", closed.number(), closing.duplicate() ? " (twice)" : ""),
                    closed.node(), FormatInstant(closing.wall_ms(), closing.utc_offset_minutes()),
                    absl::StrCat(closed.sums().sales() - closed.taken_back().sales()),
                    FormatMoney(TakenOf(closed.sums()) - TakenOf(closed.taken_back())),
                    FormatMoney(closed.drawer_cents()),
                    closed.has_counted_cents() ? FormatMoney(closed.counted_cents()) : "-"});
    }
    table.Print(out);
    out << "\nAll together: " << ReceiptsText(day.sums()) << "\n\n";
    RenderSums(day.sums(), out);
  }
  for (const shop::v1::OpenDay& open : day.open()) {
    if (TakenOf(open.sums()) == 0 && open.sums().sales() == 0 && open.drawer_cents() == 0) continue;
    out << "\nNot closed yet at " << Printable(open.node()) << ": " << ReceiptsText(open.sums())
        << ", " << FormatMoney(TakenOf(open.sums())) << ", " << FormatMoney(open.drawer_cents())
        << " in the drawer" << (open.more() ? ", and more than one closing takes" : "") << "\n";
  }
}

}  // namespace comptoir::cli
