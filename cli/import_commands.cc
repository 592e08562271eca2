#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "cli/catalogue_csv.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/delivery_papers.h"
#include "cli/files.h"
#include "cli/format.h"
#include "cli/json.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/render_coop.h"
#include "cli/request_id.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;
using shop::v1::ShopService;

struct ImportOptions {
  std::string file;
  std::string first_day;
  std::string document;
  std::string request_id;  // empty: a new one
  bool dry_run = false;
  bool force = false;
};

// All bad lines in one sentence each, so that a file is mended in one go.
absl::Status BadLines(const std::string& file, const std::vector<CsvProblem>& problems) {
  std::string message;
  for (const CsvProblem& problem : problems) {
    message += file + ":" + std::to_string(problem.line) + ": " + problem.why + "\n";
  }
  if (problems.size() >= kCsvProblemsMax) {
    message += "these are the first " + std::to_string(kCsvProblemsMax) + " bad lines\n";
  }
  return absl::InvalidArgumentError(message + "nothing was imported");
}

// Takes "line 7: " off the front of `message`: its row, from 1 to `rows`. nullopt for another.
std::optional<size_t> ConsumeRow(size_t rows, std::string_view* message) {
  constexpr std::string_view kLine = "line ";
  const size_t colon = message->find(": ");
  if (!message->starts_with(kLine) || colon == std::string_view::npos) return std::nullopt;
  const std::string_view digits = message->substr(kLine.size(), colon - kLine.size());
  size_t row = 0;
  if (!absl::SimpleAtoi(absl::string_view(digits.data(), digits.size()), &row) || row < 1 ||
      row > rows) {
    return std::nullopt;
  }
  message->remove_prefix(colon + 2);
  return row;
}

// The service counts rows, people count lines of their file. Where two disagree it names both.
absl::Status AtFileLine(const absl::Status& status, const std::string& file,
                        const std::vector<size_t>& lines) {
  std::string_view message(status.message().data(), status.message().size());
  const std::optional<size_t> row = ConsumeRow(lines.size(), &message);
  if (!row.has_value()) return status;
  std::string placed = file + ":" + std::to_string(lines[*row - 1]) + ": ";
  if (const std::optional<size_t> other = ConsumeRow(lines.size(), &message); other.has_value()) {
    placed += "and line " + std::to_string(lines[*other - 1]) + ": ";
  }
  return WithMessage(status, placed.append(message));
}

// Reads the file, tells what is wrong with it, and makes the request whole.
template <typename Reading>
absl::StatusOr<Reading> MakeImport(const Settings& settings, const ImportOptions& options,
                                   auto read) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string csv,
                            ReadLines(options.file, kCsvFileBytesMax, kCsvRecordBytesMax));
  Reading reading = read(csv);
  if (!reading.problems.empty()) return BadLines(options.file, reading.problems);
  PrintNotes(NotesOfEnd(EndsItsLastLine(csv), options.file), *settings.err);
  for (const std::string& title : reading.unused_columns) {
    *settings.err << "note: the column \"" << Printable(title) << "\" is not used\n";
  }
  SystemRandom random;
  reading.request.set_request_id(RequestIds(random).Next());
  if (!options.request_id.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(*reading.request.mutable_request_id(),
                              ParseRequestId(options.request_id));
  }
  reading.request.set_dry_run(options.dry_run);
  COMPTOIR_RETURN_IF_ERROR(CheckRequestBytes(options.file, reading.request.ByteSizeLong()));
  if (settings.shows_progress) {
    // One request and one write: there is no part of it to count.
    *settings.err << FormatCount(reading.lines.size(), "line", "lines")
                  << " read; waiting for the answer\n";
  }
  return reading;
}

// What came of it, in the words of the file.
template <typename Reading, typename Response>
absl::StatusOr<ExitCode> Finish(const Settings& settings, const ImportOptions& options,
                                const Reading& reading, const absl::StatusOr<Response>& response,
                                auto render) {
  if (!response.ok()) {
    const absl::Status status = AtFileLine(response.status(), options.file, reading.lines);
    if (options.dry_run || !MayBeDone(status)) return status;
    return WithAdvice(status, "to ask again without importing twice, add --request-id " +
                                  RequestIdText(reading.request.request_id()));
  }
  if (settings.json) {
    *settings.out << MessageJson(*response) << "\n";
  } else if (response->repeated()) {
    *settings.out << "this request was carried out before, with "
                  << FormatCount(response->facts(), "fact", "facts") << "; nothing written again\n";
  } else {
    render(*response);
  }
  return ExitCode::kDone;
}

// Whatever keeps the hub from telling is told by the import that follows.
void NoteProducers(const Settings& settings, const Connection& hub,
                   const coop::v1::ImportProductsRequest& import) {
  // A file that names every producer asks nothing.
  if (NotesOfProducers(import, {}).empty()) return;
  shop::v1::ListNamesRequest request;
  request.set_subject(shop::v1::SUBJECT_PRODUCER);
  const auto known = AskPages(settings, hub, &CoopService::Stub::ListNames, request);
  if (known.ok()) PrintNotes(NotesOfProducers(import, *known), *settings.err);
}

// As NoteProducers: of products that get another unit, what shops have in the one before.
void NoteUnits(const Settings& settings, const Connection& hub,
               const coop::v1::ImportProductsRequest& import) {
  std::map<std::string, retail::v1::Unit> units;
  for (const coop::v1::ProductSpec& product : import.products()) {
    if (product.unit() != retail::v1::UNIT_UNSPECIFIED) units[product.product()] = product.unit();
  }
  if (units.empty()) return;
  const auto known =
      AskPages(settings, hub, &CoopService::Stub::ListProducts, shop::v1::ListProductsRequest());
  if (!known.ok()) return;
  std::map<std::string, retail::v1::Unit> changed;
  for (const shop::v1::Product& product : known->products()) {
    const auto unit = units.find(product.product());
    const bool changes = unit != units.end() && product.unit() != unit->second &&
                         product.unit() != retail::v1::UNIT_UNSPECIFIED;
    if (changes) changed.insert(*unit);
  }
  if (changed.empty()) return;
  const auto inventory =
      AskPages(settings, hub, &CoopService::Stub::ListInventory, coop::v1::ListInventoryRequest());
  if (!inventory.ok()) return;
  Notes notes;
  for (const coop::v1::InventoryRow& row : inventory->rows()) {
    const auto unit = changed.find(row.product());
    if (unit == changed.end()) continue;
    coop::v1::ListInventoryResponse one;
    *one.add_rows() = row;
    const Notes of_one = NotesOfUnit(one, unit->second);
    notes.insert(notes.end(), of_one.begin(), of_one.end());
  }
  PrintNotes(notes, *settings.err);
}

absl::StatusOr<ExitCode> ImportProducts(const Settings& settings, const ImportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(CatalogueReading reading,
                            MakeImport<CatalogueReading>(settings, options, &ReadCatalogue));
  if (!options.first_day.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t first_day, ParseDay(options.first_day));
    reading.request.set_first_day(first_day);
    PrintNotes(NotesOfFirstDay(reading.request, LocalToday()), *settings.err);
  }
  PrintNotes(NotesOf(reading.request, options.file, reading.lines), *settings.err);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  NoteProducers(settings, hub, reading.request);
  NoteUnits(settings, hub, reading.request);
  return Finish(
      settings, options, reading,
      Ask(settings, hub, &CoopService::Stub::ImportProducts, reading.request, kLongCallTimeout),
      [&](const coop::v1::ImportProductsResponse& response) {
        RenderImport(response, options.dry_run, *settings.out);
      });
}

absl::StatusOr<ExitCode> ImportProducers(const Settings& settings, const ImportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const ProducersReading reading,
                            MakeImport<ProducersReading>(settings, options, &ReadProducers));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  return Finish(
      settings, options, reading,
      Ask(settings, hub, &CoopService::Stub::ImportProducers, reading.request, kLongCallTimeout),
      [&](const coop::v1::ImportProducersResponse& response) {
        RenderImport(response, options.dry_run, *settings.out);
      });
}

// ", as outremeuse-261125-deybj4/2 and outremeuse-261125-deybj4/3"; empty for none.
std::string NamesText(const DeliveryNames& names) {
  constexpr int kNamesShownMax = 3;
  std::string text;
  for (int i = 0; i < names.size() && i < kNamesShownMax; ++i) {
    text += (i == 0 ? ", as " : i + 1 == names.size() ? " and " : ", ") + Printable(names[i]);
  }
  if (names.size() <= kNamesShownMax) return text;
  return text + " and " + std::to_string(names.size() - kNamesShownMax) +
         " more: 'comptoir movements' lists them";
}

// As NoteProducers. A file that says the unit of every part asks nothing.
void NoteLines(const Settings& settings, const Connection& node, const StockReading& reading,
               const std::string& file) {
  shop::v1::ListProductsResponse known;
  const bool asks = std::ranges::any_of(reading.request.lines(), [](const auto& line) {
    return line.unit() == retail::v1::UNIT_UNSPECIFIED && line.quantity_milli() % 1000 != 0;
  });
  if (asks) {
    auto products =
        AskPages(settings, node, &ShopService::Stub::ListProducts, shop::v1::ListProductsRequest());
    if (products.ok()) known = *std::move(products);
  }
  PrintNotes(NotesOf(reading.request, file, reading.lines, known, LocalToday()), *settings.err);
}

void RenderImport(const shop::v1::ImportStockResponse& response, bool dry_run, std::ostream& out) {
  out << FormatCount(response.lines(), "line", "lines") << " from "
      << FormatCount(response.producers(), "producer", "producers") << "; "
      << (dry_run ? "nothing received, " : "")
      << FormatCount(response.facts(), "delivery", "deliveries")
      << (dry_run ? " would be" : " received") << NamesText(response.names()) << "\n";
}

absl::StatusOr<ExitCode> ImportStock(const Settings& settings, const ImportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(StockReading reading,
                            MakeImport<StockReading>(settings, options, [&](std::string_view csv) {
                              return ReadStock(csv, options.force);
                            }));
  reading.request.set_document(options.document);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  NoteLines(settings, node, reading, options.file);
  const auto response =
      Ask(settings, node, &ShopService::Stub::ImportStock, reading.request, kLongCallTimeout);
  const auto done = Finish(settings, options, reading, response,
                           [&](const shop::v1::ImportStockResponse& received) {
                             Notes unknown;
                             for (const std::string& producer : received.unknown_producers()) {
                               unknown.push_back(UnknownProducerNote(producer));
                             }
                             PrintNotes(unknown, *settings.err);
                             RenderImport(received, options.dry_run, *settings.out);
                           });
  settings.out->flush();
  if (!done.ok() || options.dry_run) return done;
  if (!options.document.empty()) NotePaper(settings, node, response->names());
  // Another import of the file is other deliveries, unless it is told that it is not.
  if (options.request_id.empty()) {
    PrintNotes({"importing the same file again receives it again, unless with --request-id " +
                RequestIdText(reading.request.request_id())},
               *settings.err);
  }
  return done;
}

using Import = absl::StatusOr<ExitCode> (*)(const Settings&, const ImportOptions&);

// A command that takes one CSV file, with the options that all have.
std::pair<CLI::App*, std::shared_ptr<ImportOptions>> AddFileCommand(
    CLI::App& import, Action* action, const char* name, const char* description, const char* titles,
    Import run) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* command = import.add_subcommand(name, description);
  command
      ->add_option(
          "file", options->file,
          std::string("CSV with ; or , or tabs, and a first row of titles in French or English: ") +
              titles + ". - reads standard input")
      ->required()
      ->type_name("FILE");
  command->add_flag("--dry-run", options->dry_run, "Check and count, write nothing");
  command->add_option("--request-id", options->request_id,
                      "Repeat this request: the first answer comes again");
  command->callback([options, action, run] {
    *action = [options, run](const Settings& settings) { return run(settings, *options); };
  });
  return {command, options};
}

}  // namespace

void AddImportCommand(CLI::App& app, Action* action) {
  CLI::App* import = app.add_subcommand(
      "import", "Bring in files: all of one or nothing; of baskets, each by itself");
  import->require_subcommand(1);
  const auto [products, product_options] =
      AddFileCommand(*import, action, "products", "At the hub: products, producers, prices and VAT",
                     "code, nom, unité, producteur, nom du producteur, gtin, prix, tva, vidange, "
                     "numéro de balance",
                     &ImportProducts);
  products->add_option("--first-day", product_options->first_day,
                       "Day from which prices and VAT are in force (default: today)");
  AddFileCommand(*import, action, "producers", "At the hub: producers' names and places",
                 "code, nom, lieu", &ImportProducers);
  const auto [stock, stock_options] = AddFileCommand(
      *import, action, "stock", "At a node: deliveries, one a producer",
      "produit, quantité, unité, producteur, lot, dlc, ddm, prix d'achat", &ImportStock);
  stock->add_option("--document", stock_options->document, "Number of the delivery paper");
  stock->add_flag("--force", stock_options->force, "Quantities over 100000 on one line are meant");
  AddImportBasketsCommand(*import, action);
}

}  // namespace comptoir::cli
