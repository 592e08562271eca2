// The hub's composition root.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/platform/clock.h"

namespace comptoir::hub {

struct HubOptions {
  std::string data;
  std::string listen = "127.0.0.1:7400";
  std::string web_listen = "127.0.0.1:7401";
  std::string advertise;
  std::string time_zone = std::string(platform::kDefaultTimeZone);
};

// Runs until SIGTERM or SIGINT, then drains. Prints `ready sync=… web=…`.
absl::Status RunHub(const HubOptions& options);

}  // namespace comptoir::hub
