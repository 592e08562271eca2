#include "cli/config_file.h"

#include <toml++/toml.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "cli/files.h"
#include "common/base/status.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

constexpr size_t kConfigBytesMax = 64 << 10;

absl::StatusOr<toml::table> Parse(const std::string& path, const std::string& text) {
  try {
    return toml::parse(text, path);
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ":", error.source().begin.line,
        ": not understood: write each setting on a line of its own, as NAME = \"text\", with "
        "both quotes (",
        Printable(std::string(error.description())), ")"));
  }
}

}  // namespace

absl::Status ReadConfigFile(const std::string& path, Environment* environment) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string text, ReadFile(path, kConfigBytesMax));
  COMPTOIR_ASSIGN_OR_RETURN(const toml::table table, Parse(path, text));
  const std::map<std::string, std::string*> settings = {{"node", &environment->node},
                                                        {"hub", &environment->hub},
                                                        {"identity", &environment->identity}};
  for (const auto& [key, value] : table) {
    const std::string name(key.str());
    const std::string place = absl::StrCat(path, ":", value.source().begin.line, ": ");
    const auto setting = settings.find(name);
    if (setting == settings.end()) {
      return absl::InvalidArgumentError(absl::StrCat(
          place, "there is no setting '", Printable(name), "': node, hub and identity are"));
    }
    if (!value.is_string()) {
      return absl::InvalidArgumentError(
          absl::StrCat(place, name, " must be a text: write it in quotes, ", name, " = \"…\""));
    }
    if (setting->second->empty()) *setting->second = value.as_string()->get();
  }
  return absl::OkStatus();
}

}  // namespace comptoir::cli
