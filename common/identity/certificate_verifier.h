// journal::Verifier over the certificates of a co-op's authorities.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/journal/writer.h"

namespace comptoir::identity {

// Certificates kept parsed and verified. A co-op has some per node over the
// years; one takes about 4 KiB.
inline constexpr size_t kVerifiedCertificatesMax = 1'024;

// Looks at no dates (R3: an expired certificate still verifies history) and at
// no revocation (R13: a fact, which ends sessions elsewhere). An operator's
// certificate is no writer's.
//
// Invariant: only certificates that an authority signed are kept, so that
// nobody else can push out those in use.
// Any number of threads.
class CertificateVerifier : public journal::Verifier {
 public:
  // Trusts these authorities' certificates (DER), all of one co-op: several
  // while one takes over from another. INVALID_ARGUMENT when one is not an
  // authority's, or of another co-op.
  static absl::StatusOr<std::unique_ptr<CertificateVerifier>> Make(
      const std::vector<std::string>& authorities,
      size_t certificates_kept_max = kVerifiedCertificatesMax);
  ~CertificateVerifier() override;

  absl::StatusOr<journal::Writer> VerifyCertificate(std::string_view certificate) const override;
  // UNAUTHENTICATED also when the certificate itself is not trusted.
  absl::Status VerifySignature(std::string_view certificate, std::string_view message,
                               std::string_view signature) const override;

  const std::string& coop() const { return coop_; }
  size_t certificates_kept() const;

 private:
  struct Verified;  // a writer and its public key
  using VerifiedPointer = std::shared_ptr<const Verified>;
  struct Kept {
    std::string certificate;
    VerifiedPointer verified;
  };
  struct Authorities;

  CertificateVerifier(std::string coop, std::unique_ptr<const Authorities> authorities,
                      size_t certificates_kept_max);

  absl::StatusOr<VerifiedPointer> FindOrVerify(std::string_view certificate) const;
  absl::StatusOr<VerifiedPointer> Verify(std::string_view certificate) const;
  VerifiedPointer Find(std::string_view certificate) const ABSL_LOCKS_EXCLUDED(mutex_);
  void Keep(std::string_view certificate, const VerifiedPointer& verified) const
      ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string coop_;
  const std::unique_ptr<const Authorities> authorities_;
  const size_t kept_max_;

  mutable Mutex mutex_;
  // Last used first.
  mutable std::list<Kept> kept_ ABSL_GUARDED_BY(mutex_);
  // By DER bytes, which the list owns.
  mutable std::unordered_map<std::string_view, std::list<Kept>::iterator> index_
      ABSL_GUARDED_BY(mutex_);
};

}  // namespace comptoir::identity
