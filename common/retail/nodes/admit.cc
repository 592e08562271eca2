#include "common/retail/nodes/admit.h"

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/check.h"
#include "common/retail/reasons.h"

namespace comptoir::retail {

absl::Status AdmitGenesis(const Fact& fact, const journal::v1::Genesis& genesis) {
  if (fact.reference.sequence != Sequence(1)) {
    return Refuse(kWrongScope, "a genesis stands at number 1 of its journal only");
  }
  if (genesis.journal() != fact.reference.journal.value() ||
      genesis.scope() != fact.journal->scope) {
    return Refuse(kWrongScope, "the genesis is another journal's");
  }
  return absl::OkStatus();
}

absl::Status AdmitNodeEnrolled(const Fact& fact, const v1::NodeEnrolled& enrolled) {
  if (fact.journal->scope != journal::v1::SCOPE_COOP) {
    return Refuse(kWrongScope, "an enrolment is written in COOP journals only");
  }
  if (!fact.journal->writer.hub) return Refuse(kNotAllowed, "only the hub enrols nodes");
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("node", enrolled.node()));
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", enrolled.shop()));
  if (enrolled.certificate().empty() || enrolled.certificate().size() > kCertificateBytesMax) {
    return Refuse(kBadCertificate,
                  absl::StrCat("the certificate has ", enrolled.certificate().size(),
                               " bytes; 1 to ", kCertificateBytesMax, " are taken"));
  }
  if (enrolled.token_sha256().size() != sizeof(Hash)) {
    return Refuse(kBadCertificate,
                  absl::StrCat("the token's hash has ", enrolled.token_sha256().size(),
                               " bytes, not ", sizeof(Hash)));
  }
  return absl::OkStatus();
}

absl::Status CheckRevocationReason(std::string_view reason) {
  if (reason.empty()) {
    return Refuse(kBadText, "a node is revoked for a reason: say it, for people");
  }
  return CheckText("reason", reason, kRevocationReasonBytesMax, kBadText);
}

absl::Status AdmitNodeRevoked(const Fact& fact, const v1::NodeRevoked& revoked) {
  const JournalContext& journal = *fact.journal;
  if (journal.scope != journal::v1::SCOPE_COOP) {
    return Refuse(kWrongScope, "a revocation is written in COOP journals only");
  }
  if (!journal.writer.hub) return Refuse(kNotAllowed, "only the hub revokes nodes");
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("node", revoked.node()));
  if (revoked.node() == journal.writer.node) {
    return Refuse(kNotAllowed, "the hub does not revoke itself");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckRevocationReason(revoked.reason()));
  if (revoked.heads_size() > kRevocationHeadsMax) {
    return Refuse(kBadReference, absl::StrCat("a revocation names ", revoked.heads_size(),
                                              " heads: at most ", kRevocationHeadsMax));
  }
  uint64_t before = 0;
  for (const journal::v1::Head& head : revoked.heads()) {
    if (head.journal() <= before || head.sequence() == 0 || head.hash().size() != sizeof(Hash)) {
      return Refuse(kBadReference,
                    "a revocation's heads each have a journal, a number and a hash, by rising "
                    "journal");
    }
    before = head.journal();
  }
  return absl::OkStatus();
}

}  // namespace comptoir::retail
