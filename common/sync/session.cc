#include "common/sync/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/sync/agreement.h"
#include "common/sync/effects.h"
#include "common/sync/frame_limits.h"
#include "common/sync/session_state.h"

namespace comptoir::sync {

// ---- State ----

Session::State::State(Options the_options)
    : options(std::move(the_options)),
      scheduler(&table, options.window_bytes, options.segment_raw_bytes),
      inbound(&table, options.window_bytes),
      search(&table) {}

void Session::State::Greet(Effects* effects) {
  v1::Hello* hello = AddFrame(effects).mutable_hello();
  hello->set_protocol_min(options.protocol_min);
  hello->set_protocol_max(options.protocol_max);
  hello->set_node(options.node);
  hello->set_run(options.run);
  hello->set_software(Shorten(options.software, kSoftwareBytesMax));
  hello->set_fold_version(options.fold_version);
  hello->set_wall_ms(wall_ms);
  hello->set_retire(options.retire);
  hello->set_halted(options.halted);
  DescribeJournals(table, hello);
}

void Session::State::Heard(int64_t now, int64_t wall) {
  now_ms = now;
  wall_ms = wall;
  received_ms = now;
}

bool Session::State::IsLevel() const {
  const Totals& totals = table.totals();
  return hello_received && months_asked.empty() && totals.waiting == 0 && totals.missing == 0 &&
         totals.forked == 0 && scheduler.bytes_unacknowledged() == 0;
}

bool Session::State::WaitsForPeer() const {
  if (inbound.bytes_waiting() > 0 || scheduler.reads_outstanding() > 0) return false;
  return !hello_received || !months_asked.empty() || search.waits_for_peer() ||
         table.totals().awaited > 0 || scheduler.bytes_unacknowledged() > 0;
}

absl::Status Session::State::CheckTime(Effects* effects) {
  if (now_ms - received_ms >= options.silence_ms_max && !COMPTOIR_PLANTED(kNeverFindSilence)) {
    peer_left = true;
    return absl::UnavailableError(absl::StrCat("nothing heard from ", peer.node, " for ",
                                               options.silence_ms_max / 1000, " s"));
  }
  if (!WaitsForPeer()) progress_ms = now_ms;
  if (now_ms - progress_ms >= options.stall_ms_max && !COMPTOIR_PLANTED(kNeverGiveUpWaiting)) {
    return absl::DeadlineExceededError(
        absl::StrCat(peer.node, " is there, but has owed an answer for ",
                     options.stall_ms_max / 1000, " s; a new session starts afresh"));
  }
  if (now_ms - sent_ms >= options.heartbeat_ms) {
    v1::Heartbeat* heartbeat = AddFrame(effects).mutable_heartbeat();
    heartbeat->set_wall_ms(wall_ms);
    heartbeat->set_no_room(no_room);
  }
  return absl::OkStatus();
}

Effects Session::State::Finish(Effects effects) {
  if (hello_received) {
    search.Advance(&effects);
    scheduler.Advance(&effects);
  }
  const bool sends = std::any_of(effects.begin(), effects.end(), [](const Effect& effect) {
    return std::holds_alternative<SendFrame>(effect);
  });
  if (sends) sent_ms = now_ms;
  return effects;
}

Effects Session::State::Fail(const absl::Status& reason, Effects effects) {
  if (!peer_left) {
    AddFrame(&effects).mutable_goodbye()->set_reason(
        Shorten(std::string(reason.message()), kSentenceBytesMax));
  }
  closed = true;
  effects.push_back(Close{reason});
  return effects;
}

// ---- Session ----

Session::Session(Options options) : state_(std::make_unique<State>(std::move(options))) {}
Session::~Session() = default;

Effects Session::OnConnected(const journal::Writer& peer,
                             const std::vector<JournalSummary>& journals, int64_t now_ms,
                             int64_t wall_ms) {
  COMPTOIR_CHECK(!state_->connected);
  state_->connected = true;
  state_->peer = peer;
  state_->Heard(now_ms, wall_ms);
  state_->progress_ms = now_ms;
  state_->table.SetSides(peer, state_->options.node);
  for (const JournalSummary& journal : journals) {
    if (journal.head.sequence.value() > 0) state_->table.Describe(journal, /*compared=*/false);
  }
  Effects effects;
  state_->Greet(&effects);
  return state_->Finish(std::move(effects));
}

Effects Session::OnFrame(const v1::Frame& frame, int64_t now_ms, int64_t wall_ms) {
  COMPTOIR_CHECK(state_->connected);
  if (state_->closed) return {};
  state_->Heard(now_ms, wall_ms);
  if (!frame.has_heartbeat() || frame.heartbeat().no_room()) state_->progress_ms = now_ms;
  Effects effects;
  absl::Status status = CheckFrame(frame);
  if (status.ok()) status = state_->Dispatch(frame, &effects);
  if (!status.ok()) return state_->Fail(status, std::move(effects));
  return state_->Finish(std::move(effects));
}

void Session::OnArrival(int64_t now_ms) { state_->received_ms = now_ms; }

Effects Session::OnSegmentRead(SegmentRead result) {
  if (state_->closed) return {};
  state_->progress_ms = state_->now_ms;
  Effects effects;
  state_->scheduler.OnSegmentRead(std::move(result), &effects);
  return state_->Finish(std::move(effects));
}

Effects Session::OnHashRead(const Head& head) {
  if (state_->closed) return {};
  state_->progress_ms = state_->now_ms;
  Effects effects;
  // Where the peer asked for the same, one answer is as good as the other.
  if (state_->search.OnOwnHash(head)) return state_->Finish(std::move(effects));
  COMPTOIR_CHECK(state_->hash_reads_outstanding > 0);
  --state_->hash_reads_outstanding;
  const bool unreadable = head.sequence.value() == 0;
  const Head none{head.journal, Sequence(0), journal::ChainStart(head.journal)};
  WriteHead(unreadable ? none : head, AddFrame(&effects).mutable_hash_is()->mutable_head());
  return state_->Finish(std::move(effects));
}

Effects Session::OnIngested(const Ingested& result) {
  if (state_->closed) return {};
  state_->progress_ms = state_->now_ms;
  Effects effects;
  state_->inbound.OnIngested(result, &effects);
  return state_->Finish(std::move(effects));
}

Effects Session::OnAdvanced(const JournalSummary& journal) {
  COMPTOIR_CHECK(state_->connected);
  if (state_->closed) return {};
  // What is new here since the Hellos, the peer would have to tell of itself; but
  // it may hold it already if its heads of that month are still to come.
  const bool compared = state_->hello_received && !state_->months_asked.contains(journal.month);
  state_->table.Describe(journal, compared);
  state_->scheduler.OnAdvanced(journal.head.journal);
  return state_->Finish({});
}

Effects Session::OnDamaged(JournalId journal, Sequence first, Sequence last) {
  if (state_->closed || COMPTOIR_PLANTED(kLeaveRot)) return {};
  const JournalRecord* record = state_->table.Find(journal);
  if (record == nullptr || record->forked || record->peer_holds < first || last < first ||
      first.value() == 0) {
    return {};
  }
  Effects effects;
  v1::Want* want = AddFrame(&effects).mutable_want();
  want->set_journal(journal.value());
  want->set_first_sequence(first.value());
  want->set_last_sequence(std::min(last, record->peer_holds).value());
  return state_->Finish(std::move(effects));
}

Effects Session::OnMended(JournalId journal) {
  if (state_->closed) return {};
  state_->scheduler.OnMended(journal);
  return state_->Finish({});
}

Effects Session::OnTick(int64_t now_ms, int64_t wall_ms) {
  COMPTOIR_CHECK(state_->connected);
  if (state_->closed) return {};
  state_->now_ms = now_ms;
  state_->wall_ms = wall_ms;
  Effects effects;
  const absl::Status status = state_->CheckTime(&effects);
  if (!status.ok()) return state_->Fail(status, std::move(effects));
  return state_->Finish(std::move(effects));
}

void Session::SetNoRoom(bool no_room) { state_->no_room = no_room; }

Effects Session::OnEnding(const absl::Status& reason) {
  if (state_->closed) return {};
  return state_->Fail(reason, {});
}

Sequence Session::Acknowledged(JournalId journal) const {
  const JournalRecord* record = state_->table.Find(journal);
  return record == nullptr || record->forked ? Sequence(0) : record->peer_holds;
}

bool Session::IsCompared(JournalId journal) const {
  const JournalRecord* record = state_->table.Find(journal);
  return record != nullptr && record->compared && !record->forked;
}

SessionView Session::view() const {
  const Totals& totals = state_->table.totals();
  SessionView view;
  view.hello_received = state_->hello_received;
  view.level = state_->IsLevel();
  view.waiting_entries = totals.waiting;
  view.missing_entries = totals.missing;
  view.clock_offset_ms = state_->clock_offset_ms;
  view.clock_readings = state_->clock_readings;
  view.peer_node = state_->peer.node;
  view.peer_run = state_->peer_run;
  view.peer_software = state_->peer_software;
  view.bytes_unacknowledged = state_->scheduler.bytes_unacknowledged();
  view.peer_has_no_room = state_->peer_no_room;
  view.protocol = state_->protocol;
  view.holds_all = view.hello_received && state_->months_asked.empty() && totals.missing == 0 &&
                   totals.forked == 0;
  view.peer_retires = state_->peer_retires;
  view.peer_halted = state_->peer_halted;
  view.revoked = state_->revoked;
  view.forks = state_->table.forks();
  view.parked = state_->table.parked();
  view.lost = state_->table.lost();
  return view;
}

}  // namespace comptoir::sync
