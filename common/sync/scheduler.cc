#include "common/sync/scheduler.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/journal/name.h"
#include "common/sync/effects.h"
#include "common/sync/frame_limits.h"

namespace comptoir::sync {
namespace {

Sequence NextToRead(const SendState& sending) {
  if (sending.proof.has_value()) return *sending.proof;
  return sending.wanted.has_value() ? sending.wanted->first : Next(sending.sent);
}

Sequence LastOf(const journal::v1::Segment& segment) {
  return Sequence(segment.first_sequence() + segment.entry_count() - 1);
}

// Those before it end at `sequence` or earlier.
std::vector<InFlight>::iterator FirstPast(Sequence sequence, std::vector<InFlight>* segments) {
  return std::upper_bound(
      segments->begin(), segments->end(), sequence,
      [](Sequence number, const InFlight& segment) { return number < segment.last; });
}

void RefuseUnreadable(JournalId journal, Sequence before, const char* detail, Effects* effects) {
  v1::Refused* refused = AddFrame(effects).mutable_refused();
  refused->set_journal(journal.value());
  refused->set_sequence(before.value());
  refused->set_reason(v1::REFUSED_REASON_UNREADABLE);
  refused->set_detail(detail);
}

}  // namespace

Scheduler::Scheduler(JournalTable* table, size_t window_bytes, size_t segment_raw_bytes_max)
    : table_(table),
      window_bytes_(window_bytes),
      segment_raw_bytes_max_(segment_raw_bytes_max),
      segment_raw_bytes_(std::min(segment_raw_bytes_max, kFirstSegmentRawBytes)) {
  COMPTOIR_CHECK(window_bytes_ > 0);
  COMPTOIR_CHECK(segment_raw_bytes_max_ > 0 && segment_raw_bytes_max_ <= kSegmentRawBytesMax);
}

void Scheduler::Advance(Effects* effects) {
  while (!read_.empty() && SendFirstRead(effects)) {
  }
  while (read_.empty() && HasRoomForRead()) {
    const std::optional<JournalId> next = table_->NextToSend();
    if (!next.has_value()) return;
    StartRead(*next, effects);
  }
}

bool Scheduler::HasRoomForRead() const {
  if (bytes_unacknowledged_ == 0 && reads_outstanding_ == 0) return true;
  const size_t promised = (reads_outstanding_ + 1) * EncodedSegmentBytesMax(segment_raw_bytes_);
  return reads_outstanding_ < kReadsOutstandingMax &&
         bytes_unacknowledged_ + promised <= window_bytes_;
}

void Scheduler::StartRead(JournalId journal, Effects* effects) {
  ++reads_outstanding_;
  table_->Update(journal, [&](JournalRecord& record) {
    effects->push_back(ReadSegment{journal, NextToRead(record.sending), segment_raw_bytes_});
    record.sending.reading = true;
    record.sending.read_of = record.held.sequence;
  });
}

void Scheduler::OnSegmentRead(SegmentRead result, Effects* effects) {
  const JournalRecord* record = table_->Find(result.journal);
  COMPTOIR_CHECK(record != nullptr && record->sending.reading && reads_outstanding_ > 0);
  --reads_outstanding_;
  if (result.segment.has_value()) {
    COMPTOIR_CHECK(JournalId(result.segment->journal()) == result.journal);
    COMPTOIR_CHECK(Sequence(result.segment->first_sequence()) == result.first);
    read_.push_back(*std::move(result.segment));
    return;
  }
  // Set back or parked since the read began: what it could not read no longer matters.
  const bool current = result.first == NextToRead(record->sending) &&
                       (!record->sending.parked || record->sending.proof.has_value());
  // What was not signed then may be by what came meanwhile: read anew.
  const bool grew = !result.damaged && record->held.sequence > record->sending.read_of;
  table_->Update(result.journal, [](JournalRecord& changed) { changed.sending.reading = false; });
  if (current && !grew) GiveUpReading(*record, result.damaged, effects);
}

bool Scheduler::SendFirstRead(Effects* effects) {
  const JournalId journal(read_.front().journal());
  const JournalRecord& record = *table_->Find(journal);
  // Parked or set back since the read began: read anew, from where it now stands.
  const bool held_back = (record.sending.parked || record.forked) && !record.sending.proof;
  const bool stale =
      held_back || Sequence(read_.front().first_sequence()) != NextToRead(record.sending);
  if (stale) {
    table_->Update(journal, [](JournalRecord& changed) { changed.sending.reading = false; });
    read_.pop_front();
    return true;
  }
  const size_t bytes = read_.front().ByteSizeLong();
  if (bytes_unacknowledged_ > 0 && bytes_unacknowledged_ + bytes > window_bytes_) return false;
  Send(std::move(read_.front()), effects);
  read_.pop_front();
  return true;
}

void Scheduler::Send(journal::v1::Segment segment, Effects* effects) {
  const Sequence last = LastOf(segment);
  const size_t bytes = segment.ByteSizeLong();
  bytes_unacknowledged_ += bytes;
  table_->Update(JournalId(segment.journal()), [&](JournalRecord& record) {
    SendState& sending = record.sending;
    sending.reading = false;
    sending.sent = std::max(sending.sent, last);
    sending.sent_max = std::max(sending.sent_max, last);
    sending.unacknowledged.push_back(InFlight{last, bytes});
    if (std::exchange(sending.proof, std::nullopt).has_value()) return;
    if (!sending.wanted.has_value()) return;
    sending.wanted->first = Next(last);
    if (sending.wanted->first > sending.wanted->second) sending.wanted.reset();
  });
  *AddFrame(effects).mutable_segment() = std::move(segment);
}

void Scheduler::GiveUpReading(const JournalRecord& record, bool damaged, Effects* effects) {
  const Sequence before(NextToRead(record.sending).value() - 1);
  RefuseUnreadable(record.id(), before, "the sender cannot read its own copy from here on",
                   effects);
  table_->NoteParked(Parked{record.id(), false, v1::REFUSED_REASON_UNREADABLE,
                            absl::StrCat("not readable here after entry ", before.value())});
  table_->Update(record.id(), [damaged](JournalRecord& changed) {
    // A damaged range that was wanted again leaves what follows it good.
    changed.sending.parked = !changed.sending.wanted.has_value();
    changed.sending.unreadable = changed.sending.parked;
    changed.sending.unsigned_yet = changed.sending.parked && !damaged;
    changed.sending.wanted.reset();
    changed.sending.proof.reset();
  });
}

absl::Status Scheduler::OnAck(JournalId journal, Sequence sequence) {
  const JournalRecord* record = table_->Find(journal);
  if (record == nullptr || sequence > std::max(record->sending.sent_max, record->peer_holds)) {
    return absl::InvalidArgumentError(absl::StrCat("acknowledges entry ", sequence.value(),
                                                   " of journal ", journal::JournalName(journal),
                                                   ", which was never sent"));
  }
  table_->Update(journal, [&](JournalRecord& changed) {
    changed.peer_holds = std::max(changed.peer_holds, sequence);
    changed.sending.sent = std::max(changed.sending.sent, sequence);
    std::vector<InFlight>& segments = changed.sending.unacknowledged;
    const auto last = FirstPast(sequence, &segments);
    if (last != segments.begin()) {
      segment_raw_bytes_ = std::min(2 * segment_raw_bytes_, segment_raw_bytes_max_);
    }
    Release(&changed.sending, segments.begin(), last);
  });
  return absl::OkStatus();
}

absl::Status Scheduler::OnRefused(const v1::Refused& refused) {
  const JournalId journal(refused.journal());
  const Sequence held(refused.sequence());
  const JournalRecord* record = table_->Find(journal);
  // Says that the peer will not send, which needs nothing sent before.
  if (refused.reason() == v1::REFUSED_REASON_UNREADABLE) {
    table_->NoteParked(Parked{journal, true, refused.reason(), refused.detail()});
    if (record == nullptr) return absl::OkStatus();
    table_->Update(journal, [](JournalRecord& changed) { changed.receiving.unreadable = true; });
    return absl::OkStatus();
  }
  if (record == nullptr || record->sending.sent_max.value() == 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "refuses journal ", journal::JournalName(journal), ", of which nothing was sent"));
  }
  if (refused.reason() == v1::REFUSED_REASON_GAP) {
    Rewind(journal, held);
    return absl::OkStatus();
  }
  const bool forks = refused.reason() == v1::REFUSED_REASON_FORK;
  // What shows a fork that is known is refused as well.
  const bool news = !forks || !record->forked;
  if (forks && news) table_->NoteFork(*record, Head{journal, held, Hash{}});
  if (news) table_->NoteParked(Parked{journal, true, refused.reason(), refused.detail()});
  table_->Update(journal, [&](JournalRecord& changed) {
    changed.forked = changed.forked || forks;
    changed.sending.parked = true;
    changed.sending.unreadable = false;
    changed.sending.unsigned_yet = false;
    std::vector<InFlight>& segments = changed.sending.unacknowledged;
    Release(&changed.sending, segments.begin(), segments.end());
    changed.sending.wanted.reset();
  });
  return absl::OkStatus();
}

void Scheduler::OnMended(JournalId journal) {
  const JournalRecord* record = table_->Find(journal);
  if (record == nullptr || !record->sending.unreadable) return;
  table_->Update(journal, [](JournalRecord& changed) {
    changed.sending.unreadable = false;
    changed.sending.unsigned_yet = false;
    changed.sending.parked = false;
  });
}

void Scheduler::OnAdvanced(JournalId journal) {
  const JournalRecord* record = table_->Find(journal);
  if (record != nullptr && record->sending.unsigned_yet) OnMended(journal);
}

void Scheduler::Rewind(JournalId journal, Sequence held) {
  table_->Update(journal, [&](JournalRecord& record) {
    SendState& sending = record.sending;
    record.peer_holds = std::max(record.peer_holds, std::min(held, record.held.sequence));
    sending.sent = held;
    std::vector<InFlight>& segments = sending.unacknowledged;
    Release(&sending, FirstPast(held, &segments), segments.end());
    if (sending.wanted.has_value() && sending.wanted->second > held) sending.wanted.reset();
  });
}

void Scheduler::Release(SendState* sending, std::vector<InFlight>::iterator first,
                        std::vector<InFlight>::iterator last) {
  for (auto segment = first; segment != last; ++segment) bytes_unacknowledged_ -= segment->bytes;
  sending->unacknowledged.erase(first, last);
}

void Scheduler::OnWant(const v1::Want& want, Effects* effects) {
  const JournalId journal(want.journal());
  const JournalRecord* record = table_->Find(journal);
  if (record == nullptr || want.first_sequence() > record->held.sequence.value() ||
      record->sending.parked || record->forked) {
    RefuseUnreadable(journal, Sequence(want.first_sequence() - 1), "not held here", effects);
    return;
  }
  table_->Update(journal, [&](JournalRecord& changed) {
    SendState& sending = changed.sending;
    const Sequence first(want.first_sequence());
    // What was not sent yet comes anyway.
    const Sequence last =
        std::min({Sequence(want.last_sequence()), sending.sent, changed.held.sequence});
    if (first > last) return;
    const auto before = sending.wanted.value_or(std::make_pair(first, last));
    sending.wanted = {std::min(first, before.first), std::max(last, before.second)};
  });
}

}  // namespace comptoir::sync
