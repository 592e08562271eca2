#include "node/shop_service.h"

#include <utility>

#include "common/daemon/days.h"
#include "common/daemon/movements.h"
#include "common/daemon/receipts.h"
#include "common/platform/logging.h"
#include "common/retail/barcodes/lookup.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/sales/daily.h"
#include "common/retail/stock/coop_list.h"
#include "common/retail/stock/lots.h"
#include "common/retail/stock/movement_list.h"
#include "common/retail/stock/queries.h"
#include "common/rpc/status.h"
#include "node/stock_import.h"
#include "node/till_stream.h"

namespace comptoir::node {
namespace {

// What the till warns of. Without it a sale is as good.
void NoteUseByDays(const ledger::Ledger& ledger, shop::v1::Receipt* receipt) {
  const auto snapshot = ledger.NewSnapshot();
  for (shop::v1::ReceiptLine& line : *receipt->mutable_lines()) {
    if (line.lot().empty()) continue;
    const auto day = retail::UseByDay(*snapshot, receipt->shop(), line.product(), line.lot());
    if (day.ok()) {
      line.set_use_by_day(day->value());
    } else {
      platform::Log(platform::LogLevel::kError, "the day of a lot cannot be read",
                    {{"lot", line.lot()}, {"status", day.status()}});
    }
  }
}

// Answers a call at once.
template <typename Response>
grpc::ServerUnaryReactor* Reply(grpc::CallbackServerContext* context,
                                absl::StatusOr<Response> result, Response* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const absl::Status status = result.status();
  if (status.ok()) *response = *std::move(result);
  reactor->Finish(rpc::Answer(status, *context));
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* ShopService::RecordSale(grpc::CallbackServerContext* context,
                                                  const shop::v1::RecordSaleRequest* request,
                                                  shop::v1::Receipt* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  const auto answer = [this, context, response,
                       reactor](absl::StatusOr<shop::v1::SaleRecorded> recorded) {
    absl::Status status = recorded.status();
    if (recorded.ok()) {
      // The sale is on disk and must be answered as such, whatever else is damaged.
      auto receipt = daemon::ReceiptOf(ledger_, *recorded);
      if (receipt.ok()) {
        *response = *std::move(receipt);
        NoteUseByDays(ledger_, response);
      } else {
        response->set_number(recorded->number());
        *response->mutable_reference() = recorded->reference();
        response->set_total_cents(recorded->total_cents());
        platform::Log(platform::LogLevel::kError, "a sale's receipt cannot be read",
                      {{"number", recorded->number()}, {"status", receipt.status()}});
      }
    }
    reactor->Finish(rpc::Answer(status, *context));
  };
  {
    MutexLock lock(&memory_mutex_);
    recorder_.RecordSale(*request, memory_, answer);
  }
  recorder_.Flush();
  return reactor;
}

grpc::ServerBidiReactor<shop::v1::RecordSaleRequest, shop::v1::TillAnswer>* ShopService::Till(
    grpc::CallbackServerContext*) {
  return new TillStream(recorder_);
}

grpc::ServerUnaryReactor* ShopService::RecordDelivery(
    grpc::CallbackServerContext* context, const shop::v1::RecordDeliveryRequest* request,
    shop::v1::RecordDeliveryResponse* response) {
  return Reply(context, goods_.RecordDelivery(*request), response);
}

grpc::ServerUnaryReactor* ShopService::RecordWaste(grpc::CallbackServerContext* context,
                                                   const shop::v1::RecordWasteRequest* request,
                                                   shop::v1::RecordWasteResponse* response) {
  return Reply(context, goods_.RecordWaste(*request), response);
}

grpc::ServerUnaryReactor* ShopService::RecordReturn(grpc::CallbackServerContext* context,
                                                    const shop::v1::RecordReturnRequest* request,
                                                    shop::v1::Receipt* response) {
  return Reply(context, goods_.RecordReturn(*request), response);
}

grpc::ServerUnaryReactor* ShopService::VoidReceipt(grpc::CallbackServerContext* context,
                                                   const shop::v1::VoidReceiptRequest* request,
                                                   shop::v1::Receipt* response) {
  return Reply(context, goods_.VoidReceipt(*request), response);
}

grpc::ServerUnaryReactor* ShopService::RecordCount(grpc::CallbackServerContext* context,
                                                   const shop::v1::RecordCountRequest* request,
                                                   shop::v1::RecordCountResponse* response) {
  return Reply(context, goods_.RecordCount(*request), response);
}

grpc::ServerUnaryReactor* ShopService::Correct(grpc::CallbackServerContext* context,
                                               const shop::v1::CorrectRequest* request,
                                               shop::v1::CorrectResponse* response) {
  return Reply(context, goods_.Correct(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ListStock(grpc::CallbackServerContext* context,
                                                 const shop::v1::ListStockRequest* request,
                                                 shop::v1::ListStockResponse* response) {
  return Reply(
      context,
      retail::ListStockOn(*ledger_.NewSnapshot(), ledger_.self().shop, ledger_.Today(), *request),
      response);
}

grpc::ServerUnaryReactor* ShopService::GetReceipt(grpc::CallbackServerContext* context,
                                                  const shop::v1::GetReceiptRequest* request,
                                                  shop::v1::Receipt* response) {
  return Reply(context, daemon::FindReceipt(ledger_, request->number()), response);
}

grpc::ServerUnaryReactor* ShopService::ListReceipts(grpc::CallbackServerContext* context,
                                                    const shop::v1::ListReceiptsRequest* request,
                                                    shop::v1::ListReceiptsResponse* response) {
  shop::v1::ListReceiptsRequest query = *request;
  if (query.shop().empty()) query.set_shop(ledger_.self().shop);
  if (query.day() == 0) query.set_day(ledger_.Today().value());
  return Reply(context,
               desk_.OfShop(query.shop(), [&] { return daemon::ListReceipts(ledger_, query); }),
               response);
}

grpc::ServerUnaryReactor* ShopService::ListSales(grpc::CallbackServerContext* context,
                                                 const shop::v1::ListSalesRequest* request,
                                                 shop::v1::ListSalesResponse* response) {
  const auto snapshot = ledger_.NewSnapshot();
  return Reply(
      context,
      desk_.OfShop(request->shop(),
                   [&] { return retail::ListSales(*snapshot, ledger_.Today(), *request); }),
      response);
}

grpc::ServerUnaryReactor* ShopService::ListProducts(grpc::CallbackServerContext* context,
                                                    const shop::v1::ListProductsRequest* request,
                                                    shop::v1::ListProductsResponse* response) {
  const auto snapshot = ledger_.NewSnapshot();
  return Reply(context,
               retail::ListProducts(*snapshot, ledger_.self().shop, ledger_.Today(), *request),
               response);
}

grpc::ServerUnaryReactor* ShopService::ListMovements(grpc::CallbackServerContext* context,
                                                     const shop::v1::ListMovementsRequest* request,
                                                     shop::v1::ListMovementsResponse* response) {
  shop::v1::ListMovementsRequest query = *request;
  if (query.shop().empty()) query.set_shop(ledger_.self().shop);
  if (query.day() == 0) query.set_day(ledger_.Today().value());
  return Reply(context,
               desk_.OfShop(query.shop(), [&] { return daemon::ListMovements(ledger_, query); }),
               response);
}

grpc::ServerUnaryReactor* ShopService::ListDiscrepancies(
    grpc::CallbackServerContext* context, const shop::v1::ListDiscrepanciesRequest* request,
    shop::v1::ListDiscrepanciesResponse* response) {
  const std::string& shop = request->shop().empty() ? ledger_.self().shop : request->shop();
  return Reply(
      context,
      desk_.OfShop(shop, [&] { return retail::ListDiscrepancies(*ledger_.NewSnapshot(), shop); }),
      response);
}

grpc::ServerUnaryReactor* ShopService::LookUpBarcode(grpc::CallbackServerContext* context,
                                                     const shop::v1::LookUpBarcodeRequest* request,
                                                     shop::v1::LookUpBarcodeResponse* response) {
  return Reply(context,
               retail::LookUpBarcode(*ledger_.NewSnapshot(), recorder_.rules(), ledger_.self().shop,
                                     ledger_.Today(), request->barcode()),
               response);
}

grpc::ServerUnaryReactor* ShopService::GetCatalogueEntry(
    grpc::CallbackServerContext* context, const shop::v1::GetCatalogueEntryRequest* request,
    shop::v1::CatalogueEntry* response) {
  return Reply(context, desk_.Find(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ListNames(grpc::CallbackServerContext* context,
                                                 const shop::v1::ListNamesRequest* request,
                                                 shop::v1::ListNamesResponse* response) {
  return Reply(context, desk_.ListNames(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ListConflicts(grpc::CallbackServerContext* context,
                                                     const shop::v1::ListConflictsRequest* request,
                                                     shop::v1::ListConflictsResponse* response) {
  return Reply(context, desk_.ListConflicts(*request), response);
}

grpc::ServerUnaryReactor* ShopService::SetPrice(grpc::CallbackServerContext* context,
                                                const shop::v1::SetPriceRequest* request,
                                                shop::v1::EditResponse* response) {
  return Reply(context, desk_.SetPrice(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ImportStock(grpc::CallbackServerContext* context,
                                                   const shop::v1::ImportStockRequest* request,
                                                   shop::v1::ImportStockResponse* response) {
  return Reply(context, node::ImportStock(ledger_, *request), response);
}

grpc::ServerUnaryReactor* ShopService::ListCoopStock(grpc::CallbackServerContext* context,
                                                     const shop::v1::ListCoopStockRequest* request,
                                                     shop::v1::ListCoopStockResponse* response) {
  return Reply(context,
               retail::ListCoopStock(*ledger_.NewSnapshot(), ledger_.self().shop, ledger_.WallNow(),
                                     *request),
               response);
}

grpc::ServerUnaryReactor* ShopService::SendTransfer(grpc::CallbackServerContext* context,
                                                    const shop::v1::SendTransferRequest* request,
                                                    shop::v1::TransferResponse* response) {
  return Reply(context, transfers_.Send(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ReceiveTransfer(
    grpc::CallbackServerContext* context, const shop::v1::ReceiveTransferRequest* request,
    shop::v1::TransferResponse* response) {
  return Reply(context, transfers_.Receive(*request), response);
}

grpc::ServerUnaryReactor* ShopService::SettleTransfer(
    grpc::CallbackServerContext* context, const shop::v1::SettleTransferRequest* request,
    shop::v1::TransferResponse* response) {
  return Reply(context, transfers_.Settle(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ListTransfers(grpc::CallbackServerContext* context,
                                                     const shop::v1::ListTransfersRequest* request,
                                                     shop::v1::ListTransfersResponse* response) {
  return Reply(context, desk_.OfShop(request->shop(), [&] { return transfers_.List(*request); }),
               response);
}

grpc::ServerUnaryReactor* ShopService::AddRecall(grpc::CallbackServerContext* context,
                                                 const shop::v1::AddRecallRequest* request,
                                                 shop::v1::AddRecallResponse* response) {
  return Reply(context, desk_.OfShop(request->shop(), [&] { return recalls_.Add(*request); }),
               response);
}

grpc::ServerUnaryReactor* ShopService::LiftRecalls(grpc::CallbackServerContext* context,
                                                   const shop::v1::LiftRecallsRequest* request,
                                                   shop::v1::LiftRecallsResponse* response) {
  return Reply(context, recalls_.Lift(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ConfirmRecall(grpc::CallbackServerContext* context,
                                                     const shop::v1::ConfirmRecallRequest* request,
                                                     shop::v1::ConfirmRecallResponse* response) {
  return Reply(context, recalls_.Confirm(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ListRecalls(grpc::CallbackServerContext* context,
                                                   const shop::v1::ListRecallsRequest* request,
                                                   shop::v1::ListRecallsResponse* response) {
  return Reply(context, recalls_.List(*request), response);
}

grpc::ServerUnaryReactor* ShopService::Trace(grpc::CallbackServerContext* context,
                                             const shop::v1::TraceRequest* request,
                                             shop::v1::TraceResponse* response) {
  return Reply(context, desk_.OfShop(request->shop(), [&] { return recalls_.Trace(*request); }),
               response);
}

grpc::ServerUnaryReactor* ShopService::OpenDay(grpc::CallbackServerContext* context,
                                               const shop::v1::OpenDayRequest* request,
                                               shop::v1::OpenDayResponse* response) {
  return Reply(context, days_.OpenDay(*request), response);
}

grpc::ServerUnaryReactor* ShopService::MoveCash(grpc::CallbackServerContext* context,
                                                const shop::v1::MoveCashRequest* request,
                                                shop::v1::MoveCashResponse* response) {
  return Reply(context, days_.MoveCash(*request), response);
}

grpc::ServerUnaryReactor* ShopService::CloseDay(grpc::CallbackServerContext* context,
                                                const shop::v1::CloseDayRequest* request,
                                                shop::v1::Closing* response) {
  return Reply(context, days_.CloseDay(*request), response);
}

grpc::ServerUnaryReactor* ShopService::ShowDay(grpc::CallbackServerContext* context,
                                               const shop::v1::ShowDayRequest* request,
                                               shop::v1::ShowDayResponse* response) {
  shop::v1::ShowDayRequest query = *request;
  if (query.shop().empty()) query.set_shop(ledger_.self().shop);
  return Reply(context, desk_.OfShop(query.shop(), [&] { return daemon::ShowDay(ledger_, query); }),
               response);
}

}  // namespace comptoir::node
