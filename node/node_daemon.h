// The node's composition root.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/daemon/program.h"
#include "common/retail/barcodes/rules.h"

namespace comptoir::node {

struct NodeOptions {
  daemon::CommonOptions common;
  std::string listen = "127.0.0.1:7410";
  std::string web_listen = "127.0.0.1:7411";
  std::string hub;             // host:port of its sync port; empty: as told at enrolment
  std::string sibling_listen;  // host:port; empty: nowhere
  std::string siblings;        // ParseSiblings
  std::string barcode_rules = retail::kUsualBarcodeRules;  // ParseBarcodeRules
};

// Runs until SIGTERM or SIGINT, then drains. Prints `ready grpc=… web=…`, and
// `sibling=…` where it listens for siblings.
absl::Status RunNode(const NodeOptions& options);

}  // namespace comptoir::node
