// CoopService for the co-op's buyers: translates and calls, holds no rules.
// Only operators' certificates may ask.
//
// Thread use: any.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "common/daemon/catalogue_desk.h"
#include "common/daemon/host.h"
#include "common/daemon/recall_desk.h"
#include "comptoir/coop/v1/coop.grpc.pb.h"

namespace comptoir::hub {

class CoopService : public coop::v1::CoopService::CallbackService {
 public:
  explicit CoopService(daemon::Host& host)
      : host_(host), desk_(host.ledger()), recalls_(host.ledger()) {}

  grpc::ServerUnaryReactor* ImportProducts(grpc::CallbackServerContext* context,
                                           const coop::v1::ImportProductsRequest* request,
                                           coop::v1::ImportProductsResponse* response) override;
  grpc::ServerUnaryReactor* ListInventory(grpc::CallbackServerContext* context,
                                          const coop::v1::ListInventoryRequest* request,
                                          coop::v1::ListInventoryResponse* response) override;
  grpc::ServerUnaryReactor* ListSales(grpc::CallbackServerContext* context,
                                      const shop::v1::ListSalesRequest* request,
                                      shop::v1::ListSalesResponse* response) override;
  grpc::ServerUnaryReactor* ListReceipts(grpc::CallbackServerContext* context,
                                         const shop::v1::ListReceiptsRequest* request,
                                         shop::v1::ListReceiptsResponse* response) override;
  grpc::ServerUnaryReactor* GetReceipt(grpc::CallbackServerContext* context,
                                       const shop::v1::GetReceiptRequest* request,
                                       shop::v1::Receipt* response) override;
  grpc::ServerUnaryReactor* ListProducts(grpc::CallbackServerContext* context,
                                         const shop::v1::ListProductsRequest* request,
                                         shop::v1::ListProductsResponse* response) override;
  grpc::ServerUnaryReactor* ListMovements(grpc::CallbackServerContext* context,
                                          const shop::v1::ListMovementsRequest* request,
                                          shop::v1::ListMovementsResponse* response) override;
  grpc::ServerUnaryReactor* ShowDay(grpc::CallbackServerContext* context,
                                    const shop::v1::ShowDayRequest* request,
                                    shop::v1::ShowDayResponse* response) override;
  grpc::ServerUnaryReactor* ListDiscrepancies(
      grpc::CallbackServerContext* context, const shop::v1::ListDiscrepanciesRequest* request,
      shop::v1::ListDiscrepanciesResponse* response) override;
  grpc::ServerUnaryReactor* ListShops(grpc::CallbackServerContext* context,
                                      const coop::v1::ListShopsRequest* request,
                                      coop::v1::ListShopsResponse* response) override;
  grpc::ServerUnaryReactor* GetCatalogueEntry(grpc::CallbackServerContext* context,
                                              const shop::v1::GetCatalogueEntryRequest* request,
                                              shop::v1::CatalogueEntry* response) override;
  grpc::ServerUnaryReactor* ListNames(grpc::CallbackServerContext* context,
                                      const shop::v1::ListNamesRequest* request,
                                      shop::v1::ListNamesResponse* response) override;
  grpc::ServerUnaryReactor* ListConflicts(grpc::CallbackServerContext* context,
                                          const shop::v1::ListConflictsRequest* request,
                                          shop::v1::ListConflictsResponse* response) override;
  grpc::ServerUnaryReactor* EditProduct(grpc::CallbackServerContext* context,
                                        const shop::v1::EditProductRequest* request,
                                        shop::v1::EditResponse* response) override;
  grpc::ServerUnaryReactor* EditProducer(grpc::CallbackServerContext* context,
                                         const shop::v1::EditProducerRequest* request,
                                         shop::v1::EditResponse* response) override;
  grpc::ServerUnaryReactor* EditShop(grpc::CallbackServerContext* context,
                                     const shop::v1::EditShopRequest* request,
                                     shop::v1::EditResponse* response) override;
  grpc::ServerUnaryReactor* SetPrice(grpc::CallbackServerContext* context,
                                     const shop::v1::SetPriceRequest* request,
                                     shop::v1::EditResponse* response) override;
  grpc::ServerUnaryReactor* ImportProducers(grpc::CallbackServerContext* context,
                                            const coop::v1::ImportProducersRequest* request,
                                            coop::v1::ImportProducersResponse* response) override;
  grpc::ServerUnaryReactor* ListTransfers(grpc::CallbackServerContext* context,
                                          const shop::v1::ListTransfersRequest* request,
                                          shop::v1::ListTransfersResponse* response) override;
  grpc::ServerUnaryReactor* AddRecall(grpc::CallbackServerContext* context,
                                      const shop::v1::AddRecallRequest* request,
                                      shop::v1::AddRecallResponse* response) override;
  grpc::ServerUnaryReactor* LiftRecalls(grpc::CallbackServerContext* context,
                                        const shop::v1::LiftRecallsRequest* request,
                                        shop::v1::LiftRecallsResponse* response) override;
  grpc::ServerUnaryReactor* ListRecalls(grpc::CallbackServerContext* context,
                                        const shop::v1::ListRecallsRequest* request,
                                        shop::v1::ListRecallsResponse* response) override;
  grpc::ServerUnaryReactor* Trace(grpc::CallbackServerContext* context,
                                  const shop::v1::TraceRequest* request,
                                  shop::v1::TraceResponse* response) override;

 private:
  absl::StatusOr<coop::v1::ListShopsResponse> Shops();

  daemon::Host& host_;
  daemon::CatalogueDesk desk_;
  daemon::RecallDesk recalls_;
};

// PERMISSION_DENIED unless the caller's certificate is an operator's of our co-op.
absl::Status AuthoriseOperator(const grpc::CallbackServerContext& context, const std::string& coop);

}  // namespace comptoir::hub
