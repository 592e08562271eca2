#include "common/daemon/catalogue_desk.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/daemon/requests.h"
#include "common/retail/catalogue/edit.h"
#include "common/retail/catalogue/import.h"
#include "common/retail/catalogue/standing.h"
#include "common/retail/check.h"
#include "common/retail/nodes/queries.h"
#include "common/retail/reasons.h"
#include "google/protobuf/arena.h"

namespace comptoir::daemon {

absl::Status CatalogueDesk::FillAuthors(const store::Snapshot& snapshot,
                                        shop::v1::FieldValues* field) const {
  for (shop::v1::StandingWrite& write : *field->mutable_writes()) {
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(const retail::Fact fact,
                              ledger_.ReadFact(snapshot, JournalId(write.reference().journal()),
                                               Sequence(write.reference().sequence()), &arena));
    write.set_node(fact.journal->writer.node);
    write.set_wall_ms(fact.wall_ms);
    write.set_utc_offset_minutes(fact.utc_offset_minutes);
    write.set_doubtful(fact.doubtful);
  }
  return absl::OkStatus();
}

absl::StatusOr<shop::v1::CatalogueEntry> CatalogueDesk::Find(
    const shop::v1::GetCatalogueEntryRequest& request) const {
  const auto snapshot = ledger_.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(shop::v1::CatalogueEntry entry,
                            retail::FindEntry(*snapshot, ledger_.Today(), request));
  for (shop::v1::FieldValues& field : *entry.mutable_fields()) {
    COMPTOIR_RETURN_IF_ERROR(FillAuthors(*snapshot, &field));
  }
  return entry;
}

absl::StatusOr<shop::v1::ListNamesResponse> CatalogueDesk::ListNames(
    const shop::v1::ListNamesRequest& request) const {
  return retail::ListNames(*ledger_.NewSnapshot(), request);
}

absl::StatusOr<shop::v1::ListConflictsResponse> CatalogueDesk::ListConflicts(
    const shop::v1::ListConflictsRequest& request) const {
  const auto snapshot = ledger_.NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(shop::v1::ListConflictsResponse response,
                            retail::ListConflicts(*snapshot, request));
  for (shop::v1::Conflict& conflict : *response.mutable_conflicts()) {
    COMPTOIR_RETURN_IF_ERROR(FillAuthors(*snapshot, conflict.mutable_field()));
  }
  return response;
}

absl::StatusOr<CatalogueDesk::Written> CatalogueDesk::Write(ledger::AppendRequest append,
                                                            const Build& build, bool dry_run) {
  COMPTOIR_RETURN_IF_ERROR(CheckRequestId(append.request_id));
  MutexLock lock(&edits_mutex_);
  // Before building: what the request changed the first time is no change any more.
  const auto known = ledger_.AppendAndWait(append);
  if (known.ok()) return Written{static_cast<uint32_t>(known->facts.size()), true};
  if (!absl::IsNotFound(known.status())) return known.status();
  COMPTOIR_ASSIGN_OR_RETURN(Facts facts, build(*ledger_.NewSnapshot()));
  const Written written{static_cast<uint32_t>(facts.size()), false};
  if (facts.empty() || dry_run) return written;
  for (auto& [kind, bytes] : facts) append.facts.push_back({kind, std::move(bytes)});
  COMPTOIR_RETURN_IF_ERROR(ledger_.AppendAndWait(std::move(append)).status());
  return written;
}

template <typename Request, typename BuildEdit>
absl::StatusOr<shop::v1::EditResponse> CatalogueDesk::Edit(const Request& request,
                                                           journal::v1::Scope scope,
                                                           const std::string& shop,
                                                           BuildEdit build_edit) {
  shop::v1::EditResponse response;
  const Build build = [&](const store::Snapshot& snapshot) -> absl::StatusOr<Facts> {
    COMPTOIR_ASSIGN_OR_RETURN(retail::HandEdits edits, build_edit(snapshot));
    response.set_created(edits.created);
    return std::move(edits.facts);
  };
  COMPTOIR_ASSIGN_OR_RETURN(
      const Written written,
      Write({request.request_id(), DigestOf(request), scope, {}, shop}, build, false));
  response.set_facts(written.facts);
  response.set_repeated(written.repeated);
  return response;
}

absl::StatusOr<shop::v1::EditResponse> CatalogueDesk::EditProduct(
    const shop::v1::EditProductRequest& request) {
  return Edit(request, journal::v1::SCOPE_COOP, "", [&](const store::Snapshot& snapshot) {
    return retail::BuildProductEdit(snapshot, request, ledger_.Today());
  });
}

absl::StatusOr<shop::v1::EditResponse> CatalogueDesk::EditProducer(
    const shop::v1::EditProducerRequest& request) {
  return Edit(request, journal::v1::SCOPE_COOP, "", [&](const store::Snapshot& snapshot) {
    return retail::BuildProducerEdit(snapshot, request);
  });
}

absl::StatusOr<shop::v1::EditResponse> CatalogueDesk::EditShop(
    const shop::v1::EditShopRequest& request) {
  return Edit(request, journal::v1::SCOPE_COOP, "", [&](const store::Snapshot& snapshot) {
    return retail::BuildShopEdit(snapshot, request);
  });
}

absl::Status CatalogueDesk::CheckShopExists(const std::string& shop) const {
  COMPTOIR_RETURN_IF_ERROR(retail::CheckCodeField("shop", shop));
  const auto journals = ledger_.Journals();
  const bool has_journal =
      std::any_of(journals.begin(), journals.end(), [&](const ledger::JournalView& journal) {
        return journal.scope == journal::v1::SCOPE_SHOP && journal.shop == shop;
      });
  if (has_journal) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const bool has_node, retail::HasNode(*ledger_.NewSnapshot(), shop));
  if (has_node) return absl::OkStatus();
  return retail::WithReason(
      absl::NotFoundError(absl::StrCat("shop ", Quoted(shop),
                                       " has no node: check the code; 'comptoir shops' lists "
                                       "them")),
      retail::kUnknownShop);
}

// Empty: the whole co-op's.
absl::Status CatalogueDesk::CheckShopIsHere(const std::string& shop) const {
  const std::string& own = ledger_.self().shop;
  if (shop.empty() || shop == own) return absl::OkStatus();
  if (own.empty()) return CheckShopExists(shop);
  COMPTOIR_RETURN_IF_ERROR(retail::CheckCodeField("shop", shop));
  return retail::WithReason(
      absl::NotFoundError(absl::StrCat("this is a node of shop ", own, ", which keeps nothing of ",
                                       Quoted(shop), ": ask the hub, or there")),
      retail::kUnknownShop);
}

absl::StatusOr<std::string> CatalogueDesk::ShopOfPrice(
    const shop::v1::SetPriceRequest& request) const {
  const journal::Writer& self = ledger_.self();
  if (request.coop() && !request.shop().empty()) {
    return retail::Refuse(retail::kBadSubject,
                          "a price is one shop's own or the whole co-op's: say one of the two");
  }
  if (request.coop()) return std::string();
  if (self.hub) {
    if (!request.shop().empty()) COMPTOIR_RETURN_IF_ERROR(CheckShopExists(request.shop()));
    return request.shop();
  }
  if (request.shop().empty() || request.shop() == self.shop) return self.shop;
  return retail::WithReason(
      absl::PermissionDeniedError(absl::StrCat("this is a node of shop ", self.shop,
                                               ": another shop's price is set at the hub or "
                                               "there")),
      retail::kNotAllowed);
}

absl::StatusOr<shop::v1::EditResponse> CatalogueDesk::SetPrice(
    const shop::v1::SetPriceRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string shop, ShopOfPrice(request));
  const journal::Writer& self = ledger_.self();
  if (shop.empty() && !self.hub && !self.may_edit_catalogue) {
    return retail::WithReason(
        absl::PermissionDeniedError(absl::StrCat("node ", self.node,
                                                 " may not set the co-op's prices: it sets its "
                                                 "own shop's, the hub the co-op's")),
        retail::kNotAllowed);
  }
  shop::v1::SetPriceRequest resolved = request;
  resolved.set_shop(shop);
  return Edit(request, shop.empty() ? journal::v1::SCOPE_COOP : journal::v1::SCOPE_SHOP, shop,
              [&](const store::Snapshot& snapshot) {
                return retail::BuildPriceSet(snapshot, resolved, ledger_.Today());
              });
}

template <typename Response, typename Request, typename BuildEdits>
absl::StatusOr<Response> CatalogueDesk::Import(const Request& request, BuildEdits build_edits) {
  Response response;
  const Build build = [&](const store::Snapshot& snapshot) -> absl::StatusOr<Facts> {
    COMPTOIR_ASSIGN_OR_RETURN(retail::CatalogueEdits edits, build_edits(snapshot));
    response.set_created(edits.created);
    response.set_changed(edits.changed);
    response.set_unchanged(edits.unchanged);
    return std::move(edits.facts);
  };
  COMPTOIR_ASSIGN_OR_RETURN(
      const Written written,
      Write({request.request_id(), DigestOf(request), journal::v1::SCOPE_COOP, {}}, build,
            request.dry_run()));
  response.set_facts(written.facts);
  response.set_repeated(written.repeated);
  return response;
}

absl::StatusOr<coop::v1::ImportProductsResponse> CatalogueDesk::ImportProducts(
    const coop::v1::ImportProductsRequest& request) {
  return Import<coop::v1::ImportProductsResponse>(request, [&](const store::Snapshot& snapshot) {
    return retail::BuildCatalogueEdits(snapshot, request, ledger_.Today());
  });
}

absl::StatusOr<coop::v1::ImportProducersResponse> CatalogueDesk::ImportProducers(
    const coop::v1::ImportProducersRequest& request) {
  return Import<coop::v1::ImportProducersResponse>(request, [&](const store::Snapshot& snapshot) {
    return retail::BuildProducerEdits(snapshot, request);
  });
}

}  // namespace comptoir::daemon
