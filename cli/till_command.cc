#include <fstream>
#include <memory>
#include <utility>

#include "cli/basket_sale.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/till_journal.h"
#include "common/base/status.h"

namespace comptoir::cli {
namespace {

struct TillOptions {
  std::string from;
  std::string journal;
  std::string till;
  std::string payment = "cash";
  size_t window = 8;
  double sales_per_second = 0;  // 0: as fast as answers come
  size_t sales_max = 0;         // 0: all
  bool force = false;
};

absl::StatusOr<ExitCode> RunTill(const Settings& settings, const TillOptions& options) {
  BasketOptions basket_options;
  basket_options.till = options.till;
  basket_options.payment = options.payment;
  if (options.sales_max > 0) basket_options.sales_max = options.sales_max;
  basket_options.takes_large = options.force;
  COMPTOIR_ASSIGN_OR_RETURN(BasketFile file, ReadBasketFile(options.from, basket_options, ""));
  std::ofstream events;
  if (!options.journal.empty()) {
    events.open(options.journal, std::ios::app);
    if (!events) return absl::InvalidArgumentError(options.journal + ": cannot be written");
  }
  TillFeed::Options feed_options;
  feed_options.window = options.window;
  feed_options.patience = settings.timeout.value_or(kTillPatience);
  if (options.sales_per_second > 0) feed_options.sales_per_second = options.sales_per_second;
  const bool prints_answers = settings.json || options.journal.empty();
  TillJournal journal(options.journal.empty() ? nullptr : &events,
                      prints_answers ? settings.out : nullptr, settings.json);
  Interrupt interrupt;
  COMPTOIR_ASSIGN_OR_RETURN(const Connection node, ConnectNode(settings));
  const absl::Status driven =
      SellBaskets(settings, {node}, std::move(file.sales), feed_options, journal, interrupt);
  const TillJournal::Totals totals = journal.totals();
  *settings.err << TotalsText(totals) << "\n";
  PrintNotes(NotesOfPastUseBy(journal.past_use_by()), *settings.err);
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
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--journal", options->journal,
                   "Append what was sent and what was told to this file, not to the screen")
      ->type_name("FILE");
  command->add_option("--till", options->till, "Code of the till")->type_name("CODE");
  command->add_option("--pay", options->payment, "How all is paid")
      ->type_name(kPaymentChoice)
      ->capture_default_str();
  command->add_option("--window", options->window, "Sales on their way at once")
      ->capture_default_str()
      ->check(CLI::Range(size_t{1}, kWindowMax));
  command->add_option("--rate", options->sales_per_second, "Sales a second (default: no limit)")
      ->check(CLI::Range(0.001, 1e6));
  command->add_option("--count", options->sales_max, "Stop after so many (default: all)")
      ->check(CLI::Range(size_t{1}, size_t{1'000'000'000}));
  command->add_flag("--force", options->force, "Quantities over 100000 on one line are meant");
  command->callback([options, action] {
    *action = [options](const Settings& settings) { return RunTill(settings, *options); };
  });
}

}  // namespace comptoir::cli
