// The hub's composition root.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/daemon/program.h"

namespace comptoir::hub {

struct HubOptions {
  daemon::CommonOptions common;
  std::string listen = "127.0.0.1:7400";
  std::string web_listen = "127.0.0.1:7401";
  std::string advertise;
  std::string certificate_life = "400d";  // of those handed out, and of its own
};

// Runs until SIGTERM or SIGINT, then drains. Prints `ready sync=… web=…`.
absl::Status RunHub(const HubOptions& options);

}  // namespace comptoir::hub
