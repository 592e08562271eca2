// Answers about one shop, as text. Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <ostream>
#include <string>

#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {

// By the earlier of a lot's days, then by product and lot.
void SortByExpiry(shop::v1::ListStockResponse* by_lot);
// In the order given.
void RenderExpiring(const shop::v1::ListStockResponse& by_lot, std::ostream& out);
void RenderStock(const shop::v1::ListStockResponse& response, bool by_lot, std::ostream& out);
// A receipt whole, as the till printed it.
void RenderReceipt(const shop::v1::Receipt& receipt, std::ostream& out);
// "card", "cash 10.00 + card 2.40", amounts as `money` writes them.
std::string PaymentsText(const shop::v1::Receipt& receipt,
                         const std::function<std::string(int64_t)>& money);
// What a barcode stands for.
void RenderBarcode(const shop::v1::LookUpBarcodeResponse& found, std::ostream& out);
// One line a receipt.
void RenderReceipts(const shop::v1::ListReceiptsResponse& response, std::ostream& out);
void RenderSales(const shop::v1::ListSalesResponse& response, bool by_product, std::ostream& out);
void RenderProducts(const shop::v1::ListProductsResponse& response, std::ostream& out);

}  // namespace comptoir::cli
