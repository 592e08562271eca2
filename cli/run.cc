#include "cli/run.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <memory>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "cli/commands.h"
#include "cli/config_file.h"
#include "cli/misuse.h"
#include "cli/parse.h"
#include "common/base/code.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

constexpr char kFooter[] =
    "Exit codes: 0 done, 1 refused by the service, 2 not understood, 3 nobody answers, "
    "4 differences found.\n"
    "Environment: COMPTOIR_NODE, COMPTOIR_HUB, COMPTOIR_IDENTITY, COMPTOIR_CONFIG; flags go "
    "before it, and a file of settings (node, hub, identity) after it.";

std::string VariableOf(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Options of every command; what they say goes into what is given.
void AddSharedOptions(CLI::App& app, Settings* settings, std::vector<std::string>* nodes,
                      std::string* config, std::string* timeout) {
  // One address each, so that a command may follow.
  app.add_option("--node", *nodes,
                 std::string("A shop's node, as HOST:PORT (default ") + kDefaultNode +
                     "); 'import baskets' takes several, each with its own --node")
      ->allow_extra_args(false)
      ->type_name("ADDRESS");
  app.add_option("--hub", settings->hub_flag,
                 std::string("The co-op's hub, as HOST:PORT (default ") + kDefaultHub + ")")
      ->type_name("ADDRESS");
  app.add_option("--identity", settings->identity,
                 "Key and certificates that the hub asks for, as in operator.pem")
      ->type_name("FILE");
  app.add_option("--config", *config, "Settings where neither flags nor the environment say: TOML")
      ->type_name("FILE");
  app.add_flag("--json", settings->json, "Print proto3 JSON, one message a line");
  app.add_option("--timeout", *timeout, "How long one call may take, like 30s or 5m (default 10s)");
}

// Shared options may stand before or after the command.
void LetOptionsFallThrough(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    command->fallthrough();
    LetOptionsFallThrough(*command);
  }
}

// What a code is of, by what stands for it in the help; nullptr for what is no code.
const char* CodeOf(const std::string& type_name) {
  if (type_name == "PRODUCT") return "product";
  if (type_name == "PRODUCER") return "producer";
  if (type_name == "SHOP") return "shop";
  if (type_name == "NODE") return "node";
  return type_name == "CODE" ? "this" : nullptr;
}

// What is a code is called, where it is not what its name says: "--till".
std::string NameOfCode(const CLI::Option& option, const char* what) {
  return what == std::string_view("this") ? option.get_name() : what;
}

// A slip in a code is one of whoever types, whichever command it is typed for. Lists of
// articles are looked at where they are taken apart. Text that is no UTF-8 cannot travel;
// names of files may be any bytes.
void CheckTexts(CLI::App& app) {
  for (CLI::Option* option : app.get_options()) {
    const bool takes_text =
        option->get_items_expected_max() > 0 && option->get_type_name() != "FILE";
    if (takes_text) {
      option->check([](const std::string& text) -> std::string {
        return IsUtf8(text) ? "" : "'" + Printable(text) + "' is not UTF-8: set the terminal to it";
      });
    }
    const char* const what = CodeOf(option->get_type_name());
    if (what == nullptr || option->get_items_expected_max() > 1) continue;
    const bool may_be_empty = !option->get_required() || !option->get_positional();
    option->check(
        [name = NameOfCode(*option, what), may_be_empty](const std::string& text) -> std::string {
          if (text.empty() && may_be_empty) return "";
          return std::string(CheckCode(name, text).message());
        });
  }
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    CheckTexts(*command);
  }
}

ExitCode ReportFailure(const absl::Status& status, const Settings& settings) {
  *settings.err << (settings.json ? ErrorJson(status) : ErrorSentence(status)) << "\n";
  return ExitCodeOf(status);
}

// Also of --help and --version, which CLI11 throws.
ExitCode ReportMisuse(const CLI::App& app, const CLI::ParseError& error,
                      const std::vector<std::string>& arguments, bool json, std::ostream& out,
                      std::ostream& err) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    app.exit(error, out, err);
    return ExitCode::kDone;
  }
  std::string text = MisuseText(app, error, arguments);
  if (json) {
    text.erase(text.find_last_not_of('\n') + 1);
    text = ErrorJson(absl::InvalidArgumentError(text)) + "\n";
  }
  err << text;
  return ExitCode::kUsage;
}

ExitCode RunAction(const Action& action, const std::string& timeout, Settings& settings) {
  if (!timeout.empty()) {
    const absl::StatusOr<std::chrono::seconds> seconds = ParseSeconds(timeout);
    if (!seconds.ok()) return ReportFailure(seconds.status(), settings);
    settings.timeout = *seconds;
  }
  const absl::StatusOr<ExitCode> exit_code = action(settings);
  settings.out->flush();
  if (!exit_code.ok()) return ReportFailure(exit_code.status(), settings);
  if (settings.out->good()) return *exit_code;
  // What was asked for is done: who asked must not take it for something that was not.
  ReportFailure(absl::DataLossError(
                    "what was asked is done, and its answer could not be written: 'receipts', "
                    "'movements' and the like show it"),
                settings);
  return ExitCode::kRefused;
}

}  // namespace

void AddAllCommands(CLI::App& app, Action* action) {
  AddSellCommand(app, action);
  AddTillCommand(app, action);
  AddReceiveCommand(app, action);
  AddRefundCommands(app, action);
  AddGoodsCommands(app, action);
  AddTransferCommand(app, action);
  AddDayCommand(app, action);
  AddShopCommands(app, action);
  AddRecallCommand(app, action);
  AddTraceCommand(app, action);
  AddCatalogueCommands(app, action);
  AddCoopCommands(app, action);
  AddImportCommand(app, action);
  AddExportCommand(app, action);
  AddWatchCommand(app, action);
  AddAdminCommands(app, action);
  AddNodeCommand(app, action);
  AddCarryCommands(app, action);
  AddDiffCommand(app, action);
  AddCompletionCommand(app, action);
}

Environment ReadEnvironment() {
  return {VariableOf("COMPTOIR_NODE"), VariableOf("COMPTOIR_HUB"), VariableOf("COMPTOIR_IDENTITY"),
          VariableOf("COMPTOIR_CONFIG")};
}

ExitCode RunComptoir(const std::vector<std::string>& arguments, Environment environment,
                     std::ostream& out, std::ostream& err) {
  Settings settings;
  settings.out = &out;
  settings.err = &err;
  std::string timeout;
  std::vector<std::string> nodes;
  Action action;
  CLI::App app("Shops that sell with or without the network: sales, stock and deliveries.",
               "comptoir");
  app.set_version_flag("--version", "comptoir " COMPTOIR_VERSION);
  app.footer(kFooter);
  app.require_subcommand(1);
  AddSharedOptions(app, &settings, &nodes, &environment.config, &timeout);
  AddAllCommands(app, &action);
  LetOptionsFallThrough(app);
  CheckTexts(app);
  // CLI11 takes them last first.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  // Not what was parsed of it: the mistake may stand before the flag.
  const bool json = std::ranges::find(arguments, "--json") != arguments.end();
  try {
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    return ReportMisuse(app, error, arguments, json, out, err);
  }
  settings.shows_progress = !settings.json && &err == &std::cerr && isatty(STDERR_FILENO) == 1;
  if (!environment.config.empty()) {
    const absl::Status read = ReadConfigFile(environment.config, &environment);
    if (!read.ok()) return ReportFailure(read, settings);
  }
  settings.node_environment = environment.node;
  settings.hub_environment = environment.hub;
  if (settings.identity.empty()) settings.identity = environment.identity;
  if (!nodes.empty()) {
    settings.node_flag = nodes.front();
    settings.more_nodes.assign(nodes.begin() + 1, nodes.end());
  }
  return RunAction(action, timeout, settings);
}

}  // namespace comptoir::cli
