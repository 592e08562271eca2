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

// A node whose certificate ended, or ends soon, gets another one by a token of its own
// shop and rights: for the key, the name and the data that it has. The node may run.
// UNAUTHENTICATED where the token is another co-op's or the answer is for another node.
absl::Status RenewNode(const EnrolmentOptions& options);

// Fills the data folder with key, certificates and the hub's address.
// ALREADY_EXISTS when it holds an identity, which is left alone.
absl::Status EnrollNode(const EnrolmentOptions& options);

// Where to sync, as told at enrolment. FAILED_PRECONDITION when it is not known.
absl::StatusOr<std::string> ReadHubAddress(const std::string& data);

}  // namespace comptoir::node
