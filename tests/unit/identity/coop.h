// A small co-op for the tests of this folder: an authority and certificates.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/identity/authority.h"
#include "common/identity/certificate.h"
#include "common/identity/key_pair.h"

namespace comptoir::identity {

inline constexpr int64_t kNowMs = 1'795'420'800'000;  // 2026-11-23 08:00 UTC
inline constexpr int64_t kDayMs = 86'400'000;

// Counts, so that each call gives other bytes, and the same in every run.
class CountingRandom : public Random {
 public:
  void Fill(std::span<uint8_t> bytes) override {
    for (uint8_t& byte : bytes) byte = next_++;
  }

 private:
  uint8_t next_ = 0;
};

// A key and the certificate that was issued for it.
struct Issued {
  KeyPair key;
  std::string certificate;  // DER
};

inline Authority MakeAuthority(std::string_view coop = "petits") {
  return Authority::Create(coop, "Les Petits Producteurs", kNowMs).value();
}

inline Issued Issue(const Authority& authority, const Holder& holder, int64_t now_ms = kNowMs) {
  KeyPair key = KeyPair::Generate().value();
  const std::string request = MakeSigningRequest(key, holder.writer.node).value();
  std::string certificate = authority.Issue(holder, request, now_ms).value();
  return {std::move(key), std::move(certificate)};
}

inline Holder Node(bool may_edit_catalogue = false) {
  return NodeHolder("petits", "outremeuse", "outremeuse-1", may_edit_catalogue);
}

// Made once a process: keys are slow to make where a property runs a hundred times.
inline const Authority& SharedAuthority() {
  static const Authority authority = MakeAuthority();
  return authority;
}
inline const Issued& SharedNode() {
  static const Issued node = Issue(SharedAuthority(), Node());
  return node;
}

}  // namespace comptoir::identity
