#include "common/daemon/settings.h"

#include <toml++/toml.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include <CLI/CLI.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/status.h"
#include "common/platform/files.h"

namespace comptoir::daemon {
namespace {

constexpr char kConfigVariable[] = "COMPTOIR_CONFIG";

std::string VariableOf(std::string_view name) {
  return absl::StrCat("COMPTOIR_",
                      absl::AsciiStrToUpper(absl::StrReplaceAll(std::string(name), {{"-", "_"}})));
}

// An error of environment or file: another start would find the same.
absl::Status Misconfigured(const absl::Status& status) {
  return status.ok() ? status : absl::FailedPreconditionError(status.message());
}

absl::StatusOr<toml::table> ParseFile(const std::string& path) {
  const auto text = platform::ReadFile(path, Settings::kFileBytesMax);
  if (!text.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(
        "the configuration cannot be read: ", text.status().message(),
        ". Name a TOML file of at most ", Settings::kFileBytesMax >> 10, " KiB by --config"));
  }
  try {
    return toml::parse(*text, path);
  } catch (const toml::parse_error& error) {
    return absl::FailedPreconditionError(
        absl::StrCat(path, ":", error.source().begin.line, ": this is not TOML: ",
                     std::string(error.description()), ". Write a line as key = \"value\""));
  }
}

}  // namespace

Settings::Settings(CLI::App& app) : app_(app) {
  app_.add_option("--config", config_,
                  absl::StrCat("TOML file with settings [", kConfigVariable, "]"));
}

Settings::Setting& Settings::AddFlag(std::string_view name, std::string default_text,
                                     std::string_view help) {
  Setting& setting = settings_.emplace_back();
  setting.name = std::string(name);
  setting.flag = std::move(default_text);
  setting.option = app_.add_option(
      absl::StrCat("--", setting.name), setting.flag,
      absl::StrCat(std::string(help), " [", VariableOf(name), ", key ", setting.name, "]"));
  if (!setting.flag.empty()) setting.option->capture_default_str();
  return setting;
}

void Settings::Add(std::string_view name, std::string* value, std::string_view help, Check check) {
  AddFlag(name, *value, help).assign = [value, check = std::move(check)](std::string_view what,
                                                                         const std::string& text) {
    if (check) COMPTOIR_RETURN_IF_ERROR(check(what, text));
    *value = text;
    return absl::OkStatus();
  };
}

void Settings::AddNumber(std::string_view name, uint64_t* value, uint64_t least, uint64_t most,
                         std::string_view help) {
  Setting& setting = AddFlag(name, absl::StrCat(*value), help);
  setting.type = Type::kNumber;
  setting.assign = [value, least, most](std::string_view what, const std::string& text) {
    uint64_t number = 0;
    if (!absl::SimpleAtoi(text, &number) || number < least || number > most) {
      return absl::InvalidArgumentError(absl::StrCat(
          std::string(what), " \"", text, "\" must be a whole number from ", least, " to ", most));
    }
    *value = number;
    return absl::OkStatus();
  };
}

void Settings::Restrict(CLI::App* command, std::vector<std::string> names) {
  std::string text;
  for (const std::string& name : names) {
    absl::StrAppend(&text, text.empty() ? "" : ", ", "--", name);
  }
  command->footer(absl::StrCat("Takes ", text, " too: '", app_.get_name(),
                               " --help' tells of them, and of their keys in a file"));
  restrictions_.emplace_back(command, std::move(names));
}

Settings::Setting* Settings::Find(std::string_view name) {
  const auto found = std::find_if(settings_.begin(), settings_.end(),
                                  [&](const Setting& each) { return each.name == name; });
  return found == settings_.end() ? nullptr : &*found;
}

absl::Status Settings::CheckCommand() const {
  for (const auto& [command, names] : restrictions_) {
    if (!command->parsed()) continue;
    for (const Setting& setting : settings_) {
      const bool takes = std::find(names.begin(), names.end(), setting.name) != names.end();
      if (takes || setting.option->count() == 0) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          "--", setting.name, " says nothing to '", command->get_name(),
          "': leave it out, or leave out '", command->get_name(), "' to start the daemon"));
    }
  }
  return absl::OkStatus();
}

absl::Status Settings::Resolve() {
  COMPTOIR_RETURN_IF_ERROR(CheckCommand());
  if (app_.get_option("--config")->count() == 0) {
    if (const char* variable = std::getenv(kConfigVariable)) config_ = variable;
  }
  if (!config_.empty()) COMPTOIR_RETURN_IF_ERROR(ReadFile());
  for (Setting& setting : settings_) COMPTOIR_RETURN_IF_ERROR(ResolveOne(setting));
  return absl::OkStatus();
}

absl::Status Settings::ResolveOne(Setting& setting) {
  if (setting.option->count() > 0) {
    setting.source = Source::kFlag;
    return setting.assign(absl::StrCat("--", setting.name), setting.flag);
  }
  const std::string variable = VariableOf(setting.name);
  if (const char* value = std::getenv(variable.c_str())) {
    setting.source = Source::kEnvironment;
    return Misconfigured(setting.assign(variable, value));
  }
  if (!setting.in_file.has_value()) return absl::OkStatus();
  setting.source = Source::kFile;
  return Misconfigured(setting.assign(setting.place_in_file, *setting.in_file));
}

absl::Status Settings::ReadFile() {
  COMPTOIR_ASSIGN_OR_RETURN(const toml::table table, ParseFile(config_));
  for (const auto& [key, node] : table) {
    const std::string name(key.str());
    const std::string place = absl::StrCat(config_, ":", node.source().begin.line, ": ");
    Setting* setting = Find(name);
    if (setting == nullptr) {
      return absl::FailedPreconditionError(
          absl::StrCat(place, "there is no setting '", name, "'; --help lists them"));
    }
    setting->place_in_file = absl::StrCat(place, name);
    if (setting->type == Type::kText && node.is_string()) {
      setting->in_file = node.as_string()->get();
    } else if (setting->type == Type::kNumber && node.is_integer()) {
      setting->in_file = absl::StrCat(node.as_integer()->get());
    } else {
      return absl::FailedPreconditionError(absl::StrCat(
          setting->place_in_file,
          setting->type == Type::kText ? " must be a text: write it in quotes, "
                                       : " must be a whole number: write it without quotes, ",
          name, setting->type == Type::kText ? " = \"…\"" : " = 1"));
    }
  }
  return absl::OkStatus();
}

absl::Status Settings::Conflict(const std::vector<std::string>& names,
                                std::string_view sentence) const {
  const Setting* strongest = nullptr;
  for (const Setting& setting : settings_) {
    if (std::find(names.begin(), names.end(), setting.name) == names.end()) continue;
    if (strongest == nullptr || setting.source > strongest->source) strongest = &setting;
  }
  const std::string text(sentence);
  if (strongest == nullptr || strongest->source == Source::kFlag) {
    return absl::InvalidArgumentError(text);
  }
  if (strongest->source != Source::kFile) return absl::FailedPreconditionError(text);
  return absl::FailedPreconditionError(absl::StrCat(strongest->place_in_file, ": ", text));
}

}  // namespace comptoir::daemon
