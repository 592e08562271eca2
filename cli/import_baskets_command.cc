// import baskets: a file of sales, sold one by one.
#include <openssl/sha.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "cli/basket_sale.h"
#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/format.h"
#include "cli/notes.h"
#include "cli/parse.h"
#include "cli/request_id.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/base/utf8.h"
#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {
namespace {

struct BasketImportOptions {
  std::string file;
  std::string till;
  std::string payment = "cash";
  std::string session;
  size_t window = 64;
  bool dry_run = false;
  bool force = false;
};

// Which line of the file an answer is to.
size_t LineOf(const BasketFile& file, const std::string& request_id) {
  return file.lines[ReadBigEndian32(std::string_view(request_id).substr(kTillSessionBytes))];
}

// " (UNKNOWN_PRODUCT)"; empty for none.
std::string ReasonText(const std::string& reason) {
  return reason.empty() ? "" : " (" + Printable(reason) + ")";
}

// Which nodes in which order, in a few digits: baskets go to them by turns, and only there are
// known again.
std::string MarkOf(const std::vector<Connection>& nodes) {
  std::string text;
  for (const Connection& node : nodes) text += node.address + "\n";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest = {};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  return absl::BytesToHexString({reinterpret_cast<const char*>(digest.data()), 4});
}

absl::StatusOr<ExitCode> ImportBaskets(const Settings& settings,
                                       const BasketImportOptions& options) {
  BasketOptions basket_options;
  basket_options.till = options.till;
  basket_options.payment = options.payment;
  basket_options.takes_large = options.force;
  const size_t dash = options.session.find('-');
  absl::StatusOr<BasketFile> file =
      ReadBasketFile(options.file, basket_options, options.session.substr(0, dash));
  if (!file.ok()) return file.status();
  if (file->sales.empty()) return absl::InvalidArgumentError(options.file + ": no baskets in it");
  PrintNotes(NotesOfEnd(file->is_ended, options.file), *settings.err);
  if (options.dry_run) {
    (settings.json ? *settings.err : *settings.out)
        << FormatCount(file->sales.size(), "basket", "baskets") << " can be read; nothing sold\n";
    return ExitCode::kDone;
  }
  Interrupt interrupt;
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<Connection> nodes, ConnectNodes(settings));
  const std::string mark = MarkOf(nodes);
  if (dash != std::string::npos && options.session.substr(dash + 1) != mark) {
    return absl::InvalidArgumentError(
        "session " + options.session +
        " sold at other nodes, or at these in another order, and only there are its baskets known "
        "again: give the same --node in the same order. Nothing was sold. Where they are the same "
        "under other addresses, leave out " +
        options.session.substr(dash));
  }
  const std::string session = absl::BytesToHexString(file->session) + "-" + mark;
  TillFeed::Options feed_options;
  feed_options.window = options.window;
  feed_options.patience = settings.timeout.value_or(kTillPatience);
  TillJournal journal(nullptr, settings.json ? settings.out : nullptr, settings.json);
  if (!settings.json) {
    journal.OnAnswer([&](const shop::v1::TillAnswer& answer) {
      if (!answer.has_refusal()) return;
      *settings.out << options.file << ":" << LineOf(*file, answer.request_id())
                    << ": refused: " << Printable(answer.refusal().message())
                    << ReasonText(answer.refusal().reason()) << "\n";
    });
  }
  const absl::Status sold =
      SellBaskets(settings, nodes, std::move(file->sales), feed_options, journal, interrupt);
  const TillJournal::Totals totals = journal.totals();
  (settings.json ? *settings.err : *settings.out) << TotalsText(totals) << "\n";
  PrintNotes(NotesOfPastUseBy(journal.past_use_by()), *settings.err);
  // Another import of the file is other sales, unless it is told that it is not.
  if (sold.ok() && options.session.empty() && totals.sold > 0) {
    PrintNotes(
        {"importing the same baskets again sells them again, unless with --session " + session},
        *settings.err);
  } else if (sold.ok() && !options.session.empty()) {
    PrintNotes({"of these, what session " + options.session +
                " had sold before, at the same nodes, was not sold again"},
               *settings.err);
  }
  if (!sold.ok()) {
    return WithAdvice(sold,
                      "to go on without selling twice, give the same file and nodes and add "
                      "--session " +
                          session);
  }
  return totals.refused == 0 ? ExitCode::kDone : ExitCode::kRefused;
}

}  // namespace

void AddImportBasketsCommand(CLI::App& import, Action* action) {
  auto options = std::make_shared<BasketImportOptions>();
  CLI::App* baskets = import.add_subcommand(
      "baskets", "Sell a file of baskets, at one node or by turns at several --node");
  baskets
      ->add_option("file", options->file,
                   "A sale a line, carottes=1.250 pain-gris; - reads standard input")
      ->required()
      ->type_name("FILE");
  baskets->add_option("--pay", options->payment, "How all is paid")
      ->type_name(kPaymentChoice)
      ->capture_default_str();
  baskets->add_option("--till", options->till, "Code of the till")->type_name("CODE");
  baskets->add_option("--window", options->window, "Sales on their way at once, to each node")
      ->capture_default_str()
      ->check(CLI::Range(size_t{1}, kWindowMax));
  baskets->add_option("--session", options->session,
                      "Go on at the same nodes with a file that was sold in part, as told then");
  baskets->add_flag("--dry-run", options->dry_run, "Read the file, sell nothing");
  baskets->add_flag("--force", options->force, "Quantities over 100000 on one line are meant");
  baskets->callback([options, action] {
    *action = [options](const Settings& settings) { return ImportBaskets(settings, *options); };
  });
}

}  // namespace comptoir::cli
