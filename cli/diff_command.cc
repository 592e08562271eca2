// comptoir diff: what two replicas hold of the journals that both may read.
#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/connection.h"
#include "cli/json.h"
#include "cli/progress.h"
#include "cli/render_admin.h"
#include "common/base/status.h"
#include "comptoir/admin/v1/admin.grpc.pb.h"

namespace comptoir::cli {
namespace {

using admin::v1::AdminService;
using Heads = std::map<uint64_t, admin::v1::JournalHead>;

constexpr uint32_t kEntriesShown = 20;
constexpr uint32_t kEntriesShownMax = 1'000;

// One of the two.
struct Side {
  Connection daemon;
  admin::v1::Status status;
  Heads heads;

  // As the rules of the journals' scopes have it.
  bool MayRead(const admin::v1::JournalHead& head) const {
    const bool is_hub = status.shop().empty();
    if (head.scope() == journal::v1::SCOPE_COOP || is_hub) return true;
    return head.scope() == journal::v1::SCOPE_SHOP && head.shop() == status.shop();
  }
  uint64_t EntriesOf(uint64_t journal) const {
    const auto found = heads.find(journal);
    return found == heads.end() ? 0 : found->second.head().sequence();
  }
};

absl::StatusOr<std::pair<Connection, Connection>> ConnectBoth(const Settings& settings) {
  Settings of_nodes = settings;
  of_nodes.hub_flag.clear();
  Settings of_hub = settings;
  of_hub.node_flag.clear();
  COMPTOIR_ASSIGN_OR_RETURN(std::vector<Connection> nodes, ConnectNodes(of_nodes));
  if (nodes.size() > 2 || (nodes.size() == 2 && !settings.hub_flag.empty())) {
    return absl::InvalidArgumentError("this compares two: give --node and --hub, or --node twice");
  }
  if (nodes.size() == 2) return std::pair(nodes[0], nodes[1]);
  COMPTOIR_ASSIGN_OR_RETURN(Connection hub, ConnectHub(of_hub));
  return std::pair(nodes[0], std::move(hub));
}

absl::StatusOr<Side> AskSide(const Settings& settings, Connection daemon) {
  Side side;
  COMPTOIR_ASSIGN_OR_RETURN(side.status, Ask(settings, daemon, &AdminService::Stub::GetStatus,
                                             admin::v1::GetStatusRequest()));
  COMPTOIR_ASSIGN_OR_RETURN(
      const admin::v1::ListHeadsResponse response,
      Ask(settings, daemon, &AdminService::Stub::ListHeads, admin::v1::ListHeadsRequest()));
  for (const auto& head : response.heads()) side.heads[head.head().journal()] = head;
  side.daemon = std::move(daemon);
  return side;
}

absl::StatusOr<std::string> HashAt(const Settings& settings, const Side& side, uint64_t journal,
                                   uint64_t sequence) {
  const auto known = side.heads.find(journal);
  if (known != side.heads.end() && known->second.head().sequence() == sequence) {
    return known->second.head().hash();
  }
  admin::v1::GetHeadRequest request;
  request.set_journal(journal);
  request.set_sequence(sequence);
  COMPTOIR_ASSIGN_OR_RETURN(const journal::v1::Head head,
                            Ask(settings, side.daemon, &AdminService::Stub::GetHead, request));
  return head.hash();
}

// The last number up to which both hold the same entries. Each hash covers all before
// it, so that halving finds it.
absl::StatusOr<uint64_t> FindCommon(const Settings& settings, const Side& left, const Side& right,
                                    uint64_t journal) {
  uint64_t same = 0;
  uint64_t other = std::min(left.EntriesOf(journal), right.EntriesOf(journal)) + 1;
  uint64_t at = other - 1;  // most often the shorter one is the beginning of the longer
  while (same + 1 < other) {
    COMPTOIR_ASSIGN_OR_RETURN(const std::string ours, HashAt(settings, left, journal, at));
    COMPTOIR_ASSIGN_OR_RETURN(const std::string theirs, HashAt(settings, right, journal, at));
    (ours == theirs ? same : other) = at;
    at = same + (other - same) / 2;
  }
  return same;
}

absl::Status ListAfter(const Settings& settings, const Side& side, uint64_t journal,
                       uint64_t common, uint32_t shown,
                       google::protobuf::RepeatedPtrField<admin::v1::EntryLine>* lines) {
  if (shown == 0 || side.EntriesOf(journal) <= common) return absl::OkStatus();
  admin::v1::ListEntriesRequest request;
  request.set_journal(journal);
  request.set_first(common + 1);
  request.set_last(std::min(side.EntriesOf(journal), common + shown));
  COMPTOIR_ASSIGN_OR_RETURN(admin::v1::ListEntriesResponse response,
                            Ask(settings, side.daemon, &AdminService::Stub::ListEntries, request));
  lines->Swap(response.mutable_entries());
  return absl::OkStatus();
}

absl::Status Compare(const Settings& settings, const Side& left, const Side& right,
                     const admin::v1::JournalHead& head, uint32_t shown,
                     admin::v1::DiffReport* report) {
  const uint64_t journal = head.head().journal();
  const auto at_left = left.heads.find(journal);
  const auto at_right = right.heads.find(journal);
  const bool is_level =
      at_left != left.heads.end() && at_right != right.heads.end() &&
      at_left->second.head().SerializeAsString() == at_right->second.head().SerializeAsString();
  if (is_level) {
    report->set_equal_journals(report->equal_journals() + 1);
    return absl::OkStatus();
  }
  admin::v1::JournalDifference& difference = *report->add_differences();
  *difference.mutable_journal() = head;
  difference.mutable_journal()->clear_head();
  difference.mutable_journal()->mutable_head()->set_journal(journal);
  difference.set_left_entries(left.EntriesOf(journal));
  difference.set_right_entries(right.EntriesOf(journal));
  COMPTOIR_ASSIGN_OR_RETURN(const uint64_t common, FindCommon(settings, left, right, journal));
  difference.set_common_entries(common);
  COMPTOIR_RETURN_IF_ERROR(
      ListAfter(settings, left, journal, common, shown, difference.mutable_left_only()));
  return ListAfter(settings, right, journal, common, shown, difference.mutable_right_only());
}

absl::StatusOr<ExitCode> Diff(const Settings& settings, uint32_t shown) {
  COMPTOIR_ASSIGN_OR_RETURN(auto daemons, ConnectBoth(settings));
  COMPTOIR_ASSIGN_OR_RETURN(const Side left, AskSide(settings, std::move(daemons.first)));
  COMPTOIR_ASSIGN_OR_RETURN(const Side right, AskSide(settings, std::move(daemons.second)));
  if (left.status.coop() != right.status.coop()) {
    return absl::InvalidArgumentError(left.status.node() + " is of co-op " + left.status.coop() +
                                      ", " + right.status.node() + " of " + right.status.coop() +
                                      ": they have nothing in common");
  }
  Heads all = left.heads;
  all.insert(right.heads.begin(), right.heads.end());
  admin::v1::DiffReport report;
  report.set_left(left.status.node());
  report.set_right(right.status.node());
  {
    ProgressLine line(settings, "journals");
    uint64_t done = 0;
    for (const auto& [journal, head] : all) {
      if (left.MayRead(head) && right.MayRead(head)) {
        COMPTOIR_RETURN_IF_ERROR(Compare(settings, left, right, head, shown, &report));
      } else {
        *report.add_not_compared() = head;
      }
      line.Show(++done, all.size());
    }
  }
  if (settings.json) {
    *settings.out << MessageJson(report) << "\n";
  } else {
    RenderDiff(report, *settings.out);
  }
  return report.differences().empty() ? ExitCode::kDone : ExitCode::kDifferent;
}

}  // namespace

void AddDiffCommand(CLI::App& app, Action* action) {
  auto shown = std::make_shared<uint32_t>(kEntriesShown);
  CLI::App* diff = app.add_subcommand(
      "diff", "Which journals and entries differ between a node and the hub, or two --node");
  diff->add_option("--entries", *shown, "Entries shown of each journal and side")
      ->capture_default_str()
      ->check(CLI::Range(0U, kEntriesShownMax));
  diff->callback([shown, action] {
    *action = [shown](const Settings& settings) { return Diff(settings, *shown); };
  });
}

}  // namespace comptoir::cli
