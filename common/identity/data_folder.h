// Where a hub or a node keeps its identity in its data folder, and how it gets
// one. All of it is the owner's alone to read.
//
//   identity/key.pem            private key, PKCS#8
//   identity/certificate.pem    ours; written last: there is an identity when it is there
//   identity/authority.pem      the co-op's authority, or several
//   identity/authority-key.pem  hub only: whoever reads it can be anyone
//   operator.pem                hub only: key, certificate and authority in one
//                               file, to be carried to where `comptoir` runs
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/identity/authority.h"
#include "common/identity/certificate.h"
#include "common/identity/certificate_verifier.h"
#include "common/identity/key_pair.h"
#include "common/identity/key_signer.h"
#include "common/identity/token.h"

namespace comptoir::identity {

class NodeFiles {
 public:
  explicit NodeFiles(std::filesystem::path data_folder) : data_folder_(std::move(data_folder)) {}

  const std::filesystem::path& data_folder() const { return data_folder_; }
  std::filesystem::path identity_folder() const { return data_folder_ / "identity"; }
  std::filesystem::path key() const { return identity_folder() / "key.pem"; }
  std::filesystem::path certificate() const { return identity_folder() / "certificate.pem"; }
  std::filesystem::path authority() const { return identity_folder() / "authority.pem"; }
  std::filesystem::path authority_key() const { return identity_folder() / "authority-key.pem"; }
  std::filesystem::path operator_file() const { return data_folder_ / "operator.pem"; }

 private:
  std::filesystem::path data_folder_;
};

// What TLS takes.
struct Credentials {
  Holder holder;
  std::string key_pem;
  std::string certificate_pem;
  std::string authority_pem;  // of every authority trusted
};

// Who this process is. Signer and verifier live as long as it does.
struct Identity {
  Holder holder;  // hub or node
  Coop coop;
  Credentials tls;
  std::unique_ptr<KeySigner> signer;
  std::unique_ptr<CertificateVerifier> verifier;

  const journal::Writer& writer() const { return holder.writer; }
};

// FAILED_PRECONDITION, with what to do, when there is no identity yet or its
// files do not belong together.
absl::StatusOr<Identity> LoadIdentity(const NodeFiles& files);

// Hub only: its authority. FAILED_PRECONDITION when it is not here.
absl::StatusOr<Authority> LoadAuthority(const NodeFiles& files);

// Makes a co-op: its authority, the hub's identity and operator.pem. The data
// folder must exist. ALREADY_EXISTS when it holds an identity, which is left
// alone; a cut half way leaves none, and it may be called again.
absl::Status InitHub(const NodeFiles& files, std::string_view coop, std::string_view name,
                     std::string_view node, int64_t now_ms, int64_t life_ms = kCertificateLifeMs);

// Hub only: operator.pem anew, for the key that is in it, or with a new key where the
// file was carried away. A file that is no operator's of this co-op is left alone:
// FAILED_PRECONDITION. Gives when the new certificate ends, in milliseconds since 1970.
absl::StatusOr<int64_t> RenewOperator(const NodeFiles& files, int64_t now_ms,
                                      int64_t life_ms = kCertificateLifeMs);

// Checks what a hub answered to `node` that enrolled with `token`, and saves it:
// UNAUTHENTICATED when the authority is not the token's, or the certificate not
// its own, not for this key or not this node's. ALREADY_EXISTS as above.
absl::Status SaveEnrolment(const NodeFiles& files, const KeyPair& key, const Token& token,
                           std::string_view node, std::string_view certificate_pem,
                           std::string_view authority_pem);

// May `certificate_pem` take the place of `present`'s? UNAUTHENTICATED unless one of its
// authorities issued it, for its key, name, shop and rights, and it outlasts what is there.
absl::Status CheckRenewal(const Credentials& present, std::string_view certificate_pem);
// Checks so against what is on the disk, and puts it there: whole or not at all, mode 0600.
// Gives what TLS takes from now on.
absl::StatusOr<Credentials> SaveRenewal(const NodeFiles& files, std::string_view certificate_pem);

// Text of a file like operator.pem: key, certificate, then authority.
std::string WriteCredentials(const Credentials& credentials);
// INVALID_ARGUMENT when `text` does not hold all three, or they do not belong together.
absl::StatusOr<Credentials> ParseCredentials(std::string_view text);

}  // namespace comptoir::identity
