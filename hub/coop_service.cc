#include "hub/coop_service.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/movements.h"
#include "common/daemon/receipts.h"
#include "common/daemon/requests.h"
#include "common/ledger/tables.h"
#include "common/retail/catalogue/import.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/sales/daily.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "common/rpc/credentials.h"
#include "common/rpc/status.h"

namespace comptoir::hub {
namespace {

// Asks `query` if the caller may, and answers at once.
template <typename Response, typename Query>
grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* context, const std::string& coop,
                                Response* response, Query query) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  absl::Status status = AuthoriseOperator(*context, coop);
  if (status.ok()) {
    absl::StatusOr<Response> result = query();
    status = result.status();
    if (result.ok()) *response = *std::move(result);
  }
  reactor->Finish(rpc::Answer(status, *context));
  return reactor;
}

void FillNode(const replica::PeerView& peer, bool online, coop::v1::ShopNode* node) {
  node->set_node(peer.writer.node);
  node->set_online(online);
  node->set_last_seen_ms(peer.last_heard_ms);
  node->set_waiting_entries(online ? peer.session.missing_entries : 0);
  node->set_clock_offset_ms(peer.session.clock_offset_ms);
  node->set_software(peer.session.peer_software);
  node->set_peer(peer.address);
}

}  // namespace

absl::Status AuthoriseOperator(const grpc::CallbackServerContext& context,
                               const std::string& coop) {
  COMPTOIR_ASSIGN_OR_RETURN(const identity::Holder holder, rpc::PeerOf(*context.auth_context()));
  if (holder.kind != identity::Holder::Kind::kOperator || holder.writer.coop != coop) {
    return absl::PermissionDeniedError(
        "only an operator's certificate may ask this: use the operator.pem that "
        "'comptoir-hub init' wrote");
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* CoopService::ImportProducts(
    grpc::CallbackServerContext* context, const coop::v1::ImportProductsRequest* request,
    coop::v1::ImportProductsResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  ledger::Ledger& ledger = host_.ledger();
  absl::Status status = AuthoriseOperator(*context, ledger.self().coop);
  if (status.ok()) status = daemon::CheckRequestId(request->request_id());
  ledger::AppendRequest append{
      request->request_id(), daemon::DigestOf(*request), journal::v1::SCOPE_COOP, {}};
  if (status.ok()) {
    // Before building: what the request changed the first time is no change any more.
    const auto known = ledger.AppendAndWait(append);
    if (known.ok()) {
      response->set_repeated(true);
      response->set_facts(static_cast<uint32_t>(known->facts.size()));
      reactor->Finish(grpc::Status::OK);
      return reactor;
    }
    if (!absl::IsNotFound(known.status())) status = known.status();
  }
  if (status.ok()) {
    const auto snapshot = ledger.NewSnapshot();
    auto edits = retail::BuildCatalogueEdits(*snapshot, *request, host_.ledger().Today());
    status = edits.status();
    if (edits.ok()) {
      response->set_created(edits->created);
      response->set_changed(edits->changed);
      response->set_unchanged(edits->unchanged);
      response->set_facts(static_cast<uint32_t>(edits->facts.size()));
      for (auto& [kind, bytes] : edits->facts) append.facts.push_back({kind, std::move(bytes)});
    }
  }
  if (!status.ok() || append.facts.empty() || request->dry_run()) {
    reactor->Finish(rpc::Answer(status, *context));
    return reactor;
  }
  ledger.Append(std::move(append),
                [context, reactor](const absl::StatusOr<ledger::AppendResult>& result) {
                  reactor->Finish(rpc::Answer(result.status(), *context));
                });
  return reactor;
}

grpc::ServerUnaryReactor* CoopService::ListInventory(grpc::CallbackServerContext* context,
                                                     const coop::v1::ListInventoryRequest* request,
                                                     coop::v1::ListInventoryResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return retail::ListInventory(*host_.ledger().NewSnapshot(), *request); });
}

grpc::ServerUnaryReactor* CoopService::ListSales(grpc::CallbackServerContext* context,
                                                 const shop::v1::ListSalesRequest* request,
                                                 shop::v1::ListSalesResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    return retail::ListSales(*host_.ledger().NewSnapshot(), host_.ledger().Today(), *request);
  });
}

grpc::ServerUnaryReactor* CoopService::ListReceipts(grpc::CallbackServerContext* context,
                                                    const shop::v1::ListReceiptsRequest* request,
                                                    shop::v1::ListReceiptsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    shop::v1::ListReceiptsRequest query = *request;
    if (query.day() == 0) query.set_day(host_.ledger().Today().value());
    return daemon::ListReceipts(host_.ledger(), query);
  });
}

grpc::ServerUnaryReactor* CoopService::GetReceipt(grpc::CallbackServerContext* context,
                                                  const shop::v1::GetReceiptRequest* request,
                                                  shop::v1::Receipt* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return daemon::FindReceipt(host_.ledger(), request->number()); });
}

grpc::ServerUnaryReactor* CoopService::ListProducts(grpc::CallbackServerContext* context,
                                                    const shop::v1::ListProductsRequest* request,
                                                    shop::v1::ListProductsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    return retail::ListProducts(*host_.ledger().NewSnapshot(), "", host_.ledger().Today(),
                                *request);
  });
}

grpc::ServerUnaryReactor* CoopService::ListMovements(grpc::CallbackServerContext* context,
                                                     const shop::v1::ListMovementsRequest* request,
                                                     shop::v1::ListMovementsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    shop::v1::ListMovementsRequest query = *request;
    if (query.day() == 0) query.set_day(host_.ledger().Today().value());
    return daemon::ListMovements(host_.ledger(), query);
  });
}

grpc::ServerUnaryReactor* CoopService::ListDiscrepancies(
    grpc::CallbackServerContext* context, const shop::v1::ListDiscrepanciesRequest* request,
    shop::v1::ListDiscrepanciesResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    return retail::ListDiscrepancies(*host_.ledger().NewSnapshot(), request->shop());
  });
}

grpc::ServerUnaryReactor* CoopService::ListShops(grpc::CallbackServerContext* context,
                                                 const coop::v1::ListShopsRequest*,
                                                 coop::v1::ListShopsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] { return Shops(); });
}

// Every shop that has enrolled a node, or of which a journal is held.
absl::StatusOr<coop::v1::ListShopsResponse> CoopService::Shops() {
  std::map<std::string, coop::v1::Shop> shops;
  std::map<std::string, std::pair<std::string, coop::v1::ShopNode>> nodes;
  const auto snapshot = host_.ledger().NewSnapshot();
  auto enrolled = snapshot->Scan(ledger::kLocal, "node/", "node0");
  for (; enrolled->Valid(); enrolled->Next()) {
    const std::string node(enrolled->key().substr(std::string_view("node/").size()));
    nodes[node].first = std::string(enrolled->value());
    nodes[node].second.set_node(node);
  }
  COMPTOIR_RETURN_IF_ERROR(enrolled->status());
  for (const auto& [node, peer] : host_.replica().departed()) {
    nodes[node].first = peer.writer.shop;
    FillNode(peer, false, &nodes[node].second);
  }
  for (const replica::PeerView& peer : host_.replica().peers()) {
    nodes[peer.writer.node].first = peer.writer.shop;
    FillNode(peer, true, &nodes[peer.writer.node].second);
  }
  for (const ledger::JournalView& journal : host_.ledger().Journals()) {
    if (journal.scope != journal::v1::SCOPE_SHOP) continue;
    coop::v1::Shop& shop = shops[journal.shop];
    shop.set_entries(shop.entries() + journal.head.sequence.value());
    shop.set_as_of_ms(std::max(shop.as_of_ms(), journal.last_wall_ms));
  }
  for (auto& [name, node] : nodes) *shops[node.first].add_nodes() = std::move(node.second);
  coop::v1::ListShopsResponse response;
  for (auto& [code, shop] : shops) {
    shop.set_shop(code);
    COMPTOIR_ASSIGN_OR_RETURN(const std::string name, retail::ShopName(*snapshot, code));
    shop.set_name(name);
    *response.add_shops() = std::move(shop);
  }
  return response;
}

}  // namespace comptoir::hub
