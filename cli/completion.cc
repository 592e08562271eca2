#include "cli/completion.h"

#include <vector>

namespace comptoir::cli {
namespace {

// Everything but the tables. An argument's kind is @file, @product, …, or words.
constexpr char kHead[] = R"bash(# Completion of comptoir in bash: source <(comptoir completion bash)
_comptoir_offer() {
  case $1 in
    @file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    @*)
      # What the service knows, if it answers soon.
      mapfile -t COMPREPLY < <(compgen -W "$(comptoir completion codes "${1#@}" \
        "${asked[@]}" --timeout 1s 2>/dev/null)" -- "$current")
      ;;
    *) mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current") ;;
  esac
}
)bash";
constexpr char kMain[] = R"bash(_comptoir() {
  local current=${COMP_WORDS[COMP_CWORD]} path=comptoir value='' kind='' words='' word i given=0
  local -a asked=() kinds=()
  COMPREPLY=()
  # bash parts words at = and :, too.
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ $word == : && ${#asked[@]} -gt 0 && $((i + 1)) -lt $COMP_CWORD ]]; then
      ((++i))
      asked[-1]+=:${COMP_WORDS[i]}
    elif [[ -n $value && $word != = ]]; then
      [[ $value == --node || $value == --hub || $value == --identity ]] && asked+=("$value" "$word")
      value=''
    elif _comptoir_takes_value "$path" "$word"; then
      value=$word
    elif _comptoir_is_command "$path $word"; then
      path="$path $word"
    elif [[ $word != -* && $word != [=:] ]]; then
      ((++given))
    fi
  done
  [[ $current == = ]] && current=''
  if [[ -n $value ]]; then
    _comptoir_takes_value "$path" "$value"
    _comptoir_offer "$kind"
    return
  fi
  [[ ${COMP_WORDS[COMP_CWORD - 1]} == = || $current == : ]] && return
  _comptoir_words "$path"
  # The last kind is of all that follow.
  ((given < ${#kinds[@]})) || given=$((${#kinds[@]} - 1))
  kind=${kinds[given]}
  if [[ $current == -* || -z $kind ]]; then
    _comptoir_offer "$words"
  else
    _comptoir_offer "$kind"
  fi
}
complete -F _comptoir comptoir
)bash";

std::string KindOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  for (const auto& [name, kind] : {std::pair<const char*, const char*>{"FILE", "@file"},
                                   {"PRODUCT", "@product"},
                                   {"PRODUCER", "@producer"},
                                   {"SHOP", "@shop"},
                                   {"NODE", "@node"}}) {
    if (type == name) return kind;
  }
  const size_t open = type.find('{');
  const size_t close = type.rfind('}');
  if (open == std::string::npos || close == std::string::npos) return "";
  std::string words = type.substr(open + 1, close - open - 1);
  for (char& c : words) {
    if (c == ',') c = ' ';
  }
  return words;
}

std::vector<std::string> NamesOf(const CLI::Option& option) {
  std::vector<std::string> names;
  for (const std::string& name : option.get_snames()) names.push_back("-" + name);
  for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
  return names;
}

// In single quotes, for bash.
std::string ShellQuoted(const std::string& text) {
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

// What is written for one command and all below it.
struct Tables {
  std::string values;    // cases of "path option": the kind of what follows
  std::string commands;  // patterns of "path command"
  std::string words;     // cases of "path": options and commands, and what each argument is
};

void AddCommand(const CLI::App& app, const std::string& path, const std::string& shared_options,
                Tables* tables) {
  std::string words;
  std::string kinds;
  bool may_be_more = false;
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_positional()) {
      kinds += ShellQuoted(KindOf(*option)) + " ";
      may_be_more = option->get_items_expected_max() > 1;
      continue;
    }
    for (const std::string& name : NamesOf(*option)) {
      words += name + " ";
      if (option->get_items_expected_max() == 0) continue;
      // Options of the program itself stand everywhere.
      const std::string at = shared_options.empty() ? "*" : ShellQuoted(path);
      tables->values +=
          "    " + at + "' " + name + "') kind=" + ShellQuoted(KindOf(*option)) + " ;;\n";
    }
  }
  const std::string below = shared_options.empty() ? words : shared_options;
  for (const CLI::App* command : CommandsOf(app)) {
    words += command->get_name() + " ";
    const std::string command_path = path + " " + command->get_name();
    tables->commands += (tables->commands.empty() ? "" : " | ") + ShellQuoted(command_path);
    AddCommand(*command, command_path, below, tables);
  }
  if (!may_be_more) kinds += "''";
  tables->words += "    " + ShellQuoted(path) +
                   ")\n      words=" + ShellQuoted(words + shared_options) + "\n      kinds=(" +
                   kinds + ")\n      ;;\n";
}

}  // namespace

std::string BashCompletion(const CLI::App& root) {
  Tables tables;
  AddCommand(root, root.get_name(), "", &tables);
  return std::string(kHead) + "_comptoir_takes_value() {\n  case \"$1 $2\" in\n" + tables.values +
         "    *) return 1 ;;\n  esac\n}\n" + "_comptoir_is_command() {\n  case $1 in\n    " +
         tables.commands + ") ;;\n    *) return 1 ;;\n  esac\n}\n" +
         "_comptoir_words() {\n  case $1 in\n" + tables.words + "  esac\n}\n" + kMain;
}

}  // namespace comptoir::cli
