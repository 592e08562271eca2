#include "hub/coop_service.h"

#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/daemon/days.h"
#include "common/daemon/movements.h"
#include "common/daemon/receipts.h"
#include "common/ledger/tables.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/sales/daily.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "common/retail/transfers/list.h"
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
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return desk_.ImportProducts(*request); });
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
    return desk_.OfShop(request->shop(), [&] {
      return retail::ListSales(*host_.ledger().NewSnapshot(), host_.ledger().Today(), *request);
    });
  });
}

grpc::ServerUnaryReactor* CoopService::ListReceipts(grpc::CallbackServerContext* context,
                                                    const shop::v1::ListReceiptsRequest* request,
                                                    shop::v1::ListReceiptsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    shop::v1::ListReceiptsRequest query = *request;
    if (query.day() == 0) query.set_day(host_.ledger().Today().value());
    return desk_.OfShop(query.shop(), [&] { return daemon::ListReceipts(host_.ledger(), query); });
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
    return desk_.OfShop(query.shop(), [&] { return daemon::ListMovements(host_.ledger(), query); });
  });
}

grpc::ServerUnaryReactor* CoopService::ShowDay(grpc::CallbackServerContext* context,
                                               const shop::v1::ShowDayRequest* request,
                                               shop::v1::ShowDayResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    return desk_.OfShop(request->shop(), [&] { return daemon::ShowDay(host_.ledger(), *request); });
  });
}

grpc::ServerUnaryReactor* CoopService::ListDiscrepancies(
    grpc::CallbackServerContext* context, const shop::v1::ListDiscrepanciesRequest* request,
    shop::v1::ListDiscrepanciesResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    return desk_.OfShop(request->shop(), [&] {
      return retail::ListDiscrepancies(*host_.ledger().NewSnapshot(), request->shop());
    });
  });
}

grpc::ServerUnaryReactor* CoopService::ListTransfers(grpc::CallbackServerContext* context,
                                                     const shop::v1::ListTransfersRequest* request,
                                                     shop::v1::ListTransfersResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    return desk_.OfShop(request->shop(), [&] {
      return retail::ListTransfers(*host_.ledger().NewSnapshot(), host_.ledger().WallNow(),
                                   *request);
    });
  });
}

grpc::ServerUnaryReactor* CoopService::ListShops(grpc::CallbackServerContext* context,
                                                 const coop::v1::ListShopsRequest*,
                                                 coop::v1::ListShopsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] { return Shops(); });
}

grpc::ServerUnaryReactor* CoopService::GetCatalogueEntry(
    grpc::CallbackServerContext* context, const shop::v1::GetCatalogueEntryRequest* request,
    shop::v1::CatalogueEntry* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] { return desk_.Find(*request); });
}

grpc::ServerUnaryReactor* CoopService::ListNames(grpc::CallbackServerContext* context,
                                                 const shop::v1::ListNamesRequest* request,
                                                 shop::v1::ListNamesResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return desk_.ListNames(*request); });
}

grpc::ServerUnaryReactor* CoopService::ListConflicts(grpc::CallbackServerContext* context,
                                                     const shop::v1::ListConflictsRequest* request,
                                                     shop::v1::ListConflictsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return desk_.ListConflicts(*request); });
}

grpc::ServerUnaryReactor* CoopService::EditProduct(grpc::CallbackServerContext* context,
                                                   const shop::v1::EditProductRequest* request,
                                                   shop::v1::EditResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return desk_.EditProduct(*request); });
}

grpc::ServerUnaryReactor* CoopService::EditProducer(grpc::CallbackServerContext* context,
                                                    const shop::v1::EditProducerRequest* request,
                                                    shop::v1::EditResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return desk_.EditProducer(*request); });
}

grpc::ServerUnaryReactor* CoopService::EditShop(grpc::CallbackServerContext* context,
                                                const shop::v1::EditShopRequest* request,
                                                shop::v1::EditResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return desk_.EditShop(*request); });
}

grpc::ServerUnaryReactor* CoopService::SetPrice(grpc::CallbackServerContext* context,
                                                const shop::v1::SetPriceRequest* request,
                                                shop::v1::EditResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return desk_.SetPrice(*request); });
}

grpc::ServerUnaryReactor* CoopService::ImportProducers(
    grpc::CallbackServerContext* context, const coop::v1::ImportProducersRequest* request,
    coop::v1::ImportProducersResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return desk_.ImportProducers(*request); });
}

grpc::ServerUnaryReactor* CoopService::AddRecall(grpc::CallbackServerContext* context,
                                                 const shop::v1::AddRecallRequest* request,
                                                 shop::v1::AddRecallResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    return desk_.OfShop(request->shop(), [&] { return recalls_.Add(*request); });
  });
}

grpc::ServerUnaryReactor* CoopService::LiftRecalls(grpc::CallbackServerContext* context,
                                                   const shop::v1::LiftRecallsRequest* request,
                                                   shop::v1::LiftRecallsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return recalls_.Lift(*request); });
}

grpc::ServerUnaryReactor* CoopService::ListRecalls(grpc::CallbackServerContext* context,
                                                   const shop::v1::ListRecallsRequest* request,
                                                   shop::v1::ListRecallsResponse* response) {
  return Reply(context, host_.ledger().self().coop, response,
               [&] { return recalls_.List(*request); });
}

grpc::ServerUnaryReactor* CoopService::Trace(grpc::CallbackServerContext* context,
                                             const shop::v1::TraceRequest* request,
                                             shop::v1::TraceResponse* response) {
  return Reply(context, host_.ledger().self().coop, response, [&] {
    return desk_.OfShop(request->shop(), [&] { return recalls_.Trace(*request); });
  });
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
    // What the hub wrote for a shop says nothing of when the shop was heard.
    if (journal.writer_shop != journal.shop) continue;
    shop.set_as_of_ms(std::max(shop.as_of_ms(), journal.last_wall_ms));
  }
  for (auto& [name, node] : nodes) {
    if (const auto revoked = host_.ledger().FindRevocation(name); revoked.has_value()) {
      node.second.set_revoked_since_ms(revoked->since_ms);
      node.second.set_retired(revoked->retired);
    }
    *shops[node.first].add_nodes() = std::move(node.second);
  }
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
