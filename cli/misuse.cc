#include "cli/misuse.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

// The innermost command that was named.
const CLI::App& CommandOf(const CLI::App& app) {
  const CLI::App* at = &app;
  while (!at->get_subcommands().empty()) at = at->get_subcommands().front();
  return *at;
}

// As it is typed: "comptoir product set".
std::string NameOf(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  return parent == nullptr ? command.get_name() : NameOf(*parent) + " " + command.get_name();
}

std::string SeeHelp(const CLI::App& command) {
  return "; '" + NameOf(command) + " --help' tells more\n";
}

// "list, show or set".
std::string Alternatives(const std::vector<const CLI::App*>& commands) {
  std::string text;
  for (size_t i = 0; i < commands.size(); ++i) {
    if (i > 0) text += i + 1 == commands.size() ? " or " : ", ";
    text += commands[i]->get_name();
  }
  return text;
}

// "PRODUCT", "NUMBER", "--reason".
std::string PlaceholderOf(const CLI::Option& option) {
  if (!option.get_positional()) return option.get_name();
  // Behind a colon stands what a check of CLI11 allows.
  const std::string type = option.get_type_name().substr(0, option.get_type_name().find(':'));
  return absl::AsciiStrToUpper(type.empty() || type == "TEXT" ? option.get_name() : type);
}

std::string Uncapitalized(std::string text) {
  if (text.size() > 1 && absl::ascii_islower(static_cast<unsigned char>(text[1]))) {
    text[0] = absl::ascii_tolower(static_cast<unsigned char>(text[0]));
  }
  return text;
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& command) {
  return command.get_subcommands([](const CLI::App*) { return true; });
}

std::string NoSuch(const std::string& word, const char* what, const CLI::App& command) {
  return "'" + Printable(word) + "' is no " + what + " of " + NameOf(command) + SeeHelp(command);
}

// Was the first word that is no option meant as the command? One that was found may stand
// behind it: 'exprt stock'.
bool StandsBeforeCommand(const CLI::App& app, const std::string& word,
                         const std::vector<std::string>& arguments) {
  if (word.starts_with('-') || app.get_subcommands().empty()) return false;
  const auto at = std::ranges::find(arguments, word);
  return at < std::ranges::find(arguments, app.get_subcommands().front()->get_name());
}

// Empty where nothing is missing.
std::string MissingText(const CLI::App& command) {
  const std::vector<const CLI::App*> inner = CommandsOf(command);
  if (!inner.empty()) {
    constexpr size_t kNamedMax = 6;
    if (inner.size() > kNamedMax) return NameOf(command) + " needs a command" + SeeHelp(command);
    return NameOf(command) + " needs a command: " + Alternatives(inner) + SeeHelp(command);
  }
  for (const CLI::Option* option :
       command.get_options([](const CLI::Option* each) { return each->get_required(); })) {
    if (option->count() > 0) continue;
    return NameOf(command) + " needs " + PlaceholderOf(*option) + ": " +
           Uncapitalized(option->get_description()) + SeeHelp(command);
  }
  return "";
}

// An option, under whichever of its names, that stands twice where once is all. Empty where none
// does.
std::string RepeatedText(const CLI::App& command) {
  const CLI::App* const parent = command.get_parent();
  for (const CLI::Option* option : command.get_options([](const CLI::Option* each) {
         return !each->get_positional() && each->get_items_expected_max() == 1 &&
                each->results().size() > 1;
       })) {
    std::string names;
    for (const std::string& name : option->get_lnames()) {
      names += (names.empty() ? "--" : " or --") + name;
    }
    return "give " + names + " once, not " + std::to_string(option->results().size()) + " times" +
           SeeHelp(command);
  }
  return parent == nullptr ? "" : RepeatedText(*parent);
}

}  // namespace

std::string MisuseText(const CLI::App& app, const CLI::ParseError& error,
                       const std::vector<std::string>& arguments) {
  std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  std::erase(unknown, "--");
  const CLI::App& command = CommandOf(app);
  // An unknown word is why the rest was taken for something else, so it is told first.
  if (!unknown.empty() && StandsBeforeCommand(app, unknown.front(), arguments)) {
    return NoSuch(unknown.front(), "command", app);
  }
  const bool may_be_command = !unknown.empty() && !unknown.front().starts_with('-');
  if (may_be_command && !CommandsOf(command).empty()) {
    return NoSuch(unknown.front(), "command", command);
  }
  for (const std::string& word : unknown) {
    if (!word.starts_with('-')) continue;
    if (command.get_option_no_throw(word) != nullptr) {
      return "'" + Printable(word) + "' stands behind the command: " + NameOf(command) + " " +
             Printable(word) + "\n";
    }
    return NoSuch(word, "option", command);
  }
  const bool is_missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if (is_extra && !unknown.empty()) {
    return "'" + Printable(unknown.front()) + "' is one word too many for " + NameOf(command) +
           SeeHelp(command);
  }
  if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
    if (std::string repeated = RepeatedText(command); !repeated.empty()) return repeated;
  }
  if (is_missing) {
    if (std::string missing = MissingText(command); !missing.empty()) return missing;
  }
  std::string text = error.what();
  // CLI11 puts the option's name before the words of a check that names it itself.
  const size_t colon = text.find(": ");
  const std::string name = text.substr(0, colon);
  if (colon != std::string::npos && text.compare(colon + 2, name.size() + 1, name + " ") == 0) {
    text.erase(0, colon + 2);
  }
  return text + SeeHelp(command);
}

}  // namespace comptoir::cli
