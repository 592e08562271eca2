// Who wrote a journal, and the two key operations that journals need. The
// interfaces are here, their implementation over certificates in
// common/identity.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace comptoir::journal {

// What a certificate says of its holder.
struct Writer {
  std::string coop;  // code of the co-op
  std::string node;  // code
  std::string shop;  // code; empty at the hub
  bool hub = false;
  bool may_edit_catalogue = false;  // always at the hub

  bool operator==(const Writer&) const = default;
};

// Any number of threads.
class Signer {
 public:
  virtual ~Signer() = default;
  virtual const std::string& certificate() const = 0;  // X.509 DER
  virtual const Writer& writer() const = 0;
  // ECDSA P-256 over SHA-256, DER.
  virtual absl::StatusOr<std::string> Sign(std::string_view message) const = 0;
  // Is `certificate` for the key that signs here? A renewed certificate is another one
  // for the same key, and heads under the one before are still ours to sign (R3).
  virtual bool Owns(std::string_view certificate) const = 0;
};

// Any number of threads.
class Verifier {
 public:
  virtual ~Verifier() = default;
  // UNAUTHENTICATED when `certificate` was not issued by a trusted authority of
  // this co-op; its dates are not looked at (R3: an expired certificate still
  // verifies history).
  virtual absl::StatusOr<Writer> VerifyCertificate(std::string_view certificate) const = 0;
  // UNAUTHENTICATED when `signature` over `message` is not by the certificate's key.
  virtual absl::Status VerifySignature(std::string_view certificate, std::string_view message,
                                       std::string_view signature) const = 0;
};

}  // namespace comptoir::journal
