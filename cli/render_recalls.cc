#include "cli/render_recalls.h"

#include <algorithm>
#include <vector>

#include "cli/format.h"
#include "cli/table.h"
#include "common/base/utf8.h"

namespace comptoir::cli {
namespace {

using Align = Table::Align;
using shop::v1::Recall;
using shop::v1::RecalledStock;
using shop::v1::RecallShop;
using shop::v1::RecallVoice;

constexpr int kStockShown = 4;

// "2026-11-23 14:07:12 by marie"; the node where nobody is named.
std::string SaidText(const RecallVoice& voice) {
  return FormatInstant(voice.wall_ms(), voice.utc_offset_minutes()) +
         (voice.doubtful() ? "?" : "") + " by " +
         (voice.staff().empty() ? voice.node() : voice.staff());
}

// "3.500 kg of lot L47", with the product where the recall does not say it.
template <typename Goods>
std::string GoodsText(const Goods& goods, const Recall& recall) {
  std::string text = FormatQuantity(goods.quantity_milli(), goods.unit());
  if (goods.unit() != retail::v1::UNIT_PIECE) text += " " + FormatUnit(goods.unit());
  if (recall.product().empty()) text += " " + goods.product();
  return text + (goods.lot().empty() ? " of no lot" : " of lot " + goods.lot());
}

template <typename List>
std::string ListText(const List& list, const Recall& recall, bool more) {
  std::string text;
  for (int i = 0; i < list.size() && i < kStockShown; ++i) {
    text += (i == 0 ? "" : ", ") + GoodsText(list.Get(i), recall);
  }
  return text + (more || list.size() > kStockShown ? ", …" : "");
}

std::string ConfirmedText(const RecallShop& shop, const Recall& recall) {
  if (!shop.has_confirmed()) return recall.lifts().empty() ? "NOT CONFIRMED" : "no";
  std::string text = SaidText(shop.confirmed());
  if (!shop.found().empty()) text += ", found " + ListText(shop.found(), recall, false);
  return text;
}

std::string StandingText(const Recall& recall) {
  if (recall.lifts().empty()) return "stands since " + SaidText(recall.said());
  const RecallVoice& lift = recall.lifts(0);
  return "lifted " + SaidText(lift) + ": " + lift.reason();
}

std::string WhereText(const Recall& recall) {
  return recall.shop().empty() ? "in every shop" : "in " + recall.shop();
}

// What a movement's line says besides.
std::string DetailOf(const shop::v1::TraceMovement& movement) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  if (!movement.producer().empty()) {
    std::string from = "from " + movement.producer();
    if (!movement.producer_name().empty()) from += " (" + movement.producer_name();
    if (!movement.producer_name().empty() && !movement.producer_place().empty()) {
      from += ", " + movement.producer_place();
    }
    add(from + (movement.producer_name().empty() ? "" : ")"));
  }
  if (!movement.document().empty()) {
    const bool is_delivery = movement.kind() == shop::v1::TRACE_KIND_DELIVERED;
    add((is_delivery ? "document " : "transfer ") + movement.document());
  }
  if (movement.use_by_day() != 0) add("use by " + FormatDay(movement.use_by_day()));
  if (movement.best_before_day() != 0) add("best before " + FormatDay(movement.best_before_day()));
  if (movement.waste_reason() != retail::v1::WASTE_REASON_UNSPECIFIED) {
    add(FormatWasteReason(movement.waste_reason()));
  }
  if (movement.to_waste_milli() != 0) {
    add(FormatQuantity(movement.to_waste_milli(), movement.unit()) + " of it wasted at once");
  }
  return text;
}

void RenderTotals(const shop::v1::TraceResponse& response, std::ostream& out) {
  Table table({{"shop", Align::kLeft},
               {"product", Align::kLeft},
               {"lot", Align::kLeft},
               {"delivered", Align::kRight},
               {"+ arrived", Align::kRight},
               {"- sent", Align::kRight},
               {"- sold", Align::kRight},
               {"+ returned", Align::kRight},
               {"- wasted", Align::kRight},
               {"+ counted", Align::kRight},
               {"= on shelf", Align::kRight},
               {"unit", Align::kLeft},
               {"", Align::kLeft}});
  for (const auto& total : response.totals()) {
    const auto quantity = [&total](int64_t milli) { return FormatQuantity(milli, total.unit()); };
    table.AddRow({total.shop(), total.product(), total.lot(), quantity(total.delivered_milli()),
                  quantity(total.arrived_milli()), quantity(total.sent_milli()),
                  quantity(total.sold_milli()), quantity(total.returned_milli()),
                  quantity(total.wasted_milli()), quantity(total.counted_milli()),
                  quantity(total.on_shelf_milli()), FormatUnit(total.unit()),
                  total.reconciles() ? "" : "DOES NOT ADD UP: 'comptoir verify'"});
  }
  if (!table.empty()) {
    out << "\n";
    table.Print(out);
  }
  if (response.more_totals()) out << "and more: --shop asks for one shop's\n";
}

void RenderUnknown(const shop::v1::TraceResponse& response, std::ostream& out) {
  for (const auto& unknown : response.unknown()) {
    out << (unknown.at_least() ? "at least " : "")
        << FormatCount(unknown.receipts(), "receipt", "receipts") << " at "
        << Printable(unknown.shop()) << " since " << FormatDay(unknown.first_day()) << " sold "
        << Printable(unknown.product()) << " without saying the lot\n";
  }
}

void RenderReceiptLines(const shop::v1::TraceResponse& response, std::ostream& out) {
  out << "receipt " << Printable(response.receipt()) << " of "
      << FormatInstant(response.receipt_wall_ms(), response.receipt_utc_offset_minutes())
      << " sold:\n";
  Table table({{"product", Align::kLeft},
               {"name", Align::kLeft},
               {"lot", Align::kLeft},
               {"quantity", Align::kRight},
               {"unit", Align::kLeft}});
  for (const auto& line : response.receipt_lines()) {
    table.AddRow({line.product(), line.product_name(), line.lot().empty() ? "not said" : line.lot(),
                  FormatQuantity(line.quantity_milli(), line.unit()), FormatUnit(line.unit())});
  }
  table.Print(out);
  out << "\n"
      << (response.movements().empty() ? "no delivery is known that its lots may come from\n"
                                       : "deliveries that its lots may come from:\n");
}

}  // namespace

std::string ShellWord(const std::string& text) {
  const bool is_plain = !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.' || c == '/' || c == '=';
  });
  if (is_plain) return text;
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::string WhatOf(const Recall& recall) {
  if (recall.product().empty()) {
    return "what " + recall.producer() + " delivered from " + FormatDay(recall.first_day()) +
           " to " + FormatDay(recall.last_day());
  }
  if (recall.lot().empty()) return "all " + recall.product();
  return "lot " + recall.lot() + " of " + recall.product();
}

std::string WhatOf(const shop::v1::TraceMovement& movement) {
  switch (movement.kind()) {
    case shop::v1::TRACE_KIND_DELIVERED:
      return "delivered";
    case shop::v1::TRACE_KIND_SOLD:
      return "sold";
    case shop::v1::TRACE_KIND_RETURNED:
      return "returned";
    case shop::v1::TRACE_KIND_WASTED:
      return "wasted";
    case shop::v1::TRACE_KIND_COUNTED:
      return "counted";
    case shop::v1::TRACE_KIND_SENT:
      return "sent";
    case shop::v1::TRACE_KIND_ARRIVED:
      return "arrived";
    case shop::v1::TRACE_KIND_GIVEN_UP:
      return "given up";
    default:
      return "moved in a way that this program does not know";
  }
}

void RenderRecall(const Recall& recall, std::ostream& out) {
  out << "recall " << Printable(recall.code()) << ": " << Printable(WhatOf(recall)) << ", "
      << Printable(WhereText(recall)) << "; " << Printable(StandingText(recall)) << "\n";
  out << "because: " << Printable(recall.reason()) << "\n";
  if (!recall.advice().empty()) out << "customers: " << Printable(recall.advice()) << "\n";
  Table table({{"shop", Align::kLeft}, {"confirmed", Align::kLeft}, {"still there", Align::kLeft}});
  for (const RecallShop& shop : recall.shops()) {
    table.AddRow({shop.shop(), ConfirmedText(shop, recall),
                  ListText(shop.stock(), recall, shop.more_stock())});
  }
  if (!table.empty()) table.Print(out);
}

void RenderRecalls(const shop::v1::ListRecallsResponse& response, std::ostream& out) {
  if (response.recalls().empty()) {
    out << "no recalls\n";
    return;
  }
  Table table({{"recall", Align::kLeft},
               {"what", Align::kLeft},
               {"because", Align::kLeft},
               {"standing", Align::kLeft},
               {"shop", Align::kLeft},
               {"confirmed", Align::kLeft},
               {"still there", Align::kLeft}});
  for (const Recall& recall : response.recalls()) {
    std::vector<std::string> begin = {recall.code(), WhatOf(recall), recall.reason(),
                                      StandingText(recall)};
    const auto add = [&](const std::vector<std::string>& of_shop) {
      std::vector<std::string> cells = begin;
      cells.insert(cells.end(), of_shop.begin(), of_shop.end());
      table.AddRow(cells);
      begin.assign(begin.size(), "");  // once for all of its shops
    };
    if (recall.shops().empty()) add({"", "", ""});
    for (const RecallShop& shop : recall.shops()) {
      add({shop.shop(), ConfirmedText(shop, recall),
           ListText(shop.stock(), recall, shop.more_stock())});
    }
  }
  table.Print(out);
}

void RenderConfirmed(const shop::v1::ConfirmRecallResponse& response, std::ostream& out) {
  const Recall& recall = response.recall();
  out << "confirmed: recall " << Printable(recall.code()) << ", " << Printable(WhatOf(recall))
      << "\n";
  for (const RecallShop& shop : recall.shops()) {
    if (shop.stock().empty()) continue;
    out << "by the books some of it is still here; what was thrown away is recorded with:\n";
    // Those of no lot last: before, waste that says none is taken from the lots that are there.
    std::vector<RecalledStock> stocks(shop.stock().begin(), shop.stock().end());
    std::ranges::stable_sort(stocks, {}, [](const auto& stock) { return stock.lot().empty(); });
    for (const RecalledStock& stock : stocks) {
      out << "  comptoir waste " << Printable(stock.product()) << "="
          << FormatQuantity(stock.quantity_milli(), stock.unit());
      if (!stock.lot().empty()) out << " --lot " << Printable(ShellWord(stock.lot()));
      out << " --reason recalled\n";
    }
    if (shop.more_stock()) out << "  and so on: 'comptoir stock --lots' lists all of it\n";
  }
}

void RenderTrace(const shop::v1::TraceResponse& response, std::ostream& out) {
  if (response.has_recall()) {
    out << "recall " << Printable(response.recall().code()) << ": "
        << Printable(WhatOf(response.recall())) << "\n";
  }
  if (!response.receipt().empty()) {
    RenderReceiptLines(response, out);
  } else if (response.movements().empty()) {
    out << "nothing is known here of it\n";
  }
  Table table({{"time", Align::kLeft},
               {"shop", Align::kLeft},
               {"product", Align::kLeft},
               {"lot", Align::kLeft},
               {"what", Align::kLeft},
               {"quantity", Align::kRight},
               {"unit", Align::kLeft},
               {"as", Align::kLeft},
               {"", Align::kLeft}});
  for (const auto& movement : response.movements()) {
    table.AddRow({FormatInstant(movement.wall_ms(), movement.utc_offset_minutes()) +
                      (movement.doubtful() ? "?" : ""),
                  movement.shop(), movement.product(), movement.lot(), WhatOf(movement),
                  FormatQuantity(movement.quantity_milli(), movement.unit()),
                  FormatUnit(movement.unit()), movement.name(), DetailOf(movement)});
  }
  if (!table.empty()) table.Print(out);
  RenderTotals(response, out);
  RenderUnknown(response, out);
}

}  // namespace comptoir::cli
