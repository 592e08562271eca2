// Two branches of one journal: the hub settles which one is kept (Forks).
#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/bytes.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/ledger/entry_writer.h"
#include "common/ledger/folding.h"
#include "common/ledger/ledger.h"
#include "common/ledger/tables.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

using retail::v1::ForkRow;
using retail::v1::ForkSettled;

absl::StatusOr<ForkRow> DecodeFork(std::string_view bytes) {
  ForkRow row;
  if (row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return row;
  return absl::DataLossError("a row of forks is damaged");
}

// The branch that a run of Moved brings, as whoever holds it would send it.
journal::DecodedSegment SegmentOf(const std::vector<retail::v1::Moved*>& run) {
  journal::DecodedSegment segment;
  segment.journal = JournalId(run.front()->original().journal());
  segment.first = Sequence(run.front()->original().sequence());
  segment.previous_hash = HashOf(run.front()->previous_hash());
  segment.signature = run.back()->signature();
  Hash hash = segment.previous_hash;
  for (const retail::v1::Moved* moved : run) {
    segment.raw.insert(segment.raw.end(), moved->entry().begin(), moved->entry().end());
    hash = journal::ChainNext(hash, moved->entry());
    segment.hashes.push_back(hash);
  }
  const char* bytes = segment.raw.data();
  for (const retail::v1::Moved* moved : run) {
    segment.entries.emplace_back(bytes, moved->entry().size());
    bytes += moved->entry().size();
  }
  return segment;
}

void WriteHead(const Head& head, journal::v1::Head* message) {
  message->set_journal(head.journal.value());
  message->set_sequence(head.sequence.value());
  message->set_hash(std::string(head.hash.view()));
}

}  // namespace

// ---- which branch ----

absl::Status Ledger::LearnForks() {
  COMPTOIR_ASSIGN_OR_RETURN(const auto rows, commit_.open().ReadRange(retail::kForks, "", ""));
  // Of several about one place the earliest stands, whatever the order of arrival.
  std::map<std::pair<JournalId, Sequence>, std::pair<uint64_t, std::string>> standing;
  settled_.clear();
  for (const auto& [key, bytes] : rows) {
    COMPTOIR_ASSIGN_OR_RETURN(const ForkRow row, DecodeFork(bytes));
    const Head common = ToHead(row.fork().common());
    const auto place = std::pair(common.journal, common.sequence);
    const auto rank = std::pair(row.hybrid_time(), key);
    const auto found = standing.find(place);
    if (found != standing.end() && found->second <= rank) continue;
    standing[place] = rank;
    Settled settled{common.hash, Hash{}};
    COMPTOIR_CHECK(Hash::FromView(row.fork().kept_next(), &settled.kept));
    settled_[common.journal][common.sequence] = settled;
  }
  for (const auto& [id, places] : settled_) COMPTOIR_RETURN_IF_ERROR(LearnFork(id, places));
  return LoadRevocations();
}

absl::Status Ledger::LearnFork(JournalId id, const std::map<Sequence, Settled>& places) {
  const Journal* journal = book_.Find(id);
  if (journal == nullptr) return absl::OkStatus();
  // The writer goes on in a new one, whichever branch it holds.
  const auto open = open_journals_.find({journal->context.scope, journal->context.shop});
  if (open != open_journals_.end() && open->second == id) open_journals_.erase(open);
  for (const auto& [common, settled] : places) {
    if (common.value() == 0 || journal->pending.sequence <= common) continue;
    std::array<Hash, 2> held;
    bool is_damaged = false;
    for (const size_t past : {0, 1}) {
      const Sequence at(common.value() + past);
      const absl::StatusOr<Hash> hash = ReadEntryHash(commit_.open(), id, at);
      if (absl::IsDataLoss(hash.status()) || absl::IsNotFound(hash.status())) {
        NoteDamage({{id, at, at}});
      } else if (!hash.ok()) {
        return hash.status();
      } else {
        held[past] = *hash;
      }
      is_damaged = is_damaged || damage_.Has(id, at);
    }
    // Whose branch that is shows once a peer has brought it anew (PublishMended).
    if (is_damaged) continue;
    // A branch that parts earlier is for a settlement of its own.
    if (held[0] != settled.common || held[1] == settled.kept) continue;
    const auto lost = lost_branches_.emplace(id, common).first;
    lost->second = std::min(lost->second, common);
  }
  return absl::OkStatus();
}

void Ledger::DropLossesPastForks() {
  for (Loss& loss : losses_) {
    const auto places = settled_.find(loss.journal);
    if (places == settled_.end()) continue;
    loss.last = std::min(loss.last, places->second.begin()->first);
  }
  if (std::erase_if(losses_, [](const Loss& loss) { return loss.first > loss.last; }) > 0) {
    ++witness_version_;
  }
}

std::string Ledger::OfOtherBranch(const journal::DecodedSegment& segment) const {
  const Journal* journal = book_.Find(segment.journal);
  // What can only mend does, if it is of the branch that is held here: CheckOverlap sees to it.
  if (journal != nullptr && segment.last() <= journal->pending.sequence &&
      !damage_.In(segment.journal, segment.first, segment.last()).empty()) {
    return "";
  }
  if (lost_branches_.contains(segment.journal)) {
    return "another branch of this journal was kept: what this one holds is being moved";
  }
  const auto places = settled_.find(segment.journal);
  if (places == settled_.end()) return "";
  for (const auto& [common, settled] : places->second) {
    const Sequence next = Next(common);
    if (next < segment.first || next > segment.last()) continue;
    const auto index = static_cast<size_t>(next.value() - segment.first.value());
    if (segment.hashes[index] != settled.kept) {
      return absl::StrCat("another branch of this journal was kept: they part after entry ",
                          common.value());
    }
  }
  return "";
}

// ---- settling, at the hub ----

namespace {

// How many numbers of receipts the journal has used up to `last`: of those that are known
// here, and of those whose kind is not (R4).
absl::StatusOr<uint64_t> CountReceipts(const store::Transaction& rows, JournalId id,
                                       Sequence last) {
  uint64_t count = 0;
  COMPTOIR_ASSIGN_OR_RETURN(const auto receipts,
                            rows.ReadRange(retail::kReceipts, JournalKey(id), JournalLimit(id)));
  for (const auto& [key, bytes] : receipts) {
    retail::v1::ReceiptRow row;
    if (!row.ParseFromString(bytes)) return absl::DataLossError("a row of receipts is damaged");
    if (row.sequence() <= last.value()) ++count;
  }
  COMPTOIR_ASSIGN_OR_RETURN(const auto verdicts,
                            rows.ReadRange(kVerdicts, JournalKey(id), EntryKey(id, Next(last))));
  for (const auto& [key, bytes] : verdicts) {
    journal::v1::VerdictRow row;
    if (!row.ParseFromString(bytes)) return absl::DataLossError("a row of verdicts is damaged");
    if (static_cast<retail::Verdict::Kind>(row.kind()) != retail::Verdict::Kind::kUnknown) continue;
    const Sequence sequence(ReadBigEndian64(std::string_view(key).substr(8)));
    COMPTOIR_ASSIGN_OR_RETURN(const std::string held, ReadSoundRow(rows, id, sequence));
    COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(held));
    journal::v1::Entry entry;
    if (!entry.ParseFromArray(stored.bytes.data(), static_cast<int>(stored.bytes.size()))) {
      return absl::DataLossError("an entry cannot be parsed");
    }
    if (entry.takes_receipt_number()) ++count;
  }
  return count;
}

}  // namespace

absl::StatusOr<bool> Ledger::Settle(const journal::DecodedSegment& segment, Journal& journal,
                                    AppendResult* written) {
  const JournalId id = segment.journal;
  const store::Transaction& rows = commit_.open();
  const Sequence before(segment.first.value() - 1);
  if (before > journal.pending.sequence) return false;
  Hash held_before = journal::ChainStart(id);
  if (before.value() > 0) {
    COMPTOIR_ASSIGN_OR_RETURN(held_before, ReadEntryHash(rows, id, before));
  }
  // They part earlier: the session looks for the place and has it sent from there.
  if (held_before != segment.previous_hash) return false;
  Sequence common = before;
  Hash common_hash = held_before;
  Hash kept_next;
  size_t index = 0;
  for (;; ++index) {
    if (index == segment.hashes.size() || common == journal.pending.sequence) return false;
    COMPTOIR_ASSIGN_OR_RETURN(kept_next, ReadEntryHash(rows, id, Next(common)));
    if (kept_next != segment.hashes[index]) break;
    common = Next(common);
    common_hash = kept_next;
  }
  // Two geneses are no branches of one journal.
  if (common.value() == 0) return false;
  if (settled_.contains(id) && settled_.at(id).contains(common)) return false;

  ForkSettled settled;
  WriteHead({id, common, common_hash}, settled.mutable_common());
  settled.set_kept_next(std::string(kept_next.view()));
  settled.set_other_next(std::string(segment.hashes[index].view()));
  WriteHead(segment.head(), settled.mutable_other());
  settled.set_other_signature(segment.signature);
  Head kept{id, journal.pending.sequence, journal.pending.hash};
  if (journal.ours) {
    COMPTOIR_ASSIGN_OR_RETURN(*settled.mutable_kept_signature(),
                              options_.signer->Sign(journal::HeadToSign(kept)));
  } else {
    COMPTOIR_ASSIGN_OR_RETURN(
        const auto signatures,
        rows.ReadRange(kSignatures, EntryKey(id, Next(common)), JournalLimit(id)));
    if (signatures.empty()) return false;
    kept.sequence = Sequence(ReadBigEndian64(std::string_view(signatures.back().first).substr(8)));
    COMPTOIR_ASSIGN_OR_RETURN(kept.hash, ReadEntryHash(rows, id, kept.sequence));
    settled.set_kept_signature(signatures.back().second);
  }
  WriteHead(kept, settled.mutable_kept());
  // What is only damaged here must not be taken for a branch: once it is settled, everybody
  // moves what was right. What is not yet on the disk was just checked.
  COMPTOIR_ASSIGN_OR_RETURN(const bool is_sound,
                            IsSound(*PlainSnapshot(), id, Next(common),
                                    std::min(kept.sequence, journal.durable.sequence)));
  if (!is_sound) return false;
  COMPTOIR_ASSIGN_OR_RETURN(const uint64_t receipts, CountReceipts(rows, id, common));
  settled.set_receipts(receipts);
  COMPTOIR_ASSIGN_OR_RETURN(const std::string first, ReadEntryRow(rows, id, Sequence(1)));
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry genesis, ParseStoredEntry(first));
  settled.set_genesis(std::string(genesis.bytes));

  const auto open = open_journals_.find({journal.context.scope, journal.context.shop});
  if (open != open_journals_.end() && open->second == id) open_journals_.erase(open);
  AppendRequest request;
  request.scope = journal.context.scope;
  request.shop = journal.context.shop;
  request.facts = {{retail::v1::FACT_KIND_FORK_SETTLED, settled.SerializeAsString()}};
  COMPTOIR_RETURN_IF_ERROR(PrepareAppend(request, absl::OkStatus(), written));
  if (absl::Status status = LearnForks(); !status.ok()) {
    Poison(status);
    return status;
  }
  DropLossesPastForks();
  return true;
}

bool Ledger::SettleAndSubmit(const journal::DecodedSegment& segment) {
  Journal* journal = book_.Find(segment.journal);
  if (journal == nullptr || !commit_.health().ok()) return false;
  AppendResult written;
  const absl::StatusOr<bool> settled = Settle(segment, *journal, &written);
  // What cannot be read or written now is shown again in the next session; what was half
  // made has stopped the ledger (R9).
  if (!settled.ok() || !*settled) return false;
  const JournalId in = written.facts.front().reference.journal;
  const HeadState state = book_.Find(in)->pending;
  commit_.Submit([this, in, state](const absl::Status& committed) {
    if (!committed.ok()) return;
    counters_.appended_entries.Add(1);
    counters_.forks.Add(1);
    PublishDurable(in, state);
  });
  return true;
}

bool Ledger::SettleWaiting(const std::set<JournalId>& journals) {
  bool settled = false;
  for (const JournalId id : journals) {
    const auto waiting =
        commit_.open().ReadRange(retail::kMovedWaiting, JournalKey(id), JournalLimit(id));
    const Journal* journal = book_.Find(id);
    if (!waiting.ok() || journal == nullptr) continue;  // the next that comes looks again
    for (const auto& [key, none] : *waiting) {
      const std::string_view place = std::string_view(key).substr(8);
      google::protobuf::Arena arena;
      Sequence unread;
      const auto run = ReadMovedRun(commit_.open(), JournalId(ReadBigEndian64(place)),
                                    Sequence(ReadBigEndian64(place.substr(8))), &arena, &unread);
      if (!run.ok()) continue;
      const journal::DecodedSegment branch = SegmentOf(*run);
      const absl::Status proof = options_.verifier->VerifySignature(
          journal->certificate, journal::HeadToSign(branch.head()), branch.signature);
      settled |= proof.ok() && SettleAndSubmit(branch);
    }
  }
  return settled;
}

absl::StatusOr<std::vector<ForkView>> Ledger::Forks() const {
  const auto snapshot = NewSnapshot();
  std::vector<ForkView> forks;
  auto rows = snapshot->Scan(retail::kForks, "", "");
  for (; rows->Valid(); rows->Next()) {
    COMPTOIR_ASSIGN_OR_RETURN(const ForkRow row, DecodeFork(rows->value()));
    const ForkSettled& fork = row.fork();
    journal::v1::Entry entry;
    journal::v1::Genesis genesis;
    if (!entry.ParseFromString(fork.genesis()) || !genesis.ParseFromString(entry.fact())) {
      return absl::DataLossError("a row of forks is damaged");
    }
    forks.push_back({genesis.series(), genesis.node(), ToHead(fork.common()), ToHead(fork.kept()),
                     ToHead(fork.other())});
  }
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return forks;
}

absl::StatusOr<bool> Ledger::IsForkedAfter(const store::Snapshot& snapshot, JournalId id,
                                           Sequence sequence) const {
  const std::string prefix = retail::ForkPrefix(id, sequence);
  auto rows = snapshot.Scan(retail::kForks, prefix, retail::PrefixLimit(prefix));
  COMPTOIR_RETURN_IF_ERROR(rows->status());
  return rows->Valid();
}

}  // namespace comptoir::ledger
