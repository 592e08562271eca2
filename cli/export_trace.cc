#include <optional>

#include "cli/export.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/render_recalls.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

const std::vector<SheetColumn>& TraceColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {0, "shop", "magasin"},
      {1, "day", "jour"},
      {2, "time", "heure"},
      {3, "product", "produit"},
      {4, "lot", "lot"},
      {5, "what", "quoi"},
      {6, "quantity", "quantité"},
      {7, "unit", "unité"},
      {8, "of it wasted at once", "dont jeté aussitôt"},
      {9, "receipt or movement", "ticket ou mouvement"},
      {10, "producer", "producteur"},
      {11, "producer name", "nom du producteur"},
      {12, "producer place", "lieu du producteur"},
      {13, "document", "document"},
      {14, "use by", "dlc"},
      {15, "best before", "ddm"},
      {16, "waste reason", "motif de perte"},
  };
  return *columns;
}

std::string DayOrNone(int32_t day) { return day == 0 ? "" : FormatDay(day); }

std::vector<std::string> CellsOf(const shop::v1::TraceMovement& movement, const CsvWriter& csv) {
  const std::string instant = FormatInstant(movement.wall_ms(), movement.utc_offset_minutes());
  const size_t blank = instant.find(' ');
  const bool wasted = movement.waste_reason() != retail::v1::WASTE_REASON_UNSPECIFIED;
  return {movement.shop(),
          instant.substr(0, blank),
          instant.substr(blank + 1),
          movement.product(),
          movement.lot(),
          WhatOf(movement),
          csv.Quantity(movement.quantity_milli(), movement.unit()),
          FormatUnit(movement.unit()),
          movement.to_waste_milli() == 0 ? ""
                                         : csv.Quantity(movement.to_waste_milli(), movement.unit()),
          movement.name(),
          movement.producer(),
          movement.producer_name(),
          movement.producer_place(),
          movement.document(),
          DayOrNone(movement.use_by_day()),
          DayOrNone(movement.best_before_day()),
          wasted ? FormatWasteReason(movement.waste_reason()) : ""};
}

}  // namespace

absl::StatusOr<ExitCode> ExportTrace(const Settings& settings, const ExportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const shop::v1::TraceRequest request, MakeTraceRequest(options.trace));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection daemon, ConnectEither(settings));
  std::optional<ExportSheet> sheet;
  const auto take = [&](const shop::v1::TraceResponse& page) {
    // Not before the first answer: titles over nothing would look like a lot that never moved.
    if (!sheet) sheet.emplace(settings, options, TraceColumns());
    for (const shop::v1::TraceMovement& movement : page.movements()) {
      sheet->Add(movement, [&](const CsvWriter& csv) { return CellsOf(movement, csv); });
    }
  };
  COMPTOIR_RETURN_IF_ERROR(EachPage(settings, daemon, &CoopService::Stub::Trace,
                                    &ShopService::Stub::Trace, request, take));
  return ExitCode::kDone;
}

}  // namespace comptoir::cli
