#include "common/identity/authority.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/identity/file.h"
#include "common/identity/openssl.h"
#include "common/identity/pem.h"

namespace comptoir::identity {
namespace {

using openssl::Error;
using openssl::kMillisPerSecond;

constexpr long kVersion3 = 2;  // X.509 counts from 0
constexpr int64_t kYearMs = int64_t{365} * 86'400'000;
constexpr size_t kSerialBytes = 16;
constexpr size_t kCoopNameBytesMax = 4 * kCoopNameLettersMax;  // UTF-8

// Letters of UTF-8 text; nullopt when it is not that, or holds a control sign.
std::optional<size_t> CountLetters(std::string_view text) {
  size_t count = 0;
  while (!text.empty()) {
    unsigned long letter = 0;
    const int size = UTF8_getc(reinterpret_cast<const unsigned char*>(text.data()),
                               static_cast<int>(text.size()), &letter);
    if (size <= 0 || letter < ' ' || letter == 0x7f) return std::nullopt;
    text.remove_prefix(static_cast<size_t>(size));
    ++count;
  }
  return count;
}

absl::Status CheckCoopName(std::string_view name) {
  const size_t letters = name.size() > kCoopNameBytesMax ? 0 : CountLetters(name).value_or(0);
  if (letters > 0 && letters <= kCoopNameLettersMax) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("a co-op's name is 1 to ", kCoopNameLettersMax, " letters of UTF-8 text"));
}

bool SetRandomSerial(X509* certificate) {
  std::array<uint8_t, kSerialBytes> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1) return false;
  bytes[0] = (bytes[0] & 0x7f) | 0x40;  // positive, and never short
  const openssl::Owned<BIGNUM, BN_free> number(BN_bin2bn(bytes.data(), bytes.size(), nullptr));
  return number != nullptr &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

// Valid from 1970 on: a machine whose clock fell back by years must still be
// able to connect, or it would never hear the right time (R10).
bool SetDates(X509* certificate, int64_t expires_ms) {
  return ASN1_TIME_set(X509_getm_notBefore(certificate), 0) != nullptr &&
         ASN1_TIME_set(X509_getm_notAfter(certificate),
                       static_cast<time_t>(expires_ms / kMillisPerSecond)) != nullptr;
}

bool AddName(X509_NAME* name, int nid, std::string_view text) {
  return X509_NAME_add_entry_by_NID(name, nid, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1;
}

// `value` in the syntax of OpenSSL's configuration files; codes hold nothing
// that has a meaning there.
bool AddExtension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const openssl::Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension != nullptr && X509_add_ext(certificate, extension.get(), -1) == 1;
}

std::string AlternativeNames(const Holder& holder, int64_t issued_ms) {
  std::string names;
  for (const std::string& uri : UrisOf(holder)) {
    absl::StrAppend(&names, names.empty() ? "URI:" : ",URI:", uri);
  }
  if (const std::string dns = TlsNameOf(holder); !dns.empty()) {
    absl::StrAppend(&names, ",DNS:", dns);
  }
  absl::StrAppend(&names, ",URI:comptoir:issued:", issued_ms / kMillisPerSecond);
  return names;
}

absl::StatusOr<std::string> MakeAuthorityCertificate(const KeyPair& key, std::string_view coop,
                                                     std::string_view name, int64_t now_ms) {
  const openssl::Certificate certificate(X509_new());
  X509* const x509 = certificate.get();
  if (x509 == nullptr || X509_set_version(x509, kVersion3) != 1 || !SetRandomSerial(x509) ||
      !SetDates(x509, now_ms + kAuthorityYears * kYearMs) ||
      !AddName(X509_get_subject_name(x509), NID_organizationName, name) ||
      !AddName(X509_get_subject_name(x509), NID_commonName,
               absl::StrCat(View(coop), " authority")) ||
      X509_set_issuer_name(x509, X509_get_subject_name(x509)) != 1 ||
      X509_set_pubkey(x509, key.get()) != 1 ||
      !AddExtension(x509, x509, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !AddExtension(x509, x509, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !AddExtension(x509, x509, NID_subject_key_identifier, "hash") ||
      !AddExtension(x509, x509, NID_authority_key_identifier, "keyid:always") ||
      !AddExtension(x509, x509, NID_subject_alt_name,
                    absl::StrCat("URI:comptoir://", View(coop))) ||
      X509_sign(x509, key.get(), EVP_sha256()) <= 0) {
    return Error(absl::StatusCode::kInternal, "no authority certificate could be made");
  }
  return openssl::ToDer(x509);
}

// An operator is never a server: nobody could take its key for a hub's.
std::string ExtendedUsage(const Holder& holder) {
  return holder.kind == Holder::Kind::kOperator ? "clientAuth" : "serverAuth,clientAuth";
}

bool FillCertificate(X509* x509, X509* issuer, const Holder& holder, EVP_PKEY* public_key,
                     const Life& life) {
  return X509_set_version(x509, kVersion3) == 1 && SetRandomSerial(x509) &&
         SetDates(x509, life.expires_ms) &&
         AddName(X509_get_subject_name(x509), NID_organizationName, holder.writer.coop) &&
         AddName(X509_get_subject_name(x509), NID_commonName, holder.writer.node) &&
         X509_set_issuer_name(x509, X509_get_subject_name(issuer)) == 1 &&
         X509_set_pubkey(x509, public_key) == 1 &&
         AddExtension(x509, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
         AddExtension(x509, issuer, NID_key_usage, "critical,digitalSignature") &&
         AddExtension(x509, issuer, NID_ext_key_usage, ExtendedUsage(holder)) &&
         AddExtension(x509, issuer, NID_subject_key_identifier, "hash") &&
         AddExtension(x509, issuer, NID_authority_key_identifier, "keyid:always") &&
         AddExtension(x509, issuer, NID_subject_alt_name, AlternativeNames(holder, life.issued_ms));
}

// The public key of a request whose signature proves that its sender has the
// private one.
absl::StatusOr<openssl::Key> KeyOfRequest(std::string_view pem) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string der, ReadPemBlock(pem, kSigningRequestLabel));
  const auto* cursor = reinterpret_cast<const unsigned char*>(der.data());
  const openssl::SigningRequest request(
      d2i_X509_REQ(nullptr, &cursor, static_cast<long>(der.size())));
  if (request == nullptr) {
    return Error(absl::StatusCode::kInvalidArgument, "the signing request is damaged");
  }
  openssl::Key key(X509_REQ_get_pubkey(request.get()));
  if (!openssl::IsP256(key.get())) {
    return absl::InvalidArgumentError("the signing request's key is not ECDSA P-256");
  }
  if (X509_REQ_verify(request.get(), key.get()) != 1) {
    return absl::InvalidArgumentError("the signing request is not signed by its own key");
  }
  return key;
}

}  // namespace

Authority::Authority(KeyPair key, std::string certificate, Coop coop)
    : key_(std::move(key)), certificate_(std::move(certificate)), coop_(std::move(coop)) {}

absl::StatusOr<Authority> Authority::Create(std::string_view coop, std::string_view name,
                                            int64_t now_ms) {
  const openssl::ErrorScope errors;
  COMPTOIR_RETURN_IF_ERROR(CheckCode("co-op", coop));
  COMPTOIR_RETURN_IF_ERROR(CheckCoopName(name));
  COMPTOIR_ASSIGN_OR_RETURN(KeyPair key, KeyPair::Generate());
  COMPTOIR_ASSIGN_OR_RETURN(std::string certificate,
                            MakeAuthorityCertificate(key, coop, name, now_ms));
  COMPTOIR_ASSIGN_OR_RETURN(Coop parsed, ParseAuthorityCertificate(certificate));
  return Authority(std::move(key), std::move(certificate), std::move(parsed));
}

absl::StatusOr<Authority> Authority::Load(const std::filesystem::path& certificate_file,
                                          const std::filesystem::path& key_file) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string certificate_pem, ReadPemFile(certificate_file));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string key_pem, ReadPemFile(key_file));
  COMPTOIR_ASSIGN_OR_RETURN(std::string certificate,
                            InFile(certificate_file, CertificateFromPem(certificate_pem)));
  COMPTOIR_ASSIGN_OR_RETURN(Coop coop,
                            InFile(certificate_file, ParseAuthorityCertificate(certificate)));
  COMPTOIR_ASSIGN_OR_RETURN(KeyPair key, InFile(key_file, KeyPair::FromPem(key_pem)));
  if (!key.BelongsTo(certificate)) {
    return absl::FailedPreconditionError(absl::StrCat(key_file.string(), " is not the key of ",
                                                      certificate_file.string(),
                                                      "; bring both back from one backup"));
  }
  return Authority(std::move(key), std::move(certificate), std::move(coop));
}

absl::Status Authority::Save(const std::filesystem::path& certificate_file,
                             const std::filesystem::path& key_file) const {
  COMPTOIR_RETURN_IF_ERROR(WriteFileAtomically(key_file, key_.ToPem(), kSecretFileMode));
  return WriteFileAtomically(certificate_file, CertificateToPem(certificate_), kPublicFileMode);
}

absl::StatusOr<std::string> Authority::Issue(const Holder& holder,
                                             std::string_view signing_request_pem, int64_t now_ms,
                                             int64_t life_ms) const {
  const openssl::ErrorScope errors;
  COMPTOIR_RETURN_IF_ERROR(CheckHolder(holder));
  if (holder.writer.coop != coop_.code) {
    return absl::InvalidArgumentError(
        absl::StrCat("this authority is of co-op ", coop_.code, ", not ", holder.writer.coop));
  }
  if (life_ms < kLifeMsLeast || life_ms > kLifeMsMost) {
    return absl::InvalidArgumentError("a certificate lives 10 seconds to 3650 days");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Life authority, LifeOf(certificate_));
  if (authority.IsOver(now_ms)) {
    return absl::FailedPreconditionError(absl::StrCat("the co-op's authority ended on ",
                                                      DateText(authority.expires_ms),
                                                      ": it can issue nothing any more"));
  }
  const Life life{now_ms, std::min(now_ms + life_ms, authority.expires_ms)};
  COMPTOIR_ASSIGN_OR_RETURN(const openssl::Key public_key, KeyOfRequest(signing_request_pem));
  const openssl::Certificate issuer = openssl::ParseX509(certificate_);
  const openssl::Certificate certificate(X509_new());
  if (issuer == nullptr || certificate == nullptr ||
      !FillCertificate(certificate.get(), issuer.get(), holder, public_key.get(), life) ||
      X509_sign(certificate.get(), key_.get(), EVP_sha256()) <= 0) {
    return Error(absl::StatusCode::kInternal, "no certificate could be made");
  }
  return openssl::ToDer(certificate.get());
}

absl::StatusOr<std::string> Authority::Renew(std::string_view present,
                                             std::string_view signing_request_pem, int64_t now_ms,
                                             int64_t life_ms) const {
  const openssl::ErrorScope errors;
  const openssl::Certificate issued = openssl::ParseX509(present);
  if (issued == nullptr || X509_verify(issued.get(), key_.get()) != 1) {
    return absl::PermissionDeniedError(
        "the certificate to be renewed was not issued by this co-op's authority");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const Holder holder, ParseCertificate(present));
  COMPTOIR_ASSIGN_OR_RETURN(const openssl::Key public_key, KeyOfRequest(signing_request_pem));
  if (EVP_PKEY_eq(public_key.get(), X509_get0_pubkey(issued.get())) != 1) {
    return absl::PermissionDeniedError(
        "a certificate is renewed for its own key only: the request is for another one");
  }
  return Issue(holder, signing_request_pem, now_ms, life_ms);
}

}  // namespace comptoir::identity
