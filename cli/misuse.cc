#include "cli/misuse.h"

#include <algorithm>
#include <cctype>
#include <sstream>
#include <vector>

#include "cli/utf8.h"

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
  const std::string type = option.get_type_name();
  std::string text = type.empty() || type == "TEXT" ? option.get_name() : type;
  std::ranges::transform(text, text.begin(),
                         [](char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::string Uncapitalized(std::string text) {
  if (text.size() > 1 && std::islower(static_cast<unsigned char>(text[1])) != 0) {
    text[0] = static_cast<char>(std::tolower(text[0]));
  }
  return text;
}

// Empty where nothing is missing.
std::string MissingText(const CLI::App& command) {
  const std::vector<const CLI::App*> inner =
      command.get_subcommands([](const CLI::App*) { return true; });
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

}  // namespace

std::string MisuseText(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App& command = CommandOf(app);
  const std::vector<std::string> unknown = app.remaining(/*recurse=*/true);
  const bool is_missing = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr;
  const bool is_extra = dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr;
  if ((is_missing || is_extra) && !unknown.empty()) {
    const std::string& first = unknown.front();
    const bool has_commands =
        !command.get_subcommands([](const CLI::App*) { return true; }).empty();
    const char* const what = first.starts_with('-') ? "option" : has_commands ? "command" : nullptr;
    if (what != nullptr) {
      return "'" + Printable(first) + "' is no " + what + " of " + NameOf(command) +
             SeeHelp(command);
    }
    if (is_extra) {
      return "'" + Printable(first) + "' is one word too many for " + NameOf(command) +
             SeeHelp(command);
    }
  }
  if (is_missing) {
    if (std::string missing = MissingText(command); !missing.empty()) return missing;
  }
  std::ostringstream text;
  app.exit(error, text, text);
  return text.str();
}

}  // namespace comptoir::cli
