// The PEM file that speaks for its bearer: `operator.pem`. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace comptoir::cli {

struct PemIdentity {
  std::string key;
  std::string certificate;
  std::string authority;  // all certificates after the first
};

// Splits by the lines that begin and end a block; what is in the blocks is for
// TLS to judge. INVALID_ARGUMENT where a part is missing.
absl::StatusOr<PemIdentity> SplitPem(std::string_view text);

// When the certificate in `pem` ends, in milliseconds since 1970. INVALID_ARGUMENT for
// what is none.
absl::StatusOr<int64_t> ExpiryOf(const std::string& pem);

// What to say of an identity that ends at `expires_ms`: nothing, a warning in the last 30
// days, and INVALID_ARGUMENT once it is over. Both say how to renew it.
absl::StatusOr<std::string> ExpiryWarning(int64_t expires_ms, int64_t now_ms);

}  // namespace comptoir::cli
