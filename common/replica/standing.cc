// Nodes that are revoked or being retired (R13): at the hub, and at the node itself.
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/replica/replica.h"

namespace comptoir::replica {
namespace {

constexpr char kRevokedName[] = "revoked";
constexpr char kHaltedSentence[] =
    "this node is being retired and records nothing more: sell at another node of the shop; it "
    "goes on by itself should the hub give the retirement up";
constexpr char kRetiredSentence[] =
    "this node was retired and records nothing more: sell at another node of the shop, and switch "
    "this one off";

}  // namespace

// ---- at whoever holds the facts ----

void Replica::DismissRevoked() {
  MutexLock lock(&mutex_);
  for (const auto& [number, peer] : peers_) {
    if (peer->writer().hub) continue;
    if (const auto revoked = options_.ledger->FindRevocation(peer->writer().node)) {
      peer->Dismiss(*revoked);
    }
  }
}

void Replica::CloseSessionsOf(const std::string& node, const absl::Status& reason) {
  MutexLock lock(&mutex_);
  for (const auto& [number, peer] : peers_) {
    if (peer->writer().node == node) peer->Leave(reason);
  }
}

// ---- at a hub that retires one ----

absl::Status Replica::BeginRetiring(const std::string& node) {
  {
    MutexLock lock(&mutex_);
    if (!retiring_.emplace(node, retire_requests_ + 1).second) {
      return absl::FailedPreconditionError(
          absl::StrCat(node, " is being retired already: wait for the answer"));
    }
    ++retire_requests_;
  }
  CloseSessionsOf(node, absl::UnavailableError(absl::StrCat("an operator retires ", node)));
  return absl::OkStatus();
}

void Replica::EndRetiring(const std::string& node, const absl::Status& why) {
  {
    MutexLock lock(&mutex_);
    retiring_.erase(node);
  }
  CloseSessionsOf(node, why);
}

Replica::Retiring Replica::RetiringOf(const std::string& node) const {
  Retiring state;
  bool all_proven = true;
  MutexLock lock(&mutex_);
  const auto request = retiring_.find(node);
  for (const auto& [number, peer] : peers_) {
    if (peer->writer().node != node) continue;
    const sync::SessionView session = peer->view().session;
    ++state.sessions;
    state.missing_entries += session.missing_entries;
    // A session of an earlier request proves nothing: the node may have recorded since.
    const bool halted = request != retiring_.end() && peer->retiring() == request->second &&
                        session.hello_received && session.peer_halted;
    state.halted = state.halted || halted;
    all_proven = all_proven && halted && session.holds_all;
  }
  // Two sessions are two machines of one name, or a link that is not over yet.
  state.proven = state.sessions == 1 && all_proven;
  return state;
}

// ---- at the node ----

void Replica::LoadRevoked() {
  const auto row = options_.ledger->GetLocal(kRevokedName);
  sync::v1::Revoked told;
  if (!row.ok() || !row->has_value() || (*row)->empty() || !told.ParseFromString(**row)) return;
  MutexLock lock(&mutex_);
  told_revoked_ = {self().node, told.since_ms(), told.reason(), told.retired()};
}

void Replica::OnHubUp(const Peer& peer) {
  const sync::SessionView session = peer.view().session;
  bool was_revoked = false;
  bool is_queued = false;
  {
    MutexLock lock(&mutex_);
    was_revoked = std::exchange(told_revoked_, std::nullopt).has_value();
    hub_retires_ = session.peer_retires;
    is_queued = halts_queued_ > 0;
  }
  // A hub that speaks with us takes back what it said; the row is for people.
  if (was_revoked) (void)options_.ledger->PutLocal(kRevokedName, "");
  const bool halted = !options_.ledger->halted().empty();
  if (halted == session.peer_retires && !is_queued) return;
  {
    MutexLock lock(&mutex_);
    ++halts_queued_;
  }
  const std::shared_ptr<Peer> hub = const_cast<Peer&>(peer).shared_from_this();
  // Apart from the session's strand: both wait for the disk.
  executor_.Run([this, hub] { FollowRetirement(*hub); });
}

void Replica::FollowRetirement(Peer& hub) {
  MutexLock one_at_a_time(&halting_);
  bool retires = false;
  {
    MutexLock lock(&mutex_);
    --halts_queued_;
    // As it says by now: it may have given up what an earlier session said.
    retires = hub_retires_;
  }
  if (retires == !options_.ledger->halted().empty()) return;
  if (!retires) {
    Say(options_.ledger->Resume(), "is not retired after all, and records again");
    return;
  }
  Say(options_.ledger->Halt(kHaltedSentence), "records nothing more: the hub retires it");
  // The next session's Hello says so, and what is held is all there will be.
  hub.Leave(absl::UnavailableError(absl::StrCat(self().node, " stopped recording")));
}

void Replica::OnRevoked(const sync::RevokedHere& told) {
  sync::v1::Revoked row;
  row.set_since_ms(told.since_ms);
  row.set_reason(told.reason);
  row.set_retired(told.retired);
  bool is_news = false;
  {
    MutexLock lock(&mutex_);
    retail::Revocation revoked{self().node, told.since_ms, told.reason, told.retired};
    is_news = told_revoked_ != revoked;
    told_revoked_ = std::move(revoked);
  }
  if (!is_news) return;
  // The hub says it again at the next dial.
  (void)options_.ledger->PutLocal(kRevokedName, row.SerializeAsString());
  if (told.retired) {
    executor_.Run([this] {
      Say(options_.ledger->Halt(kRetiredSentence), "was retired: the hub holds all that it has");
    });
    return;
  }
  if (options_.ledger->halted().empty()) return;
  // Cut off while it was being retired: what it has not brought, an operator must.
  executor_.Run(
      [this] { Say(options_.ledger->Resume(), "is revoked and not retired: it records again"); });
}

void Replica::Say(const absl::Status& status, const std::string& what) {
  OnNote(status.ok() ? absl::StrCat(self().node, " ", what)
                     : absl::StrCat(self().node, " cannot write: ", std::string(status.message())));
}

std::optional<retail::Revocation> Replica::RevokedHere() const {
  if (auto revoked = options_.ledger->FindRevocation(self().node)) return revoked;
  MutexLock lock(&mutex_);
  return told_revoked_;
}

}  // namespace comptoir::replica
