// Owners and error texts for OpenSSL's objects. For this folder's sources only:
// no header of ours shows OpenSSL beyond a pointer's type.
#pragma once

#include <openssl/asn1.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace comptoir::identity::openssl {

template <auto Free>
struct Deleter {
  template <typename Object>
  void operator()(Object* object) const {
    Free(object);
  }
};
template <typename Object, auto Free>
using Owned = std::unique_ptr<Object, Deleter<Free>>;

using Bio = Owned<BIO, BIO_free_all>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using DigestContext = Owned<EVP_MD_CTX, EVP_MD_CTX_free>;
using Certificate = Owned<X509, X509_free>;
using CertificateStore = Owned<X509_STORE, X509_STORE_free>;
using CertificateStoreContext = Owned<X509_STORE_CTX, X509_STORE_CTX_free>;
using SigningRequest = Owned<X509_REQ, X509_REQ_free>;
using Extension = Owned<X509_EXTENSION, X509_EXTENSION_free>;
using GeneralNames = Owned<GENERAL_NAMES, GENERAL_NAMES_free>;

inline constexpr int64_t kMillisPerSecond = 1'000;  // its times are whole seconds

// Every entry point that calls OpenSSL holds one: errors left in the thread's
// queue would be taken by gRPC, on the same thread, for its connection's.
class ErrorScope {
 public:
  ErrorScope() { ERR_clear_error(); }
  ~ErrorScope() { ERR_clear_error(); }
  ErrorScope(const ErrorScope&) = delete;
  ErrorScope& operator=(const ErrorScope&) = delete;
};

// `what`, with OpenSSL's last reason where there is one.
absl::Status Error(absl::StatusCode code, std::string_view what);

// A read-only view of `bytes`, which must outlive it.
Bio ReadOnlyBio(std::string_view bytes);
// What was written to a memory BIO.
std::string Contents(BIO* bio);

bool IsP256(const EVP_PKEY* key);

// Null when `der` is not exactly one certificate.
Certificate ParseX509(std::string_view der);
std::string ToDer(const X509* certificate);

}  // namespace comptoir::identity::openssl
