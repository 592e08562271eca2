// What every service does with a request before it means anything.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/base/ids.h"
#include "common/base/limits.h"
#include "common/journal/chain.h"
#include "comptoir/journal/v1/journal.pb.h"

namespace comptoir::daemon {

inline absl::Status CheckRequestId(const std::string& request_id) {
  if (request_id.size() == kRequestIdBytes) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "request_id must be 16 bytes: 12 random ones for the till's session and a 4-byte counter, "
      "or any UUID");
}

// First 4 bytes of SHA-256 over the request without its id (R11): tells a
// repeat from another request that was given the same id.
template <typename Request>
uint32_t DigestOf(const Request& request) {
  Request content = request;
  content.clear_request_id();
  return static_cast<uint32_t>(journal::Sha256(content.SerializeAsString()).prefix() >> 32);
}

inline void SetReference(const Reference& reference, journal::v1::Reference* message) {
  message->set_journal(reference.journal.value());
  message->set_sequence(reference.sequence.value());
  message->set_hash_prefix(reference.hash_prefix);
}

}  // namespace comptoir::daemon
