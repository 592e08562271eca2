// The node's composition root.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/platform/clock.h"

namespace comptoir::node {

struct NodeOptions {
  std::string data;
  std::string listen = "127.0.0.1:7410";
  std::string web_listen = "127.0.0.1:7411";
  std::string hub;  // host:port of its sync port; empty: as told at enrolment
  std::string time_zone = std::string(platform::kDefaultTimeZone);
};

// Runs until SIGTERM or SIGINT, then drains. Prints `ready grpc=… web=…`.
absl::Status RunNode(const NodeOptions& options);

}  // namespace comptoir::node
