// One request, one fact: what recorders of a shop have in common.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/status.h"
#include "common/daemon/requests.h"
#include "common/ledger/ledger.h"
#include "common/retail/fact.h"
#include "google/protobuf/arena.h"

namespace comptoir::node {

// A request's one fact, as it stands in the ledger now.
struct RecordedFact {
  std::string series;
  ledger::AppendedFact appended;
  retail::Fact fact;  // on the arena
};

// Appends `fact` and waits for the disk. Where it could not be built, a request that is
// known is still answered: it happened, whatever the views say by now. Else its status.
template <typename Request, typename Message>
absl::StatusOr<RecordedFact> RecordFact(ledger::Ledger& ledger, const Request& request,
                                        retail::v1::FactKind kind,
                                        const absl::StatusOr<Message>& fact,
                                        google::protobuf::Arena* arena) {
  COMPTOIR_RETURN_IF_ERROR(daemon::CheckRequestId(request.request_id()));
  ledger::AppendRequest append{
      request.request_id(), daemon::DigestOf(request), journal::v1::SCOPE_SHOP, {}};
  if (fact.ok()) append.facts.push_back({kind, fact->SerializeAsString()});
  const auto result = ledger.AppendAndWait(std::move(append));
  if (!fact.ok() && absl::IsNotFound(result.status())) return fact.status();
  COMPTOIR_RETURN_IF_ERROR(result.status());
  RecordedFact recorded{result->series, result->facts.front(), {}};
  journal::v1::Reference reference;
  daemon::SetReference(recorded.appended.reference, &reference);
  COMPTOIR_ASSIGN_OR_RETURN(recorded.fact,
                            ledger.ReadNamed(*ledger.NewSnapshot(), reference, arena));
  if (recorded.fact.kind == kind) return recorded;
  return absl::InvalidArgumentError("this request_id was used for another kind of request");
}

}  // namespace comptoir::node
