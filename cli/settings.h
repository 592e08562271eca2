// What every command shares: whom to ask, how long to wait, how to print.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/failure.h"

namespace comptoir::cli {

inline constexpr char kDefaultNode[] = "127.0.0.1:7410";
inline constexpr char kDefaultHub[] = "127.0.0.1:7400";

struct Settings {
  // From the flag, else from the environment; empty where neither says.
  std::string node_flag;
  std::vector<std::string> more_nodes;  // --node, said again
  std::string hub_flag;
  std::string node_environment;
  std::string hub_environment;
  std::string identity;  // file with our key, certificate and the authority's certificate
  bool json = false;
  bool shows_progress = false;  // standard error is a terminal, and not read by a program
  std::optional<std::chrono::seconds> timeout;  // of one call; absent: the command's own
  // Owned by the caller of the command.
  std::ostream* out = nullptr;  // answers
  std::ostream* err = nullptr;  // notes, progress and errors
};

// A command, its own options already read. Runs once.
using Action = std::function<absl::StatusOr<ExitCode>(const Settings&)>;

}  // namespace comptoir::cli
