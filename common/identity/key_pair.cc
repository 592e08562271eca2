#include "common/identity/key_pair.h"

#include <openssl/ec.h>
#include <openssl/pem.h>

#include <utility>

#include "common/base/code.h"
#include "common/base/status.h"
#include "common/identity/openssl.h"
#include "common/identity/pem.h"

namespace comptoir::identity {

using openssl::Error;

absl::StatusOr<KeyPair> KeyPair::Generate() {
  const openssl::ErrorScope errors;
  openssl::Key key(EVP_EC_gen("P-256"));
  if (key == nullptr) return Error(absl::StatusCode::kInternal, "no key could be made");
  return KeyPair(std::move(key));
}

absl::StatusOr<KeyPair> KeyPair::FromPem(std::string_view pem) {
  const openssl::ErrorScope errors;
  COMPTOIR_ASSIGN_OR_RETURN(const std::string der, ReadPemBlock(pem, kKeyLabel));
  const auto* cursor = reinterpret_cast<const unsigned char*>(der.data());
  openssl::Key key(d2i_AutoPrivateKey(nullptr, &cursor, static_cast<long>(der.size())));
  if (key == nullptr) {
    return Error(absl::StatusCode::kInvalidArgument, "the private key is damaged");
  }
  if (!openssl::IsP256(key.get())) {
    return absl::InvalidArgumentError("the private key is not an ECDSA P-256 key");
  }
  return KeyPair(std::move(key));
}

std::string KeyPair::ToPem() const {
  const openssl::ErrorScope errors;
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  COMPTOIR_CHECK(bio != nullptr);
  COMPTOIR_CHECK(
      PEM_write_bio_PKCS8PrivateKey(bio.get(), get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return openssl::Contents(bio.get());
}

absl::StatusOr<std::string> KeyPair::Sign(std::string_view message) const {
  const openssl::ErrorScope errors;
  const openssl::DigestContext context(EVP_MD_CTX_new());
  const auto* const bytes = reinterpret_cast<const unsigned char*>(message.data());
  size_t size = 0;
  if (context == nullptr ||
      EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, get()) != 1 ||
      EVP_DigestSign(context.get(), nullptr, &size, bytes, message.size()) != 1) {
    return Error(absl::StatusCode::kInternal, "signing failed");
  }
  std::string signature(size, '\0');
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     bytes, message.size()) != 1) {
    return Error(absl::StatusCode::kInternal, "signing failed");
  }
  signature.resize(size);  // `size` was an upper bound before
  return signature;
}

bool KeyPair::BelongsTo(std::string_view certificate_der) const {
  const openssl::ErrorScope errors;
  const openssl::Certificate certificate = openssl::ParseX509(certificate_der);
  return certificate != nullptr && X509_check_private_key(certificate.get(), get()) == 1;
}

absl::StatusOr<std::string> MakeSigningRequest(const KeyPair& key, std::string_view name) {
  const openssl::ErrorScope errors;
  COMPTOIR_RETURN_IF_ERROR(CheckCode("name", name));
  const openssl::SigningRequest request(X509_REQ_new());
  const openssl::Bio bio(BIO_new(BIO_s_mem()));
  if (request == nullptr || bio == nullptr ||
      X509_NAME_add_entry_by_NID(X509_REQ_get_subject_name(request.get()), NID_commonName,
                                 MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.data()),
                                 static_cast<int>(name.size()), -1, 0) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) <= 0 ||
      PEM_write_bio_X509_REQ(bio.get(), request.get()) != 1) {
    return Error(absl::StatusCode::kInternal, "no signing request could be made");
  }
  return openssl::Contents(bio.get());
}

}  // namespace comptoir::identity
