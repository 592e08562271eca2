#include "common/replica/peer.h"

#include <utility>
#include <variant>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "common/journal/name.h"
#include "common/retail/reasons.h"

namespace comptoir::replica {
namespace {

// A peer that was asked for a damaged range has this long to bring it.
constexpr int64_t kAskAgainMs = 60'000;
constexpr size_t kAskedMax = 1'000;

sync::v1::RefusedReason ReasonOf(ledger::Refusal refusal) {
  switch (refusal) {
    case ledger::Refusal::kNone:
      return sync::v1::REFUSED_REASON_UNSPECIFIED;
    case ledger::Refusal::kGap:
      return sync::v1::REFUSED_REASON_GAP;
    case ledger::Refusal::kFork:
      return sync::v1::REFUSED_REASON_FORK;
    case ledger::Refusal::kSignature:
      return sync::v1::REFUSED_REASON_SIGNATURE;
    case ledger::Refusal::kCertificate:
      return sync::v1::REFUSED_REASON_CERTIFICATE;
    case ledger::Refusal::kScope:
      return sync::v1::REFUSED_REASON_SCOPE;
    case ledger::Refusal::kMalformed:
      return sync::v1::REFUSED_REASON_MALFORMED;
    case ledger::Refusal::kLimit:
      return sync::v1::REFUSED_REASON_LIMIT;
    case ledger::Refusal::kRevoked:
      return sync::v1::REFUSED_REASON_REVOKED;
  }
  return sync::v1::REFUSED_REASON_MALFORMED;
}

std::string ReasonName(sync::v1::RefusedReason reason) {
  std::string name = sync::v1::RefusedReason_Name(reason);
  return name.substr(name.rfind("REASON_") == std::string::npos ? 0 : name.rfind("REASON_") + 7);
}

}  // namespace

absl::Status RevokedStatus(const retail::Revocation& revocation) {
  const std::string since = absl::FormatTime(
      "%Y-%m-%d %H:%M UTC", absl::FromUnixMillis(revocation.since_ms), absl::UTCTimeZone());
  return retail::WithReason(
      absl::UnauthenticatedError(absl::StrCat(revocation.node, " was ",
                                              revocation.retired ? "retired" : "revoked", " on ",
                                              since, ": ", revocation.reason)),
      retail::kNodeRevoked);
}

sync::JournalSummary SummaryOf(const ledger::JournalView& journal) {
  return {journal.head, journal.scope, journal.shop, journal.node, journal.finished, journal.month};
}

bool InFlight::Begin() {
  MutexLock lock(&mutex_);
  if (stopped_) return false;
  ++count_;
  return true;
}

void InFlight::Finish() {
  MutexLock lock(&mutex_);
  if (--count_ == 0) none_.SignalAll();
}

void InFlight::StopAndWait() {
  MutexLock lock(&mutex_);
  stopped_ = true;
  while (count_ > 0) none_.Wait(&mutex_);
}

Peer::Peer(Wiring wiring, sync::Options options, journal::Writer writer, std::string address,
           std::shared_ptr<FrameSink> sink, uint64_t retiring)
    : wiring_(std::move(wiring)),
      writer_(std::move(writer)),
      address_(std::move(address)),
      retiring_(retiring),
      sink_(std::move(sink)),
      strand_(std::make_shared<Strand>(*wiring_.executor)),
      ingest_strand_(std::make_shared<Strand>(*wiring_.executor)),
      session_(std::move(options)) {
  view_.writer = writer_;
  view_.address = address_;
}

void Peer::Start() {
  strand_->Run([self = shared_from_this()] {
    if (!self->writer_.hub) {
      // One that becomes known from here on, Replica finds among its peers.
      if (const auto revoked = self->wiring_.ledger->FindRevocation(self->writer_.node)) {
        self->SayRevoked(*revoked);
        return;
      }
    }
    // Whatever grows from here on is told by Advanced, which queues behind this.
    std::vector<sync::JournalSummary> journals;
    for (const ledger::JournalView& journal : self->wiring_.ledger->Journals()) {
      journals.push_back(SummaryOf(journal));
    }
    Clock& clock = *self->wiring_.clock;
    self->Perform(self->session_.OnConnected(self->writer_, journals, clock.BootMillis(),
                                             clock.WallMillis()));
  });
}

void Peer::Receive(sync::v1::Frame frame) {
  ++frames_waiting_;
  strand_->Run([self = shared_from_this(), frame = std::move(frame)] {
    if (!self->ended_) self->Handle(frame);
    --self->frames_waiting_;
    self->sink_->Handled();
  });
}

void Peer::Handle(const sync::v1::Frame& frame) {
  Clock& clock = *wiring_.clock;
  const size_t bytes = frame.ByteSizeLong();
  wiring_.traffic->received_bytes.fetch_add(bytes, std::memory_order_relaxed);
  {
    MutexLock lock(&view_mutex_);
    view_.last_heard_ms = clock.WallMillis();
    view_.bytes_received += bytes;
  }
  Perform(session_.OnFrame(frame, clock.BootMillis(), clock.WallMillis()));
}

void Peer::Advanced(const ledger::JournalView& journal) {
  strand_->Run([self = shared_from_this(), summary = SummaryOf(journal)] {
    if (!self->ended_) self->Perform(self->session_.OnAdvanced(summary));
  });
}

void Peer::Tick() {
  strand_->Run([self = shared_from_this()] {
    if (self->ended_) return;
    Clock& clock = *self->wiring_.clock;
    if (self->no_room_) self->ingest_strand_->Run([self] { self->IngestHeld(); });
    self->session_.SetNoRoom(self->no_room_);
    if (self->frames_waiting_ > 0) self->session_.OnArrival(clock.BootMillis());
    self->Perform(self->session_.OnTick(clock.BootMillis(), clock.WallMillis()));
  });
}

void Peer::Damaged(const ledger::DamagedRange& range) {
  strand_->Run([self = shared_from_this(), range] {
    if (self->ended_) return;
    const int64_t now_ms = self->wiring_.clock->BootMillis();
    const auto asked = self->asked_ms_.find({range.journal, range.first});
    if (asked != self->asked_ms_.end() && now_ms - asked->second < kAskAgainMs) return;
    sync::Effects effects = self->session_.OnDamaged(range.journal, range.first, range.last);
    // The peer is not known to hold them, or has not said yet.
    if (effects.empty()) return;
    if (self->asked_ms_.size() >= kAskedMax) self->asked_ms_.clear();
    self->asked_ms_[{range.journal, range.first}] = now_ms;
    self->Perform(std::move(effects));
  });
}

void Peer::Mended(JournalId journal) {
  strand_->Run([self = shared_from_this(), journal] {
    if (!self->ended_) self->Perform(self->session_.OnMended(journal));
  });
}

void Peer::Inspect(std::function<void(const sync::Session&)> look) {
  strand_->Run([self = shared_from_this(), look = std::move(look)] {
    if (!self->ended_) look(self->session_);
  });
}

void Peer::Leave(const absl::Status& reason) {
  strand_->Run([self = shared_from_this(), reason] {
    if (self->ended_) return;
    sync::v1::Frame frame;
    frame.mutable_goodbye()->set_reason(std::string(reason.message()));
    self->sink_->Send(std::move(frame));
    self->PerformOne(sync::Close{reason});
  });
}

void Peer::Dismiss(const retail::Revocation& revocation) {
  strand_->Run([self = shared_from_this(), revocation] {
    if (!self->ended_) self->SayRevoked(revocation);
  });
}

void Peer::SayRevoked(const retail::Revocation& revocation) {
  const absl::Status reason = RevokedStatus(revocation);
  sync::v1::Frame frame;
  frame.mutable_goodbye()->set_reason(std::string(reason.message()));
  sync::v1::Revoked* revoked = frame.mutable_goodbye()->mutable_revoked();
  revoked->set_since_ms(revocation.since_ms);
  revoked->set_reason(revocation.reason);
  revoked->set_retired(revocation.retired);
  sink_->Send(std::move(frame));
  PerformOne(sync::Close{reason});
}

void Peer::Stop() {
  strand_->Run([self = shared_from_this()] { self->End(); });
}

PeerView Peer::view() const {
  MutexLock lock(&view_mutex_);
  return view_;
}

void Peer::Perform(sync::Effects effects) {
  for (sync::Effect& effect : effects) {
    if (ended_) return;
    std::visit([this](auto each) { PerformOne(std::move(each)); }, std::move(effect));
  }
  Refresh();
}

void Peer::PerformOne(sync::SendFrame effect) {
  wiring_.traffic->sent_bytes.fetch_add(effect.frame.ByteSizeLong(), std::memory_order_relaxed);
  sink_->Send(std::move(effect.frame));
}

void Peer::PerformOne(sync::ReadSegment effect) {
  wiring_.executor->Run([self = shared_from_this(), effect] {
    auto segment =
        self->wiring_.ledger->ReadSegment(effect.journal, effect.first, effect.raw_bytes_max);
    sync::SegmentRead result{effect.journal, effect.first, std::nullopt, !segment.ok()};
    if (segment.ok()) {
      result.segment = *std::move(segment);
    } else {
      self->wiring_.on_note(absl::StrCat(
          "journal ", journal::JournalName(effect.journal), " cannot be read from entry ",
          effect.first.value(), " on: ", segment.status().message(), "; run 'comptoir verify'"));
    }
    self->strand_->Run([self, result = std::move(result)]() mutable {
      if (!self->ended_) self->Perform(self->session_.OnSegmentRead(std::move(result)));
    });
  });
}

void Peer::PerformOne(sync::ReadHash effect) {
  wiring_.executor->Run([self = shared_from_this(), effect] {
    const auto head = self->wiring_.ledger->ReadHead(effect.journal, effect.sequence);
    const Head answer = head.ok() ? *head : Head{effect.journal, Sequence(0), Hash{}};
    self->strand_->Run([self, answer] {
      if (!self->ended_) self->Perform(self->session_.OnHashRead(answer));
    });
  });
}

void Peer::PerformOne(sync::Ingest effect) {
  ingest_strand_->Run([self = shared_from_this(), segment = std::move(effect.segment)]() mutable {
    self->held_.push_back(std::move(segment));
    if (self->held_.size() == 1) self->IngestHeld();
  });
}

void Peer::IngestHeld() {
  while (!held_.empty() && IngestOne(held_.front())) held_.pop_front();
  // The peer sends no more than a window, and waits: nothing is lost, and what we have
  // for it goes out all the same.
  if (no_room_.exchange(!held_.empty()) || held_.empty()) return;
  wiring_.on_note(absl::StrCat("the disk is nearly full: what ", writer_.node,
                               " sends waits until there is space"));
}

bool Peer::IngestOne(const journal::v1::Segment& segment) {
  if (!wiring_.in_flight->Begin()) return true;
  // An answer for want of room comes before Ingest returns, any other may come later.
  auto no_room = std::make_shared<std::atomic<bool>>(false);
  wiring_.ledger->Ingest(
      segment, writer_, [self = shared_from_this(), no_room](ledger::IngestResult result) {
        if (result.no_room) {
          *no_room = true;
          self->wiring_.in_flight->Finish();
          return;
        }
        self->strand_->Run([self, result = std::move(result)] {
          if (self->ended_) return;
          if (!result.status.ok()) {
            // Nothing is known of what was being written: no ack, no answer (R9).
            self->PerformOne(sync::Close{result.status});
            return;
          }
          self->Perform(self->session_.OnIngested(
              {result.journal, result.held, ReasonOf(result.refusal), result.detail}));
        });
        self->wiring_.in_flight->Finish();
      });
  return !*no_room;
}

void Peer::PerformOne(sync::Close effect) {
  end_reason_ = effect.reason;
  sink_->Close(effect.reason);
  End();
}

void Peer::End() {
  if (ended_) return;
  ended_ = true;
  wiring_.on_closed(*this);
}

void Peer::Refresh() {
  const sync::SessionView session = session_.view();
  if (session.clock_readings != clock_readings_) {
    clock_readings_ = session.clock_readings;
    wiring_.on_clock(*this, session.clock_offset_ms);
  }
  TellNews(session);
  {
    MutexLock lock(&view_mutex_);
    view_.session = session;
  }
  if (up_ || !session.hello_received) return;
  up_ = true;
  wiring_.on_up(*this);
}

void Peer::TellNews(const sync::SessionView& session) {
  if (session.peer_has_no_room && !peer_full_told_) {
    wiring_.on_note(absl::StrCat("the disk of ", writer_.node,
                                 " is nearly full: what it lacks waits here until it has space"));
  }
  peer_full_told_ = session.peer_has_no_room;
  for (; forks_told_ < session.forks.size(); ++forks_told_) {
    const sync::Fork& fork = session.forks[forks_told_];
    wiring_.on_note(absl::StrCat("journal ", journal::JournalName(fork.ours.journal),
                                 " has two branches: ours to entry ", fork.ours.sequence.value(),
                                 ", that of ", writer_.node, " to entry ",
                                 fork.theirs.sequence.value()));
  }
  // One after the other, in the order in which forks were found.
  for (; partings_told_ < session.forks.size(); ++partings_told_) {
    const sync::Fork& fork = session.forks[partings_told_];
    if (fork.common.sequence.value() == 0) break;
    wiring_.on_note(absl::StrCat("branches of journal ", journal::JournalName(fork.ours.journal),
                                 " part after entry ", fork.common.sequence.value(),
                                 ": the hub settles which one is kept"));
  }
  for (; parked_told_ < session.parked.size(); ++parked_told_) {
    const sync::Parked& parked = session.parked[parked_told_];
    wiring_.on_note(
        absl::StrCat("journal ", journal::JournalName(parked.journal), " goes no further with ",
                     writer_.node, ": ", parked.by_peer ? "refused there, " : "refused here, ",
                     ReasonName(parked.reason), ": ", absl::Utf8SafeCEscape(parked.detail)));
  }
  for (; lost_told_ < session.lost.size(); ++lost_told_) {
    const sync::LostRange& lost = session.lost[lost_told_];
    wiring_.on_note(absl::StrCat("entries ", lost.first.value(), " to ", lost.last.value(),
                                 " of journal ", journal::JournalName(lost.journal),
                                 ", written under this node's name, are at ", writer_.node,
                                 " and not here: they were lost here, or a clone wrote them"));
    wiring_.ledger->ReportLost(lost.journal, lost.first, lost.last);
  }
}

}  // namespace comptoir::replica
