#include "hub/nodes_desk.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/code.h"
#include "common/base/status.h"
#include "common/daemon/admin_service.h"
#include "common/identity/certificate.h"
#include "common/platform/logging.h"
#include "common/retail/nodes/admit.h"
#include "common/retail/nodes/queries.h"
#include "common/retail/reasons.h"
#include "google/protobuf/arena.h"

namespace comptoir::hub {
namespace {

constexpr uint32_t kWaitSeconds = 30;
constexpr uint32_t kWaitSecondsMax = 240;
// Between two looks at how far a node that is being retired has come.
constexpr std::chrono::milliseconds kLookPause(50);
// A shop that sells always has a few on their way, which are here by the time that it
// has stopped; more are a backlog.
constexpr uint64_t kOnItsWayMax = 100;
constexpr char kRetiredReason[] = "retired";

absl::Status NotLevel(const std::string& node, const replica::Replica::Retiring& state) {
  std::string why;
  if (state.sessions == 0) {
    why = "is not connected any more";
  } else if (state.sessions > 1) {
    why = absl::StrCat("is connected ", state.sessions,
                       " times: one name in two places, or a link that is not over yet");
  } else if (!state.halted) {
    why = "has not said yet that it stopped recording";
  } else {
    why = absl::StrCat("has ", state.missing_entries, " entries that are not here");
  }
  return retail::WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          node, " is not retired and records again: it ", why,
          ". 'comptoir node list' shows when nothing of it waits; entries that never arrive are "
          "named in the notes of 'comptoir status'; try again then")),
      retail::kNodeNotLevel);
}

}  // namespace

// ---- list ----

absl::Status NodesDesk::AddEnrolled(Nodes* nodes) {
  const auto snapshot = host_.ledger().NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const auto enrolments, retail::Enrolments(*snapshot));
  std::map<std::string, HybridTime> latest;
  for (const retail::EnrolmentPlace& place : enrolments) {
    google::protobuf::Arena arena;
    COMPTOIR_ASSIGN_OR_RETURN(
        const retail::Fact fact,
        host_.ledger().ReadFact(*snapshot, place.journal, place.sequence, &arena));
    const auto [known, is_new] = latest.try_emplace(place.node, fact.hybrid_time);
    if (!is_new && fact.hybrid_time <= known->second) continue;
    known->second = fact.hybrid_time;
    const auto& enrolled = static_cast<const retail::v1::NodeEnrolled&>(*fact.fact);
    admin::v1::NodeInfo& node = (*nodes)[place.node];
    node.set_shop(place.shop);
    node.set_enrolled_ms(fact.wall_ms);
    node.set_certificate_sha256(std::string(identity::Fingerprint(enrolled.certificate()).view()));
  }
  return absl::OkStatus();
}

void NodesDesk::AddSeen(Nodes* nodes) {
  for (const ledger::JournalView& journal : host_.ledger().Journals()) {
    if (journal.writer_shop.empty()) continue;
    admin::v1::NodeInfo& node = (*nodes)[journal.node];
    node.set_shop(journal.writer_shop);
    node.set_last_seen_ms(std::max(node.last_seen_ms(), journal.last_wall_ms));
  }
  const auto departed = host_.replica().departed();
  for (const auto& [name, peer] : departed) {
    admin::v1::NodeInfo& node = (*nodes)[name];
    node.set_shop(peer.writer.shop);
    if (peer.last_heard_ms != 0) node.set_last_seen_ms(peer.last_heard_ms);
    node.set_waiting_entries(peer.session.missing_entries);
  }
  for (const replica::PeerView& peer : host_.replica().peers()) {
    admin::v1::NodeInfo& node = (*nodes)[peer.writer.node];
    node.set_shop(peer.writer.shop);
    node.set_online(peer.session.hello_received);
    node.set_last_seen_ms(std::max(node.last_seen_ms(), peer.last_heard_ms));
    node.set_waiting_entries(peer.session.missing_entries);
  }
}

absl::StatusOr<admin::v1::ListNodesResponse> NodesDesk::List() {
  Nodes nodes;
  COMPTOIR_RETURN_IF_ERROR(AddEnrolled(&nodes));
  AddSeen(&nodes);
  admin::v1::ListNodesResponse response;
  for (auto& [name, node] : nodes) {
    node.set_node(name);
    if (const auto revoked = host_.ledger().FindRevocation(name)) {
      *node.mutable_revoked() = daemon::ToMessage(*revoked);
    }
    *response.add_nodes() = std::move(node);
  }
  return response;
}

// ---- revoke ----

// Enrolled, or the writer of a journal: a hub that was restored may hold the one
// without the other.
absl::Status NodesDesk::CheckKnown(const std::string& node) {
  COMPTOIR_RETURN_IF_ERROR(CheckCode("node", node));
  const auto snapshot = host_.ledger().NewSnapshot();
  COMPTOIR_ASSIGN_OR_RETURN(const auto enrolments, retail::Enrolments(*snapshot));
  const bool enrolled =
      std::any_of(enrolments.begin(), enrolments.end(),
                  [&](const retail::EnrolmentPlace& place) { return place.node == node; });
  if (enrolled || host_.ledger().IsRevoked(node)) return absl::OkStatus();
  for (const ledger::JournalView& journal : host_.ledger().Journals()) {
    if (journal.node == node && !journal.writer_shop.empty()) return absl::OkStatus();
  }
  return retail::WithReason(
      absl::NotFoundError(absl::StrCat("no node is called ", node,
                                       ": 'comptoir node list' lists those that were enrolled")),
      retail::kUnknownNode);
}

absl::StatusOr<admin::v1::RevokeNodeResponse> NodesDesk::Revoke(
    const admin::v1::RevokeNodeRequest& request) {
  COMPTOIR_RETURN_IF_ERROR(CheckKnown(request.node()));
  COMPTOIR_ASSIGN_OR_RETURN(
      const ledger::Ledger::Revoked revoked,
      host_.ledger().Revoke(request.node(), request.reason(), /*retired=*/false));
  platform::Log(platform::LogLevel::kWarning, "node revoked",
                {{"node", request.node()},
                 {"reason", revoked.revocation.reason},
                 {"repeated", revoked.repeated}});
  admin::v1::RevokeNodeResponse response;
  *response.mutable_revoked() = daemon::ToMessage(revoked.revocation);
  response.set_repeated(revoked.repeated);
  return response;
}

// ---- retire ----

// Before a shop is kept from selling: what can be seen to fail, fails here.
absl::Status NodesDesk::CheckMayRetire(const std::string& node) {
  const replica::Replica::Retiring state = host_.replica().RetiringOf(node);
  if (state.sessions == 0) {
    return retail::WithReason(
        absl::FailedPreconditionError(absl::StrCat(
            node,
            " is not connected, so nobody can say what it has that is not here: connect it "
            "and try again; a machine that is gone is cut off with 'comptoir node revoke'")),
        retail::kNodeOffline);
  }
  if (state.missing_entries <= kOnItsWayMax) return absl::OkStatus();
  return retail::WithReason(
      absl::FailedPreconditionError(absl::StrCat(
          state.missing_entries, " entries of ", node,
          " are not here yet, and it still records: wait until 'comptoir node list' shows none, "
          "and try again; those that never arrive are named in the notes of 'comptoir status'")),
      retail::kNodeNotLevel);
}

absl::Status NodesDesk::WaitForProof(const admin::v1::RetireNodeRequest& request,
                                     const std::function<bool()>& cancelled) {
  const int64_t wait_ms =
      int64_t{request.wait_seconds() == 0 ? kWaitSeconds : request.wait_seconds()} * 1000;
  const int64_t until_ms = host_.clock().BootMillis() + wait_ms;
  Mutex mutex;
  CondVar never;
  MutexLock lock(&mutex);
  while (true) {
    const replica::Replica::Retiring state = host_.replica().RetiringOf(request.node());
    if (state.proven) return absl::OkStatus();
    if (cancelled() || host_.clock().BootMillis() >= until_ms) {
      return NotLevel(request.node(), state);
    }
    never.WaitFor(&mutex, kLookPause);
  }
}

absl::StatusOr<admin::v1::RetireNodeResponse> NodesDesk::Retire(
    const admin::v1::RetireNodeRequest& request, const std::function<bool()>& cancelled) {
  const std::string& node = request.node();
  const std::string reason = request.reason().empty() ? kRetiredReason : request.reason();
  COMPTOIR_RETURN_IF_ERROR(CheckKnown(node));
  COMPTOIR_RETURN_IF_ERROR(retail::CheckRevocationReason(reason));
  if (request.wait_seconds() > kWaitSecondsMax) {
    return absl::InvalidArgumentError("a node is waited for at most 4 minutes (240 seconds)");
  }
  if (const auto known = host_.ledger().FindRevocation(node)) {
    if (known->retired) return Retired(*known, /*repeated=*/true);
    return retail::WithReason(
        absl::FailedPreconditionError(absl::StrCat(
            node, " was revoked already: what it has that is not here must be carried in")),
        retail::kNodeRevoked);
  }
  COMPTOIR_RETURN_IF_ERROR(CheckMayRetire(node));
  COMPTOIR_RETURN_IF_ERROR(host_.replica().BeginRetiring(node));
  // As long as the request lasts the node stays halted, whatever its link does: nothing
  // of it can come between the proof and the fact.
  const auto revoked = [&]() -> absl::StatusOr<ledger::Ledger::Revoked> {
    COMPTOIR_RETURN_IF_ERROR(WaitForProof(request, cancelled));
    return host_.ledger().Revoke(node, reason, /*retired=*/true);
  }();
  host_.replica().EndRetiring(
      node, revoked.ok() ? replica::RevokedStatus(revoked->revocation) : revoked.status());
  COMPTOIR_RETURN_IF_ERROR(revoked.status());
  platform::Log(platform::LogLevel::kWarning, "node retired", {{"node", node}, {"reason", reason}});
  return Retired(revoked->revocation, revoked->repeated);
}

absl::StatusOr<admin::v1::RetireNodeResponse> NodesDesk::Retired(
    const retail::Revocation& revocation, bool repeated) {
  admin::v1::RetireNodeResponse response;
  *response.mutable_revoked() = daemon::ToMessage(revocation);
  response.set_repeated(repeated);
  for (const ledger::JournalView& journal : host_.ledger().Journals()) {
    if (journal.node != revocation.node || journal.writer_shop.empty()) continue;
    response.set_journals(response.journals() + 1);
    response.set_entries(response.entries() + journal.head.sequence.value());
  }
  return response;
}

}  // namespace comptoir::hub
