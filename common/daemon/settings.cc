#include "common/daemon/settings.h"

#include <toml++/toml.h>

#include <cstdlib>
#include <map>

#include <CLI/CLI.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/base/status.h"

namespace comptoir::daemon {
namespace {

constexpr char kConfigVariable[] = "COMPTOIR_CONFIG";

std::string VariableOf(std::string_view name) {
  return absl::StrCat("COMPTOIR_",
                      absl::AsciiStrToUpper(absl::StrReplaceAll(std::string(name), {{"-", "_"}})));
}

absl::StatusOr<std::string> TextOf(const toml::node& node, std::string_view name) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return absl::StrCat(number->get());
  if (const auto* boolean = node.as_boolean()) return boolean->get() ? "true" : "false";
  return absl::InvalidArgumentError(absl::StrCat("the key '", std::string(name),
                                                 "' must be a text, a whole number or a boolean"));
}

}  // namespace

Settings::Settings(CLI::App& app) : app_(app) {
  app_.add_option("--config", config_,
                  absl::StrCat("TOML file with settings [", kConfigVariable, "]"));
}

void Settings::Add(std::string_view name, std::string* value, std::string_view help) {
  CLI::Option* option =
      app_.add_option(absl::StrCat("--", std::string(name)), *value,
                      absl::StrCat(std::string(help), " [", VariableOf(name), "]"));
  if (!value->empty()) option->capture_default_str();
  settings_.push_back({std::string(name), value, option});
}

absl::Status Settings::Resolve() {
  if (config_.empty()) {
    if (const char* variable = std::getenv(kConfigVariable)) config_ = variable;
  }
  if (!config_.empty()) COMPTOIR_RETURN_IF_ERROR(ReadFile());
  for (const Setting& setting : settings_) {
    if (setting.option->count() > 0) continue;
    if (const char* variable = std::getenv(VariableOf(setting.name).c_str())) {
      *setting.value = variable;
    }
  }
  return absl::OkStatus();
}

absl::Status Settings::ReadFile() {
  toml::table table;
  try {
    table = toml::parse_file(config_);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(config_, ":", error.source().begin.line, ": ",
                                                   std::string(error.description())));
  }
  std::map<std::string, const Setting*, std::less<>> known;
  for (const Setting& setting : settings_) known[setting.name] = &setting;
  for (const auto& [key, node] : table) {
    const auto found = known.find(std::string_view(key.str()));
    if (found == known.end()) {
      return absl::InvalidArgumentError(
          absl::StrCat(config_, ":", node.source().begin.line, ": there is no setting '",
                       std::string(key.str()), "'; --help lists them"));
    }
    COMPTOIR_ASSIGN_OR_RETURN(const std::string text, TextOf(node, key.str()));
    if (found->second->option->count() == 0) *found->second->value = text;
  }
  return absl::OkStatus();
}

}  // namespace comptoir::daemon
