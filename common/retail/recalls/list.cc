#include "common/retail/recalls/list.h"

#include <map>
#include <optional>
#include <set>
#include <tuple>
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
  std::string from;
  while (true) {
    const auto series = snapshot.Scan(kSeries, from, "");
    if (!series->Valid()) {
      COMPTOIR_RETURN_IF_ERROR(series->status());
      return shops;
    }
    std::string_view key = series->key();
    std::string_view shop;
    if (!ConsumeCode(&key, &shop)) return absl::DataLossError("a row of series is damaged");
    if (!gone.contains(std::string(shop))) shops.insert(std::string(shop));
    from = PrefixLimit(RecallsPrefix(shop));
  }
}

// What describing several recalls of one snapshot reads once.
class RecallScene {
 public:
  RecallScene(const store::Snapshot& snapshot, std::string_view self_shop)
      : snapshot_(snapshot), self_shop_(self_shop) {}

  const store::Snapshot& snapshot() const { return snapshot_; }
  // Whom a recall concerns, as far as is known here.
  absl::StatusOr<std::set<std::string>> ShopsOf(const v1::Recalled& recall);
  // Products of which deliveries of a producer to a shop on some days brought any.
  absl::StatusOr<std::set<std::string>> ProductsDelivered(const std::string& shop,
                                                          const v1::Recalled& recall);

 private:
  using Deliveries = std::set<std::tuple<std::string, int32_t, std::string>>;  // producer, day,
                                                                               // product
  absl::StatusOr<Deliveries> ReadDeliveries(const std::string& shop) const;

  const store::Snapshot& snapshot_;
  const std::string_view self_shop_;
  std::optional<std::set<std::string>> to_hear_;
  std::map<std::string, Deliveries> deliveries_;  // by shop
};

absl::StatusOr<std::set<std::string>> RecallScene::ShopsOf(const v1::Recalled& recall) {
  if (!recall.shop().empty()) return std::set<std::string>{recall.shop()};
  if (!self_shop_.empty()) return std::set<std::string>{std::string(self_shop_)};
  if (!to_hear_.has_value()) {
    COMPTOIR_ASSIGN_OR_RETURN(to_hear_, ShopsToHear(snapshot_));
  }
  return *to_hear_;
}

absl::StatusOr<RecallScene::Deliveries> RecallScene::ReadDeliveries(const std::string& shop) const {
  Deliveries deliveries;
  const std::string prefix = RecallsPrefix(shop);
  auto rows = snapshot_.Scan(kLots, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key().substr(prefix.size());
    std::string_view product;
    v1::LotRow row;
    if (!ConsumeCode(&key, &product) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of lots is damaged");
    }
    deliveries.emplace(row.producer(), row.day(), product);
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return deliveries;
}

absl::StatusOr<std::set<std::string>> RecallScene::ProductsDelivered(const std::string& shop,
                                                                     const v1::Recalled& recall) {
  auto known = deliveries_.find(shop);
  if (known == deliveries_.end()) {
    COMPTOIR_ASSIGN_OR_RETURN(Deliveries read, ReadDeliveries(shop));
    known = deliveries_.emplace(shop, std::move(read)).first;
  }
  std::set<std::string> products;
  for (const auto& [producer, day, product] : known->second) {
    v1::LotRow row;
    row.set_producer(producer);
    row.set_day(day);
    if (IsDeliveryRecalled(recall, row)) products.insert(product);
  }
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

absl::Status DescribeShop(RecallScene& scene, const v1::RecallRow& recall,
                          shop::v1::RecallShop* shop) {
  const store::Snapshot& snapshot = scene.snapshot();
  COMPTOIR_ASSIGN_OR_RETURN(*shop->mutable_name(), ShopName(snapshot, shop->shop()));
  COMPTOIR_ASSIGN_OR_RETURN(const auto confirmations,
                            ConfirmationsOf(snapshot, recall, shop->shop()));
  if (!confirmations.empty()) {
    const v1::RecallConfirmedRow& first = confirmations.front();
    Voice(first.said(), first.staff(), "", shop->mutable_confirmed());
    *shop->mutable_found() = first.found();
  }
  const RecallBook book(recall.recall(), shop->shop());
  std::set<std::string> products;
  if (recall.recall().product().empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(products, scene.ProductsDelivered(shop->shop(), recall.recall()));
  } else {
    products.insert(recall.recall().product());
  }
  for (const std::string& product : products) {
    COMPTOIR_ASSIGN_OR_RETURN(const RecalledGoods goods, book.Find(snapshot, product));
    COMPTOIR_RETURN_IF_ERROR(AddStock(snapshot, product, goods, shop));
  }
  return absl::OkStatus();
}

absl::StatusOr<shop::v1::Recall> DescribeIn(RecallScene& scene, const v1::RecallRow& recall) {
  const store::Snapshot& snapshot = scene.snapshot();
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
  COMPTOIR_ASSIGN_OR_RETURN(const std::set<std::string> shops, scene.ShopsOf(said));
  for (const std::string& code : shops) {
    shop::v1::RecallShop* shop = described.add_shops();
    shop->set_shop(code);
    COMPTOIR_RETURN_IF_ERROR(DescribeShop(scene, recall, shop));
  }
  return described;
}

}  // namespace

absl::StatusOr<shop::v1::Recall> DescribeRecall(const store::Snapshot& snapshot,
                                                std::string_view self_shop,
                                                const v1::RecallRow& recall) {
  RecallScene scene(snapshot, self_shop);
  return DescribeIn(scene, recall);
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
  RecallScene scene(snapshot, self_shop);
  for (const v1::RecallRow& row : page) {
    COMPTOIR_ASSIGN_OR_RETURN(*response.add_recalls(), DescribeIn(scene, row));
  }
  return response;
}

absl::StatusOr<bool> IsLotKnown(const store::Snapshot& snapshot, const v1::Recalled& recall) {
  if (recall.lot().empty()) return true;
  const std::string wanted = LotAsCompared(recall.lot());
  std::string from = recall.shop().empty() ? "" : RecallsPrefix(recall.shop());
  while (true) {
    const auto next = snapshot.Scan(kLots, from, "");
    COMPTOIR_RETURN_IF_ERROR(next->status());
    std::string_view key = next->Valid() ? next->key() : "";
    std::string_view shop;
    if (!next->Valid()) return false;
    if (!ConsumeCode(&key, &shop)) return absl::DataLossError("a row of lots is damaged");
    if (!recall.shop().empty() && shop != recall.shop()) return false;
    std::string prefix = RecallsPrefix(shop);
    from = PrefixLimit(prefix);
    AppendCode(recall.product(), &prefix);
    auto rows = snapshot.Scan(kLots, prefix, PrefixLimit(prefix));
    for (; rows->Valid(); rows->Next()) {
      std::string_view rest = rows->key().substr(prefix.size());
      std::string_view lot;
      if (!ConsumeCode(&rest, &lot)) return absl::DataLossError("a row of lots is damaged");
      if (LotAsCompared(lot) == wanted) return true;
    }
    COMPTOIR_RETURN_IF_ERROR(rows->status());
  }
}

absl::StatusOr<std::vector<OpenRecall>> OpenRecalls(const store::Snapshot& snapshot,
                                                    std::string_view self_shop, int* unreadable) {
  std::vector<OpenRecall> open;
  RecallScene scene(snapshot, self_shop);
  absl::Status status;
  const auto add = [&](const v1::RecallRow& row) -> absl::Status {
    COMPTOIR_ASSIGN_OR_RETURN(const bool lifted, IsLifted(snapshot, row));
    if (lifted) return absl::OkStatus();
    OpenRecall recall;
    COMPTOIR_ASSIGN_OR_RETURN(const std::set<std::string> shops, scene.ShopsOf(row.recall()));
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
  const auto visit = [&](const std::string&, v1::RecallRow row) {
    status = add(row);
    return status.ok() && open.size() < static_cast<size_t>(kOpenRecallsMax);
  };
  COMPTOIR_RETURN_IF_ERROR(VisitRecalls(snapshot, "", visit, unreadable));
  COMPTOIR_RETURN_IF_ERROR(status);
  return open;
}

}  // namespace comptoir::retail
