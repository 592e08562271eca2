#include "common/identity/certificate_verifier.h"

#include <openssl/x509_vfy.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/identity/certificate.h"
#include "common/identity/openssl.h"

namespace comptoir::identity {

struct CertificateVerifier::Verified {
  journal::Writer writer;
  openssl::Key key;
};

struct CertificateVerifier::Authorities {
  openssl::CertificateStore store;
};

namespace {

absl::Status CheckIssued(X509_STORE* authorities, X509* certificate) {
  const openssl::CertificateStoreContext context(X509_STORE_CTX_new());
  if (context == nullptr ||
      X509_STORE_CTX_init(context.get(), authorities, certificate, nullptr) != 1) {
    return openssl::Error(absl::StatusCode::kInternal, "certificate check could not start");
  }
  if (X509_verify_cert(context.get()) == 1) return absl::OkStatus();
  const int error = X509_STORE_CTX_get_error(context.get());
  return absl::UnauthenticatedError(
      absl::StrCat("the certificate was not issued by this co-op's authority (",
                   X509_verify_cert_error_string(error), ")"));
}

bool SignatureHolds(EVP_PKEY* key, std::string_view message, std::string_view signature) {
  const openssl::DigestContext context(EVP_MD_CTX_new());
  return context != nullptr &&
         EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                          message.size()) == 1;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CertificateVerifier>> CertificateVerifier::Make(
    const std::vector<std::string>& authorities, size_t certificates_kept_max) {
  const openssl::ErrorScope errors;
  if (authorities.empty()) return absl::InvalidArgumentError("no authority's certificate given");
  auto trusted = std::make_unique<Authorities>();
  trusted->store.reset(X509_STORE_new());
  if (trusted->store == nullptr ||
      X509_STORE_set_flags(trusted->store.get(), X509_V_FLAG_NO_CHECK_TIME) != 1) {
    return openssl::Error(absl::StatusCode::kInternal, "no certificate store could be made");
  }
  std::string code;
  for (const std::string& authority : authorities) {
    COMPTOIR_ASSIGN_OR_RETURN(Coop coop, ParseAuthorityCertificate(authority));
    if (!code.empty() && code != coop.code) {
      return absl::InvalidArgumentError(
          absl::StrCat("the authorities are of two co-ops, ", code, " and ", coop.code));
    }
    code = std::move(coop.code);
    const openssl::Certificate certificate = openssl::ParseX509(authority);
    if (X509_STORE_add_cert(trusted->store.get(), certificate.get()) != 1) {
      return openssl::Error(absl::StatusCode::kInternal, "an authority could not be trusted");
    }
  }
  return std::unique_ptr<CertificateVerifier>(
      new CertificateVerifier(std::move(code), std::move(trusted), certificates_kept_max));
}

CertificateVerifier::CertificateVerifier(std::string coop,
                                         std::unique_ptr<const Authorities> authorities,
                                         size_t certificates_kept_max)
    : coop_(std::move(coop)),
      authorities_(std::move(authorities)),
      kept_max_(certificates_kept_max) {}

CertificateVerifier::~CertificateVerifier() = default;

absl::StatusOr<journal::Writer> CertificateVerifier::VerifyCertificate(
    std::string_view certificate) const {
  COMPTOIR_ASSIGN_OR_RETURN(const VerifiedPointer verified, FindOrVerify(certificate));
  return verified->writer;
}

absl::Status CertificateVerifier::VerifySignature(std::string_view certificate,
                                                  std::string_view message,
                                                  std::string_view signature) const {
  COMPTOIR_ASSIGN_OR_RETURN(const VerifiedPointer verified, FindOrVerify(certificate));
  const openssl::ErrorScope errors;
  if (signature.size() <= kSignatureBytesMax &&
      SignatureHolds(verified->key.get(), message, signature)) {
    return absl::OkStatus();
  }
  return absl::UnauthenticatedError(
      absl::StrCat("the signature is not by node ", verified->writer.node, "'s key"));
}

size_t CertificateVerifier::certificates_kept() const {
  const MutexLock lock(&mutex_);
  return kept_.size();
}

absl::StatusOr<CertificateVerifier::VerifiedPointer> CertificateVerifier::FindOrVerify(
    std::string_view certificate) const {
  if (VerifiedPointer verified = Find(certificate)) return verified;
  absl::StatusOr<VerifiedPointer> verified = Verify(certificate);
  if (verified.ok()) Keep(certificate, *verified);
  return verified;
}

absl::StatusOr<CertificateVerifier::VerifiedPointer> CertificateVerifier::Verify(
    std::string_view der) const {
  const openssl::ErrorScope errors;
  absl::StatusOr<Holder> holder = ParseCertificate(der);
  if (!holder.ok()) return absl::UnauthenticatedError(holder.status().message());
  const openssl::Certificate certificate = openssl::ParseX509(der);
  COMPTOIR_RETURN_IF_ERROR(CheckIssued(authorities_->store.get(), certificate.get()));
  if (holder->writer.coop != coop_) {
    return absl::UnauthenticatedError(
        absl::StrCat("the certificate is of co-op ", holder->writer.coop, ", not ", coop_));
  }
  if (holder->kind == Holder::Kind::kOperator) {
    return absl::UnauthenticatedError(
        "the certificate is an operator's; journals are written by a hub or a node");
  }
  auto verified = std::make_shared<Verified>();
  verified->writer = std::move(holder->writer);
  verified->key.reset(X509_get_pubkey(certificate.get()));
  if (!openssl::IsP256(verified->key.get())) {
    return absl::UnauthenticatedError("the certificate's key is not ECDSA P-256");
  }
  return VerifiedPointer(std::move(verified));
}

CertificateVerifier::VerifiedPointer CertificateVerifier::Find(std::string_view certificate) const {
  const MutexLock lock(&mutex_);
  const auto found = index_.find(certificate);
  if (found == index_.end()) return nullptr;
  kept_.splice(kept_.begin(), kept_, found->second);
  return found->second->verified;
}

void CertificateVerifier::Keep(std::string_view certificate,
                               const VerifiedPointer& verified) const {
  const MutexLock lock(&mutex_);
  if (index_.contains(certificate)) return;  // another thread was quicker
  kept_.push_front(Kept{std::string(certificate), verified});
  index_.emplace(kept_.front().certificate, kept_.begin());
  if (kept_.size() <= kept_max_) return;
  index_.erase(kept_.back().certificate);
  kept_.pop_back();
}

}  // namespace comptoir::identity
