#include <fstream>
#include <memory>

#include "absl/strings/str_format.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/files.h"
#include "cli/format.h"
#include "cli/parse.h"
#include "cli/request_id.h"
#include "cli/till_driver.h"
#include "cli/till_feed.h"
#include "cli/till_journal.h"
#include "common/base/status.h"

namespace comptoir::cli {
namespace {

constexpr size_t kBasketsBytesMax = 256 << 20;
constexpr size_t kWindowMax = 1'000;
constexpr std::chrono::seconds kPatience{60};

struct TillOptions {
  std::string from;
  std::string journal;
  std::string till;
  std::string payment = "cash";
  size_t window = 8;
  double sales_per_second = 0;  // 0: as fast as answers come
  size_t sales_max = 0;         // 0: all
};

absl::StatusOr<std::vector<shop::v1::RecordSaleRequest>> ReadSales(const TillOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string text, ReadFile(options.from, kBasketsBytesMax));
  BasketOptions basket_options;
  basket_options.till = options.till;
  basket_options.payment = options.payment;
  if (options.sales_max > 0) basket_options.sales_max = options.sales_max;
  SystemRandom random;
  return ReadBaskets(text, basket_options, random);
}

absl::StatusOr<ExitCode> RunTill(const Settings& settings, const TillOptions& options) {
  COMPTOIR_ASSIGN_OR_RETURN(auto sales, ReadSales(options));
  std::ofstream events;
  if (!options.journal.empty()) {
    events.open(options.journal, std::ios::app);
    if (!events) return absl::InvalidArgumentError(options.journal + ": cannot be written");
  }
  const std::chrono::seconds patience = settings.timeout.value_or(kPatience);
  TillFeed::Options feed_options;
  feed_options.window = options.window;
  feed_options.patience = patience;
  if (options.sales_per_second > 0) feed_options.sales_per_second = options.sales_per_second;
  TillFeed feed(std::move(sales), feed_options);
  const bool prints_answers = settings.json || options.journal.empty();
  TillJournal journal(options.journal.empty() ? nullptr : &events,
                      prints_answers ? settings.out : nullptr, settings.json);
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const absl::Status driven = DriveTill(node, patience, feed, journal);
  const TillJournal::Totals totals = journal.totals();
  *settings.err << absl::StrFormat("%d sold, %s in all; %d refused; %d broken streams\n",
                                   totals.sold, FormatMoney(totals.cents), totals.refused,
                                   totals.broken);
  if (!driven.ok()) return driven;
  if (!journal.is_sound()) {
    return absl::DataLossError("what the till was told could not be written down");
  }
  return totals.refused == 0 ? ExitCode::kDone : ExitCode::kRefused;
}

}  // namespace

void AddTillCommand(CLI::App& app, Action* action) {
  auto options = std::make_shared<TillOptions>();
  CLI::App* command =
      app.add_subcommand("till", "Play a till: sell baskets from a file over the node's stream");
  command
      ->add_option("--from", options->from,
                   "A sale a line, carottes=1.250 pain-gris; - reads standard input")
      ->required();
  command->add_option("--journal", options->journal,
                      "Append what was sent and what was told to this file, not to the screen");
  command->add_option("--till", options->till, "Code of the till");
  command->add_option("--pay", options->payment, "cash, card or voucher")->capture_default_str();
  command->add_option("--window", options->window, "Sales on their way at once")
      ->capture_default_str()
      ->check(CLI::Range(size_t{1}, kWindowMax));
  command->add_option("--rate", options->sales_per_second, "Sales a second (default: no limit)")
      ->check(CLI::Range(0.001, 1e6));
  command->add_option("--count", options->sales_max, "Stop after so many (default: all)")
      ->check(CLI::PositiveNumber);
  command->callback([options, action] {
    *action = [options](const Settings& settings) { return RunTill(settings, *options); };
  });
}

}  // namespace comptoir::cli
