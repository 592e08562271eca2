#include "cli/render_transfers.h"

#include <string>
#include <vector>

#include "cli/format.h"
#include "cli/table.h"
#include "common/base/utf8.h"
#include "comptoir/retail/v1/transfers.pb.h"

namespace comptoir::cli {
namespace {

using Align = Table::Align;
using MovedLines = google::protobuf::RepeatedPtrField<retail::v1::TransferLine>;

// The earlier of the days, as it is written on a label.
std::string ExpiryOfLot(int32_t use_by_day, int32_t best_before_day) {
  if (use_by_day != 0) return "use by " + FormatDay(use_by_day);
  if (best_before_day != 0) return "best before " + FormatDay(best_before_day);
  return "";
}

void RenderMovedLines(const MovedLines& lines, std::ostream& out) {
  Table table({{"product", Align::kLeft},
               {"lot", Align::kLeft},
               {"expires", Align::kLeft},
               {"quantity", Align::kRight},
               {"unit", Align::kLeft}});
  for (const retail::v1::TransferLine& line : lines) {
    table.AddRow({line.product(), line.lot(),
                  ExpiryOfLot(line.use_by_day(), line.best_before_day()),
                  FormatQuantity(line.quantity_milli(), line.unit()), FormatUnit(line.unit())});
  }
  table.Print(out);
}

// "2 kg carottes, 1 piece savon"; empty where nothing is.
std::string WaitedFor(const shop::v1::Transfer& transfer) {
  std::string text;
  for (const shop::v1::TransferStock& line : transfer.lines()) {
    if (line.in_transit_milli() <= 0) continue;
    text += (text.empty() ? "" : ", ") + FormatQuantity(line.in_transit_milli(), line.unit()) +
            " " + FormatUnit(line.unit()) + " " + line.product();
  }
  return text;
}

std::string TooMuchOf(const shop::v1::Transfer& transfer) {
  std::string text;
  for (const shop::v1::TransferStock& line : transfer.lines()) {
    if (line.in_transit_milli() >= 0) continue;
    text += (text.empty() ? "" : ", ") + FormatQuantity(-line.in_transit_milli(), line.unit()) +
            " " + FormatUnit(line.unit()) + " " + line.product();
  }
  return text;
}

void RenderLeft(const shop::v1::Transfer& transfer, std::ostream& out) {
  if (transfer.sent_ms() == 0) {
    out << "it is not known here yet what was sent\n";
    return;
  }
  const std::string waits = WaitedFor(transfer);
  out << (waits.empty() ? "nothing of it is on its way any more"
                        : "still on its way: " + Printable(waits))
      << "\n";
  if (transfer.more_than_sent()) {
    out << "more than was sent: " << Printable(TooMuchOf(transfer)) << "\n";
  }
}

std::string StandingOf(const shop::v1::Transfer& transfer) {
  // Something of an open one is on its way or was counted in, unless it cannot be reckoned.
  if (transfer.open() && transfer.lines().empty()) return "too many facts";
  if (transfer.sent_ms() == 0) {
    if (!transfer.open()) return "undone";
    return transfer.overdue() ? "LATE, not known to be sent" : "not known to be sent";
  }
  if (!transfer.open()) return transfer.more_than_sent() ? "more than was sent" : "done";
  std::string standing = transfer.overdue() ? "LATE, on its way" : "on its way";
  if (transfer.more_than_sent()) standing += ", and more than was sent";
  return standing;
}

std::string SinceOf(const shop::v1::Transfer& transfer) {
  if (transfer.sent_ms() != 0) {
    return FormatInstant(transfer.sent_ms(), transfer.sent_utc_offset_minutes());
  }
  return transfer.since_ms() == 0 ? "" : FormatLocalInstant(transfer.since_ms());
}

}  // namespace

void RenderSent(const shop::v1::TransferResponse& response, std::ostream& out) {
  const shop::v1::Transfer& transfer = response.transfer();
  out << "sent as " << Printable(response.name()) << "; on the delivery paper:\n\n"
      << "transfer  " << Printable(transfer.transfer()) << "\n"
      << "from      " << Printable(transfer.from()) << "\n"
      << "to        " << Printable(transfer.to()) << "\n";
  RenderMovedLines(response.lines(), out);
}

void RenderReceived(const shop::v1::TransferResponse& response, std::ostream& out) {
  out << "received of " << Printable(response.transfer().transfer()) << " as "
      << Printable(response.name()) << ":\n";
  RenderMovedLines(response.lines(), out);
  RenderLeft(response.transfer(), out);
}

void RenderSettled(const shop::v1::TransferResponse& response, std::ostream& out) {
  out << "given up of " << Printable(response.transfer().transfer()) << " as "
      << Printable(response.name()) << ":\n";
  RenderMovedLines(response.lines(), out);
  RenderLeft(response.transfer(), out);
}

void RenderTransfers(const shop::v1::ListTransfersResponse& response, bool open,
                     std::ostream& out) {
  if (response.transfers().empty()) {
    out << (open ? "nothing is on its way\n" : "no transfers\n");
    return;
  }
  Table table({{"transfer", Align::kLeft},
               {"from", Align::kLeft},
               {"to", Align::kLeft},
               {"since", Align::kLeft},
               {"standing", Align::kLeft},
               {"product", Align::kLeft},
               {"sent", Align::kRight},
               {"received", Align::kRight},
               {"given up", Align::kRight},
               {"on its way", Align::kRight},
               {"unit", Align::kLeft}});
  for (const shop::v1::Transfer& transfer : response.transfers()) {
    std::vector<std::string> head = {transfer.transfer(), transfer.from(), transfer.to(),
                                     SinceOf(transfer), StandingOf(transfer)};
    const auto add = [&](const std::vector<std::string>& of_line) {
      std::vector<std::string> cells = head;
      cells.insert(cells.end(), of_line.begin(), of_line.end());
      table.AddRow(cells);
      head.assign(head.size(), "");  // once for all of its lines
    };
    if (transfer.lines().empty()) add({"", "", "", "", "", ""});
    for (const shop::v1::TransferStock& line : transfer.lines()) {
      add({line.product(), FormatQuantity(line.sent_milli(), line.unit()),
           FormatQuantity(line.received_milli(), line.unit()),
           FormatQuantity(line.settled_milli(), line.unit()),
           FormatQuantity(line.in_transit_milli(), line.unit()), FormatUnit(line.unit())});
    }
  }
  table.Print(out);
}

}  // namespace comptoir::cli
