// Signer and verifier of the simulation, behind the same interfaces as those over
// certificates. ECDSA draws randomness of its own, so one seed would not give one
// trace, and it takes most of a run's time. These are a keyed hash: whoever does not
// hold the co-op's secret cannot sign, and what was signed cannot be altered. The
// real ones are attacked by tests/unit/identity and tests/process.
#pragma once

#include <string>
#include <string_view>

#include "common/journal/writer.h"

namespace comptoir::simulation {

class HashSigner : public journal::Signer {
 public:
  // `key`: tells two certificates of one node apart.
  HashSigner(const journal::Writer& writer, uint64_t key);
  const std::string& certificate() const override { return certificate_; }
  const journal::Writer& writer() const override { return writer_; }
  bool Owns(std::string_view certificate) const override { return certificate == certificate_; }
  absl::StatusOr<std::string> Sign(std::string_view message) const override;

 private:
  const journal::Writer writer_;
  const std::string certificate_;
};

class HashVerifier : public journal::Verifier {
 public:
  absl::StatusOr<journal::Writer> VerifyCertificate(std::string_view certificate) const override;
  absl::Status VerifySignature(std::string_view certificate, std::string_view message,
                               std::string_view signature) const override;
};

// A certificate that no authority of this co-op issued.
std::string ForeignCertificate(const journal::Writer& writer);

}  // namespace comptoir::simulation
