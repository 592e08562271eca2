#include "common/identity/key_signer.h"

#include <utility>

#include "common/base/status.h"
#include "common/identity/certificate.h"

namespace comptoir::identity {

absl::StatusOr<std::unique_ptr<KeySigner>> KeySigner::Make(KeyPair key,
                                                           std::string certificate_der) {
  COMPTOIR_ASSIGN_OR_RETURN(Holder holder, ParseCertificate(certificate_der));
  if (holder.kind == Holder::Kind::kOperator) {
    return absl::FailedPreconditionError(
        "this certificate is an operator's; journals are written by a hub or a node");
  }
  if (!key.BelongsTo(certificate_der)) {
    return absl::FailedPreconditionError("the certificate was not issued for this private key");
  }
  return std::unique_ptr<KeySigner>(
      new KeySigner(std::move(key), std::move(certificate_der), std::move(holder.writer)));
}

KeySigner::KeySigner(KeyPair key, std::string certificate, journal::Writer writer)
    : key_(std::move(key)), certificate_(std::move(certificate)), writer_(std::move(writer)) {}

absl::StatusOr<std::string> KeySigner::Sign(std::string_view message) const {
  return key_.Sign(message);
}

bool KeySigner::Owns(std::string_view certificate) const {
  return certificate == certificate_ || key_.BelongsTo(certificate);
}

}  // namespace comptoir::identity
