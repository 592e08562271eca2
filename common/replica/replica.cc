#include "common/replica/replica.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/planted.h"
#include "common/journal/name.h"
#include "google/protobuf/arena.h"

namespace comptoir::replica {
namespace {

// A clock within this of a peer's is vouched for (R10).
constexpr int64_t kClockAgreesMs = 5 * 60'000;
// Ticks between two notes of what the hub holds.
constexpr uint64_t kNoteTicks = 10;
constexpr char kAtHubName[] = "at_hub";
constexpr size_t kNotesKept = 100;

std::map<JournalId, uint64_t> EntriesByJournal(const std::vector<ledger::DamagedRange>& ranges) {
  std::map<JournalId, uint64_t> counts;
  for (const ledger::DamagedRange& range : ranges) {
    counts[range.journal] += range.last.value() - range.first.value() + 1;
  }
  return counts;
}

bool Overlaps(const std::vector<ledger::DamagedRange>& known, const ledger::DamagedRange& range) {
  return std::any_of(known.begin(), known.end(), [&range](const ledger::DamagedRange& each) {
    return each.journal == range.journal && each.first <= range.last && range.first <= each.last;
  });
}

std::string DamageText(const ledger::DamagedRange& range) {
  return absl::StrCat("entries ", range.first.value(), " to ", range.last.value(), " of journal ",
                      journal::JournalName(range.journal),
                      " are damaged on this disk: they are not served, and asked of peers that "
                      "hold them");
}

// As far as it was compared.
std::map<JournalId, Sequence> AcknowledgedBy(ledger::Ledger& ledger, const sync::Session& session) {
  std::map<JournalId, Sequence> held;
  for (const ledger::JournalView& journal : ledger.Journals()) {
    const JournalId id = journal.head.journal;
    if (session.IsCompared(id)) held[id] = session.Acknowledged(id);
  }
  return held;
}

}  // namespace

Replica::Replica(Options options)
    : options_(std::move(options)), run_(options_.random->Next64()), executor_(options_.threads) {
  // Only a figure for people hangs on it: without it, more seems to wait.
  const auto noted = options_.ledger->GetLocal(kAtHubName);
  sync::v1::Heads heads;
  if (noted.ok() && noted->has_value() && heads.ParseFromString(**noted)) {
    MutexLock lock(&mutex_);
    for (const journal::v1::Head& head : heads.heads()) {
      at_hub_[JournalId(head.journal())] = Sequence(head.sequence());
    }
  }
  LoadRevoked();
  options_.ledger->SetListener([this](const ledger::JournalView& journal) { OnAdvanced(journal); });
}

Replica::~Replica() {
  options_.ledger->SetListener(nullptr);
  std::vector<std::shared_ptr<Peer>> peers;
  {
    MutexLock lock(&mutex_);
    for (const auto& [number, peer] : peers_) peers.push_back(peer);
  }
  for (const auto& peer : peers) peer->Stop();
  // Answers to ingests come from the ledger's threads and need the executor.
  in_flight_.StopAndWait();
}

std::shared_ptr<Peer> Replica::Connect(journal::Writer writer, std::string address,
                                       std::shared_ptr<FrameSink> sink) {
  uint64_t number = 0;
  {
    MutexLock lock(&mutex_);
    number = ++connected_;
  }
  Peer::Wiring wiring;
  wiring.ledger = options_.ledger;
  wiring.executor = &executor_;
  wiring.clock = options_.clock;
  wiring.in_flight = &in_flight_;
  wiring.traffic = &traffic_;
  wiring.on_up = [this](const Peer& peer_up) {
    // What waits now is not compared yet: what was last known of the hub says more.
    LinkView here;
    if (peer_up.writer().hub) here.waiting_entries = CountWaiting(&here.oldest_waiting_ms);
    if (options_.on_up) options_.on_up(peer_up.view(), here);
    if (peer_up.writer().hub && !self().hub) OnHubUp(peer_up);
  };
  wiring.on_clock = [this](const Peer& peer, int64_t offset_ms) { OnClock(peer, offset_ms); };
  wiring.on_note = [this](std::string note) { OnNote(std::move(note)); };
  wiring.on_closed = [this, number](Peer& peer) { OnClosed(number, peer); };
  sync::Options session;
  session.node = options_.ledger->self().node;
  session.run = run_;
  session.software = options_.software;
  session.fold_version = retail::kFoldVersion;
  session.halted = !options_.ledger->halted().empty();
  const bool is_hub = writer.hub;
  std::shared_ptr<Peer> peer;
  {
    MutexLock lock(&mutex_);
    const auto retiring = retiring_.find(writer.node);
    const uint64_t request = retiring == retiring_.end() ? 0 : retiring->second;
    session.retire = request != 0;
    peer = std::make_shared<Peer>(std::move(wiring), std::move(session), std::move(writer),
                                  std::move(address), std::move(sink), request);
    peers_[number] = peer;
    if (is_hub) link_since_ms_ = options_.clock->WallMillis();
    // Under the lock: what OnAdvanced and Tick tell it must queue behind this.
    peer->Start();
  }
  return peer;
}

void Replica::Tick() {
  {
    MutexLock lock(&mutex_);
    if (clock_disputed_by_ == Disputer::kNobody && options_.clock->IsSynchronised()) {
      options_.ledger->VouchForClock();
    }
  }
  LookAtDamage();
  TendForks();
  TellTransfers();
  LookForTwins();
  MutexLock lock(&mutex_);
  const bool note = ++ticks_ % kNoteTicks == 0;
  for (const auto& [number, peer] : peers_) {
    peer->Tick();
    if (note && peer->writer().hub) {
      peer->Inspect([this](const sync::Session& session) {
        NoteHub(AcknowledgedBy(*options_.ledger, session));
      });
    }
  }
}

void Replica::LookForTwins() {
  std::vector<std::string> told;
  {
    MutexLock lock(&mutex_);
    std::vector<HeardSession> sessions;
    std::map<std::string_view, size_t> sessions_of;
    for (const auto& [number, peer] : peers_) ++sessions_of[peer->writer().node];
    for (const auto& [number, peer] : peers_) {
      if (sessions_of[peer->writer().node] < 2) continue;
      const PeerView view = peer->view();
      if (!view.session.hello_received) continue;
      sessions.push_back(
          {number, view.writer.node, view.session.peer_run, view.address, view.bytes_received});
    }
    told = twins_.Look(sessions);
  }
  for (std::string& sentence : told) OnNote(std::move(sentence));
}

void Replica::TendForks() {
  const uint64_t known = options_.ledger->counters().forks.value();
  bool news = false;
  {
    MutexLock lock(&mutex_);
    news = known != forks_told_;
    forks_told_ = known;
  }
  absl::StatusOr<std::vector<ledger::ForkView>> forks = std::vector<ledger::ForkView>();
  if (news) forks = options_.ledger->Forks();
  if (forks.ok()) {
    for (const ledger::ForkView& fork : *forks) {
      OnNote(absl::StrCat(
          "journal ", fork.series, " of ", fork.node, " had two branches after entry ",
          fork.common.sequence.value(), ": the one to entry ", fork.kept.sequence.value(),
          " is kept, entries of the other, to ", fork.other.sequence.value(),
          ", are moved. Its machine was rolled back while it ran, or someone has its key"));
    }
  }
  if (!options_.ledger->HasForksToSettle()) return;
  {
    MutexLock lock(&mutex_);
    if (settling_) return;
    settling_ = true;
  }
  executor_.Run([this] {
    const absl::Status settled = options_.ledger->SettleForks();
    if (settled.ok()) {
      // Sessions know heads that are gone: new ones begin from those that are there.
      CloseSessions(absl::AbortedError("a fork was settled: the session begins anew"));
    } else if (absl::IsResourceExhausted(settled)) {
      // Without its figures, which are others at each try: a note is told once.
      OnNote("a fork waits to be settled until there is more room on the disk");
    } else {
      OnNote(absl::StrCat("a fork cannot be settled here: ", settled.message()));
    }
    MutexLock lock(&mutex_);
    settling_ = false;
  });
}

void Replica::TellTransfers() {
  const absl::Status told = options_.ledger->TellTransfers();
  // What a full disk or a stopped ledger means is said elsewhere.
  if (told.ok() || absl::IsResourceExhausted(told) || absl::IsUnavailable(told)) return;
  OnNote(absl::StrCat("shops cannot be told of each other's transfers yet: ", told.message()));
}

void Replica::NoteHub(const std::map<JournalId, Sequence>& held) {
  sync::v1::Heads heads;
  {
    MutexLock lock(&mutex_);
    bool changed = false;
    for (const auto& [journal, sequence] : held) {
      // Not the highest ever: a hub that was restored holds less.
      changed |= std::exchange(at_hub_[journal], sequence) != sequence;
    }
    if (!changed) return;
    for (const auto& [journal, sequence] : at_hub_) {
      journal::v1::Head* head = heads.add_heads();
      head->set_journal(journal.value());
      head->set_sequence(sequence.value());
    }
  }
  // A failed write here loses a figure, no fact; the ledger's next one will tell.
  (void)options_.ledger->PutLocal(kAtHubName, heads.SerializeAsString());
}

void Replica::CloseSessions(const absl::Status& reason) {
  std::vector<std::shared_ptr<Peer>> peers;
  {
    MutexLock lock(&mutex_);
    for (const auto& [number, peer] : peers_) peers.push_back(peer);
  }
  for (const auto& peer : peers) peer->Leave(reason);
}

void Replica::OnAdvanced(const ledger::JournalView& journal) {
  if (COMPTOIR_PLANTED(kTellNobodyOfNews)) return;
  {
    MutexLock lock(&mutex_);
    for (const auto& [number, peer] : peers_) peer->Advanced(journal);
  }
  // Where NodeRevoked facts stand, or were moved to.
  if (journal.scope == journal::v1::SCOPE_COOP) DismissRevoked();
  if (options_.on_advanced) options_.on_advanced();
}

void Replica::OnClock(const Peer& peer, int64_t offset_ms) {
  const bool agrees = std::llabs(offset_ms) <= kClockAgreesMs;
  const Disputer peer_as = peer.writer().hub ? Disputer::kHub : Disputer::kSibling;
  MutexLock lock(&mutex_);
  if (self().hub) {
    // A node's clock is no reason to doubt the hub's.
    if (agrees) options_.ledger->VouchForClock();
    return;
  }
  // A sibling has no say where the hub is here, or has disputed our clock.
  const bool hub_is_here = std::any_of(peers_.begin(), peers_.end(), [](const auto& each) {
    return each.second->writer().hub && each.second->view().session.hello_received;
  });
  if (peer_as < clock_disputed_by_ || (peer_as == Disputer::kSibling && hub_is_here)) return;
  clock_disputed_by_ = agrees ? Disputer::kNobody : peer_as;
  if (agrees) {
    options_.ledger->VouchForClock();
  } else {
    options_.ledger->DoubtClock();
  }
}

void Replica::OnNote(std::string note) {
  {
    MutexLock lock(&mutex_);
    // A session begun anew finds the same again: said once.
    if (std::find(notes_.begin(), notes_.end(), note) != notes_.end()) return;
    notes_.push_back(note);
    if (notes_.size() > kNotesKept) notes_.pop_front();
  }
  if (options_.on_note) options_.on_note(note);
}

void Replica::LookAtDamage() {
  const ledger::DamageView now = options_.ledger->damage();
  std::vector<std::string> notes;
  if (now.views_are_stale) {
    notes.push_back(
        "rows of the views are damaged: restart this daemon, and it folds its views anew");
  }
  {
    MutexLock lock(&mutex_);
    const auto counts_now = EntriesByJournal(now.entries);
    for (const auto& [journal, count] : EntriesByJournal(damaged_)) {
      const auto left = counts_now.find(journal);
      if (left != counts_now.end() && left->second >= count) continue;
      for (const auto& [key, peer] : peers_) peer->Mended(journal);
      if (left == counts_now.end()) {
        notes.push_back(absl::StrCat("what was damaged of journal ", journal::JournalName(journal),
                                     " was brought again and is mended"));
      }
    }
    for (const ledger::DamagedRange& range : now.entries) {
      if (!Overlaps(damaged_, range)) notes.push_back(DamageText(range));
      for (const auto& [key, peer] : peers_) peer->Damaged(range);
    }
    damaged_ = now.entries;
  }
  for (std::string& note : notes) OnNote(std::move(note));
}

std::vector<std::string> Replica::notes() const {
  MutexLock lock(&mutex_);
  return {notes_.begin(), notes_.end()};
}

void Replica::OnClosed(uint64_t number, Peer& peer) {
  if (peer.writer().hub) {
    NoteHub(AcknowledgedBy(*options_.ledger, peer.session()));
    if (const auto told = peer.session().view().revoked) OnRevoked(*told);
  }
  const PeerView view = peer.view();
  {
    MutexLock lock(&mutex_);
    PeerView& departed = departed_[peer.writer().node];
    const int64_t heard_ms = std::max(departed.last_heard_ms, view.last_heard_ms);
    // One that was turned away says nothing of what was heard before.
    if (view.session.hello_received || departed.last_heard_ms == 0) departed = view;
    departed.last_heard_ms = heard_ms;
    if (peer.writer().hub) {
      link_since_ms_ = options_.clock->WallMillis();
    }
    peers_.erase(number);
  }
  if (!peer.was_up() || !options_.on_down) return;
  options_.on_down(view, peer.writer().hub ? link() : LinkView(), peer.end_reason());
}

size_t Replica::sessions() const {
  MutexLock lock(&mutex_);
  size_t count = 0;
  for (const auto& [number, peer] : peers_) {
    if (peer->view().session.hello_received) ++count;
  }
  return count;
}

std::vector<PeerView> Replica::peers() const {
  MutexLock lock(&mutex_);
  std::vector<PeerView> views;
  for (const auto& [number, peer] : peers_) views.push_back(peer->view());
  return views;
}

std::map<std::string, PeerView> Replica::departed() const {
  MutexLock lock(&mutex_);
  return departed_;
}

LinkView Replica::link() const {
  LinkView link;
  bool counted = false;
  for (const PeerView& peer : peers()) {
    if (!peer.writer.hub || !peer.session.hello_received) continue;
    link.online = true;
    link.waiting_entries = peer.session.waiting_entries;
    link.clock_offset_ms = peer.session.clock_offset_ms;
    counted = true;
  }
  if (!counted) {
    link.waiting_entries = CountWaiting(&link.oldest_waiting_ms);
  } else if (link.waiting_entries > 0) {
    CountWaiting(&link.oldest_waiting_ms);
  }
  link.revoked = RevokedHere();
  MutexLock lock(&mutex_);
  link.since_ms = link_since_ms_;
  return link;
}

std::map<JournalId, Sequence> Replica::at_hub() const {
  MutexLock lock(&mutex_);
  return at_hub_;
}

// Away from the hub: what it is not known to hold.
uint64_t Replica::CountWaiting(int64_t* oldest_ms) const {
  std::map<JournalId, Sequence> at_hub = this->at_hub();
  uint64_t waiting = 0;
  const auto snapshot = options_.ledger->NewSnapshot();
  for (const ledger::JournalView& journal : options_.ledger->Journals()) {
    const Sequence held = at_hub[journal.head.journal];
    if (held >= journal.head.sequence || journal.writer_shop.empty()) continue;
    waiting += journal.head.sequence.value() - held.value();
    google::protobuf::Arena arena;
    const auto fact =
        options_.ledger->ReadFact(*snapshot, journal.head.journal, Next(held), &arena);
    if (fact.ok() && (*oldest_ms == 0 || fact->wall_ms < *oldest_ms)) *oldest_ms = fact->wall_ms;
  }
  return waiting;
}

}  // namespace comptoir::replica
