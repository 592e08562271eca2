// Spreadsheets and basket files that people hand in. The first byte of an input
// says what the rest is read as.
#include <sstream>

#include "cli/catalogue_csv.h"
#include "cli/csv.h"
#include "cli/csv_writer.h"
#include "cli/till_feed.h"
#include "common/base/code.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "tests/fuzz/fuzzers.h"
#include "tests/support/fixed_sources.h"

namespace comptoir::fuzz {
namespace sheet_fuzz {
namespace {

void CheckProblems(const std::vector<cli::CsvProblem>& problems) {
  COMPTOIR_CHECK(problems.size() <= cli::kCsvProblemsMax);
  for (const cli::CsvProblem& problem : problems) {
    COMPTOIR_CHECK(problem.line > 0 && !problem.why.empty());
  }
}

// Written by us, it reads as it did.
void RunTable(std::string_view text) {
  const cli::CsvTable table = cli::ParseCsv(text);
  CheckProblems(table.problems);
  if (!table.problems.empty() || table.records.empty()) return;
  std::ostringstream out;
  cli::CsvWriter writer(out, {table.separator, '.', false});
  for (const cli::CsvRecord& record : table.records) {
    COMPTOIR_CHECK(!record.fields.empty());
    for (const std::string& field : record.fields) COMPTOIR_CHECK(IsUtf8(field));
    writer.Row(record.fields);
  }
  const cli::CsvTable again = cli::ParseCsv(out.str());
  // Which separator a single column has, nobody can see.
  if (again.separator != table.separator) return;
  COMPTOIR_CHECK(again.problems.empty());
  size_t next = 0;
  for (const cli::CsvRecord& record : table.records) {
    if (record.fields.size() == 1 && record.fields[0].empty()) continue;  // an empty line
    COMPTOIR_CHECK(next < again.records.size());
    COMPTOIR_CHECK(again.records[next++].fields == record.fields);
  }
}

void RunCatalogue(std::string_view text) {
  const cli::CatalogueReading reading = cli::ReadCatalogue(text);
  CheckProblems(reading.problems);
  if (!reading.problems.empty()) return;
  COMPTOIR_CHECK(reading.lines.size() == static_cast<size_t>(reading.request.products_size()));
  for (const auto& product : reading.request.products()) COMPTOIR_CHECK(IsCode(product.product()));
}

void RunProducers(std::string_view text) {
  const cli::ProducersReading reading = cli::ReadProducers(text);
  CheckProblems(reading.problems);
  if (!reading.problems.empty()) return;
  COMPTOIR_CHECK(reading.lines.size() == static_cast<size_t>(reading.request.producers_size()));
}

void RunStock(std::string_view text) {
  for (const bool takes_large : {false, true}) {
    const cli::StockReading reading = cli::ReadStock(text, takes_large);
    CheckProblems(reading.problems);
    if (!reading.problems.empty()) continue;
    COMPTOIR_CHECK(reading.lines.size() == static_cast<size_t>(reading.request.lines_size()));
    for (const auto& row : reading.request.lines()) {
      COMPTOIR_CHECK(row.quantity_milli() > 0 && row.quantity_milli() <= kQuantityMilliMax);
    }
  }
}

void RunBaskets(std::string_view text) {
  testing::SeededRandom random(1);
  std::vector<size_t> lines;
  const auto sales =
      cli::ReadBaskets(text, {"caisse", "", std::nullopt, false, ""}, random, &lines);
  if (!sales.ok()) {
    COMPTOIR_CHECK(absl::IsInvalidArgument(sales.status()));
    return;
  }
  COMPTOIR_CHECK(lines.size() == sales->size());
  for (const auto& sale : *sales) {
    COMPTOIR_CHECK(!sale.lines().empty() && sale.request_id().size() == kRequestIdBytes);
  }
}

void Run(std::string_view bytes) {
  if (bytes.empty()) return;
  const std::string_view text = bytes.substr(1);
  switch (static_cast<uint8_t>(bytes.front() - '0') % 5) {
    case 0:
      return RunTable(text);
    case 1:
      return RunCatalogue(text);
    case 2:
      return RunProducers(text);
    case 3:
      return RunStock(text);
    default:
      return RunBaskets(text);
  }
}

std::vector<std::string> Seeds() {
  using namespace std::string_literals;
  const std::string catalogue =
      "code;nom;unité;producteur;nom du producteur;gtin;prix;tva\n"
      "carottes;Carottes;kg;moulin;Le Moulin;4006381333931;2,40;6\n"
      "pain-gris;\"Pain \"\"gris\"\"\";pce;;;;3,10 €;6 %\n";
  return {
      "0"s + "a,b\r\n\"x;\n y\",\"q\"\"q\"\r\n\r\n1,2\n",
      "0"s + "\xef\xbb\xbf" + "a;b\r1;2\r",
      "0"s + "\"\xef\xbb\xbf\"\n1\n",
      "1"s + catalogue,
      "1"s + "Product,Name,Unit,Price,VAT\npommes,Pommes,kg,2.40,6\n",
      "2"s + "code,name,place\nmoulin,Le Moulin,Herstal\n",
      "3"s +
          "produit;quantité;unité;producteur;lot;dlc;ddm;prix d'achat\n"
          "carottes;12,5;kg;moulin;L47;2026-12-05;;1,20\n",
      "4"s + "carottes=1.250 pain-gris\n# noon\npommes=3@2.40\n",
  };
}

}  // namespace
}  // namespace sheet_fuzz

constinit const Fuzzer kSheetFuzzer{"sheet", sheet_fuzz::Run, sheet_fuzz::Seeds};

}  // namespace comptoir::fuzz
