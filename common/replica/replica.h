// A ledger among its peers: what both daemons, and a simulator, run.
//
// Thread use: any.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/mutex.h"
#include "common/ledger/ledger.h"
#include "common/replica/executor.h"
#include "common/replica/peer.h"
#include "common/replica/twins.h"
#include "common/sync/session.h"

namespace comptoir::replica {

// A node's link to its hub, for people.
struct LinkView {
  bool online = false;
  int64_t since_ms = 0;          // wall clock; 0: never online in this run
  uint64_t waiting_entries = 0;  // held here, not known to be at the hub
  // Wall instant of the oldest; 0: none. While online, of what the hub had not
  // acknowledged some seconds ago.
  int64_t oldest_waiting_ms = 0;
  int64_t clock_offset_ms = 0;
  // We are revoked (R13): the hub said so when it last spoke to us, or facts here do.
  std::optional<retail::Revocation> revoked;
};

struct Options {
  ledger::Ledger* ledger = nullptr;
  Clock* clock = nullptr;
  Random* random = nullptr;
  std::string software;
  // Told, a sentence each, what operators must hear of; any thread.
  std::function<void(const std::string&)> on_note = nullptr;
  // A session is up, or one that was has ended, and why; the link to the hub as it is
  // then, of a node. On that session's strand: must not block.
  std::function<void(const PeerView&, const LinkView&)> on_up = nullptr;
  std::function<void(const PeerView&, const LinkView&, const absl::Status& why)> on_down = nullptr;
  // The ledger has grown. On a thread of the ledger: must not block.
  std::function<void()> on_advanced = nullptr;
  // 0: sessions go on by RunOne alone, all on its thread.
  size_t threads = 3;
};

class Replica {
 public:
  explicit Replica(Options options);
  // Ends every session; transports must have stopped calling.
  ~Replica();

  // A stream to `writer` is up: starts a session that sends to `sink`. The caller
  // brings frames by Peer::Receive and ends it by Peer::Stop.
  std::shared_ptr<Peer> Connect(journal::Writer writer, std::string address,
                                std::shared_ptr<FrameSink> sink);
  // Ends every session, telling the other ends why.
  void CloseSessions(const absl::Status& reason);
  // The same for those of one node.
  void CloseSessionsOf(const std::string& node, const absl::Status& reason);

  // ---- retiring a node, at a hub (common/replica/README.md) ----

  // Sessions of `node` end; those that follow ask it to record nothing more, until
  // EndRetiring. One request for a node at a time: FAILED_PRECONDITION.
  absl::Status BeginRetiring(const std::string& node);
  // Sessions end, and those that follow let it record again.
  void EndRetiring(const std::string& node, const absl::Status& why);
  struct Retiring {
    size_t sessions = 0;  // that are up
    bool halted = false;  // in a session of this request it said that it records nothing more
    bool proven = false;  // and all that it has is here
    uint64_t missing_entries = 0;
  };
  Retiring RetiringOf(const std::string& node) const;

  const journal::Writer& self() const { return options_.ledger->self(); }
  // Once or twice a second.
  void Tick();
  // With no threads: Executor::RunOne of what the sessions have to do.
  bool RunOne(size_t choice = 0) { return executor_.RunOne(choice); }

  std::vector<PeerView> peers() const;
  // Sessions that ended, the last of each node, for 'last seen'.
  std::map<std::string, PeerView> departed() const;
  LinkView link() const;
  // What the hub was last known to hold; some seconds behind while it is here.
  std::map<JournalId, Sequence> at_hub() const;
  // Sessions that are up.
  size_t sessions() const;
  const Traffic& traffic() const { return traffic_; }
  // What operators must hear of: the latest notes of this run, oldest first.
  std::vector<std::string> notes() const;

 private:
  void OnClosed(uint64_t number, Peer& peer);
  void LoadRevoked();
  // A note of what this node does now, or why it cannot.
  void Say(const absl::Status& status, const std::string& what);
  // Of a node: the hub is here, or has said that we are revoked.
  void OnHubUp(const Peer& peer);
  // Stops recording or goes on, as the hub said last; tells it by a new session.
  void FollowRetirement(Peer& hub);
  void OnRevoked(const sync::RevokedHere& told);
  // Ends the sessions of nodes that facts here say are revoked.
  void DismissRevoked();
  std::optional<retail::Revocation> RevokedHere() const;
  // Remembers, over restarts, what the hub is known to hold.
  void NoteHub(const std::map<JournalId, Sequence>& held);
  void OnAdvanced(const ledger::JournalView& journal);
  void OnClock(const Peer& peer, int64_t offset_ms);
  void OnNote(std::string note);
  // Tells of what the ledger found damaged and of what was mended since, and asks the
  // peers for it.
  void LookAtDamage();
  // Tells of names that are in two places.
  void LookForTwins();
  // Tells of forks that the hub settled, and moves what is held of another branch.
  void TendForks();
  // Of the hub: what waits to be told of transfers.
  void TellTransfers();
  uint64_t CountWaiting(int64_t* oldest_ms) const;

  // Whose clock is another than ours (R10). By rising say.
  enum class Disputer { kNobody, kSibling, kHub };

  const Options options_;
  const uint64_t run_;
  Traffic traffic_;
  mutable Mutex mutex_;
  // By their number, in the order of connecting.
  std::map<uint64_t, std::shared_ptr<Peer>> peers_ ABSL_GUARDED_BY(mutex_);
  uint64_t connected_ ABSL_GUARDED_BY(mutex_) = 0;  // in this run
  std::map<std::string, PeerView> departed_ ABSL_GUARDED_BY(mutex_);
  // What the hub was last known to hold; some seconds behind while it is here.
  std::map<JournalId, Sequence> at_hub_ ABSL_GUARDED_BY(mutex_);
  int64_t link_since_ms_ ABSL_GUARDED_BY(mutex_) = 0;
  Twins twins_ ABSL_GUARDED_BY(mutex_);
  Disputer clock_disputed_by_ ABSL_GUARDED_BY(mutex_) = Disputer::kNobody;
  uint64_t ticks_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<std::string, uint64_t> retiring_ ABSL_GUARDED_BY(mutex_);  // request, by node
  uint64_t retire_requests_ ABSL_GUARDED_BY(mutex_) = 0;
  std::optional<retail::Revocation> told_revoked_ ABSL_GUARDED_BY(mutex_);  // by the hub
  bool hub_retires_ ABSL_GUARDED_BY(mutex_) = false;                        // us, as it said last
  int halts_queued_ ABSL_GUARDED_BY(mutex_) = 0;  // calls of FollowRetirement to come
  Mutex halting_;                                 // taken before mutex_
  // As of the last look; the first of each journal's stands for it in the notes.
  std::vector<ledger::DamagedRange> damaged_ ABSL_GUARDED_BY(mutex_);
  uint64_t forks_told_ ABSL_GUARDED_BY(mutex_) = 0;
  bool settling_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<std::string> notes_ ABSL_GUARDED_BY(mutex_);
  InFlight in_flight_;
  // Last: its tasks touch everything above.
  Executor executor_;
};

}  // namespace comptoir::replica
