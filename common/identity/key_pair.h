// A P-256 key: it serves TLS and signs journal heads.
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace comptoir::identity {

// Immutable; copies share one key. Any number of threads.
class KeyPair {
 public:
  static absl::StatusOr<KeyPair> Generate();
  // PKCS#8 PEM without a pass phrase. INVALID_ARGUMENT when it is not that, or
  // not a P-256 key.
  static absl::StatusOr<KeyPair> FromPem(std::string_view pem);
  std::string ToPem() const;

  // ECDSA over SHA-256, DER.
  absl::StatusOr<std::string> Sign(std::string_view message) const;
  // Was `certificate_der` issued for this key?
  bool BelongsTo(std::string_view certificate_der) const;

  EVP_PKEY* get() const { return key_.get(); }

 private:
  explicit KeyPair(std::shared_ptr<EVP_PKEY> key) : key_(std::move(key)) {}
  std::shared_ptr<EVP_PKEY> key_;
};

// A PKCS#10 request in PEM, which proves that its sender holds the key. `name`
// is for people: what the certificate says is decided where it is issued.
absl::StatusOr<std::string> MakeSigningRequest(const KeyPair& key, std::string_view name);

}  // namespace comptoir::identity
