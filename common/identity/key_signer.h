// journal::Signer over a key and the certificate that was issued for it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/identity/key_pair.h"
#include "common/journal/writer.h"

namespace comptoir::identity {

// Any number of threads.
class KeySigner : public journal::Signer {
 public:
  // FAILED_PRECONDITION when the key is not the certificate's, or when the
  // certificate is an operator's, who writes no journal.
  static absl::StatusOr<std::unique_ptr<KeySigner>> Make(KeyPair key, std::string certificate_der);

  const std::string& certificate() const override { return certificate_; }
  const journal::Writer& writer() const override { return writer_; }
  absl::StatusOr<std::string> Sign(std::string_view message) const override;
  bool Owns(std::string_view certificate) const override;

 private:
  KeySigner(KeyPair key, std::string certificate, journal::Writer writer);

  const KeyPair key_;
  const std::string certificate_;  // DER
  const journal::Writer writer_;
};

}  // namespace comptoir::identity
