#include "common/retail/recalls/list.h"

#include <map>
#include <optional>
#include <set>
#include <utility>

#include "common/base/code.h"
#include "common/base/status.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "common/retail/nodes/queries.h"
#include "common/retail/nodes/revocation.h"
#include "common/retail/recalls/build.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/recalls/rows.h"
#include "common/retail/stock/lots.h"
#include "common/retail/stock/queries.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

void Voice(const v1::SaidBy& said, const std::string& staff, const std::string& reason,
           shop::v1::RecallVoice* voice) {
  voice->set_node(said.node());
  voice->set_wall_ms(said.wall_ms());
  voice->set_utc_offset_minutes(said.utc_offset_minutes());
  voice->set_doubtful(said.doubtful());
  voice->set_staff(staff);
  voice->set_reason(reason);
}

// Every shop that has a journal or a node, less those whose nodes were all retired.
absl::StatusOr<std::set<std::string>> ShopsToHear(const store::Snapshot& snapshot) {
  Revocations revocations;
  COMPTOIR_RETURN_IF_ERROR(revocations.Load(snapshot));
  std::map<std::string, bool> gone;  // by shop
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<EnrolmentPlace> nodes, Enrolments(snapshot));
  for (const EnrolmentPlace& node : nodes) {
    if (!IsCode(node.shop)) return absl::DataLossError("a row of nodes is damaged");
    const auto revoked = revocations.Find(node.node);
    const auto [shop, is_new] = gone.emplace(node.shop, true);
    shop->second = shop->second && revoked.has_value() && revoked->retired;
  }
  std::set<std::string> shops;
  for (const auto& [shop, is_gone] : gone) {
    if (!is_gone) shops.insert(shop);
  }
  auto series = snapshot.Scan(kSeries, "", "");
  for (; series->Valid(); series->Next()) {
    std::string_view key = series->key();
    std::string_view shop;
    if (!ConsumeCode(&key, &shop)) return absl::DataLossError("a row of series is damaged");
    if (!gone.contains(std::string(shop))) shops.insert(std::string(shop));
  }
  COMPTOIR_RETURN_IF_ERROR(series->status());
  return shops;
}

// Whom a recall concerns, as far as is known here.
absl::StatusOr<std::set<std::string>> ShopsOf(const store::Snapshot& snapshot,
                                              std::string_view self_shop,
                                              const v1::Recalled& recall) {
  if (!recall.shop().empty()) return std::set<std::string>{recall.shop()};
  if (!self_shop.empty()) return std::set<std::string>{std::string(self_shop)};
  return ShopsToHear(snapshot);
}

// Products of which deliveries of a producer to a shop on some days brought any.
absl::StatusOr<std::set<std::string>> ProductsDelivered(const store::Snapshot& snapshot,
                                                        std::string_view shop,
                                                        const v1::Recalled& recall) {
  std::set<std::string> products;
  const std::string prefix = RecallsPrefix(shop);
  auto rows = snapshot.Scan(kLots, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    std::string_view product;
    v1::LotRow row;
    if (!ConsumeCode(&key, &product) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of lots is damaged");
    }
    if (IsDeliveryRecalled(recall, row)) products.insert(std::string(product));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return products;
}

// Adds what the shop has of one product that `goods` names; what is left of it, or owed.
absl::Status AddStock(const store::Snapshot& snapshot, const std::string& product,
                      const RecalledGoods& goods, shop::v1::RecallShop* shop) {
  shop::v1::ListStockRequest request;
  request.set_by_lot(true);
  request.set_product(product);
  do {
    COMPTOIR_ASSIGN_OR_RETURN(const auto page, ListStock(snapshot, shop->shop(), request));
    for (const shop::v1::StockRow& row : page.rows()) {
      if (goods.Find(row.lot()) == nullptr || !IsLeft(row.quantity_milli(), row.unit())) continue;
      if (shop->stock_size() == kRecalledStockMax) {
        shop->set_more_stock(true);
        return absl::OkStatus();
      }
      shop::v1::RecalledStock* stock = shop->add_stock();
      stock->set_product(row.product());
      stock->set_product_name(row.name());
      stock->set_unit(row.unit());
      stock->set_lot(row.lot());
      stock->set_quantity_milli(row.quantity_milli());
    }
    request.set_cursor(page.next_cursor());
  } while (!request.cursor().empty());
  return absl::OkStatus();
}

absl::Status DescribeShop(const store::Snapshot& snapshot, const v1::RecallRow& recall,
                          bool with_stock, shop::v1::RecallShop* shop) {
  COMPTOIR_ASSIGN_OR_RETURN(*shop->mutable_name(), ShopName(snapshot, shop->shop()));
  COMPTOIR_ASSIGN_OR_RETURN(const auto confirmations,
                            ConfirmationsOf(snapshot, recall, shop->shop()));
  if (!confirmations.empty()) {
    const v1::RecallConfirmedRow& first = confirmations.front();
    Voice(first.said(), first.staff(), "", shop->mutable_confirmed());
    *shop->mutable_found() = first.found();
  }
  if (!with_stock) return absl::OkStatus();
  const RecallBook book(recall.recall(), shop->shop());
  std::set<std::string> products;
  if (recall.recall().product().empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(products, ProductsDelivered(snapshot, shop->shop(), recall.recall()));
  } else {
    products.insert(recall.recall().product());
  }
  for (const std::string& product : products) {
    COMPTOIR_ASSIGN_OR_RETURN(const RecalledGoods goods, book.Find(snapshot, product));
    COMPTOIR_RETURN_IF_ERROR(AddStock(snapshot, product, goods, shop));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<shop::v1::Recall> DescribeRecall(const store::Snapshot& snapshot,
                                                std::string_view self_shop,
                                                const v1::RecallRow& recall) {
  const v1::Recalled& said = recall.recall();
  shop::v1::Recall described;
  described.set_code(said.code());
  described.set_name(NameOfRecall(recall));
  *described.mutable_reference() = recall.name().reference();
  described.set_shop(said.shop());
  described.set_product(said.product());
  described.set_lot(said.lot());
  described.set_producer(said.producer());
  described.set_first_day(said.first_day());
  described.set_last_day(said.last_day());
  described.set_reason(said.reason());
  described.set_advice(said.advice());
  Voice(recall.said(), said.staff(), "", described.mutable_said());
  if (!said.product().empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(*described.mutable_product_name(),
                              ProductName(snapshot, said.product()));
  }
  COMPTOIR_ASSIGN_OR_RETURN(const auto lifts, LiftsOf(snapshot, recall));
  for (const v1::RecallLiftRow& lift : lifts) {
    Voice(lift.said(), lift.staff(), lift.reason(), described.add_lifts());
  }
  COMPTOIR_ASSIGN_OR_RETURN(const std::set<std::string> shops, ShopsOf(snapshot, self_shop, said));
  for (const std::string& code : shops) {
    shop::v1::RecallShop* shop = described.add_shops();
    shop->set_shop(code);
    COMPTOIR_RETURN_IF_ERROR(DescribeShop(snapshot, recall, /*with_stock=*/true, shop));
  }
  return described;
}

absl::StatusOr<shop::v1::ListRecallsResponse> ListRecalls(
    const store::Snapshot& snapshot, std::string_view self_shop,
    const shop::v1::ListRecallsRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(request.page_size(), kRecallsPageUsual, kRecallsPageMax));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string first,
                            OpenCursor(List::kRecallsList, request.cursor()));
  shop::v1::ListRecallsResponse response;
  if (!request.code().empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(const v1::RecallRow row, FindRecall(snapshot, request.code()));
    COMPTOIR_ASSIGN_OR_RETURN(*response.add_recalls(), DescribeRecall(snapshot, self_shop, row));
    return response;
  }
  std::vector<v1::RecallRow> page;
  absl::Status status;
  COMPTOIR_RETURN_IF_ERROR(
      VisitRecalls(snapshot, first, [&](const std::string& key, v1::RecallRow row) {
        if (!request.lifted()) {
          const auto lifted = IsLifted(snapshot, row);
          status = lifted.status();
          if (!status.ok()) return false;
          if (*lifted) return true;
        }
        if (page.size() == count) {
          response.set_next_cursor(SealCursor(List::kRecallsList, key));
          return false;
        }
        page.push_back(std::move(row));
        return true;
      }));
  COMPTOIR_RETURN_IF_ERROR(status);
  for (const v1::RecallRow& row : page) {
    COMPTOIR_ASSIGN_OR_RETURN(*response.add_recalls(), DescribeRecall(snapshot, self_shop, row));
  }
  return response;
}

absl::StatusOr<std::vector<OpenRecall>> OpenRecalls(const store::Snapshot& snapshot,
                                                    std::string_view self_shop) {
  std::vector<OpenRecall> open;
  absl::Status status;
  const auto add = [&](const v1::RecallRow& row) -> absl::Status {
    COMPTOIR_ASSIGN_OR_RETURN(const bool lifted, IsLifted(snapshot, row));
    if (lifted) return absl::OkStatus();
    OpenRecall recall;
    COMPTOIR_ASSIGN_OR_RETURN(const std::set<std::string> shops,
                              ShopsOf(snapshot, self_shop, row.recall()));
    for (const std::string& shop : shops) {
      COMPTOIR_ASSIGN_OR_RETURN(const bool confirmed, IsConfirmed(snapshot, row, shop));
      if (!confirmed) recall.shops.push_back(shop);
    }
    if (recall.shops.empty()) return absl::OkStatus();
    recall.code = row.recall().code();
    recall.what = WhatIsRecalled(row.recall());
    open.push_back(std::move(recall));
    return absl::OkStatus();
  };
  COMPTOIR_RETURN_IF_ERROR(VisitRecalls(snapshot, "", [&](const std::string&, v1::RecallRow row) {
    status = add(row);
    return status.ok() && open.size() < static_cast<size_t>(kOpenRecallsMax);
  }));
  COMPTOIR_RETURN_IF_ERROR(status);
  return open;
}

}  // namespace comptoir::retail
