// Identities for real TLS: valid today, unlike those of tests on a fixed clock.
#pragma once

#include <string>

#include "common/identity/authority.h"
#include "common/identity/certificate.h"
#include "common/identity/key_pair.h"
#include "common/platform/clock.h"
#include "common/rpc/credentials.h"
#include "tests/support/coop.h"

namespace comptoir::testing {

inline int64_t WallNow() { return Must(platform::SystemClock::Create())->WallMillis(); }

class TlsCoop {
 public:
  explicit TlsCoop(const std::string& code = "essai")
      : authority_(Must(identity::Authority::Create(code, "Essai", WallNow()))) {}

  rpc::TlsFiles Issue(const identity::Holder& holder) const {
    const identity::KeyPair key = Must(identity::KeyPair::Generate());
    const std::string request = Must(identity::MakeSigningRequest(key, holder.writer.node));
    const std::string certificate = Must(authority_.Issue(holder, request, WallNow()));
    return {identity::CertificateToPem(authority_.certificate()),
            identity::CertificateToPem(certificate), key.ToPem()};
  }
  rpc::TlsFiles Hub() const { return Issue(identity::HubHolder(code(), "hub")); }
  rpc::TlsFiles Node() const {
    return Issue(identity::NodeHolder(code(), "outremeuse", "outremeuse-1", false));
  }
  rpc::TlsFiles Operator() const { return Issue(identity::OperatorHolder(code(), "operator")); }

  const std::string& code() const { return authority_.coop().code; }
  Hash fingerprint() const { return identity::Fingerprint(authority_.certificate()); }

 private:
  identity::Authority authority_;
};

}  // namespace comptoir::testing
