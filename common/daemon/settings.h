// Settings of a daemon: each is a flag (--web-listen), an environment variable
// (COMPTOIR_WEB_LISTEN) and a key of a TOML file (web-listen), in that order of
// precedence. Unknown flags and keys are errors.
//
// Thread use: one thread, at start.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <CLI/App.hpp>

#include "absl/status/status.h"

namespace comptoir::daemon {

class Settings {
 public:
  // Options are added to `app`, which must outlive this, and shown by its --help
  // with their defaults. Adds --config FILE.
  explicit Settings(CLI::App& app);

  // `*value` holds the default now and the setting after Resolve.
  void Add(std::string_view name, std::string* value, std::string_view help);

  // After `app` has parsed its command line. INVALID_ARGUMENT where the file is
  // missing, no TOML, or has a key that is no setting: the sentence names it.
  absl::Status Resolve();

 private:
  struct Setting {
    std::string name;
    std::string* value;
    CLI::Option* option;
  };

  absl::Status ReadFile();

  CLI::App& app_;
  std::string config_;
  std::vector<Setting> settings_;
};

}  // namespace comptoir::daemon
