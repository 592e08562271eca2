// Enrolment tokens: what an operator hands to a new node, as one word that can
// be pasted:
//
//   CPT1.<base64url, no padding, of secret(16) ‖ authority fingerprint(32)>
//
// The secret proves that the node was asked to join; the fingerprint lets the
// node know the right hub before it trusts anything that it hears.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/base/clock.h"
#include "common/base/ids.h"

namespace comptoir::identity {

inline constexpr size_t kTokenSecretBytes = 16;

struct Token {
  std::array<uint8_t, kTokenSecretBytes> secret{};
  Hash authority;  // Fingerprint of the authority's certificate

  bool operator==(const Token&) const = default;
};

// `random` must be fit for keys.
Token MakeToken(const Hash& authority_fingerprint, Random& random);

std::string TokenText(const Token& token);
// White space around it is skipped. INVALID_ARGUMENT with a sentence that says
// what is wrong with it.
absl::StatusOr<Token> ParseToken(std::string_view text);

// SHA-256 of the secret: what the hub keeps, so that its files betray no token.
Hash TokenHash(const Token& token);

}  // namespace comptoir::identity
