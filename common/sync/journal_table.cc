#include "common/sync/journal_table.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/base/status.h"
#include "common/journal/genesis.h"
#include "common/journal/name.h"

namespace comptoir::sync {
namespace {

uint64_t Beyond(Sequence more, Sequence less) {
  return more > less ? more.value() - less.value() : 0;
}

// Entries to send before this journal has nothing left; 0 when it must not be
// read now.
uint64_t Backlog(const JournalRecord& record) {
  const SendState& sending = record.sending;
  if (sending.proof.has_value()) return sending.reading || !sending.unacknowledged.empty() ? 0 : 1;
  if (!record.compared || record.forked || sending.parked || sending.reading) return 0;
  if (!sending.wanted.has_value()) return Beyond(record.held.sequence, sending.sent);
  // Alone on its way, so that the next acknowledgement can only be for it.
  if (!sending.unacknowledged.empty()) return 0;
  return Beyond(sending.wanted->second, sending.wanted->first) + 1;
}

Totals TotalsOf(const JournalRecord& record) {
  Totals totals;
  if (record.forked) {
    totals.forked = 1;
  } else {
    if (record.compared) totals.waiting = Beyond(record.held.sequence, record.peer_holds);
    totals.missing = Beyond(record.peer_holds, record.held.sequence);
    if (!record.receiving.parked && !record.receiving.unreadable) totals.awaited = totals.missing;
  }
  return totals;
}

}  // namespace

void JournalTable::SetSides(const journal::Writer& peer, std::string node) {
  peer_ = peer;
  node_ = std::move(node);
}

void JournalTable::Describe(const JournalSummary& summary, bool compared) {
  const JournalId journal = summary.head.journal;
  const bool known = records_.contains(journal);
  // Naming a journal before it is described here gives no right to it.
  if (!journal::MayRead(peer_, summary.scope, summary.shop)) {
    const auto place = std::lower_bound(foreign_.begin(), foreign_.end(), journal);
    if (place == foreign_.end() || *place != journal) foreign_.insert(place, journal);
    return;
  }
  if (!known) records_[journal].held.journal = journal;
  const JournalRecord& before = records_[journal];
  if (!before.described && summary.node == node_ && before.peer_holds.value() > 0) {
    NoteLost(journal, Sequence(0), before.peer_holds);
  }
  Update(journal, [&](JournalRecord& record) {
    if (summary.head.sequence > record.held.sequence) record.held = summary.head;
    record.month = summary.month;
    record.finished = summary.finished;
    record.ours = summary.node == node_;
    record.described = true;
    record.compared = record.compared || compared;
    record.receiving.passed = std::max(record.receiving.passed, record.held.sequence);
  });
}

absl::Status JournalTable::CheckRights(JournalId journal) const {
  if (!std::binary_search(foreign_.begin(), foreign_.end(), journal)) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("journal ", journal::JournalName(journal), " is not for ", peer_.node,
                   " to read or to bring: its certificate is for another shop"));
}

absl::Status JournalTable::Admit(JournalId journal) {
  COMPTOIR_RETURN_IF_ERROR(CheckRights(journal));
  if (records_.contains(journal)) return absl::OkStatus();
  if (records_.size() >= kJournalsMax) {
    return absl::ResourceExhaustedError(
        absl::StrCat("more than ", kJournalsMax, " journals in one session"));
  }
  JournalRecord& record = records_[journal];
  record.held.journal = journal;
  record.compared = true;
  return absl::OkStatus();
}

absl::Status JournalTable::PeerHolds(const Head& head) {
  COMPTOIR_RETURN_IF_ERROR(Admit(head.journal));
  const JournalRecord& before = Existing(head.journal);
  const bool forks = head.sequence == before.held.sequence && head.hash != before.held.hash;
  if (forks && !before.forked) NoteFork(before, head);
  if (before.ours && !before.compared) {
    NoteLost(head.journal, before.held.sequence, head.sequence);
  }
  Update(head.journal, [&](JournalRecord& record) {
    record.peer_holds = std::max(record.peer_holds, head.sequence);
    record.sending.sent = std::max(record.sending.sent, head.sequence);
    record.compared = true;
    record.forked = record.forked || forks;
  });
  return absl::OkStatus();
}

const JournalRecord* JournalTable::Find(JournalId journal) const {
  const auto found = records_.find(journal);
  return found == records_.end() ? nullptr : &found->second;
}

JournalRecord& JournalTable::Existing(JournalId journal) {
  const auto found = records_.find(journal);
  COMPTOIR_CHECK(found != records_.end());
  return found->second;
}

std::optional<JournalId> JournalTable::NextToSend() const {
  if (send_order_.empty()) return std::nullopt;
  return send_order_.begin()->second;
}

void JournalTable::Add(const JournalRecord& record) {
  const Totals part = TotalsOf(record);
  totals_.waiting += part.waiting;
  totals_.missing += part.missing;
  totals_.awaited += part.awaited;
  totals_.forked += part.forked;
  if (const uint64_t backlog = Backlog(record); backlog > 0) {
    send_order_.emplace(backlog, record.id());
  }
}

void JournalTable::Subtract(const JournalRecord& record) {
  const Totals part = TotalsOf(record);
  totals_.waiting -= part.waiting;
  totals_.missing -= part.missing;
  totals_.awaited -= part.awaited;
  totals_.forked -= part.forked;
  if (const uint64_t backlog = Backlog(record); backlog > 0) {
    send_order_.erase({backlog, record.id()});
  }
}

void JournalTable::NoteFork(const JournalRecord& record, const Head& theirs) {
  if (forks_.size() < kNotesMax) forks_.push_back(Fork{record.held, theirs});
  unsearched_.push_back(Fork{record.held, theirs});
}

std::optional<Fork> JournalTable::TakeUnsearched() {
  if (unsearched_.empty()) return std::nullopt;
  const Fork fork = unsearched_.front();
  unsearched_.pop_front();
  return fork;
}

void JournalTable::FoundCommon(const Head& common) {
  for (Fork& fork : forks_) {
    if (fork.ours.journal == common.journal) fork.common = common;
  }
  Update(common.journal, [&](JournalRecord& record) {
    // With nothing past it there is nothing to show.
    if (record.held.sequence > common.sequence) record.sending.proof = Next(common.sequence);
  });
}

void JournalTable::NoteParked(Parked parked) {
  if (parked_.size() < kNotesMax) parked_.push_back(std::move(parked));
}

void JournalTable::NoteLost(JournalId journal, Sequence held, Sequence peer_holds) {
  if (peer_holds <= held || lost_.size() >= kNotesMax) return;
  lost_.push_back(LostRange{journal, Next(held), peer_holds});
}

}  // namespace comptoir::sync
