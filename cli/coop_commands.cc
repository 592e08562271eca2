#include <memory>

#include "absl/strings/numbers.h"
#include "cli/catalogue_csv.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/files.h"
#include "cli/json.h"
#include "cli/parse.h"
#include "cli/render_coop.h"
#include "cli/request_id.h"
#include "cli/utf8.h"
#include "common/base/status.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"

namespace comptoir::cli {
namespace {

using coop::v1::CoopService;

struct ImportOptions {
  std::string file;
  std::string first_day;
  bool dry_run = false;
};

// All bad lines in one sentence each, so that a file is mended in one go.
absl::Status BadLines(const std::string& file, const std::vector<CsvProblem>& problems) {
  std::string message;
  for (const CsvProblem& problem : problems) {
    message += file + ":" + std::to_string(problem.line) + ": " + problem.why + "\n";
  }
  return absl::InvalidArgumentError(message + "nothing was imported");
}

// The hub counts products, people count lines of their file.
absl::Status AtFileLine(const absl::Status& status, const std::string& file,
                        const std::vector<size_t>& lines) {
  constexpr std::string_view kLine = "line ";
  const std::string message(status.message());
  size_t product = 0;
  const size_t colon = message.find(": ");
  if (!message.starts_with(kLine) || colon == std::string::npos ||
      !absl::SimpleAtoi(message.substr(kLine.size(), colon - kLine.size()), &product) ||
      product < 1 || product > lines.size()) {
    return status;
  }
  return WithMessage(status,
                     file + ":" + std::to_string(lines[product - 1]) + message.substr(colon));
}

absl::StatusOr<CatalogueReading> MakeImport(const Settings& settings,
                                            const ImportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string csv, ReadFile(options.file, kCsvFileBytesMax));
  CatalogueReading reading = ReadCatalogue(csv);
  if (!reading.problems.empty()) return BadLines(options.file, reading.problems);
  for (const std::string& title : reading.unused_columns) {
    *settings.err << "note: the column \"" << Printable(title) << "\" is not used\n";
  }
  if (!options.first_day.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const int32_t first_day, ParseDay(options.first_day));
    reading.request.set_first_day(first_day);
  }
  SystemRandom random;
  reading.request.set_request_id(RequestIds(random).Next());
  reading.request.set_dry_run(options.dry_run);
  return reading;
}

absl::StatusOr<ExitCode> ImportProducts(const Settings& settings, const ImportOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const CatalogueReading reading, MakeImport(settings, options));
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  const absl::StatusOr<coop::v1::ImportProductsResponse> response =
      Ask(settings, hub, &CoopService::Stub::ImportProducts, reading.request, kLongCallTimeout);
  if (!response.ok()) return AtFileLine(response.status(), options.file, reading.lines);
  if (settings.json) {
    *settings.out << MessageJson(*response) << "\n";
  } else {
    RenderImport(*response, options.dry_run, *settings.out);
  }
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowInventory(const Settings& settings, const std::string& product) {
  coop::v1::ListInventoryRequest request;
  request.set_product(product);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const auto response,
                            AskPages(settings, hub, &CoopService::Stub::ListInventory, request));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderInventory(response, *settings.out);
  }
  if (response.rows().empty() && !product.empty()) *settings.err << kNoneOfIt;
  return ExitCode::kDone;
}

absl::StatusOr<ExitCode> ShowShops(const Settings& settings) {
  COMPTOIR_ASSIGN_OR_RETURN(const Connection hub, ConnectHub(settings));
  COMPTOIR_ASSIGN_OR_RETURN(
      const coop::v1::ListShopsResponse response,
      Ask(settings, hub, &CoopService::Stub::ListShops, coop::v1::ListShopsRequest()));
  if (settings.json) {
    *settings.out << MessageJson(response) << "\n";
  } else {
    RenderShops(response, *settings.out);
  }
  return ExitCode::kDone;
}

void AddImportCommand(CLI::App& app, Action* action) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* import = app.add_subcommand("import", "Bring in files, all or nothing");
  import->require_subcommand(1);
  CLI::App* products =
      import->add_subcommand("products", "Products, producers, prices and VAT from a CSV file");
  products
      ->add_option("file", options->file,
                   "CSV with ; or , and a first row of titles in French or English: code, nom, "
                   "unité, producteur, nom du producteur, gtin, prix, tva. - reads standard input")
      ->required();
  products->add_option("--first-day", options->first_day,
                       "Day from which prices and VAT are in force (default: today)");
  products->add_flag("--dry-run", options->dry_run, "Check and count, write nothing");
  products->callback([options, action] {
    *action = [options](const Settings& settings) { return ImportProducts(settings, *options); };
  });
}

}  // namespace

void AddCoopCommands(CLI::App& app, Action* action) {
  AddImportCommand(app, action);

  auto product = std::make_shared<std::string>();
  CLI::App* inventory = app.add_subcommand("inventory", "Product by shop: what is on each shelf");
  inventory->add_option("product", *product, "One product's code (default: all)");
  inventory->callback([product, action] {
    *action = [product](const Settings& settings) { return ShowInventory(settings, *product); };
  });

  CLI::App* shops = app.add_subcommand("shops", "Every shop: link, backlog, clock, version");
  shops->callback([action] { *action = &ShowShops; });
}

}  // namespace comptoir::cli
