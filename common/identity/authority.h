// A co-op's certificate authority: one P-256 key at the hub, whose certificate
// every replica trusts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/identity/certificate.h"
#include "common/identity/key_pair.h"

namespace comptoir::identity {

inline constexpr int kAuthorityYears = 20;
// Of a certificate: long enough to be renewed with time to spare, short enough to end.
inline constexpr int64_t kLifeMsLeast = 10'000;
inline constexpr int64_t kLifeMsMost = int64_t{3'650} * 86'400'000;
// In letters; the limit of an X.509 organisation name.
inline constexpr size_t kCoopNameLettersMax = 64;

// Immutable. Any number of threads.
class Authority {
 public:
  // INVALID_ARGUMENT when `coop` is not a code or `name` is empty or too long.
  // now_ms: wall clock, since 1970.
  static absl::StatusOr<Authority> Create(std::string_view coop, std::string_view name,
                                          int64_t now_ms);
  // NOT_FOUND when a file is missing, FAILED_PRECONDITION when they are damaged
  // or not a pair.
  static absl::StatusOr<Authority> Load(const std::filesystem::path& certificate_file,
                                        const std::filesystem::path& key_file);
  // The key first, mode 0600; each file whole or not at all.
  absl::Status Save(const std::filesystem::path& certificate_file,
                    const std::filesystem::path& key_file) const;

  // A certificate (DER) for `holder` with the key of a PKCS#10 request (PEM);
  // what the request asks to be called is not looked at. Valid for
  // `life_ms` from now_ms, and never longer than the authority. INVALID_ARGUMENT for a holder that
  // is not valid or not of this co-op, for a request that does not parse, does not prove that its
  // sender holds the key, or whose key is not P-256.
  absl::StatusOr<std::string> Issue(const Holder& holder, std::string_view signing_request_pem,
                                    int64_t now_ms, int64_t life_ms = kCertificateLifeMs) const;

  // Another certificate for the holder, the rights and the key of `present` (DER), which
  // may be over. PERMISSION_DENIED when this authority did not issue `present`, or when
  // the request is for another key; else as Issue.
  absl::StatusOr<std::string> Renew(std::string_view present, std::string_view signing_request_pem,
                                    int64_t now_ms, int64_t life_ms = kCertificateLifeMs) const;

  const Coop& coop() const { return coop_; }
  const std::string& certificate() const { return certificate_; }  // DER

 private:
  Authority(KeyPair key, std::string certificate, Coop coop);

  KeyPair key_;
  std::string certificate_;
  Coop coop_;
};

}  // namespace comptoir::identity
