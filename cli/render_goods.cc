#include "cli/render_goods.h"

#include <string>

#include "cli/format.h"
#include "cli/render_shop.h"
#include "cli/table.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using Align = Table::Align;

std::string Signed(int64_t milli, retail::v1::Unit unit) {
  return (milli > 0 ? "+" : "") + FormatQuantity(milli, unit);
}

void RenderShelves(const google::protobuf::RepeatedPtrField<shop::v1::StockRow>& rows,
                   std::ostream& out) {
  shop::v1::ListStockResponse stock;
  *stock.mutable_rows() = rows;
  RenderStock(stock, /*by_lot=*/false, out);
}

std::string NameOf(const shop::v1::Discrepancy& discrepancy) {
  return discrepancy.product_name().empty() ? discrepancy.product() : discrepancy.product_name();
}

std::string SentenceOf(const shop::v1::Discrepancy& discrepancy) {
  const std::string quantity = FormatQuantity(discrepancy.quantity_milli(), discrepancy.unit());
  switch (discrepancy.kind()) {
    case shop::v1::DISCREPANCY_KIND_RETURNED_TOO_MUCH:
      return quantity + " returned of " +
             FormatQuantity(discrepancy.sold_milli(), discrepancy.unit()) + " sold, the last by " +
             discrepancy.fact();
    case shop::v1::DISCREPANCY_KIND_NEAR_COUNT:
      return "moved " + Signed(discrepancy.quantity_milli(), discrepancy.unit()) + " by " +
             discrepancy.other() + ", within 5 minutes of the count " + discrepancy.fact() +
             " that had not seen it: count again where it matters";
    default:
      return "of a kind that this program does not know";
  }
}

}  // namespace

std::string WhatOf(const shop::v1::Movement& movement) {
  switch (movement.kind()) {
    case retail::v1::FACT_KIND_GOODS_RECEIVED:
      return "delivery from " + movement.producer();
    case retail::v1::FACT_KIND_WASTED:
      return "waste, " + FormatWasteReason(movement.waste_reason());
    case retail::v1::FACT_KIND_COUNTED:
      return "count";
    case retail::v1::FACT_KIND_TRANSFER_SENT:
      return "sent to " + movement.other_shop() + ", " + movement.transfer();
    case retail::v1::FACT_KIND_TRANSFER_RECEIVED:
      return "received from " + movement.other_shop() + ", " + movement.transfer();
    case retail::v1::FACT_KIND_TRANSFER_SETTLED:
      return "given up from " + movement.other_shop() + ", " +
             FormatWasteReason(movement.waste_reason()) + ", " + movement.transfer();
    case retail::v1::FACT_KIND_CORRECTED:
      return "correction of " + movement.corrects() + ": " + movement.reason();
    default:
      return "movement of a kind that this program does not know";
  }
}

void RenderWaste(const shop::v1::RecordWasteResponse& response, std::ostream& out) {
  out << "taken off the shelves as " << Printable(response.name()) << "; on them now:\n";
  RenderShelves(response.stock(), out);
}

void RenderCount(const shop::v1::RecordCountResponse& response, std::ostream& out) {
  out << "counted as " << Printable(response.name()) << ":\n";
  Table table({{"product", Align::kLeft},
               {"name", Align::kLeft},
               {"lot", Align::kLeft},
               {"expected", Align::kRight},
               {"counted", Align::kRight},
               {"difference", Align::kRight},
               {"unit", Align::kLeft}});
  for (const auto& line : response.lines()) {
    table.AddRow({line.product(), line.product_name(), line.lot().empty() ? "all" : line.lot(),
                  FormatQuantity(line.expected_milli(), line.unit()),
                  FormatQuantity(line.counted_milli(), line.unit()),
                  Signed(line.counted_milli() - line.expected_milli(), line.unit()),
                  FormatUnit(line.unit())});
  }
  table.Print(out);
}

void RenderCorrection(const shop::v1::CorrectResponse& response, std::ostream& out) {
  out << "undone: " << Printable(response.undone().name()) << ", "
      << Printable(WhatOf(response.undone())) << "; on the shelves now:\n";
  RenderShelves(response.stock(), out);
}

void RenderMovements(const shop::v1::ListMovementsResponse& response, std::ostream& out) {
  if (response.movements().empty()) {
    out << "no deliveries, waste, counts, transfers or corrections that day\n";
    return;
  }
  Table table({{"name", Align::kLeft},
               {"time", Align::kLeft},
               {"what", Align::kLeft},
               {"product", Align::kLeft},
               {"lot", Align::kLeft},
               {"quantity", Align::kRight},
               {"unit", Align::kLeft}});
  for (const auto& movement : response.movements()) {
    // What was given up of a transfer was never on the shelves.
    const bool is_unsigned = movement.kind() == retail::v1::FACT_KIND_COUNTED ||
                             movement.kind() == retail::v1::FACT_KIND_TRANSFER_SETTLED;
    std::string name = movement.name();
    std::string time = FormatInstant(movement.wall_ms(), movement.utc_offset_minutes());
    std::string what = WhatOf(movement) + (movement.undone() ? " (undone)" : "");
    if (movement.lines().empty()) table.AddRow({name, time, what, "", "", "", ""});
    for (const auto& line : movement.lines()) {
      table.AddRow({name, time, what, line.product(), line.lot(),
                    is_unsigned ? FormatQuantity(line.quantity_milli(), line.unit())
                                : Signed(line.quantity_milli(), line.unit()),
                    FormatUnit(line.unit())});
      name = time = what = "";  // once for all of its lines
    }
  }
  table.Print(out);
}

void RenderDiscrepancies(const shop::v1::ListDiscrepanciesResponse& response, std::ostream& out) {
  if (response.discrepancies().empty()) {
    out << "none\n";
    return;
  }
  Table table({{"shop", Align::kLeft}, {"product", Align::kLeft}, {"what", Align::kLeft}});
  for (const auto& discrepancy : response.discrepancies()) {
    table.AddRow({discrepancy.shop(), NameOf(discrepancy), SentenceOf(discrepancy)});
  }
  table.Print(out);
}

}  // namespace comptoir::cli
