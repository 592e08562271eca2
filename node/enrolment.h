// A new node gets its identity from the hub, by a token.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::node {

struct EnrolmentOptions {
  std::string data;  // made if missing
  std::string name;  // code of the node
  std::string hub;   // host:port of the hub's web port
  std::string token;
};

// Fills the data folder with key, certificates and the hub's address.
// ALREADY_EXISTS when it holds an identity, which is left alone.
absl::Status EnrollNode(const EnrolmentOptions& options);

// Where to sync, as told at enrolment. FAILED_PRECONDITION when it is not known.
absl::StatusOr<std::string> ReadHubAddress(const std::string& data);

}  // namespace comptoir::node
