#include "cli/render_admin.h"

#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "cli/format.h"
#include "cli/table.h"
#include "cli/utf8.h"

namespace comptoir::cli {
namespace {

using Align = Table::Align;

std::string LinkText(const admin::v1::Link& link) {
  std::string text = Printable(link.hub()) + ", ";
  if (link.since_ms() == 0) {
    text += "offline, never reached since the start";
  } else {
    text +=
        (link.online() ? "online since " : "offline since ") + FormatLocalInstant(link.since_ms());
  }
  if (link.waiting_entries() == 0) return text + ", level";
  text += ", " + FormatCount(link.waiting_entries(), "entry waits", "entries wait");
  if (link.oldest_waiting_ms() != 0) {
    text += ", the oldest since " + FormatLocalInstant(link.oldest_waiting_ms());
  }
  return text;
}

std::string ScopeText(const admin::v1::JournalHead& head) {
  switch (head.scope()) {
    case journal::v1::SCOPE_COOP:
      return "co-op";
    case journal::v1::SCOPE_SHOP:
      return "shop " + head.shop();
    case journal::v1::SCOPE_HUB:
      return "hub";
    default:
      return "scope " + std::to_string(head.scope());
  }
}

}  // namespace

void RenderStatus(const admin::v1::Status& status, std::ostream& out) {
  Table table({{Printable(status.node()), Align::kLeft}, {Printable(status.coop()), Align::kLeft}});
  table.AddRow({"shop", status.shop().empty() ? "none: this is the hub" : status.shop()});
  if (status.has_link()) {
    table.AddRow({"link", LinkText(status.link())});
    if (!status.link().last_error().empty()) {
      table.AddRow({"last error", status.link().last_error()});
    }
    table.AddRow({"hub's clock", FormatMillis(status.link().clock_offset_ms()) + " from ours"});
  }
  table.AddRow({"holds", FormatCount(status.receipts(), "receipt", "receipts") + "; " +
                             FormatCount(status.entries(), "entry", "entries") + " in " +
                             FormatCount(status.journals(), "journal", "journals")});
  table.AddRow({"bad facts", std::to_string(status.bad_facts())});
  if (status.certificate_expires_ms() != 0) {
    table.AddRow({"certificate", "until " + FormatLocalInstant(status.certificate_expires_ms()) +
                                     ", the authority's until " +
                                     FormatLocalInstant(status.authority_expires_ms())});
  }
  table.AddRow({"free disk", FormatBytes(status.free_disk_bytes())});
  table.AddRow({"running since", FormatLocalInstant(status.started_ms())});
  table.AddRow({"version", absl::StrFormat("%s, protocols %d to %d, fold version %d",
                                           status.software(), status.protocol_min(),
                                           status.protocol_max(), status.fold_version())});
  for (const std::string& note : status.notes()) table.AddRow({"note", note});
  table.Print(out);
}

void RenderHeads(const admin::v1::ListHeadsResponse& response, std::ostream& out) {
  Table table({{"journal", Align::kLeft},
               {"entries", Align::kRight},
               {"chain hash", Align::kLeft},
               {"for", Align::kLeft},
               {"writer", Align::kLeft},
               {"series", Align::kLeft}});
  for (const auto& head : response.heads()) {
    table.AddRow(
        {absl::StrFormat("%016x", head.head().journal()), std::to_string(head.head().sequence()),
         absl::BytesToHexString(head.head().hash()), ScopeText(head), head.node(), head.series()});
  }
  table.Print(out);
}

void RenderVerifyReport(const admin::v1::VerifyReport& report, std::ostream& out) {
  out << FormatCount(report.entries(), "entry", "entries") << " in "
      << FormatCount(report.journals(), "journal", "journals") << ", "
      << FormatCount(report.signatures(), "signature", "signatures") << ", "
      << FormatCount(report.view_rows(), "row", "rows") << " of views, "
      << FormatCount(report.bad_facts(), "bad fact", "bad facts") << ", "
      << FormatCount(report.unsigned_entries(), "entry", "entries") << " of others unsigned\n";
  if (report.findings().empty()) {
    out << "all is well\n";
    return;
  }
  Table table({{"rule", Align::kLeft}, {"what", Align::kLeft}});
  for (const auto& finding : report.findings()) {
    table.AddRow({finding.invariant(), finding.what()});
  }
  table.Print(out);
}

}  // namespace comptoir::cli
