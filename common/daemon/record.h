// Appends the one fact of a request and reads it back as it stands, for the answer.
#pragma once

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/base/status.h"
#include "common/daemon/requests.h"
#include "common/ledger/ledger.h"
#include "google/protobuf/arena.h"

namespace comptoir::daemon {

// What is to be written, and where.
struct FactDraft {
  retail::v1::FactKind kind = retail::v1::FACT_KIND_UNSPECIFIED;
  journal::v1::Scope scope = journal::v1::SCOPE_SHOP;
  std::string shop;  // of SCOPE_SHOP; empty: our own. At a node none but its own
  std::string bytes;
};

// A request's one fact, as it stands in the ledger now.
struct Recorded {
  std::string series;
  ledger::AppendedFact appended;
  retail::Fact fact;  // on the arena
};

// Waits for the disk. Where the fact could not be built, a request that is known is still
// answered: it happened, whatever the views say by now; else with the draft's status.
// INVALID_ARGUMENT where the request is known for a fact of another kind than `kind`.
template <typename Request>
absl::StatusOr<Recorded> RecordDraft(ledger::Ledger& ledger, const Request& request,
                                     retail::v1::FactKind kind,
                                     const absl::StatusOr<FactDraft>& draft,
                                     google::protobuf::Arena* arena) {
  COMPTOIR_RETURN_IF_ERROR(CheckRequestId(request.request_id()));
  ledger::AppendRequest append{
      request.request_id(), DigestOf(request), journal::v1::SCOPE_SHOP, {}, {}};
  if (draft.ok()) {
    append.scope = draft->scope;
    append.shop = draft->shop;
    append.facts.push_back({draft->kind, draft->bytes});
  }
  const auto result = ledger.AppendAndWait(std::move(append));
  if (!draft.ok() && absl::IsNotFound(result.status())) return draft.status();
  COMPTOIR_RETURN_IF_ERROR(result.status());
  Recorded recorded{result->series, result->facts.front(), {}};
  journal::v1::Reference reference;
  SetReference(recorded.appended.reference, &reference);
  COMPTOIR_ASSIGN_OR_RETURN(recorded.fact,
                            ledger.ReadNamed(*ledger.NewSnapshot(), reference, arena));
  if (recorded.fact.kind == kind) return recorded;
  return absl::InvalidArgumentError("this request_id was used for another kind of request");
}

// The same, of our own shop.
template <typename Request, typename Message>
absl::StatusOr<Recorded> RecordFact(ledger::Ledger& ledger, const Request& request,
                                    retail::v1::FactKind kind, const absl::StatusOr<Message>& fact,
                                    google::protobuf::Arena* arena) {
  const auto draft = [&]() -> absl::StatusOr<FactDraft> {
    COMPTOIR_RETURN_IF_ERROR(fact.status());
    return FactDraft{kind, journal::v1::SCOPE_SHOP, "", fact->SerializeAsString()};
  }();
  return RecordDraft(ledger, request, kind, draft, arena);
}

}  // namespace comptoir::daemon
