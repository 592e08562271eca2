#include "common/sync/inbound.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/sync/effects.h"
#include "common/sync/frame_limits.h"

namespace comptoir::sync {
namespace {

Refusal RefusalOf(const absl::Status& status) {
  const auto reason =
      absl::IsResourceExhausted(status) ? v1::REFUSED_REASON_LIMIT : v1::REFUSED_REASON_MALFORMED;
  return {reason, std::string(status.message())};
}

}  // namespace

Inbound::Inbound(JournalTable* table, size_t window_bytes)
    : table_(table), window_bytes_(window_bytes) {}

absl::Status Inbound::OnSegment(const journal::v1::Segment& segment, Effects* effects) {
  const JournalId journal(segment.journal());
  COMPTOIR_RETURN_IF_ERROR(table_->Admit(journal));
  const JournalRecord& record = *table_->Find(journal);
  // Already told, or about to be: the peer sent this before it knew.
  if (record.receiving.refusal.has_value()) return absl::OkStatus();
  if (record.receiving.parked) {
    // But for one that shows where a fork parts, which is for the ledger to see.
    const bool shows = record.forked && !record.receiving.shown &&
                       segment.first_sequence() <= record.held.sequence.value();
    if (!shows) return absl::OkStatus();
    table_->Update(journal, [](JournalRecord& changed) { changed.receiving.shown = true; });
  }
  if (const absl::Status status = CheckSegment(segment); !status.ok()) {
    Refuse(journal, RefusalOf(status), effects);
    return absl::OkStatus();
  }
  const Sequence last(segment.first_sequence() + segment.entry_count() - 1);
  table_->Update(journal, [&](JournalRecord& changed) {
    changed.peer_holds = std::max(changed.peer_holds, last);
    changed.sending.sent = std::max(changed.sending.sent, last);
  });
  if (segment.first_sequence() > Next(record.receiving.passed).value()) {
    if (record.receiving.gap_told) return absl::OkStatus();
    Refuse(journal, {v1::REFUSED_REASON_GAP, ""}, effects);
    return absl::OkStatus();
  }
  const size_t bytes = segment.ByteSizeLong();
  if (bytes_waiting_ > 0 && bytes_waiting_ + bytes > window_bytes_) {
    return absl::ResourceExhaustedError(absl::StrCat("sent more than the window of ", window_bytes_,
                                                     " bytes ahead of what was acknowledged"));
  }
  Pass(segment, effects);
  return absl::OkStatus();
}

void Inbound::Pass(const journal::v1::Segment& segment, Effects* effects) {
  const Sequence last(segment.first_sequence() + segment.entry_count() - 1);
  const size_t bytes = segment.ByteSizeLong();
  bytes_waiting_ += bytes;
  table_->Update(JournalId(segment.journal()), [&](JournalRecord& record) {
    record.receiving.gap_told = false;
    record.receiving.unreadable = false;
    record.receiving.passed = std::max(record.receiving.passed, last);
    record.receiving.pipe.push_back(InFlight{last, bytes});
  });
  effects->push_back(Ingest{segment});
}

void Inbound::OnIngested(const Ingested& result, Effects* effects) {
  const JournalRecord* record = table_->Find(result.journal);
  COMPTOIR_CHECK(record != nullptr && !record->receiving.pipe.empty());
  const InFlight answered = record->receiving.pipe.front();
  bytes_waiting_ -= answered.bytes;
  table_->Update(result.journal, [&](JournalRecord& changed) {
    changed.receiving.pipe.erase(changed.receiving.pipe.begin());
    if (result.held.sequence > changed.held.sequence) changed.held = result.held;
    changed.receiving.passed = std::max(changed.receiving.passed, changed.held.sequence);
  });
  if (result.refused != v1::REFUSED_REASON_UNSPECIFIED) {
    Refuse(result.journal, {result.refused, result.detail}, effects);
    return;
  }
  table_->Update(result.journal, [](JournalRecord& changed) { changed.receiving.gaps = 0; });
  v1::Ack* ack = AddFrame(effects).mutable_ack();
  ack->set_journal(result.journal.value());
  // No further than this segment: the peer takes an Ack past what it sent for an error.
  ack->set_sequence(std::min(answered.last, result.held.sequence).value());
  TellWhenAnswered(result.journal, effects);
}

void Inbound::Refuse(JournalId journal, Refusal refusal, Effects* effects) {
  table_->Update(journal, [&](JournalRecord& record) {
    // Those behind a refused segment are refused because of it: the first one counts.
    if (!record.receiving.refusal.has_value()) record.receiving.refusal = std::move(refusal);
  });
  TellWhenAnswered(journal, effects);
}

void Inbound::TellWhenAnswered(JournalId journal, Effects* effects) {
  const JournalRecord& record = *table_->Find(journal);
  if (!record.receiving.refusal.has_value() || !record.receiving.pipe.empty()) return;
  Refusal refusal = *record.receiving.refusal;
  if (refusal.reason == v1::REFUSED_REASON_GAP && record.receiving.gaps == kGapsInRowMax) {
    refusal = {v1::REFUSED_REASON_LIMIT,
               absl::StrCat("entry ", Next(record.held.sequence).value(), " was asked for ",
                            kGapsInRowMax, " times and never came")};
  }
  const bool gap = refusal.reason == v1::REFUSED_REASON_GAP;
  const bool forks = refusal.reason == v1::REFUSED_REASON_FORK;
  v1::Refused* refused = AddFrame(effects).mutable_refused();
  refused->set_journal(journal.value());
  refused->set_sequence(record.held.sequence.value());
  refused->set_reason(refusal.reason);
  refused->set_detail(Shorten(refusal.detail, kSentenceBytesMax));
  if (!gap && !(forks && record.forked))
    table_->NoteParked(Parked{journal, false, refusal.reason, refusal.detail});
  if (forks && !record.forked) {
    table_->NoteFork(record, Head{journal, record.peer_holds, Hash{}});
  }
  table_->Update(journal, [&](JournalRecord& changed) {
    changed.receiving.refusal.reset();
    changed.receiving.passed = changed.held.sequence;
    changed.receiving.gap_told = gap;
    changed.receiving.gaps += gap ? 1 : 0;
    changed.receiving.parked = !gap;
    changed.forked = changed.forked || forks;
  });
}

}  // namespace comptoir::sync
