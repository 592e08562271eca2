#include <optional>

#include "cli/export.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/render_goods.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

const std::vector<SheetColumn>& MovementColumns() {
  static const auto* const columns = new std::vector<SheetColumn>{
      {0, "movement", "mouvement"}, {1, "day", "jour"},        {2, "time", "heure"},
      {3, "what", "quoi"},          {4, "undone", "annulé"},   {5, "producer", "producteur"},
      {6, "document", "document"},  {7, "staff", "personnel"}, {8, "product", "produit"},
      {9, "name", "nom"},           {10, "lot", "lot"},        {11, "moved", "mouvement de stock"},
      {12, "counted", "compté"},    {13, "unit", "unité"},
  };
  return *columns;
}

// A movement without lines, such as a correction, is a row, too.
void AddMovement(const shop::v1::Movement& movement, const std::string& undone,
                 ExportSheet* sheet) {
  const std::string instant = FormatInstant(movement.wall_ms(), movement.utc_offset_minutes());
  const size_t blank = instant.find(' ');
  const auto add = [&](const std::vector<std::string>& of_line) {
    sheet->Add(movement, [&](const CsvWriter&) -> std::vector<std::string> {
      std::vector<std::string> cells = {
          movement.name(), instant.substr(0, blank), instant.substr(blank + 1), WhatOf(movement),
          undone,          movement.producer(),      movement.document(),       movement.staff()};
      cells.insert(cells.end(), of_line.begin(), of_line.end());
      return cells;
    });
  };
  if (movement.lines().empty()) add({"", "", "", "", "", ""});
  for (const shop::v1::MovementLine& line : movement.lines()) {
    const bool is_count = movement.kind() == retail::v1::FACT_KIND_COUNTED;
    // What is given up was on no shelf of this shop.
    const bool is_moved = !is_count && movement.kind() != retail::v1::FACT_KIND_TRANSFER_SETTLED;
    const std::string quantity = sheet->csv().Quantity(line.quantity_milli(), line.unit());
    add({line.product(), line.product_name(), line.lot(), is_moved ? quantity : "",
         is_count ? quantity : "", FormatUnit(line.unit())});
  }
}

}  // namespace

absl::StatusOr<ExitCode> ExportMovements(const Settings& settings, const ExportOptions& options) {
  std::optional<ExportSheet> sheet;
  const auto take = [&](const shop::v1::ListMovementsResponse& page) {
    // Not before the first answer: titles over nothing would look like a quiet day.
    if (!sheet) sheet.emplace(settings, options, MovementColumns());
    for (const shop::v1::Movement& movement : page.movements()) {
      if (settings.json) {
        *settings.out << MessageJson(movement) << "\n";
      } else {
        const char* const yes = sheet->csv().style().french ? "oui" : "yes";
        AddMovement(movement, movement.undone() ? yes : "", &*sheet);
      }
    }
  };
  COMPTOIR_RETURN_IF_ERROR(EachPageOfDays(settings, options, "movements",
                                          &CoopService::Stub::ListMovements,
                                          &ShopService::Stub::ListMovements, take));
  return ExitCode::kDone;
}

}  // namespace comptoir::cli
