// Segments from elsewhere, through both gates (R6).
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/genesis.h"
#include "common/ledger/entry_writer.h"
#include "common/ledger/folding.h"
#include "common/ledger/ledger.h"
#include "common/ledger/returned.h"
#include "common/ledger/tables.h"
#include "common/retail/transfers/notes.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

// Bytes of the open batch past which a sender waits.
constexpr size_t kOpenBatchBytesMax = 2 << 20;

IngestResult Refuse(JournalId journal, Refusal refusal, std::string detail) {
  IngestResult result;
  result.journal = journal;
  result.refusal = refusal;
  result.detail = std::move(detail);
  return result;
}

IngestResult Failed(JournalId journal, absl::Status status) {
  IngestResult result;
  result.journal = journal;
  result.status = std::move(status);
  return result;
}

Refusal RefusalOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnauthenticated:
      return Refusal::kCertificate;
    case absl::StatusCode::kPermissionDenied:
      return Refusal::kScope;
    case absl::StatusCode::kResourceExhausted:
      return Refusal::kLimit;
    default:
      return Refusal::kMalformed;
  }
}

}  // namespace

// A segment on its way in: what could be made ready without the ledger's lock.
struct Ledger::Prepared {
  journal::DecodedSegment segment;
  journal::v1::Genesis genesis;  // of a journal that is new here
  journal::Writer writer;
  std::string certificate;
  retail::JournalContext context;
  google::protobuf::Arena arena;
  std::vector<JudgedEntry> judged;  // in step with segment.entries
  uint64_t new_entries = 0;         // of them, not held here before
  uint64_t bad_facts = 0;           // of those
  std::vector<Sequence> mended;     // damaged here before
  uint64_t forks = 0;               // of those, ForkSettled that were admitted
  bool tells_of_forks = false;      // or may, in what was moved
  bool tells_of_transfers = false;  // or undoes something of one, or may

  // This journal, and those that it has moved entries of.
  std::set<JournalId> touched() const {
    std::set<JournalId> journals = {segment.journal};
    for (const JudgedEntry& each : judged) {
      if (each.fact.kind != retail::v1::FACT_KIND_MOVED || !each.verdict.admitted()) continue;
      const auto& moved = static_cast<const retail::v1::Moved&>(*each.fact.fact);
      journals.insert(JournalId(moved.original().journal()));
    }
    return journals;
  }
};

// Who wrote it, may it be brought here, is it signed.
IngestResult Ledger::CheckWriter(const journal::DecodedSegment& segment,
                                 const journal::Writer& bringer, Prepared* prepared) {
  const JournalId id = segment.journal;
  bool known = false;
  Sequence held;
  {
    MutexLock lock(&commit_.mutex);
    if (const Journal* journal = book_.Find(id); journal != nullptr) {
      known = true;
      held = journal->pending.sequence;
      prepared->context = journal->context;
      prepared->certificate = journal->certificate;
    }
  }
  if (!known) {
    if (segment.first.value() != 1) {
      return Refuse(id, Refusal::kGap,
                    "the journal is not held here: send it from its first entry");
    }
    auto genesis =
        journal::CheckGenesis(id, segment.entries.front(), *options_.verifier, &prepared->writer);
    if (!genesis.ok())
      return Refuse(id, RefusalOf(genesis.status()), std::string(genesis.status().message()));
    prepared->genesis = *std::move(genesis);
    prepared->context = {id,
                         prepared->genesis.scope(),
                         prepared->genesis.shop(),
                         prepared->genesis.series(),
                         prepared->writer,
                         &options_.release};
    prepared->certificate = prepared->genesis.certificate();
  } else if (segment.first > Next(held)) {
    return Refuse(id, Refusal::kGap,
                  absl::StrCat("entries up to ", held.value(), " are held here"));
  }
  const retail::JournalContext& context = prepared->context;
  const bool in_scope = journal::MayRead(bringer, context.scope, context.shop) &&
                        journal::MayRead(self(), context.scope, context.shop);
  if (!in_scope && !COMPTOIR_PLANTED(kSkipScope)) {
    return Refuse(id, Refusal::kScope, "this journal is none of the sender's, or none of ours");
  }
  const absl::Status signature = options_.verifier->VerifySignature(
      prepared->certificate, journal::HeadToSign(segment.head()), segment.signature);
  if (!signature.ok() && !COMPTOIR_PLANTED(kSkipSignature))
    return Refuse(id, Refusal::kSignature, std::string(signature.message()));
  return {};
}

IngestResult Ledger::CheckSegment(const journal::DecodedSegment& segment,
                                  const journal::Writer& bringer, Prepared* prepared) {
  IngestResult result = CheckWriter(segment, bringer, prepared);
  if (!result.status.ok() || result.refusal != Refusal::kNone) return result;
  prepared->judged.reserve(segment.entries.size());
  for (size_t i = 0; i < segment.entries.size(); ++i) {
    auto judged = Judge(segment.entries[i], prepared->context, Sequence(segment.first.value() + i),
                        segment.hashes[i], &prepared->arena);
    if (!judged.ok()) {
      return Refuse(segment.journal, Refusal::kMalformed, std::string(judged.status().message()));
    }
    if (COMPTOIR_PLANTED(kRefuseBadFacts) && !judged->verdict.admitted() && !self().hub) {
      return Refuse(segment.journal, Refusal::kMalformed, judged->verdict.detail);
    }
    prepared->judged.push_back(*std::move(judged));
  }
  return {};
}

void Ledger::Ingest(const journal::v1::Segment& encoded, const journal::Writer& bringer,
                    IngestDone done) {
  const JournalId id(encoded.journal());
  if (absl::Status room = Room(encoded.ByteSizeLong()); !room.ok()) {
    IngestResult full = Failed(id, std::move(room));
    full.no_room = true;
    done(std::move(full));
    return;
  }
  auto prepared = std::make_shared<Prepared>();
  IngestResult result;
  if (auto segment = journal::DecodeSegment(encoded); segment.ok()) {
    prepared->segment = *std::move(segment);
    result = CheckSegment(prepared->segment, bringer, prepared.get());
  } else {
    result = Refuse(id, RefusalOf(segment.status()), std::string(segment.status().message()));
  }
  result.journal = id;
  // Before the lock: it may ask the system.
  const absl::Status room_for_notes =
      self().hub ? Room(encoded.ByteSizeLong() + kNoteBytesPerCall) : absl::OkStatus();
  bool submitted = false;
  {
    MutexLock lock(&commit_.mutex);
    if (result.refusal == Refusal::kNone) {
      commit_.WaitForRoom(kOpenBatchBytesMax);
      submitted = FoldSegment(*prepared, bringer, &result);
    }
    const Journal* journal = book_.Find(id);
    if (submitted) {
      const HeadState state = journal->pending;
      result.held = {id, state.sequence, state.hash};
      result.new_entries = prepared->new_entries;
      if (COMPTOIR_PLANTED(kAcknowledgeBeforeFlush)) {
        done(result);
        done = [](const IngestResult&) {};
      }
      commit_.Submit([this, result, state, done, new_entries = prepared->new_entries,
                      bad_facts = prepared->bad_facts, mended = prepared->mended,
                      forks = prepared->forks](const absl::Status& committed) mutable {
        if (committed.ok()) {
          counters_.ingested_entries.Add(new_entries);
          counters_.bad_facts.Add(bad_facts);
          counters_.forks.Add(forks);
          PublishMended(result.journal, mended);
          PublishDurable(result.journal, state);
        } else {
          result.status = committed;
        }
        done(std::move(result));
      });
      const bool settled = self().hub && SettleWaiting(prepared->touched());
      // What cannot be written now stays in a list, and is tried again (TellTransfers).
      if (self().hub && (settled || prepared->tells_of_transfers)) {
        (void)TellAndSubmitTransfers(room_for_notes);
      }
      return;
    }
    if (result.refusal == Refusal::kFork && self().hub && SettleAndSubmit(prepared->segment)) {
      (void)TellAndSubmitTransfers(room_for_notes);
    }
    // Of a journal that is none of the bringer's it learns nothing.
    if (journal != nullptr && result.refusal != Refusal::kScope) result.held = journal->head();
  }
  if (result.refusal != Refusal::kNone) {
    counters_.refused_segments[static_cast<size_t>(result.refusal)].Add(1);
  }
  done(std::move(result));
}

// Where a segment and what is held overlap, the last entry both hold must be the same
// one; what is damaged of the rest is mended. False: `*result` says why.
bool Ledger::CheckOverlap(const journal::DecodedSegment& segment, const Journal& journal,
                          std::vector<Sequence>* mended, IngestResult* result) {
  const HeadState& state = journal.pending;
  const JournalId id = segment.journal;
  const auto fork = [&](Sequence sequence) {
    *result = Refuse(id, Refusal::kFork,
                     absl::StrCat("another entry ", sequence.value(), " is held here"));
    return false;
  };
  if (segment.last() >= state.sequence) {
    // The head is known without reading.
    const uint64_t skipped = state.sequence.value() - (segment.first.value() - 1);
    const Hash& before =
        skipped == 0 ? segment.previous_hash : segment.hashes[static_cast<size_t>(skipped - 1)];
    if (before != state.hash && !COMPTOIR_PLANTED(kAcceptWrongChain)) return fork(state.sequence);
  } else {
    const auto held = ReadEntryRow(commit_.open(), id, segment.last());
    if (absl::IsDataLoss(held.status()) || absl::IsNotFound(held.status())) {
      NoteDamage({{id, segment.last(), segment.last()}});
    } else if (!held.ok()) {
      *result = Failed(id, held.status());
      return false;
    } else if (std::string_view(*held).substr(0, 32) != segment.hashes.back().view() &&
               !damage_.Has(id, segment.last())) {
      return fork(segment.last());
    }
  }
  return Mend(segment, journal, mended, result);
}

// True when something, if only a wait for what is already pending, was submitted.
bool Ledger::FoldSegment(Prepared& prepared, const journal::Writer& bringer, IngestResult* result) {
  const journal::DecodedSegment& segment = prepared.segment;
  const JournalId id = segment.journal;
  if (absl::Status health = commit_.health(); !health.ok()) {
    *result = Failed(id, health);
    return false;
  }
  Journal* journal = book_.Find(id);
  const bool is_new = journal == nullptr;
  // What the hub has is good: an operator carried it in there, or it came before the hub
  // knew. Else a shop that refused it would never be level again.
  if (!bringer.hub) {
    // Here and not before the lock: no entry slips in beside the fact that names heads.
    if (std::optional<std::string> why = PastRevocation(segment, journal, prepared.context.writer);
        why.has_value()) {
      *result = Refuse(id, Refusal::kRevoked, *std::move(why));
      return false;
    }
  }
  if (is_new) {
    journal =
        &book_.Insert(prepared.genesis, prepared.writer, prepared.judged.front().fact.hybrid_time,
                      options_.signer->Owns(prepared.certificate));
  }
  if (const std::string why = OfOtherBranch(segment); !why.empty()) {
    if (is_new) book_.Remove(id);
    *result = Refuse(id, Refusal::kFork, why);
    return false;
  }
  HeadState& state = journal->pending;
  // Looked at before the lock, too; a journal is cut back where a fork is settled.
  if (segment.first > Next(state.sequence)) {
    if (is_new) book_.Remove(id);
    *result = Refuse(id, Refusal::kGap,
                     absl::StrCat("entries up to ", state.sequence.value(), " are held here"));
    return false;
  }
  const uint64_t skipped = state.sequence.value() - (segment.first.value() - 1);
  if (!CheckOverlap(segment, *journal, &prepared.mended, result)) {
    if (is_new) book_.Remove(id);
    return false;
  }
  if (skipped >= segment.entries.size()) {
    if (COMPTOIR_PLANTED(kFoldRepeat)) {
      EntryFolder folder({&commit_.open(), nullptr, options_.verifier}, commit_.open());
      uint64_t receipts = 0;
      for (JudgedEntry& judged : prepared.judged) {
        judged.fact.journal = &journal->context;
        judged.fact.request_id = {};
        (void)folder.Fold(judged, &receipts);
      }
    }
    return true;
  }
  EntryWriter writer(book_, *options_.verifier, commit_.open());
  if (is_new) commit_.open().Put(kJournals, JournalKey(id), segment.entries.front());
  for (size_t i = static_cast<size_t>(skipped); i < segment.entries.size(); ++i) {
    prepared.judged[i].fact.journal = &journal->context;
    absl::Status status =
        writer.Write(*journal, segment.entries[i], segment.hashes[i], prepared.judged[i]);
    if (!status.ok()) {
      Poison(status);
      *result = Failed(id, status);
      return false;
    }
    NoteRevocation(prepared.judged[i]);
    ++prepared.new_entries;
    if (!prepared.judged[i].verdict.admitted()) ++prepared.bad_facts;
    const auto kind = prepared.judged[i].fact.kind;
    const bool settles = kind == retail::v1::FACT_KIND_FORK_SETTLED;
    if (settles && prepared.judged[i].verdict.admitted()) ++prepared.forks;
    prepared.tells_of_forks |= settles || kind == retail::v1::FACT_KIND_MOVED;
    prepared.tells_of_transfers |= retail::MayTellOfTransfers(kind);
  }
  if (journal->ours) {
    commit_.open().Put(kLocal, kReturnedName, absl::StrCat(time_line_.wall_ms()));
  }
  KeepSignature(segment, *journal);
  writer.WriteHead(*journal);
  NoteFoldedWithout(writer.damaged());
  if (is_new) book_.MarkFollowed(*journal);
  if (journal->context.writer.node == self().node) {
    time_line_.Recall(state.hybrid_time);
  } else {
    time_line_.Observe(state.hybrid_time);
  }
  if (prepared.tells_of_forks) {
    if (absl::Status status = LearnForks(); !status.ok()) {
      Poison(status);
      *result = Failed(id, status);
      return false;
    }
    DropLossesPastForks();
  }
  return true;
}

// Keeps the last signature and one per MiB, so that what is relayed can be cut
// where its writer signed, in pieces that fit a segment (R3).
void Ledger::KeepSignature(const journal::DecodedSegment& segment, Journal& journal) {
  HeadState& state = journal.pending;
  const JournalId id = segment.journal;
  if (state.signed_sequence.value() != 0) {
    if (state.raw_bytes - state.kept_raw_bytes > kSegmentRawBytesMax) {
      state.kept_sequence = state.signed_sequence;
      state.kept_raw_bytes = state.signed_raw_bytes;
    } else if (state.signed_sequence != state.kept_sequence) {
      commit_.open().Erase(kSignatures, EntryKey(id, state.signed_sequence));
    }
  }
  commit_.open().Put(kSignatures, EntryKey(id, state.sequence), segment.signature);
  state.signed_sequence = state.sequence;
  state.signed_raw_bytes = state.raw_bytes;
  state.signature = segment.signature;
}

}  // namespace comptoir::ledger
