// What a certificate of the co-op's authority says of its holder, and how that
// is written into it:
//
//   authority  URI comptoir://<coop>
//   hub        URI comptoir://<coop>/-/<node>           DNS hub.comptoir
//   node       URI comptoir://<coop>/<shop>/<node>      DNS <node>.<shop>.comptoir
//   operator   URI comptoir://<coop>/-operator/<name>   no DNS: never a server
//   roles      URI comptoir:role:catalogue              beside the above
//   issued     URI comptoir:issued:<seconds since 1970> beside the above
//
// No code starts with '-', so neither the hub nor an operator can be mistaken
// for a shop. Roles that this build does not know are skipped, so that a newer
// hub can hand out more of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/journal/writer.h"

namespace comptoir::identity {

struct Holder {
  enum class Kind { kHub, kNode, kOperator };

  Kind kind = Kind::kNode;
  // Of an operator: `node` is its name, `shop` is empty. An operator asks
  // services; it writes no journal, and a Verifier refuses it as a writer.
  journal::Writer writer;

  bool operator==(const Holder&) const = default;
};

Holder HubHolder(std::string coop, std::string node);
Holder NodeHolder(std::string coop, std::string shop, std::string node, bool may_edit_catalogue);
Holder OperatorHolder(std::string coop, std::string name);

// INVALID_ARGUMENT when a part is not a code, or missing, or out of place.
absl::Status CheckHolder(const Holder& holder);

// The URIs of a valid holder's certificate.
std::vector<std::string> UrisOf(const Holder& holder);

// Name under which a client pins the holder's TLS server ("outremeuse-1.outremeuse.comptoir");
// empty for an operator.
std::string TlsNameOf(const Holder& holder);
inline constexpr std::string_view kHubTlsName = "hub.comptoir";

// From the URIs alone, as gRPC's auth context gives them of a peer whose
// certificate TLS has verified already. UNAUTHENTICATED when they do not name
// exactly one holder.
absl::StatusOr<Holder> HolderFromUris(const std::vector<std::string>& uris);

// Who `der` says it is for; whether it may be believed is CertificateVerifier's
// to say. INVALID_ARGUMENT when it is no certificate, UNAUTHENTICATED when it
// names no holder.
absl::StatusOr<Holder> ParseCertificate(std::string_view der);
absl::StatusOr<Holder> ParseCertificatePem(std::string_view pem);

inline constexpr int kCertificateDays = 400;
inline constexpr int64_t kCertificateLifeMs = int64_t{kCertificateDays} * 86'400'000;

// From when to when a certificate serves new connections, in milliseconds since 1970.
// Its own first date says nothing: it is 1970, for machines whose clock fell back.
struct Life {
  int64_t issued_ms = 0;
  int64_t expires_ms = 0;

  int64_t length_ms() const { return expires_ms - issued_ms; }
  // The last third: time to ask for another.
  bool IsDue(int64_t now_ms) const { return now_ms >= expires_ms - length_ms() / 3; }
  bool IsOver(int64_t now_ms) const { return now_ms >= expires_ms; }

  bool operator==(const Life&) const = default;
};
// Of any certificate, an authority's too. One that does not say when it was issued is
// taken for one of kCertificateDays. INVALID_ARGUMENT when `der` is no certificate.
absl::StatusOr<Life> LifeOf(std::string_view der);

// "2027-12-30 08:00 UTC", for sentences.
std::string DateText(int64_t wall_ms);

// Were both issued for one key? False when either is no certificate.
bool HaveSameKey(std::string_view one_der, std::string_view other_der);

// What an authority's own certificate says.
struct Coop {
  std::string code;
  std::string name;  // as people write it, UTF-8
};
// INVALID_ARGUMENT when `der` is not the certificate of a co-op's authority.
absl::StatusOr<Coop> ParseAuthorityCertificate(std::string_view der);

// SHA-256 of an authority's certificate (DER): what a token carries and an
// enrolling node compares.
Hash Fingerprint(std::string_view authority_der);

absl::StatusOr<std::string> CertificateFromPem(std::string_view pem);  // the first one, as DER
std::string CertificateToPem(std::string_view der);

}  // namespace comptoir::identity
