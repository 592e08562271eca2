// The PEM file that speaks for its bearer: `operator.pem`. Pure.
#pragma once

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

}  // namespace comptoir::cli
