#include "common/identity/openssl.h"

#include <openssl/ec.h>

#include <limits>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"

namespace comptoir::identity::openssl {

absl::Status Error(absl::StatusCode code, std::string_view what) {
  const absl::string_view sentence(what.data(), what.size());
  const unsigned long error = ERR_peek_last_error();
  const char* const reason = error == 0 ? nullptr : ERR_reason_error_string(error);
  if (reason == nullptr) return absl::Status(code, sentence);
  return absl::Status(code, absl::StrCat(sentence, " (", reason, ")"));
}

Bio ReadOnlyBio(std::string_view bytes) {
  COMPTOIR_CHECK(bytes.size() <= std::numeric_limits<int>::max());
  Bio bio(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
  COMPTOIR_CHECK(bio != nullptr);
  return bio;
}

std::string Contents(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size <= 0 ? std::string() : std::string(data, static_cast<size_t>(size));
}

bool IsP256(const EVP_PKEY* key) {
  char group[32] = {};
  size_t size = 0;
  if (key == nullptr || EVP_PKEY_is_a(key, "EC") != 1 ||
      EVP_PKEY_get_group_name(key, group, sizeof(group), &size) != 1) {
    return false;
  }
  return EC_curve_nist2nid(group) == NID_X9_62_prime256v1 ||
         OBJ_txt2nid(group) == NID_X9_62_prime256v1;
}

Certificate ParseX509(std::string_view der) {
  if (der.size() > static_cast<size_t>(std::numeric_limits<long>::max())) return nullptr;
  const auto* const begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* cursor = begin;
  Certificate certificate(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  if (certificate == nullptr || cursor != begin + der.size()) return nullptr;
  return certificate;
}

std::string ToDer(const X509* certificate) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(certificate, &bytes);
  COMPTOIR_CHECK(size > 0);
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

}  // namespace comptoir::identity::openssl
