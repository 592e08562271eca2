// Settings of a daemon: each is a flag (--web-listen), an environment variable
// (COMPTOIR_WEB_LISTEN) and a key of a TOML file (web-listen), in that order of
// precedence. Unknown flags and keys are errors, and so are values that make no
// sense; what is wrong names its flag, its variable, or its file, line and key.
//
// Errors of a command line are INVALID_ARGUMENT (exit 64), those of environment and
// file FAILED_PRECONDITION (exit 78): a service manager need not try again.
//
// Thread use: one thread, at start.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>

#include "absl/status/status.h"

namespace comptoir::daemon {

class Settings {
 public:
  // A configuration file is read by people: longer ones are something else.
  static constexpr size_t kFileBytesMax = 64 << 10;

  // Says what is wrong with a value; `what` is how people know where it stands.
  using Check = std::function<absl::Status(std::string_view what, const std::string& value)>;

  // Options are added to `app`, which must outlive this, and shown by its --help
  // with their defaults. Adds --config FILE.
  explicit Settings(CLI::App& app);

  // `*value` holds the default now and the setting after Resolve. A text in the
  // file. `check` sees what was said, never the default.
  void Add(std::string_view name, std::string* value, std::string_view help, Check check = nullptr);
  // A whole number, in the file as well.
  void AddNumber(std::string_view name, uint64_t* value, uint64_t least, uint64_t most,
                 std::string_view help);
  // `command` takes these settings only: as flags, the others are refused. File and
  // environment may hold them all, since several commands share them.
  void Restrict(CLI::App* command, std::vector<std::string> names);

  // After `app` has parsed its command line.
  absl::Status Resolve();
  // Settings that do not go together: `sentence`, as an error of where the first of
  // them, in the order of precedence, was said.
  absl::Status Conflict(const std::vector<std::string>& names, std::string_view sentence) const;

 private:
  enum class Source { kDefault, kFile, kEnvironment, kFlag };
  enum class Type { kText, kNumber };
  struct Setting {
    std::string name;
    Type type = Type::kText;
    std::function<absl::Status(std::string_view what, const std::string& text)> assign;
    std::string flag;  // as the command line says it
    CLI::Option* option = nullptr;
    Source source = Source::kDefault;
    std::optional<std::string> in_file;
    std::string place_in_file;  // "FILE:LINE: name"
  };

  Setting& AddFlag(std::string_view name, std::string default_text, std::string_view help);
  Setting* Find(std::string_view name);
  absl::Status CheckCommand() const;
  absl::Status ReadFile();
  static absl::Status ResolveOne(Setting& setting);

  CLI::App& app_;
  std::string config_;
  std::deque<Setting> settings_;  // options point into it
  std::vector<std::pair<const CLI::App*, std::vector<std::string>>> restrictions_;
};

}  // namespace comptoir::daemon
