#include "node/stock_import.h"

#include <utility>

#include "common/base/status.h"
#include "common/daemon/requests.h"
#include "common/retail/deliveries/import.h"
#include "common/retail/named.h"

namespace comptoir::node {
namespace {

void SetNames(const std::string& shop, const ledger::AppendResult& appended,
              shop::v1::ImportStockResponse* response) {
  for (const ledger::AppendedFact& fact : appended.facts) {
    response->add_names(retail::FormatFactName(shop, appended.series, fact.reference.sequence));
  }
}

}  // namespace

absl::StatusOr<shop::v1::ImportStockResponse> ImportStock(
    ledger::Ledger& ledger, const shop::v1::ImportStockRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(daemon::CheckRequestId(request.request_id()));
  ledger::AppendRequest append{
      request.request_id(), daemon::DigestOf(request), journal::v1::SCOPE_SHOP, {}};
  shop::v1::ImportStockResponse response;
  response.set_lines(static_cast<uint32_t>(request.lines_size()));
  const auto known = ledger.AppendAndWait(append);
  if (known.ok()) {
    response.set_facts(static_cast<uint32_t>(known->facts.size()));
    response.set_repeated(true);
    SetNames(ledger.self().shop, *known, &response);
    return response;
  }
  if (!absl::IsNotFound(known.status())) return known.status();
  COMPTOIR_ASSIGN_OR_RETURN(retail::StockImport import,
                            retail::BuildStockImport(*ledger.NewSnapshot(), request));
  response.set_producers(import.producers);
  response.set_facts(static_cast<uint32_t>(import.facts.size()));
  for (std::string& producer : import.unknown_producers) {
    response.add_unknown_producers(std::move(producer));
  }
  if (request.dry_run()) return response;
  for (std::string& fact : import.facts) {
    append.facts.push_back({retail::v1::FACT_KIND_GOODS_RECEIVED, std::move(fact)});
  }
  COMPTOIR_ASSIGN_OR_RETURN(const ledger::AppendResult appended,
                            ledger.AppendAndWait(std::move(append)));
  SetNames(ledger.self().shop, appended, &response);
  return response;
}

}  // namespace comptoir::node
