// PEM text: named blocks of DER bytes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace comptoir::identity {

inline constexpr size_t kPemBytesMax = 64 << 10;

inline constexpr std::string_view kCertificateLabel = "CERTIFICATE";
inline constexpr std::string_view kSigningRequestLabel = "CERTIFICATE REQUEST";
inline constexpr std::string_view kKeyLabel = "PRIVATE KEY";  // PKCS#8, not encrypted

struct PemBlock {
  std::string label;
  std::string der;
};

// The blocks of `text` in order; what stands between them is skipped. Never
// asks for a pass phrase: INVALID_ARGUMENT for an encrypted block, for one that
// is cut short, for no block at all, and for text over kPemBytesMax.
absl::StatusOr<std::vector<PemBlock>> ReadPem(std::string_view text);

// The bytes of every block with this label; INVALID_ARGUMENT when there is none.
absl::StatusOr<std::vector<std::string>> ReadPemBlocks(std::string_view text,
                                                       std::string_view label);
// The first of them.
absl::StatusOr<std::string> ReadPemBlock(std::string_view text, std::string_view label);

std::string WritePem(std::string_view label, std::string_view der);

}  // namespace comptoir::identity
