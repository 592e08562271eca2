#include "common/retail/nodes/fold.h"

#include "common/base/status.h"
#include "common/retail/keys.h"
#include "common/retail/nodes/revocation.h"
#include "common/retail/tables.h"

namespace comptoir::retail {

absl::Status FoldGenesis(const Fact& fact, const journal::v1::Genesis& genesis, Effect /*effect*/,
                         store::Transaction& transaction) {
  // A journal is there whichever request stands behind it: no effect undoes it.
  if (fact.journal->scope != journal::v1::SCOPE_SHOP) return absl::OkStatus();
  const std::string key = SeriesKey(fact.journal->shop, genesis.series());
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<std::string> row, transaction.Get(kSeries, key));
  std::string journal;
  AppendBigEndian64(fact.reference.journal.value(), &journal);
  if (!row.has_value() || journal < *row) transaction.Put(kSeries, key, journal);
  return absl::OkStatus();
}

absl::Status FoldNodeEnrolled(const Fact& fact, const v1::NodeEnrolled& enrolled, Effect /*effect*/,
                              store::Transaction& transaction) {
  // A certificate that was given is given, whichever request stands behind it.
  const JournalId journal = fact.reference.journal;
  const Sequence sequence = fact.reference.sequence;
  transaction.Put(kNodes, NodeKey(enrolled.node(), journal, sequence), enrolled.shop());
  transaction.Put(kSpentTokens, SpentTokenKey(enrolled.token_sha256(), journal, sequence),
                  enrolled.node());
  return absl::OkStatus();
}

absl::Status FoldNodeRevoked(const Fact& fact, const v1::NodeRevoked& revoked, Effect /*effect*/,
                             store::Transaction& transaction) {
  // Who was cut off is cut off, whichever request stands behind it.
  transaction.Put(kRevocations,
                  NodeKey(revoked.node(), fact.reference.journal, fact.reference.sequence),
                  RevocationRowOf(fact, revoked).SerializeAsString());
  return absl::OkStatus();
}

}  // namespace comptoir::retail
