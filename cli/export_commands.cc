#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/export.h"
#include "cli/json.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

// French spreadsheets take ; between fields, since the comma is in their numbers.
CsvStyle StyleOf(const ExportOptions& options) {
  CsvStyle style;
  style.french = options.language == "fr";
  if (style.french) style = {';', ',', true};
  if (options.separator == ";") style.separator = ';';
  if (options.separator == ",") style.separator = ',';
  if (options.separator == "tab" || options.separator == "\t") style.separator = '\t';
  if (options.decimal == "comma") style.decimal_sign = ',';
  if (options.decimal == "point") style.decimal_sign = '.';
  return style;
}

}  // namespace

ExportSheet::ExportSheet(const Settings& settings, const ExportOptions& options,
                         const std::vector<SheetColumn>& columns)
    : settings_(settings), csv_(*settings.out, StyleOf(options)) {
  if (settings.json) return;
  if (options.byte_order_mark) *settings.out << kByteOrderMark;
  std::vector<std::string> titles;
  for (const SheetColumn& column : columns) {
    titles.emplace_back(csv_.style().french ? column.french : column.english);
  }
  csv_.Row(titles);
}

void ExportSheet::Add(const google::protobuf::Message& message,
                      const std::function<std::vector<std::string>(const CsvWriter&)>& cells) {
  if (settings_.json) {
    *settings_.out << MessageJson(message) << "\n";
  } else {
    csv_.Row(cells(csv_));
  }
}

namespace {

using Export = absl::StatusOr<ExitCode> (*)(const Settings&, const ExportOptions&);

std::pair<CLI::App*, std::shared_ptr<ExportOptions>> AddSheetCommand(
    CLI::App& parent, Action* action, const char* name, const char* description, Export run) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* command = parent.add_subcommand(name, description);
  command->add_option("--lang", options->language, "Titles, and how numbers are written")
      ->capture_default_str()
      ->check(CLI::IsMember({"en", "fr"}));
  command->add_option("--separator", options->separator, "Between fields (fr: ;, en: ,)")
      ->check([](const std::string& text) -> std::string {
        const bool is_known = text == ";" || text == "," || text == "tab" || text == "\t";
        return is_known ? "" : "write ';', ',' or tab";
      });
  command->add_option("--decimal", options->decimal, "In numbers (fr: comma, en: point)")
      ->check(CLI::IsMember({"comma", "point"}));
  command->add_flag("--bom", options->byte_order_mark,
                    "Begin with a byte order mark, as some spreadsheets want it");
  command->callback([options, action, run] {
    *action = [options, run](const Settings& settings) { return run(settings, *options); };
  });
  return {command, options};
}

void AddDays(CLI::App* command, const std::shared_ptr<ExportOptions>& options,
             const char* first_day, const char* shop) {
  command->add_option(first_day, options->first_day, "First day, like 2026-11-23 (default: today)");
  command->add_option("--to", options->last_day, "Last day (default: the first)");
  command->add_option("--shop", options->shop, shop)->type_name("SHOP");
}

}  // namespace

void AddExportCommand(CLI::App& app, Action* action) {
  CLI::App* parent = app.add_subcommand(
      "export", "CSV on standard output; 'import' reads products, producers and stock back");
  parent->require_subcommand(1);
  AddSheetCommand(*parent, action, "products", "Products with prices in force (a node, or --hub)",
                  &ExportProducts);
  AddSheetCommand(*parent, action, "producers", "Producers (a node, or --hub)", &ExportProducers);
  AddSheetCommand(*parent, action, "stock", "What is on this shop's shelves, by lot", &ExportStock);
  const auto [receipts, receipts_options] =
      AddSheetCommand(*parent, action, "receipts",
                      "A row a line of every receipt (a node, or --hub)", &ExportReceipts);
  AddDays(receipts, receipts_options, "--day,--from", "Code of the shop; the hub needs it");
  const auto [movements, movements_options] = AddSheetCommand(
      *parent, action, "movements",
      "A row a line of every delivery, waste, count, transfer and correction (a node, or --hub)",
      &ExportMovements);
  AddDays(movements, movements_options, "--day,--from", "Code of the shop; the hub needs it");
  const auto [sales, sales_options] = AddSheetCommand(
      *parent, action, "sales", "Sales by day, shop and product (a node, or --hub)", &ExportSales);
  AddDays(sales, sales_options, "--from,--day", "One shop's code (default: all known)");
  const auto [trace, trace_options] = AddSheetCommand(
      *parent, action, "trace", "A row a movement of a lot (a node, or --hub)", &ExportTrace);
  AddTraceOptions(*trace, trace_options->trace);
}

}  // namespace comptoir::cli
