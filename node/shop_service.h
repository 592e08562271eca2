// ShopService for the tills of this shop: translates and calls, holds no rules.
//
// Thread use: any.
#pragma once

#include <grpcpp/support/server_callback.h>

#include "common/base/mutex.h"
#include "common/daemon/catalogue_desk.h"
#include "common/daemon/recall_desk.h"
#include "common/ledger/ledger.h"
#include "common/retail/sales/till_memory.h"
#include "comptoir/shop/v1/shop.grpc.pb.h"
#include "node/day_desk.h"
#include "node/goods_recorder.h"
#include "node/sale_recorder.h"
#include "node/transfer_recorder.h"

namespace comptoir::node {

class ShopService : public shop::v1::ShopService::CallbackService {
 public:
  ShopService(ledger::Ledger& ledger, SaleRecorder& recorder, GoodsRecorder& goods)
      : ledger_(ledger),
        recorder_(recorder),
        goods_(goods),
        transfers_(ledger),
        desk_(ledger),
        recalls_(ledger),
        days_(ledger) {}

  grpc::ServerUnaryReactor* RecordSale(grpc::CallbackServerContext* context,
                                       const shop::v1::RecordSaleRequest* request,
                                       shop::v1::Receipt* response) override;
  grpc::ServerBidiReactor<shop::v1::RecordSaleRequest, shop::v1::TillAnswer>* Till(
      grpc::CallbackServerContext* context) override;
  grpc::ServerUnaryReactor* RecordDelivery(grpc::CallbackServerContext* context,
                                           const shop::v1::RecordDeliveryRequest* request,
                                           shop::v1::RecordDeliveryResponse* response) override;
  grpc::ServerUnaryReactor* RecordWaste(grpc::CallbackServerContext* context,
                                        const shop::v1::RecordWasteRequest* request,
                                        shop::v1::RecordWasteResponse* response) override;
  grpc::ServerUnaryReactor* RecordReturn(grpc::CallbackServerContext* context,
                                         const shop::v1::RecordReturnRequest* request,
                                         shop::v1::Receipt* response) override;
  grpc::ServerUnaryReactor* VoidReceipt(grpc::CallbackServerContext* context,
                                        const shop::v1::VoidReceiptRequest* request,
                                        shop::v1::Receipt* response) override;
  grpc::ServerUnaryReactor* RecordCount(grpc::CallbackServerContext* context,
                                        const shop::v1::RecordCountRequest* request,
                                        shop::v1::RecordCountResponse* response) override;
  grpc::ServerUnaryReactor* Correct(grpc::CallbackServerContext* context,
                                    const shop::v1::CorrectRequest* request,
                                    shop::v1::CorrectResponse* response) override;
  grpc::ServerUnaryReactor* ListMovements(grpc::CallbackServerContext* context,
                                          const shop::v1::ListMovementsRequest* request,
                                          shop::v1::ListMovementsResponse* response) override;
  grpc::ServerUnaryReactor* ListDiscrepancies(
      grpc::CallbackServerContext* context, const shop::v1::ListDiscrepanciesRequest* request,
      shop::v1::ListDiscrepanciesResponse* response) override;
  grpc::ServerUnaryReactor* ListStock(grpc::CallbackServerContext* context,
                                      const shop::v1::ListStockRequest* request,
                                      shop::v1::ListStockResponse* response) override;
  grpc::ServerUnaryReactor* GetReceipt(grpc::CallbackServerContext* context,
                                       const shop::v1::GetReceiptRequest* request,
                                       shop::v1::Receipt* response) override;
  grpc::ServerUnaryReactor* ListReceipts(grpc::CallbackServerContext* context,
                                         const shop::v1::ListReceiptsRequest* request,
                                         shop::v1::ListReceiptsResponse* response) override;
  grpc::ServerUnaryReactor* ListSales(grpc::CallbackServerContext* context,
                                      const shop::v1::ListSalesRequest* request,
                                      shop::v1::ListSalesResponse* response) override;
  grpc::ServerUnaryReactor* ListProducts(grpc::CallbackServerContext* context,
                                         const shop::v1::ListProductsRequest* request,
                                         shop::v1::ListProductsResponse* response) override;
  grpc::ServerUnaryReactor* LookUpBarcode(grpc::CallbackServerContext* context,
                                          const shop::v1::LookUpBarcodeRequest* request,
                                          shop::v1::LookUpBarcodeResponse* response) override;
  grpc::ServerUnaryReactor* GetCatalogueEntry(grpc::CallbackServerContext* context,
                                              const shop::v1::GetCatalogueEntryRequest* request,
                                              shop::v1::CatalogueEntry* response) override;
  grpc::ServerUnaryReactor* ListNames(grpc::CallbackServerContext* context,
                                      const shop::v1::ListNamesRequest* request,
                                      shop::v1::ListNamesResponse* response) override;
  grpc::ServerUnaryReactor* ListConflicts(grpc::CallbackServerContext* context,
                                          const shop::v1::ListConflictsRequest* request,
                                          shop::v1::ListConflictsResponse* response) override;
  grpc::ServerUnaryReactor* SetPrice(grpc::CallbackServerContext* context,
                                     const shop::v1::SetPriceRequest* request,
                                     shop::v1::EditResponse* response) override;
  grpc::ServerUnaryReactor* ImportStock(grpc::CallbackServerContext* context,
                                        const shop::v1::ImportStockRequest* request,
                                        shop::v1::ImportStockResponse* response) override;
  grpc::ServerUnaryReactor* ListCoopStock(grpc::CallbackServerContext* context,
                                          const shop::v1::ListCoopStockRequest* request,
                                          shop::v1::ListCoopStockResponse* response) override;
  grpc::ServerUnaryReactor* SendTransfer(grpc::CallbackServerContext* context,
                                         const shop::v1::SendTransferRequest* request,
                                         shop::v1::TransferResponse* response) override;
  grpc::ServerUnaryReactor* ReceiveTransfer(grpc::CallbackServerContext* context,
                                            const shop::v1::ReceiveTransferRequest* request,
                                            shop::v1::TransferResponse* response) override;
  grpc::ServerUnaryReactor* SettleTransfer(grpc::CallbackServerContext* context,
                                           const shop::v1::SettleTransferRequest* request,
                                           shop::v1::TransferResponse* response) override;
  grpc::ServerUnaryReactor* ListTransfers(grpc::CallbackServerContext* context,
                                          const shop::v1::ListTransfersRequest* request,
                                          shop::v1::ListTransfersResponse* response) override;
  grpc::ServerUnaryReactor* AddRecall(grpc::CallbackServerContext* context,
                                      const shop::v1::AddRecallRequest* request,
                                      shop::v1::AddRecallResponse* response) override;
  grpc::ServerUnaryReactor* LiftRecalls(grpc::CallbackServerContext* context,
                                        const shop::v1::LiftRecallsRequest* request,
                                        shop::v1::LiftRecallsResponse* response) override;
  grpc::ServerUnaryReactor* ConfirmRecall(grpc::CallbackServerContext* context,
                                          const shop::v1::ConfirmRecallRequest* request,
                                          shop::v1::ConfirmRecallResponse* response) override;
  grpc::ServerUnaryReactor* ListRecalls(grpc::CallbackServerContext* context,
                                        const shop::v1::ListRecallsRequest* request,
                                        shop::v1::ListRecallsResponse* response) override;
  grpc::ServerUnaryReactor* Trace(grpc::CallbackServerContext* context,
                                  const shop::v1::TraceRequest* request,
                                  shop::v1::TraceResponse* response) override;
  grpc::ServerUnaryReactor* OpenDay(grpc::CallbackServerContext* context,
                                    const shop::v1::OpenDayRequest* request,
                                    shop::v1::OpenDayResponse* response) override;
  grpc::ServerUnaryReactor* MoveCash(grpc::CallbackServerContext* context,
                                     const shop::v1::MoveCashRequest* request,
                                     shop::v1::MoveCashResponse* response) override;
  grpc::ServerUnaryReactor* CloseDay(grpc::CallbackServerContext* context,
                                     const shop::v1::CloseDayRequest* request,
                                     shop::v1::Closing* response) override;
  grpc::ServerUnaryReactor* ShowDay(grpc::CallbackServerContext* context,
                                    const shop::v1::ShowDayRequest* request,
                                    shop::v1::ShowDayResponse* response) override;

 private:
  ledger::Ledger& ledger_;
  SaleRecorder& recorder_;
  GoodsRecorder& goods_;
  TransferRecorder transfers_;
  daemon::CatalogueDesk desk_;
  daemon::RecallDesk recalls_;
  DayDesk days_;
  Mutex memory_mutex_;
  retail::TillMemory memory_ ABSL_GUARDED_BY(memory_mutex_);  // of unary sales
};

}  // namespace comptoir::node
