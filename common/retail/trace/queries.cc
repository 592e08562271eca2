#include "common/retail/trace/queries.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/retail/account.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/fact_names.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/recalls/build.h"
#include "common/retail/recalls/list.h"
#include "common/retail/recalls/recall_book.h"
#include "common/retail/stock/queries.h"
#include "common/retail/tables.h"
#include "common/retail/trace/keys.h"
#include "comptoir/retail/v1/recall_rows.pb.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::retail {
namespace {

// One row of trace, taken apart.
struct Traced {
  std::string shop;
  TracePlace place;
  v1::TraceRow row;
};

absl::StatusOr<Traced> ParseTraced(std::string_view key_after_lot, std::string_view value) {
  Traced traced;
  std::string_view shop;
  if (!ConsumeCode(&key_after_lot, &shop) || !ParseTracePlace(key_after_lot, &traced.place) ||
      !traced.row.ParseFromArray(value.data(), static_cast<int>(value.size())) ||
      traced.row.quantity_milli() < 0 || traced.row.quantity_milli() > kQuantityMilliMax ||
      traced.row.to_waste_milli() < 0 ||
      traced.row.to_waste_milli() > traced.row.quantity_milli()) {
    return absl::DataLossError("a row of trace is damaged");
  }
  traced.shop = shop;
  return traced;
}

shop::v1::TraceKind KindOf(v1::FactKind kind) {
  switch (kind) {
    case v1::FACT_KIND_GOODS_RECEIVED:
      return shop::v1::TRACE_KIND_DELIVERED;
    case v1::FACT_KIND_SOLD:
      return shop::v1::TRACE_KIND_SOLD;
    case v1::FACT_KIND_RETURNED:
    case v1::FACT_KIND_VOIDED:
      return shop::v1::TRACE_KIND_RETURNED;
    case v1::FACT_KIND_WASTED:
      return shop::v1::TRACE_KIND_WASTED;
    case v1::FACT_KIND_COUNTED:
      return shop::v1::TRACE_KIND_COUNTED;
    case v1::FACT_KIND_TRANSFER_SENT:
      return shop::v1::TRACE_KIND_SENT;
    case v1::FACT_KIND_TRANSFER_RECEIVED:
      return shop::v1::TRACE_KIND_ARRIVED;
    case v1::FACT_KIND_TRANSFER_SETTLED:
      return shop::v1::TRACE_KIND_GIVEN_UP;
    default:
      return shop::v1::TRACE_KIND_UNSPECIFIED;
  }
}

// Of the way back: where goods came from.
bool BringsIn(v1::FactKind kind) {
  return kind == v1::FACT_KIND_GOODS_RECEIVED || kind == v1::FACT_KIND_TRANSFER_RECEIVED;
}

// What is asked for, made out of a request.
struct Question {
  std::vector<TraceItem> items;  // by product and lot; of no lot only where a recall is asked for
  v1::Recalled recall;
  std::string shop;  // empty: all that are known here
  bool deliveries_only = false;
};

// Answers it.
class Tracing {
 public:
  Tracing(const TraceScope& scope, const Question& question, shop::v1::TraceResponse* response)
      : scope_(scope), question_(question), response_(*response) {}

  // Movements from the key `first` on, at most `count`.
  absl::Status FillPage(const std::string& first, size_t count);
  // Sums, and the receipts that say no lot.
  absl::Status FillTotals();

 private:
  // Calls `visit` with what is known of an item from the key `first` on, until that gives false.
  absl::Status Visit(
      const TraceItem& item, const std::string& first,
      absl::FunctionRef<absl::StatusOr<bool>(std::string_view key, const Traced& traced)> visit);
  absl::Status AddMovement(const TraceItem& item, const Traced& traced);
  absl::Status AddTotals(const TraceItem& item);
  absl::Status FinishTotal(shop::v1::TraceTotal* total) const;
  absl::StatusOr<const FactNames*> NamesOf(const std::string& shop);
  std::string PrefixOf(const TraceItem& item) const {
    return question_.shop.empty() ? TracePrefix(item.product, item.lot)
                                  : TracePrefix(item.product, item.lot, question_.shop);
  }

  const TraceScope& scope_;
  const Question& question_;
  shop::v1::TraceResponse& response_;
  std::map<std::string, FactNames> names_;  // by shop
  // By shop and product: the first day on which a lot that was asked for came.
  std::map<std::pair<std::string, std::string>, int32_t> first_days_;
};

absl::StatusOr<const FactNames*> Tracing::NamesOf(const std::string& shop) {
  auto names = names_.find(shop);
  if (names == names_.end()) {
    COMPTOIR_ASSIGN_OR_RETURN(FactNames read, FactNames::Of(scope_.snapshot, shop));
    names = names_.emplace(shop, std::move(read)).first;
  }
  return &names->second;
}

absl::Status Tracing::AddMovement(const TraceItem& item, const Traced& traced) {
  const v1::TraceRow& row = traced.row;
  const uint64_t journal = traced.place.journal.value();
  const uint64_t sequence = traced.place.sequence.value();
  shop::v1::TraceMovement* movement = response_.add_movements();
  movement->set_kind(KindOf(row.kind()));
  movement->set_shop(traced.shop);
  movement->set_product(item.product);
  movement->set_lot(item.lot);
  movement->set_unit(row.unit());
  movement->set_quantity_milli(row.quantity_milli());
  movement->set_to_waste_milli(row.to_waste_milli());
  movement->set_wall_ms(traced.place.wall_ms);
  movement->set_utc_offset_minutes(row.utc_offset_minutes());
  movement->set_doubtful(row.doubtful());
  movement->set_producer(row.producer());
  movement->set_document(row.document());
  movement->set_use_by_day(row.use_by_day());
  movement->set_best_before_day(row.best_before_day());
  movement->set_waste_reason(row.waste_reason());
  COMPTOIR_ASSIGN_OR_RETURN(const FactNames* const names, NamesOf(traced.shop));
  COMPTOIR_ASSIGN_OR_RETURN(*movement->mutable_name(),
                            row.receipt_ordinal() == 0
                                ? names->NameOf(journal, sequence)
                                : names->ReceiptNumberOf(journal, sequence, row.receipt_ordinal()));
  if (row.producer().empty()) return absl::OkStatus();
  COMPTOIR_ASSIGN_OR_RETURN(*movement->mutable_producer_name(),
                            ProducerName(scope_.snapshot, row.producer()));
  COMPTOIR_ASSIGN_OR_RETURN(*movement->mutable_producer_place(),
                            ProducerPlace(scope_.snapshot, row.producer()));
  return absl::OkStatus();
}

absl::Status Tracing::Visit(
    const TraceItem& item, const std::string& first,
    absl::FunctionRef<absl::StatusOr<bool>(std::string_view key, const Traced& traced)> visit) {
  const std::string prefix = PrefixOf(item);
  const std::string from = std::max(first, prefix);
  const size_t item_bytes = TracePrefix(item.product, item.lot).size();
  const auto take = [&](std::string_view key, std::string_view value) -> absl::StatusOr<bool> {
    COMPTOIR_ASSIGN_OR_RETURN(const Traced traced, ParseTraced(key.substr(item_bytes), value));
    return visit(key, traced);
  };
  if (item.lot.empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(
        const auto deliveries,
        UnlottedDeliveries(scope_.snapshot, question_.recall, item.product, question_.shop));
    for (auto row = deliveries.lower_bound(from); row != deliveries.end(); ++row) {
      COMPTOIR_ASSIGN_OR_RETURN(const bool more, take(row->first, row->second.SerializeAsString()));
      if (!more) break;
    }
    return absl::OkStatus();
  }
  auto rows = scope_.snapshot.Scan(kTrace, from, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    COMPTOIR_ASSIGN_OR_RETURN(const bool more, take(rows->key(), rows->value()));
    if (!more) return absl::OkStatus();
  }
  return rows->status();
}

absl::Status Tracing::FillPage(const std::string& first, size_t count) {
  for (const TraceItem& item : question_.items) {
    if (!first.empty() && first >= PrefixLimit(PrefixOf(item))) continue;
    const auto add = [&](std::string_view key, const Traced& traced) -> absl::StatusOr<bool> {
      if (question_.deliveries_only && !BringsIn(traced.row.kind())) return true;
      if (static_cast<size_t>(response_.movements_size()) == count) {
        response_.set_next_cursor(SealCursor(List::kTraceList, key));
        return false;
      }
      COMPTOIR_RETURN_IF_ERROR(AddMovement(item, traced));
      return true;
    };
    COMPTOIR_RETURN_IF_ERROR(Visit(item, first, add));
    if (!response_.next_cursor().empty()) return absl::OkStatus();
  }
  return absl::OkStatus();
}

void AddToTotal(const v1::TraceRow& row, shop::v1::TraceTotal* total) {
  const int64_t milli = row.quantity_milli();
  switch (row.kind()) {
    case v1::FACT_KIND_GOODS_RECEIVED:
      total->set_delivered_milli(total->delivered_milli() + milli);
      break;
    case v1::FACT_KIND_SOLD:
      total->set_sold_milli(total->sold_milli() + milli);
      break;
    case v1::FACT_KIND_RETURNED:
    case v1::FACT_KIND_VOIDED:
      total->set_returned_milli(total->returned_milli() + milli - row.to_waste_milli());
      total->set_returned_to_waste_milli(total->returned_to_waste_milli() + row.to_waste_milli());
      break;
    case v1::FACT_KIND_WASTED:
      total->set_wasted_milli(total->wasted_milli() + milli);
      break;
    case v1::FACT_KIND_TRANSFER_SENT:
      total->set_sent_milli(total->sent_milli() + milli);
      break;
    case v1::FACT_KIND_TRANSFER_RECEIVED:
      total->set_arrived_milli(total->arrived_milli() + milli);
      break;
    default:
      break;  // what is given up was on no shelf; a count is an observation: what it made of stock
              // is not in its row
  }
}

// Movements are summed out of trace, what is there out of stock: two ways that must meet.
absl::Status Tracing::FinishTotal(shop::v1::TraceTotal* total) const {
  COMPTOIR_ASSIGN_OR_RETURN(const LotStock stock,
                            ReadLotStock(scope_.snapshot, total->shop(),
                                         {total->product(), total->unit(), total->lot()}));
  total->set_counted_milli(stock.counted_milli);
  total->set_on_shelf_milli(stock.milli());
  const int64_t came_milli =
      total->delivered_milli() + total->arrived_milli() + total->returned_milli();
  const int64_t went_milli = total->sent_milli() + total->sold_milli() + total->wasted_milli();
  total->set_reconciles(came_milli - went_milli + total->counted_milli() ==
                        total->on_shelf_milli());
  COMPTOIR_ASSIGN_OR_RETURN(*total->mutable_product_name(),
                            ProductName(scope_.snapshot, total->product()));
  return absl::OkStatus();
}

absl::Status Tracing::AddTotals(const TraceItem& item) {
  std::map<std::pair<std::string, v1::Unit>, shop::v1::TraceTotal> totals;
  const auto add = [&](std::string_view, const Traced& traced) -> absl::StatusOr<bool> {
    // Of no lot only deliveries are known: there is nothing to sum.
    if (!item.lot.empty()) AddToTotal(traced.row, &totals[{traced.shop, traced.row.unit()}]);
    if (!BringsIn(traced.row.kind())) return true;
    const auto [day, is_new] =
        first_days_.emplace(std::pair(traced.shop, item.product), traced.row.day());
    day->second = std::min(day->second, traced.row.day());
    return true;
  };
  COMPTOIR_RETURN_IF_ERROR(Visit(item, "", add));
  for (auto& [key, total] : totals) {
    if (response_.totals_size() == kTraceTotalsMax) {
      response_.set_more_totals(true);
      return absl::OkStatus();
    }
    total.set_shop(key.first);
    total.set_product(item.product);
    total.set_lot(item.lot);
    total.set_unit(key.second);
    COMPTOIR_RETURN_IF_ERROR(FinishTotal(&total));
    *response_.add_totals() = std::move(total);
  }
  return absl::OkStatus();
}

absl::Status Tracing::FillTotals() {
  for (const TraceItem& item : question_.items) COMPTOIR_RETURN_IF_ERROR(AddTotals(item));
  size_t budget = kTraceReceiptsMax;
  for (const auto& [where, first_day] : first_days_) {
    shop::v1::TraceUnknown unknown;
    unknown.set_shop(where.first);
    unknown.set_product(where.second);
    unknown.set_first_day(first_day);
    unknown.set_last_day(scope_.today.value());
    COMPTOIR_RETURN_IF_ERROR(CountUnknownLots(scope_, &budget, &unknown));
    if (unknown.receipts() > 0 || unknown.at_least()) {
      *response_.add_unknown() = std::move(unknown);
    }
  }
  return absl::OkStatus();
}

absl::Status TooMany() {
  return WithReason(
      absl::FailedPreconditionError(absl::StrCat("it is of more than ", kTraceItemsMax,
                                                 " lots: ask for one product and lot at a time")),
      kBadRecall);
}

// Every lot of a product that moved, and what came without one.
absl::StatusOr<std::vector<TraceItem>> LotsOf(const store::Snapshot& snapshot,
                                              const std::string& product) {
  std::vector<TraceItem> items = {{product, ""}};
  std::string prefix;
  AppendCode(product, &prefix);
  const std::string limit = PrefixLimit(prefix);
  std::string from = prefix;
  while (true) {
    const auto rows = snapshot.Scan(kTrace, from, limit);
    if (!rows->Valid()) {
      COMPTOIR_RETURN_IF_ERROR(rows->status());
      return items;
    }
    std::string_view key = rows->key().substr(prefix.size());
    std::string_view lot;
    if (!ConsumeCode(&key, &lot)) return absl::DataLossError("a key of trace is damaged");
    if (items.size() == kTraceItemsMax) return TooMany();
    items.push_back({product, std::string(lot)});
    from = PrefixLimit(TracePrefix(product, lot));
  }
}

// Lots that a producer delivered on some days, the empty one where any came without.
absl::StatusOr<std::vector<TraceItem>> LotsDelivered(const store::Snapshot& snapshot,
                                                     const v1::Recalled& recall,
                                                     std::string_view shop) {
  std::set<TraceItem> items;
  std::string prefix;
  if (!shop.empty()) AppendCode(shop, &prefix);
  auto rows = snapshot.Scan(kLots, prefix, prefix.empty() ? "" : PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    std::string_view key = rows->key();
    std::string_view at;
    std::string_view product;
    std::string_view lot;
    v1::LotRow row;
    if (!ConsumeCode(&key, &at) || !ConsumeCode(&key, &product) || !ConsumeCode(&key, &lot) ||
        !row.ParseFromArray(rows->value().data(), static_cast<int>(rows->value().size()))) {
      return absl::DataLossError("a row of lots is damaged");
    }
    if (!IsDeliveryRecalled(recall, row)) continue;
    items.insert({std::string(product), std::string(lot)});
    if (items.size() > kTraceItemsMax) return TooMany();
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return std::vector<TraceItem>(items.begin(), items.end());
}

absl::Status CheckQuestion(const shop::v1::TraceRequest& request) {
  const int asked = (request.product().empty() && request.lot().empty() ? 0 : 1) +
                    (request.recall().empty() ? 0 : 1) + (request.receipt().empty() ? 0 : 1);
  if (asked != 1) {
    return Refuse(kBadSubject,
                  "what is to be traced? Say a product and a lot of it, or a recall, or a receipt");
  }
  if (request.product().empty() && request.lot().empty()) return absl::OkStatus();
  COMPTOIR_RETURN_IF_ERROR(CheckCodeField("product", request.product()));
  COMPTOIR_RETURN_IF_ERROR(CheckLot(request.lot()));
  if (!request.lot().empty()) return absl::OkStatus();
  return Refuse(kBadLot, "which lot of it? 'stock --lots' lists those that are on the shelf");
}

absl::StatusOr<Question> MakeQuestion(const TraceScope& scope,
                                      const shop::v1::TraceRequest& request, bool is_first_page,
                                      shop::v1::TraceResponse* response) {
  Question question;
  question.shop = request.shop();
  if (!request.receipt().empty()) {
    std::string shop;
    COMPTOIR_ASSIGN_OR_RETURN(question.items,
                              ItemsOfReceipt(scope, request.receipt(), response, &shop));
    question.shop = shop;
    question.deliveries_only = true;
    return question;
  }
  if (request.recall().empty()) {
    question.items.push_back({request.product(), request.lot()});
    return question;
  }
  COMPTOIR_ASSIGN_OR_RETURN(const v1::RecallRow recall,
                            FindRecall(scope.snapshot, request.recall()));
  if (is_first_page) {
    COMPTOIR_ASSIGN_OR_RETURN(*response->mutable_recall(),
                              DescribeRecall(scope.snapshot, scope.self_shop, recall));
  }
  question.recall = recall.recall();
  if (question.shop.empty()) question.shop = recall.recall().shop();
  COMPTOIR_ASSIGN_OR_RETURN(question.items,
                            ItemsOfRecall(scope.snapshot, recall.recall(), question.shop));
  return question;
}

}  // namespace

absl::StatusOr<std::vector<TraceItem>> ItemsOfRecall(const store::Snapshot& snapshot,
                                                     const v1::Recalled& recall,
                                                     std::string_view shop) {
  if (recall.product().empty()) return LotsDelivered(snapshot, recall, shop);
  if (recall.lot().empty()) return LotsOf(snapshot, recall.product());
  return std::vector<TraceItem>{{recall.product(), recall.lot()}};
}

absl::StatusOr<shop::v1::TraceResponse> Trace(const TraceScope& scope,
                                              const shop::v1::TraceRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckQuestion(request));
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(request.page_size(), kTracePageUsual, kTracePageMax));
  COMPTOIR_ASSIGN_OR_RETURN(const std::string first,
                            OpenCursor(List::kTraceList, request.cursor()));
  shop::v1::TraceResponse response;
  COMPTOIR_ASSIGN_OR_RETURN(const Question question,
                            MakeQuestion(scope, request, first.empty(), &response));
  Tracing tracing(scope, question, &response);
  COMPTOIR_RETURN_IF_ERROR(tracing.FillPage(first, count));
  if (!first.empty()) {
    response.clear_receipt_lines();  // said on the first page
  } else if (!question.deliveries_only) {
    COMPTOIR_RETURN_IF_ERROR(tracing.FillTotals());
  }
  return response;
}

}  // namespace comptoir::retail
