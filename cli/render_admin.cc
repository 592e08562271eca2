#include "cli/render_admin.h"

#include <algorithm>
#include <string>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "cli/format.h"
#include "cli/table.h"
#include "common/base/utf8.h"

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

std::string DiskText(const admin::v1::Status& status) {
  std::string text = FormatBytes(status.free_disk_bytes());
  if (status.disk_reserve_bytes() == 0) return text;  // an older release does not say
  text += "; under " + FormatBytes(status.disk_reserve_bytes()) + " nothing is recorded";
  if (status.ballast_bytes() < status.disk_reserve_bytes()) text += "; no ballast";
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

std::string SiblingText(const admin::v1::Sibling& sibling) {
  std::string text = Printable(sibling.node());
  text += sibling.address().empty() ? " (dials us)" : " at " + Printable(sibling.address());
  if (!sibling.online()) return text + ", offline";
  text += ", online, ";
  if (sibling.waiting_entries() == 0 && sibling.missing_entries() == 0) {
    text += "level";
  } else {
    text += FormatCount(sibling.waiting_entries(), "entry to go", "entries to go") + ", " +
            FormatCount(sibling.missing_entries(), "to come", "to come");
  }
  return text + "; its clock is " + FormatMillis(sibling.clock_offset_ms()) + " from ours";
}

// What a node that is revoked says of itself.
std::string StandingText(const admin::v1::Link& link) {
  const std::string text = RevocationText(link.revoked());
  if (link.revoked().retired()) return text + ": switch it off";
  return text + "; it sells on, and an operator must carry in what waits";
}

void AddEntries(const std::string& side, uint64_t only,
                const google::protobuf::RepeatedPtrField<admin::v1::EntryLine>& entries,
                Table& table) {
  for (const auto& entry : entries) {
    table.AddRow({side, std::to_string(entry.sequence()),
                  entry.damage().empty() ? FormatLocalInstant(entry.wall_ms()) : "", entry.kind(),
                  entry.damage().empty() ? entry.summary() : entry.damage()});
  }
  const auto shown = static_cast<uint64_t>(entries.size());
  if (only > shown) {
    table.AddRow({side, "", "", "", "and " + std::to_string(only - shown) + " more"});
  }
}

void RenderDifference(const admin::v1::DiffReport& report,
                      const admin::v1::JournalDifference& difference, std::ostream& out) {
  const uint64_t common = difference.common_entries();
  const uint64_t left = difference.left_entries();
  const uint64_t right = difference.right_entries();
  out << "journal " << absl::StrFormat("%016x", difference.journal().head().journal()) << " ("
      << ScopeText(difference.journal()) << ", written by "
      << Printable(difference.journal().node()) << "): ";
  if (left > common && right > common) {
    out << "the same to entry " << common << ", then they part: " << Printable(report.left())
        << " goes on to " << left << ", " << Printable(report.right()) << " to " << right << "\n";
  } else {
    const bool is_left = left > common;
    out << Printable(is_left ? report.left() : report.right()) << " has entries " << common + 1
        << " to " << std::max(left, right) << ", which "
        << Printable(is_left ? report.right() : report.left()) << " lacks\n";
  }
  Table table({{"only at", Align::kLeft},
               {"entry", Align::kRight},
               {"when", Align::kLeft},
               {"kind", Align::kLeft},
               {"what", Align::kLeft}});
  AddEntries(report.left(), left - common, difference.left_only(), table);
  AddEntries(report.right(), right - common, difference.right_only(), table);
  table.Print(out);
}

}  // namespace

std::string RevocationText(const admin::v1::Revocation& revoked) {
  return (revoked.retired() ? "retired since " : "revoked since ") +
         FormatLocalInstant(revoked.since_ms()) + ": " + Printable(revoked.reason());
}

void RenderTokens(const admin::v1::ListTokensResponse& response, std::ostream& out) {
  if (response.tokens().empty()) {
    out << "no token is open; 'comptoir token create' makes one\n";
    return;
  }
  Table table({{"id", Align::kLeft},
               {"shop", Align::kLeft},
               {"created", Align::kLeft},
               {"expires", Align::kLeft},
               {"the node may", Align::kLeft}});
  for (const auto& token : response.tokens()) {
    table.AddRow({token.id(), token.shop(),
                  token.created_ms() == 0 ? "" : FormatLocalInstant(token.created_ms()),
                  FormatLocalInstant(token.expires_ms()),
                  token.may_edit_catalogue() ? "sell, edit the catalogue" : "sell"});
  }
  table.Print(out);
}

void RenderNodes(const admin::v1::ListNodesResponse& response, std::ostream& out) {
  constexpr size_t kFingerprintDigits = 16;
  if (response.nodes().empty()) {
    out << "no node was enrolled; 'comptoir token create' begins it\n";
    return;
  }
  Table table({{"node", Align::kLeft},
               {"shop", Align::kLeft},
               {"enrolled", Align::kLeft},
               {"certificate", Align::kLeft},
               {"link", Align::kLeft},
               {"last seen", Align::kLeft},
               {"waiting", Align::kRight},
               {"standing", Align::kLeft}});
  for (const auto& node : response.nodes()) {
    const std::string fingerprint = absl::BytesToHexString(node.certificate_sha256());
    table.AddRow({node.node(), node.shop(),
                  node.enrolled_ms() == 0 ? "" : FormatLocalInstant(node.enrolled_ms()),
                  fingerprint.substr(0, kFingerprintDigits), node.online() ? "online" : "offline",
                  node.last_seen_ms() == 0 ? "never" : FormatLocalInstant(node.last_seen_ms()),
                  FormatWaiting(node.waiting_entries(), node.online(), node.revoked().retired()),
                  node.has_revoked() ? RevocationText(node.revoked()) : "good"});
  }
  table.Print(out);
}

void RenderStatus(const admin::v1::Status& status, std::ostream& out) {
  Table table({{Printable(status.node()), Align::kLeft}, {Printable(status.coop()), Align::kLeft}});
  table.AddRow({"shop", status.shop().empty() ? "none: this is the hub" : status.shop()});
  if (!status.halted().empty()) table.AddRow({"records nothing", status.halted()});
  if (status.has_link()) {
    if (status.link().has_revoked()) {
      table.AddRow({"this node", StandingText(status.link())});
    }
    table.AddRow({"link", LinkText(status.link())});
    if (!status.link().last_error().empty()) {
      table.AddRow({"last error", status.link().last_error()});
    }
    table.AddRow(
        {"hub's clock", status.link().since_ms() == 0 ? "unknown: not heard since this node started"
                        : !status.link().online()
                            ? "unknown while it is away"
                            : FormatMillis(status.link().clock_offset_ms()) + " from ours"});
  }
  for (const auto& sibling : status.siblings()) {
    table.AddRow({"sibling", SiblingText(sibling)});
    if (!sibling.last_error().empty()) table.AddRow({"", Printable(sibling.last_error())});
  }
  if (status.clock_doubtful()) {
    table.AddRow({"our clock", "doubtful: nothing vouches for it; what is written is flagged"});
  }
  table.AddRow({"holds", FormatCount(status.receipts(), "receipt", "receipts") + "; " +
                             FormatCount(status.entries(), "entry", "entries") + " in " +
                             FormatCount(status.journals(), "journal", "journals")});
  table.AddRow({"bad facts", std::to_string(status.bad_facts())});
  if (!status.not_recording().empty()) {
    table.AddRow({"NOT RECORDING", Printable(status.not_recording())});
  }
  if (status.certificate_expires_ms() != 0) {
    table.AddRow({"certificate", "until " + FormatLocalInstant(status.certificate_expires_ms()) +
                                     ", the authority's until " +
                                     FormatLocalInstant(status.authority_expires_ms())});
  }
  table.AddRow({"free disk", DiskText(status)});
  table.AddRow({"running since", FormatLocalInstant(status.started_ms())});
  table.AddRow({"version", absl::StrFormat("%s, protocols %d to %d, fold version %d",
                                           status.software(), status.protocol_min(),
                                           status.protocol_max(), status.fold_version())});
  for (const auto& recall : status.open_recalls()) {
    std::string shops;
    for (const std::string& shop : recall.shops()) shops += (shops.empty() ? "" : ", ") + shop;
    table.AddRow({"RECALL " + recall.code(), recall.what() + ": not confirmed by " + shops});
  }
  if (status.lost_entries() > 0) {
    table.AddRow({"lost here", FormatCount(status.lost_entries(), "entry", "entries") +
                                   " not back yet: what peers hold of them comes by itself"});
  }
  for (const std::string& lost : status.lost()) table.AddRow({"", Printable(lost)});
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

void RenderDiff(const admin::v1::DiffReport& report, std::ostream& out) {
  for (const auto& difference : report.differences()) {
    RenderDifference(report, difference, out);
  }
  out << FormatCount(report.equal_journals(), "journal is", "journals are") << " the same at "
      << Printable(report.left()) << " and " << Printable(report.right()) << ", "
      << report.differences_size() << (report.differences_size() == 1 ? " differs" : " differ")
      << "\n";
  if (report.not_compared().empty()) return;
  out << "not compared, as only one of them may read "
      << (report.not_compared_size() == 1 ? "it" : "them") << ":\n";
  Table table({{"journal", Align::kLeft},
               {"entries", Align::kRight},
               {"for", Align::kLeft},
               {"writer", Align::kLeft}});
  for (const auto& head : report.not_compared()) {
    table.AddRow({absl::StrFormat("%016x", head.head().journal()),
                  std::to_string(head.head().sequence()), ScopeText(head), head.node()});
  }
  table.Print(out);
}

void RenderCarryOut(const admin::v1::CarryOutReport& report, const std::string& file,
                    std::ostream& out) {
  out << FormatCount(report.entries(), "entry", "entries") << " in "
      << FormatCount(report.journals(), "journal", "journals") << " for "
      << (report.for_shop().empty() ? "the hub" : "shop " + Printable(report.for_shop())) << ", "
      << FormatBytes(report.bytes()) << ": " << Printable(file) << "\n";
  if (report.entries() == 0 && report.gaps().empty() && !report.whole()) {
    out << "nothing that the other side is not known to hold; --all writes everything\n";
  }
  for (const auto& gap : report.gaps()) {
    out << "left out: entries " << gap.first() << " to " << gap.last() << " of journal "
        << absl::StrFormat("%016x", gap.journal()) << " of " << Printable(gap.node()) << ": "
        << Printable(gap.why()) << "\n";
  }
}

void RenderCarryIn(const admin::v1::CarryInReport& report, const std::string& file,
                   std::ostream& out) {
  out << Printable(file) << ", carried out at " << Printable(report.node()) << " on "
      << FormatLocalInstant(report.made_ms()) << ": "
      << FormatCount(report.entries(), "entry", "entries") << ", "
      << (report.new_entries() == 0 ? "none" : std::to_string(report.new_entries()))
      << " of them new to " << Printable(report.reader()) << "\n";
  for (const auto& refusal : report.refusals()) {
    out << "refused: journal " << absl::StrFormat("%016x", refusal.journal())
        << ", held here to entry " << refusal.held() << ": " << Printable(refusal.detail()) << " ("
        << Printable(refusal.reason()) << ")\n";
    if (refusal.reason() == "GAP") {
      out << "  entries between are in no file yet: carry out again with --all\n";
    }
  }
  if (!report.broken().empty()) {
    out << "broken: " << Printable(report.broken())
        << ". What came before it was taken, and is not taken twice\n";
  }
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
