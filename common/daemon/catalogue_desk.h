// The catalogue as both daemons' services look at it and write it: every value
// that stands with who wrote it, and edits by hand. Holds no rules: common/retail
// makes the facts.
//
// Invariant: between what an edit looks at and its facts no other edit of this
// replica is written, so an edit that does not say what its author read replaces
// all that is held here when it is appended.
//
// Every edit takes a request_id of 16 bytes; a repeat gets the first answer (R11).
//
// Thread use: any. Edits wait for the disk on the thread that brings them.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/base/mutex.h"
#include "common/base/status.h"
#include "common/ledger/ledger.h"
#include "comptoir/coop/v1/coop.pb.h"
#include "comptoir/shop/v1/catalogue.pb.h"

namespace comptoir::daemon {

class CatalogueDesk {
 public:
  // `ledger` must outlive it.
  explicit CatalogueDesk(ledger::Ledger& ledger) : ledger_(ledger) {}

  absl::StatusOr<shop::v1::CatalogueEntry> Find(
      const shop::v1::GetCatalogueEntryRequest& request) const;
  absl::StatusOr<shop::v1::ListNamesResponse> ListNames(
      const shop::v1::ListNamesRequest& request) const;
  absl::StatusOr<shop::v1::ListConflictsResponse> ListConflicts(
      const shop::v1::ListConflictsRequest& request) const;

  absl::StatusOr<shop::v1::EditResponse> EditProduct(const shop::v1::EditProductRequest& request);
  absl::StatusOr<shop::v1::EditResponse> EditProducer(const shop::v1::EditProducerRequest& request);
  absl::StatusOr<shop::v1::EditResponse> EditShop(const shop::v1::EditShopRequest& request);
  // At a node, without `coop`: this shop's own. PERMISSION_DENIED for another shop's.
  // At the hub NOT_FOUND for a shop that has no node.
  absl::StatusOr<shop::v1::EditResponse> SetPrice(const shop::v1::SetPriceRequest& request);
  absl::StatusOr<coop::v1::ImportProductsResponse> ImportProducts(
      const coop::v1::ImportProductsRequest& request);
  absl::StatusOr<coop::v1::ImportProducersResponse> ImportProducers(
      const coop::v1::ImportProducersRequest& request);

  // What `list` gives, a StatusOr; NOT_FOUND for a shop whose stock and sales are not kept
  // here: at the hub one without node and journal, at a node another than its own. Empty
  // names none in particular.
  template <typename List>
  auto OfShop(const std::string& shop, List list) const -> decltype(list()) {
    COMPTOIR_RETURN_IF_ERROR(CheckShopIsHere(shop));
    return list();
  }

 private:
  absl::Status CheckShopExists(const std::string& shop) const;
  absl::Status CheckShopIsHere(const std::string& shop) const;
  // Adds the facts to the request, over a snapshot, and fills the answer but for
  // what Write knows.
  using Facts = std::vector<std::pair<retail::v1::FactKind, std::string>>;
  using Build = std::function<absl::StatusOr<Facts>(const store::Snapshot&)>;

  struct Written {
    uint32_t facts = 0;
    bool repeated = false;
  };
  absl::StatusOr<Written> Write(ledger::AppendRequest append, const Build& build, bool dry_run);
  template <typename Request, typename BuildEdit>
  absl::StatusOr<shop::v1::EditResponse> Edit(const Request& request, journal::v1::Scope scope,
                                              const std::string& shop, BuildEdit build_edit);
  template <typename Response, typename Request, typename BuildEdits>
  absl::StatusOr<Response> Import(const Request& request, BuildEdits build_edits);
  // Who wrote each of the writes, and when.
  absl::Status FillAuthors(const store::Snapshot& snapshot, shop::v1::FieldValues* field) const;
  absl::StatusOr<std::string> ShopOfPrice(const shop::v1::SetPriceRequest& request) const;

  ledger::Ledger& ledger_;
  Mutex edits_mutex_;  // one edit at a time, from its snapshot to the disk
};

}  // namespace comptoir::daemon
