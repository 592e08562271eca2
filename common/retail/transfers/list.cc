#include "common/retail/transfers/list.h"

#include <algorithm>
#include <optional>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/retail/catalogue/queries.h"
#include "common/retail/check.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "common/retail/reasons.h"
#include "common/retail/tables.h"
#include "common/retail/transfers/id.h"

namespace comptoir::retail {
namespace {

// Of the facts that count; 0: none does.
int64_t SinceMillis(const TransferState& state) {
  int64_t since_ms = 0;
  for (const TransferFact& fact : state.facts) {
    if (!fact.row.counted()) continue;
    since_ms = since_ms == 0 ? fact.row.wall_ms() : std::min(since_ms, fact.row.wall_ms());
  }
  return since_ms;
}

void FillSent(const TransferState& state, shop::v1::Transfer* transfer) {
  for (const TransferFact& fact : state.facts) {
    if (!fact.row.counted() || !fact.row.has_sent()) continue;
    if (transfer->sent_ms() != 0 && transfer->sent_ms() <= fact.row.wall_ms()) continue;
    transfer->set_to(fact.row.sent().to());
    transfer->set_sent_ms(fact.row.wall_ms());
    transfer->set_sent_utc_offset_minutes(fact.row.utc_offset_minutes());
  }
}

void FillSteps(const TransferState& state, shop::v1::Transfer* transfer) {
  for (const TransferFact& fact : state.facts) {
    shop::v1::TransferStep* step = transfer->add_steps();
    const v1::TransferRow& row = fact.row;
    if (row.has_sent()) step->set_kind(v1::FACT_KIND_TRANSFER_SENT);
    if (row.has_received()) step->set_kind(v1::FACT_KIND_TRANSFER_RECEIVED);
    if (row.has_settled()) {
      step->set_kind(v1::FACT_KIND_TRANSFER_SETTLED);
      step->set_reason(row.settled().reason());
    }
    step->set_shop(row.shop());
    step->set_wall_ms(row.wall_ms());
    step->set_utc_offset_minutes(row.utc_offset_minutes());
    step->set_undone(!row.counted());
    *step->mutable_reference() = TransferReference(fact.key);
  }
  std::stable_sort(transfer->mutable_steps()->begin(), transfer->mutable_steps()->end(),
                   [](const shop::v1::TransferStep& a, const shop::v1::TransferStep& b) {
                     return a.wall_ms() < b.wall_ms();
                   });
}

absl::Status FillItems(const store::Snapshot& snapshot, const TransferItems& items,
                       shop::v1::Transfer* transfer) {
  for (const auto& [key, item] : items) {
    shop::v1::TransferStock* line = transfer->add_lines();
    line->set_product(key.first);
    COMPTOIR_ASSIGN_OR_RETURN(*line->mutable_product_name(), ProductName(snapshot, key.first));
    line->set_unit(key.second);
    line->set_sent_milli(item.sent_milli);
    line->set_received_milli(item.received_milli);
    line->set_settled_milli(item.settled_milli);
    line->set_in_transit_milli(item.left_milli());
    if (item.left_milli() < 0 && transfer->sent_ms() != 0) transfer->set_more_than_sent(true);
    for (const auto& [code, sums] : item.lots) {
      shop::v1::TransferLot* lot = line->add_lots();
      lot->set_lot(code);
      lot->set_use_by_day(sums.use_by_day);
      lot->set_best_before_day(sums.best_before_day);
      lot->set_producer(sums.producer);
      lot->set_sent_milli(sums.sent_milli);
      lot->set_received_milli(sums.received_milli);
      lot->set_settled_milli(sums.settled_milli);
    }
  }
  return absl::OkStatus();
}

// Does the transfer concern `shop`? Whoever wrote something of it that was undone, too, and
// whoever was told of it: all that a node knows concerns its own shop.
bool Concerns(const TransferState& state, const std::string& shop) {
  if (shop.empty() || state.too_many || SenderOf(state.transfer) == shop) return true;
  const bool was_told = std::ranges::any_of(
      state.notes, [&shop](const auto& note) { return note.first.first == shop; });
  return was_told || std::ranges::any_of(state.facts, [&shop](const TransferFact& fact) {
           return fact.row.shop() == shop || fact.row.sent().to() == shop;
         });
}

absl::StatusOr<std::vector<std::string>> OpenTransfers(const store::Snapshot& snapshot) {
  std::vector<std::string> transfers;
  const std::string prefix = TransferListPrefix(TransferList::kOpen);
  auto rows = snapshot.Scan(kTransferLists, prefix, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) transfers.emplace_back(rows->key().substr(prefix.size()));
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return transfers;
}

absl::StatusOr<shop::v1::ListTransfersResponse> ListOpen(
    const store::Snapshot& snapshot, int64_t now_ms, size_t count,
    const shop::v1::ListTransfersRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string place,
                            OpenCursor(List::kOpenTransfersList, request.cursor()));
  if (!place.empty() && place.size() < 8) return BadCursor();
  // By the key that a cursor holds: when it began, and its id.
  std::vector<std::pair<std::string, TransferState>> found;
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<std::string> open, OpenTransfers(snapshot));
  for (const std::string& transfer : open) {
    COMPTOIR_ASSIGN_OR_RETURN(TransferState state, ReadTransfer(snapshot, transfer));
    if (!Concerns(state, request.shop())) continue;
    std::string order;
    AppendBigEndian64(static_cast<uint64_t>(SinceMillis(state)), &order);
    order.append(transfer);
    if (order >= place) found.emplace_back(std::move(order), std::move(state));
  }
  std::ranges::sort(found, {}, [](const auto& each) { return std::string_view(each.first); });
  shop::v1::ListTransfersResponse response;
  for (const auto& [order, state] : found) {
    if (static_cast<size_t>(response.transfers_size()) == count) {
      response.set_next_cursor(SealCursor(List::kOpenTransfersList, order));
      break;
    }
    COMPTOIR_ASSIGN_OR_RETURN(*response.add_transfers(), MakeTransfer(snapshot, state, now_ms));
  }
  return response;
}

absl::StatusOr<shop::v1::ListTransfersResponse> ListAll(
    const store::Snapshot& snapshot, int64_t now_ms, size_t count,
    const shop::v1::ListTransfersRequest& request) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string place,
                            OpenCursor(List::kTransfersList, request.cursor()));
  const std::string prefix = TransferListPrefix(TransferList::kByDay);
  if (!place.empty() && !place.starts_with(prefix)) return BadCursor();
  shop::v1::ListTransfersResponse response;
  size_t looked_at = 0;
  auto rows = snapshot.Scan(kTransferLists, place.empty() ? prefix : place, PrefixLimit(prefix));
  for (; rows->Valid(); rows->Next()) {
    if (static_cast<size_t>(response.transfers_size()) == count ||
        ++looked_at > kTransfersLookedAtMax) {
      response.set_next_cursor(SealCursor(List::kTransfersList, rows->key()));
      break;
    }
    std::string_view key = rows->key().substr(prefix.size());
    int32_t day = 0;
    if (!ConsumeSigned32(&key, &day)) return absl::DataLossError("a row of transfers is damaged");
    COMPTOIR_ASSIGN_OR_RETURN(const TransferState state, ReadTransfer(snapshot, key));
    // It is listed under its latest day.
    if (state.latest_day.value() != -day || !Concerns(state, request.shop())) continue;
    COMPTOIR_ASSIGN_OR_RETURN(*response.add_transfers(), MakeTransfer(snapshot, state, now_ms));
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return response;
}

absl::StatusOr<shop::v1::ListTransfersResponse> ListOne(const store::Snapshot& snapshot,
                                                        int64_t now_ms, std::string_view typed) {
  COMPTOIR_ASSIGN_OR_RETURN(const TransferId id, ParseTransferId(typed));
  COMPTOIR_ASSIGN_OR_RETURN(const TransferState state, ReadTransfer(snapshot, id.text));
  if (state.facts.empty() && !state.too_many) {
    return WithReason(
        absl::NotFoundError(absl::StrCat("nothing is known here of transfer ", id.text,
                                         ": what arrived by it can be received all the same")),
        kUnknownTransfer);
  }
  shop::v1::ListTransfersResponse response;
  COMPTOIR_ASSIGN_OR_RETURN(*response.add_transfers(), MakeTransfer(snapshot, state, now_ms));
  return response;
}

}  // namespace

absl::StatusOr<shop::v1::Transfer> MakeTransfer(const store::Snapshot& snapshot,
                                                const TransferState& state, int64_t now_ms) {
  shop::v1::Transfer transfer;
  transfer.set_transfer(state.transfer);
  transfer.set_from(std::string(SenderOf(state.transfer)));
  transfer.set_since_ms(SinceMillis(state));
  transfer.set_open(IsOpen(state));
  transfer.set_overdue(transfer.open() && now_ms - transfer.since_ms() > kTransferOverdueMillis);
  FillSent(state, &transfer);
  COMPTOIR_RETURN_IF_ERROR(FillItems(snapshot, ItemsOf(state), &transfer));
  FillSteps(state, &transfer);
  return transfer;
}

absl::StatusOr<shop::v1::ListTransfersResponse> ListTransfers(
    const store::Snapshot& snapshot, int64_t now_ms,
    const shop::v1::ListTransfersRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckOptionalCode("shop", request.shop()));
  COMPTOIR_ASSIGN_OR_RETURN(const size_t count,
                            PageSize(request.page_size(), kTransfersPageUsual, kTransfersPageMax));
  const auto list = [&] {
    if (!request.transfer().empty()) return ListOne(snapshot, now_ms, request.transfer());
    return request.open() ? ListOpen(snapshot, now_ms, count, request)
                          : ListAll(snapshot, now_ms, count, request);
  };
  COMPTOIR_ASSIGN_OR_RETURN(shop::v1::ListTransfersResponse response, list());
  response.set_now_ms(now_ms);
  return response;
}

absl::StatusOr<InTransit> ReadInTransit(const store::Snapshot& snapshot, std::string_view to) {
  InTransit in_transit;
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<std::string> open, OpenTransfers(snapshot));
  for (const std::string& transfer : open) {
    COMPTOIR_ASSIGN_OR_RETURN(const TransferState state, ReadTransfer(snapshot, transfer));
    const std::set<std::string> shops = SentTo(state);
    if (shops.empty() || (!to.empty() && *shops.begin() != to)) continue;
    for (const auto& [key, item] : ItemsOf(state)) {
      if (item.left_milli() > 0) in_transit[key][*shops.begin()] += item.left_milli();
    }
  }
  return in_transit;
}

}  // namespace comptoir::retail
