// What a session does with each frame of its peer.

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/sync/agreement.h"
#include "common/sync/effects.h"
#include "common/sync/session_state.h"

namespace comptoir::sync {
namespace {

// Ten thousand years either way: a clock may say anything, but the difference of
// two must not overflow.
int64_t Bounded(int64_t wall_ms) {
  constexpr int64_t kWallMsMax = 315'360'000'000'000;
  return std::clamp(wall_ms, -kWallMsMax, kWallMsMax);
}

}  // namespace

absl::Status Session::State::Dispatch(const v1::Frame& frame, Effects* effects) {
  const bool needs_hello = !frame.has_hello() && !frame.has_goodbye();
  if (needs_hello && !hello_received) {
    return absl::InvalidArgumentError("said something else before Hello");
  }
  switch (frame.body_case()) {
    case v1::Frame::kHello:
      return OnHello(frame.hello(), effects);
    case v1::Frame::kList:
      return OnList(frame.list(), effects);
    case v1::Frame::kHeads:
      return OnHeads(frame.heads());
    case v1::Frame::kSegment:
      return inbound.OnSegment(frame.segment(), effects);
    case v1::Frame::kAck:
      return OnAck(frame.ack());
    case v1::Frame::kRefused:
      return OnRefused(frame.refused());
    case v1::Frame::kWant:
      return OnWant(frame.want(), effects);
    case v1::Frame::kHashAt:
      return OnHashAt(frame.hash_at(), effects);
    case v1::Frame::kHashIs:
      return search.OnHashIs(ReadHead(frame.hash_is().head()));
    case v1::Frame::kHeartbeat:
      SetClockOffset(frame.heartbeat().wall_ms());
      peer_no_room = frame.heartbeat().no_room();
      return absl::OkStatus();
    case v1::Frame::kGoodbye:
      return OnGoodbye(frame.goodbye());
    case v1::Frame::BODY_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError("a frame says nothing that this version knows");
}

absl::Status Session::State::OnHello(const v1::Hello& hello, Effects* effects) {
  if (hello_received) return absl::InvalidArgumentError("said Hello twice");
  if (hello.node() != peer.node) {
    return absl::UnauthenticatedError(
        absl::StrCat("calls itself ", hello.node(), ", but its certificate is of ", peer.node));
  }
  COMPTOIR_RETURN_IF_ERROR(AgreeOnVersion(hello));
  hello_received = true;
  peer_run = hello.run();
  peer_software = hello.software();
  peer_retires = peer.hub && hello.retire();
  peer_halted = hello.halted();
  SetClockOffset(hello.wall_ms());
  COMPTOIR_ASSIGN_OR_RETURN(const std::vector<uint32_t> months, CompareHello(hello, &table));
  if (months.empty()) return absl::OkStatus();
  v1::List* list = AddFrame(effects).mutable_list();
  for (const uint32_t month : months) list->add_months(month);
  months_asked.insert(months.begin(), months.end());
  return absl::OkStatus();
}

absl::Status Session::State::AgreeOnVersion(const v1::Hello& hello) {
  const uint32_t newest = std::min(hello.protocol_max(), options.protocol_max);
  const uint32_t oldest = std::max(hello.protocol_min(), options.protocol_min);
  if (newest >= oldest) {
    protocol = newest;
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(
      absl::StrCat("no protocol version in common: ", options.node, " speaks ",
                   options.protocol_min, " to ", options.protocol_max, ", ", peer.node, " speaks ",
                   hello.protocol_min(), " to ", hello.protocol_max(), "; upgrade the older one"));
}

absl::Status Session::State::OnList(const v1::List& list, Effects* effects) {
  for (const uint32_t month : list.months()) {
    if (!months_answered.insert(month).second) {
      return absl::InvalidArgumentError(absl::StrCat("listed month ", month, " twice"));
    }
  }
  for (v1::Frame& frame : AnswerList(table, list)) AddFrame(effects) = std::move(frame);
  return absl::OkStatus();
}

absl::Status Session::State::OnHeads(const v1::Heads& heads) {
  if (months_asked.empty()) return absl::InvalidArgumentError("told heads that were not asked for");
  for (const journal::v1::Head& head : heads.heads()) {
    COMPTOIR_RETURN_IF_ERROR(table.PeerHolds(ReadHead(head)));
  }
  std::vector<uint32_t> resolved;
  for (const uint32_t month : heads.months()) {
    if (months_asked.erase(month) > 0) resolved.push_back(month);
  }
  ResolveMonths(resolved, &table);
  return absl::OkStatus();
}

absl::Status Session::State::OnAck(const v1::Ack& ack) {
  COMPTOIR_RETURN_IF_ERROR(table.CheckRights(JournalId(ack.journal())));
  return scheduler.OnAck(JournalId(ack.journal()), Sequence(ack.sequence()));
}

absl::Status Session::State::OnRefused(const v1::Refused& refused) {
  COMPTOIR_RETURN_IF_ERROR(table.CheckRights(JournalId(refused.journal())));
  return scheduler.OnRefused(refused);
}

absl::Status Session::State::OnWant(const v1::Want& want, Effects* effects) {
  COMPTOIR_RETURN_IF_ERROR(table.CheckRights(JournalId(want.journal())));
  scheduler.OnWant(want, effects);
  return absl::OkStatus();
}

absl::Status Session::State::OnHashAt(const v1::HashAt& hash_at, Effects* effects) {
  const JournalId journal(hash_at.journal());
  COMPTOIR_RETURN_IF_ERROR(table.CheckRights(journal));
  const JournalRecord* record = table.Find(journal);
  if (record == nullptr || hash_at.sequence() > record->held.sequence.value()) {
    const Head none{journal, Sequence(0), journal::ChainStart(journal)};
    WriteHead(none, AddFrame(effects).mutable_hash_is()->mutable_head());
    return absl::OkStatus();
  }
  if (hash_reads_outstanding >= kHashReadsOutstandingMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("asked for more than ", kHashReadsOutstandingMax, " hashes at once"));
  }
  ++hash_reads_outstanding;
  effects->push_back(ReadHash{journal, Sequence(hash_at.sequence())});
  return absl::OkStatus();
}

absl::Status Session::State::OnGoodbye(const v1::Goodbye& goodbye) {
  peer_left = true;
  // From outside and on its way to logs and screens: no control characters.
  const std::string why =
      absl::StrCat(peer.node, " ended the session: ", absl::Utf8SafeCEscape(goodbye.reason()));
  if (!goodbye.has_revoked()) return absl::UnavailableError(why);
  // A sibling may send us away, and is not asked at every turn; only the hub's word is
  // taken for what it says.
  if (peer.hub) {
    const v1::Revoked& told = goodbye.revoked();
    revoked = RevokedHere{told.since_ms(), absl::Utf8SafeCEscape(told.reason()), told.retired()};
  }
  return absl::UnauthenticatedError(why);
}

void Session::State::SetClockOffset(int64_t peer_wall_ms) {
  clock_offset_ms = Bounded(peer_wall_ms) - Bounded(wall_ms);
  ++clock_readings;
}

}  // namespace comptoir::sync
