#include "common/retail/transfers/build.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/base/text.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/nodes/queries.h"
#include "common/retail/quantity.h"
#include "common/retail/reasons.h"
#include "common/retail/stock/lot_book.h"
#include "common/retail/stock/lots.h"
#include "common/retail/transfers/admit.h"
#include "common/retail/transfers/id.h"
#include "common/retail/transfers/state.h"

namespace comptoir::retail {
namespace {

using GoodsAsked = google::protobuf::RepeatedPtrField<shop::v1::TransferGoods>;
using TransferLines = google::protobuf::RepeatedPtrField<v1::TransferLine>;

absl::Status CheckKnownShop(const store::Snapshot& snapshot, const std::string& shop,
                            std::string_view advice) {
  COMPTOIR_ASSIGN_OR_RETURN(const bool has_node, HasNode(snapshot, shop));
  if (has_node) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(const std::string name, ShopName(snapshot, shop));
  if (!name.empty()) return absl::OkStatus();
  return WithReason(
      absl::NotFoundError(absl::StrCat("no shop ", Quoted(shop), " is known here: ", View(advice))),
      kUnknownShop);
}

absl::Status CheckDestination(const store::Snapshot& snapshot, std::string_view from,
                              const std::string& to) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("shop", to));
  if (to == from) return Refuse(kBadTransfer, "a shop sends goods to another one, not to itself");
  return CheckKnownShop(snapshot, to, "check the code, as 'stock --coop' and 'shop list' show it");
}

// What is said of the lot in `goods` goes before what `line` has of it.
void SayOfLot(const shop::v1::TransferGoods& goods, v1::TransferLine* line) {
  if (goods.use_by_day() != 0) line->set_use_by_day(goods.use_by_day());
  if (goods.best_before_day() != 0) line->set_best_before_day(goods.best_before_day());
  if (!goods.producer().empty()) line->set_producer(goods.producer());
}

// ---- sent ----

absl::Status DescribeSentLot(const store::Snapshot& snapshot, std::string_view shop,
                             v1::TransferLine* line) {
  if (line->lot().empty()) return absl::OkStatus();
  shop::v1::ListStockResponse stock;
  shop::v1::StockRow* row = stock.add_rows();
  row->set_shop(std::string(shop));
  row->set_product(line->product());
  row->set_lot(line->lot());
  COMPTOIR_RETURN_IF_ERROR(DescribeLots(snapshot, &stock));
  line->set_use_by_day(row->use_by_day());
  line->set_best_before_day(row->best_before_day());
  line->set_producer(row->producer());
  return absl::OkStatus();
}

absl::Status AddSentLines(const store::Snapshot& snapshot, std::string_view shop, LotBook& lots,
                          const shop::v1::TransferGoods& goods, int still_to_come,
                          v1::TransferSent* sent) {
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", goods.product()));
  COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(snapshot, goods.product()));
  if (unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(snapshot, goods.product());
  if (!goods.has_quantity_milli()) {
    return Refuse(kBadQuantity, absl::StrCat("say how much of ", goods.product(), " is sent"));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckQuantity(goods.quantity_milli()));
  std::vector<LotPick> picks = {{goods.lot(), Quantity(goods.quantity_milli())}};
  if (goods.lot().empty()) {
    const int room = static_cast<int>(kLinesMax) - sent->lines_size() - still_to_come;
    COMPTOIR_ASSIGN_OR_RETURN(
        picks, lots.Pick(snapshot, goods.product(), unit, picks.front().quantity,
                         /*unit_price=*/Cents(0), static_cast<size_t>(std::max(room, 1))));
  }
  for (const LotPick& pick : picks) {
    v1::TransferLine* line = sent->add_lines();
    line->set_product(goods.product());
    line->set_unit(unit);
    line->set_quantity_milli(pick.quantity.value());
    line->set_lot(pick.lot);
    COMPTOIR_RETURN_IF_ERROR(DescribeSentLot(snapshot, shop, line));
    SayOfLot(goods, line);
  }
  return absl::OkStatus();
}

// ---- received and settled ----

// Gives out what was sent and is not accounted for, line by line.
class Outstanding {
 public:
  // To give up what is left of it, where `settles`; else to count in what arrived.
  static absl::StatusOr<Outstanding> Of(const store::Snapshot& snapshot, std::string_view transfer,
                                        bool settles) {
    COMPTOIR_ASSIGN_OR_RETURN(const TransferState state, ReadTransfer(snapshot, transfer));
    if (state.too_many || state.facts.size() >= kTransferFactsMax) {
      return WithReason(
          absl::FailedPreconditionError(absl::StrCat(
              "so much is said of ", state.transfer,
              " already that no more is taken: let the sender send the rest by another transfer")),
          kTooManyFacts);
    }
    Outstanding outstanding(snapshot, settles);
    outstanding.transfer_ = state.transfer;
    outstanding.is_sent_ = IsSent(state);
    outstanding.to_ = SentTo(state);
    outstanding.items_ = ItemsOf(state);
    return outstanding;
  }

  bool is_sent() const { return is_sent_; }
  const std::set<std::string>& to() const { return to_; }

  // All of it.
  absl::Status TakeAll(TransferLines* lines) {
    for (auto& [key, item] : items_) {
      if (item.left_milli() > 0) TakeFrom(key, item, item.left_milli(), lines);
    }
    return lines->empty() ? NothingLeft("") : absl::OkStatus();
  }

  // No more than is on its way, where it is given up.
  absl::Status Take(const shop::v1::TransferGoods& goods, TransferLines* lines) {
    COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", goods.product()));
    COMPTOIR_RETURN_IF_ERROR(CheckLot(goods.lot()));
    COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, UnitOf(goods.product()));
    const std::pair key(goods.product(), unit);
    TransferItemSums& item = items_[key];
    const int64_t left = goods.lot().empty()
                             ? item.left_milli()
                             : std::min(item.left_milli(), item.lots[goods.lot()].left_milli());
    if (!goods.has_quantity_milli() && left <= 0) return NothingLeft(goods.product());
    const int64_t milli = goods.has_quantity_milli() ? goods.quantity_milli() : left;
    COMPTOIR_RETURN_IF_ERROR(CheckQuantity(milli));
    if (settles_ && milli > item.left_milli()) return MoreThanLeft(goods.product(), item);
    const int before = lines->size();
    if (goods.lot().empty()) {
      TakeFrom(key, item, milli, lines);
    } else {
      Add(key, item, goods.lot(), milli, lines);
    }
    for (int i = before; i < lines->size(); ++i) SayOfLot(goods, lines->Mutable(i));
    return absl::OkStatus();
  }

  absl::Status NothingLeft(const std::string& product) const {
    const std::string of = product.empty() ? transfer_ : absl::StrCat(product, " of ", transfer_);
    if (!is_sent_) {
      return WithReason(absl::FailedPreconditionError(absl::StrCat(
                            "it is not known here yet what was sent by ", transfer_,
                            settles_ ? ": wait until the hub brings what was sent"
                                     : ": say each product and its quantity, as the delivery "
                                       "paper does")),
                        kNotAnnounced);
    }
    return WithReason(absl::FailedPreconditionError(absl::StrCat(
                          "nothing of ", of, " is on its way: ",
                          settles_ ? "nothing is left to give up" : "say how much more arrived")),
                      kNothingInTransit);
  }

 private:
  Outstanding(const store::Snapshot& snapshot, bool settles)
      : snapshot_(&snapshot), settles_(settles) {}

  // As it was sent; else the product's.
  absl::StatusOr<v1::Unit> UnitOf(const std::string& product) const {
    COMPTOIR_ASSIGN_OR_RETURN(const v1::Unit unit, ProductUnit(*snapshot_, product));
    if (items_.contains({product, unit})) return unit;
    const auto sent = items_.lower_bound({product, v1::UNIT_UNSPECIFIED});
    if (sent != items_.end() && sent->first.first == product) return sent->first.second;
    if (unit == v1::UNIT_UNSPECIFIED) return WithoutUnit(*snapshot_, product);
    return unit;
  }

  absl::Status MoreThanLeft(const std::string& product, const TransferItemSums& item) const {
    if (!is_sent_) return NothingLeft(product);
    return WithReason(absl::FailedPreconditionError(absl::StrCat(
                          "of ", product, " only ",
                          FormatQuantity(Quantity(std::max<int64_t>(item.left_milli(), 0))),
                          " is on its way: 'transfer list' shows what")),
                      kNothingInTransit);
  }

  // Over the lots that were sent, in their order; what is more than they hold is of the one
  // that was sent, or of none that is known.
  void TakeFrom(const std::pair<std::string, v1::Unit>& key, TransferItemSums& item, int64_t milli,
                TransferLines* lines) {
    std::vector<std::string> sent;
    for (const auto& [lot, sums] : item.lots) {
      if (sums.sent_milli > 0) sent.push_back(lot);
    }
    for (const std::string& lot : sent) {
      const int64_t part = std::min(item.lots[lot].left_milli(), milli);
      if (part <= 0) continue;
      Add(key, item, lot, part, lines);
      milli -= part;
    }
    if (milli > 0) Add(key, item, sent.size() == 1 ? sent.front() : "", milli, lines);
  }

  static void Add(const std::pair<std::string, v1::Unit>& key, TransferItemSums& item,
                  const std::string& lot, int64_t milli, TransferLines* lines) {
    TransferLotSums& sums = item.lots[lot];
    sums.received_milli += milli;
    item.received_milli += milli;
    v1::TransferLine* line = lines->Add();
    line->set_product(key.first);
    line->set_unit(key.second);
    line->set_quantity_milli(milli);
    line->set_lot(lot);
    line->set_use_by_day(sums.use_by_day);
    line->set_best_before_day(sums.best_before_day);
    line->set_producer(sums.producer);
  }

  const store::Snapshot* snapshot_;
  bool settles_;
  std::string transfer_;
  bool is_sent_ = false;
  std::set<std::string> to_;
  TransferItems items_;
};

absl::Status TakeAsked(const GoodsAsked& asked, Outstanding& outstanding, TransferLines* lines) {
  if (asked.empty()) return outstanding.TakeAll(lines);
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(asked.size()));
  for (int i = 0; i < asked.size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(outstanding.Take(asked[i], lines), i + 1));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<v1::TransferSent> BuildTransferSent(const store::Snapshot& snapshot,
                                                   std::string_view shop, Day today,
                                                   const shop::v1::SendTransferRequest& request,
                                                   uint32_t digest) {
  COMPTOIR_RETURN_IF_ERROR(CheckLineCount(request.lines_size()));
  COMPTOIR_RETURN_IF_ERROR(CheckDestination(snapshot, shop, request.to()));
  LotBook lots;
  COMPTOIR_RETURN_IF_ERROR(lots.Open(snapshot, shop, today));
  for (const shop::v1::TransferGoods& goods : request.lines()) {
    if (goods.lot().empty() || !CheckQuantity(goods.quantity_milli()).ok()) continue;
    lots.Take(goods.product(), goods.lot(), Quantity(goods.quantity_milli()));
  }
  v1::TransferSent sent;
  sent.set_transfer(MakeTransferId(shop, request.request_id(), digest));
  sent.set_to(request.to());
  sent.set_staff(request.staff());
  for (int i = 0; i < request.lines_size(); ++i) {
    COMPTOIR_RETURN_IF_ERROR(AtLine(
        AddSentLines(snapshot, shop, lots, request.lines(i), request.lines_size() - i - 1, &sent),
        i + 1));
  }
  COMPTOIR_RETURN_IF_ERROR(CheckTransferSent(sent));
  return sent;
}

absl::StatusOr<v1::TransferReceived> BuildTransferReceived(
    const store::Snapshot& snapshot, std::string_view shop,
    const shop::v1::ReceiveTransferRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const TransferId id, ParseTransferId(request.transfer()));
  COMPTOIR_ASSIGN_OR_RETURN(Outstanding outstanding,
                            Outstanding::Of(snapshot, id.text, /*settles=*/false));
  if (id.shop != shop && !outstanding.is_sent()) {
    COMPTOIR_RETURN_IF_ERROR(
        CheckKnownShop(snapshot, id.shop, "check the id, as the delivery paper says it"));
  }
  if (id.shop == shop && request.lines().empty()) {
    return WithReason(absl::FailedPreconditionError(
                          absl::StrCat(id.text,
                                       " was sent from here: say what of it came back, product by "
                                       "product, or correct what was sent by mistake")),
                      kOtherShop);
  }
  v1::TransferReceived received;
  received.set_transfer(id.text);
  received.set_staff(request.staff());
  COMPTOIR_RETURN_IF_ERROR(TakeAsked(request.lines(), outstanding, received.mutable_lines()));
  COMPTOIR_RETURN_IF_ERROR(CheckTransferReceived(received));
  return received;
}

absl::StatusOr<v1::TransferSettled> BuildTransferSettled(
    const store::Snapshot& snapshot, std::string_view shop,
    const shop::v1::SettleTransferRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const TransferId id, ParseTransferId(request.transfer()));
  COMPTOIR_ASSIGN_OR_RETURN(Outstanding outstanding,
                            Outstanding::Of(snapshot, id.text, /*settles=*/true));
  if (outstanding.is_sent() && !outstanding.to().contains(std::string(shop))) {
    return WithReason(absl::FailedPreconditionError(
                          absl::StrCat(id.text, " was sent to ", *outstanding.to().begin(),
                                       ": settle there what does not arrive")),
                      kOtherShop);
  }
  if (!outstanding.is_sent()) return outstanding.NothingLeft("");
  v1::TransferSettled settled;
  settled.set_transfer(id.text);
  settled.set_reason(request.reason());
  settled.set_staff(request.staff());
  COMPTOIR_RETURN_IF_ERROR(TakeAsked(request.lines(), outstanding, settled.mutable_lines()));
  COMPTOIR_RETURN_IF_ERROR(CheckTransferSettled(settled));
  return settled;
}

}  // namespace comptoir::retail
