// Forks that were settled, and entries of branches that were not kept.
//
// The merge argument. A run of Moved counts when a ForkSettled about the place where it
// begins is known, and what proves both fits: a function of the set of entries. Until
// then it waits by name. Each of its entries stands in the views at a place that hangs
// on its reference alone (retail/forks/moved.h), with what the genesis, the fork and the
// entries before it in its branch say: all of which the hash in its reference fixes. So
// whoever moved it, and however often, it is the same rows, written once.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/journal/genesis.h"
#include "common/ledger/folding.h"
#include "common/ledger/tables.h"
#include "common/retail/forks/moved.h"
#include "common/retail/keys.h"
#include "common/retail/tables.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

using retail::v1::ForkRow;
using retail::v1::ForkSettled;
using retail::v1::Moved;
using retail::v1::MovedRow;

Reference OriginalOf(const Moved& moved) {
  return {JournalId(moved.original().journal()), Sequence(moved.original().sequence()),
          moved.original().hash_prefix()};
}

std::string WaitingKey(JournalId of, FactPlaceOfMove last) {
  return JournalKey(of) + EntryKey(last.journal, last.sequence);
}

retail::Verdict Unproven(std::string sentence) {
  return {retail::Verdict::Kind::kBad, std::move(sentence)};
}

absl::Status CheckProof(const ForkSettled& settled, const retail::JournalContext& stands_in,
                        const journal::Verifier& verifier) {
  const JournalId id(settled.common().journal());
  journal::Writer writer;
  COMPTOIR_ASSIGN_OR_RETURN(const journal::v1::Genesis genesis,
                            journal::CheckGenesis(id, settled.genesis(), verifier, &writer));
  if (genesis.scope() != stands_in.scope || genesis.shop() != stands_in.shop) {
    return absl::InvalidArgumentError("it stands in another scope than the journal");
  }
  COMPTOIR_RETURN_IF_ERROR(verifier.VerifySignature(genesis.certificate(),
                                                    journal::HeadToSign(ToHead(settled.kept())),
                                                    settled.kept_signature()));
  return verifier.VerifySignature(genesis.certificate(),
                                  journal::HeadToSign(ToHead(settled.other())),
                                  settled.other_signature());
}

retail::JournalContext ContextOf(JournalId place, const MovedRow& row,
                                 const retail::Release* release) {
  retail::JournalContext context;
  context.journal = place;
  context.scope = row.scope();
  context.shop = row.shop();
  context.series = row.series();
  context.writer = {row.coop(), row.node(), row.writer_shop(), row.hub(), row.may_edit_catalogue()};
  context.release = release;
  return context;
}

// The entry in `moved`, judged as where it stood. `context` must outlive the answer.
absl::StatusOr<JudgedEntry> JudgeMoved(const Moved& moved, const MovedRow& row,
                                       const retail::JournalContext& context,
                                       google::protobuf::Arena* arena) {
  const Hash hash = journal::ChainNext(HashOf(moved.previous_hash()), moved.entry());
  const Reference original = OriginalOf(moved);
  COMPTOIR_ASSIGN_OR_RETURN(JudgedEntry judged,
                            Judge(moved.entry(), context, original.sequence, hash, arena));
  judged.fact.moved = retail::MovedFrom{original, Sequence(row.base()), JournalId(row.branch())};
  judged.fact.receipt_ordinal = row.receipt_ordinal();
  // Runs that were moved before their own journal forked are moved anew, as they were.
  if (judged.fact.kind == retail::v1::FACT_KIND_MOVED && judged.verdict.admitted()) {
    judged.verdict = {retail::Verdict::Kind::kUnknown, "what it moved is moved anew"};
    judged.fact.takes_receipt_number = false;  // its kind is known, and takes none
  }
  return judged;
}

absl::StatusOr<Moved*> ReadMovedEntry(const store::Reader& entries, FactPlaceOfMove at,
                                      google::protobuf::Arena* arena) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string row, ReadSoundRow(entries, at.journal, at.sequence));
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
  journal::v1::Entry entry;
  auto* moved = google::protobuf::Arena::CreateMessage<Moved>(arena);
  if (!entry.ParseFromArray(stored.bytes.data(), static_cast<int>(stored.bytes.size())) ||
      entry.kind() != retail::v1::FACT_KIND_MOVED || !moved->ParseFromString(entry.fact())) {
    return absl::DataLossError("what moved an entry is damaged");
  }
  return moved;
}

}  // namespace

Hash HashOf(const std::string& bytes) {
  Hash hash;
  COMPTOIR_CHECK(Hash::FromView(bytes, &hash));
  return hash;
}

Head ToHead(const journal::v1::Head& head) {
  return {JournalId(head.journal()), Sequence(head.sequence()), HashOf(head.hash())};
}

absl::StatusOr<JudgedEntry> ReadMovedFact(const store::Reader& entries, const store::Reader& views,
                                          JournalId place, Sequence sequence,
                                          const retail::Release* release,
                                          google::protobuf::Arena* arena) {
  COMPTOIR_ASSIGN_OR_RETURN(const auto row, retail::ReadMoved(views, place, sequence));
  if (!row.has_value()) return absl::NotFoundError("that journal is not held here");
  COMPTOIR_ASSIGN_OR_RETURN(
      const Moved* moved,
      ReadMovedEntry(entries, {JournalId(row->journal()), Sequence(row->sequence())}, arena));
  const auto* context = google::protobuf::Arena::Create<retail::JournalContext>(
      arena, ContextOf(place, *row, release));
  return JudgeMoved(*moved, *row, *context, arena);
}

absl::StatusOr<MovedHashes> ReadMovedHashes(const store::Reader& entries, const MovedRow& row) {
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(
      const Moved* moved,
      ReadMovedEntry(entries, {JournalId(row.journal()), Sequence(row.sequence())}, &arena));
  MovedHashes hashes;
  if (!Hash::FromView(moved->previous_hash(), &hashes.before)) {
    return absl::DataLossError("what moved an entry is damaged");
  }
  hashes.own = journal::ChainNext(hashes.before, moved->entry());
  return hashes;
}

absl::StatusOr<std::vector<Moved*>> ReadMovedRun(const store::Reader& entries, JournalId mover,
                                                 Sequence last, google::protobuf::Arena* arena,
                                                 Sequence* unread) {
  std::vector<Moved*> parts;
  for (uint64_t sequence = last.value(); sequence > 1; --sequence) {
    *unread = Sequence(sequence);
    COMPTOIR_ASSIGN_OR_RETURN(const std::string row,
                              ReadSoundRow(entries, mover, Sequence(sequence)));
    COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
    journal::v1::Entry entry;
    if (!entry.ParseFromArray(stored.bytes.data(), static_cast<int>(stored.bytes.size()))) {
      return absl::DataLossError("an entry cannot be parsed");
    }
    auto* part = google::protobuf::Arena::CreateMessage<Moved>(arena);
    if (entry.kind() != retail::v1::FACT_KIND_MOVED || !part->ParseFromString(entry.fact())) break;
    if (!parts.empty()) {
      const Moved& next = *parts.back();
      const bool leads_to = part->signature().empty() &&
                            part->original().journal() == next.original().journal() &&
                            part->original().sequence() + 1 == next.original().sequence() &&
                            part->previous_hash().size() == sizeof(Hash);
      if (!leads_to || journal::ChainNext(HashOf(part->previous_hash()), part->entry()).view() !=
                           next.previous_hash()) {
        break;
      }
    }
    parts.push_back(part);
  }
  if (parts.empty()) return absl::DataLossError("what moved an entry is damaged");
  std::ranges::reverse(parts);
  return parts;
}

// Moved facts that stand one behind the other in their journal, of one branch.
struct EntryFolder::Run {
  const retail::JournalContext* mover = nullptr;
  Sequence last;              // in the mover's journal
  std::vector<Moved*> parts;  // in the order of the branch
  google::protobuf::Arena arena;
};

absl::Status EntryFolder::FoldForkSettled(const retail::Fact& fact) {
  const auto& settled = static_cast<const ForkSettled&>(*fact.fact);
  const absl::Status proof = CheckProof(settled, *fact.journal, *sources_.verifier);
  if (!proof.ok()) {
    NoteVerdict(fact, Unproven(std::string(proof.message())));
    return absl::OkStatus();
  }
  const JournalId journal(settled.common().journal());
  ForkRow row;
  *row.mutable_fork() = settled;
  row.set_hybrid_time(fact.hybrid_time.value());
  folding_.transaction().Put(retail::kForks,
                             retail::ForkPrefix(journal, Sequence(settled.common().sequence())) +
                                 EntryKey(fact.reference.journal, fact.reference.sequence),
                             row.SerializeAsString());
  COMPTOIR_ASSIGN_OR_RETURN(const auto waiting,
                            folding_.transaction().ReadRange(
                                retail::kMovedWaiting, JournalKey(journal), JournalLimit(journal)));
  for (const auto& [key, none] : waiting) {
    const std::string_view place = std::string_view(key).substr(8);
    COMPTOIR_RETURN_IF_ERROR(
        FoldRun(JournalId(ReadBigEndian64(place)), Sequence(ReadBigEndian64(place.substr(8)))));
  }
  return absl::OkStatus();
}

absl::Status EntryFolder::FoldMoved(const retail::Fact& fact) {
  const auto& moved = static_cast<const Moved&>(*fact.fact);
  if (moved.signature().empty()) return absl::OkStatus();
  const FactPlaceOfMove last{fact.reference.journal, fact.reference.sequence};
  folding_.transaction().Put(retail::kMovedWaiting,
                             WaitingKey(JournalId(moved.original().journal()), last), "");
  return FoldRun(last.journal, last.sequence);
}

absl::Status EntryFolder::FoldRun(JournalId mover, Sequence last) {
  Run run;
  const absl::StatusOr<retail::Fact> fact = facts_.Read(mover, last, &run.arena);
  if (absl::IsNotFound(fact.status())) return absl::OkStatus();  // it rotted: waits
  if (!fact.ok()) return fact.status();
  run.mover = fact->journal;
  run.last = fact->reference.sequence;
  Sequence unread;
  auto parts = ReadMovedRun(*sources_.entries, mover, last, &run.arena, &unread);
  if (absl::IsDataLoss(parts.status()) || absl::IsNotFound(parts.status())) {
    // It rotted: waits, as if it had not come yet.
    if (sources_.on_damage) sources_.on_damage(mover, unread);
    return absl::OkStatus();
  }
  COMPTOIR_ASSIGN_OR_RETURN(run.parts, std::move(parts));
  const Moved& first = *run.parts.front();
  const Moved& end = *run.parts.back();
  const JournalId journal(first.original().journal());
  const Sequence base(first.original().sequence() - 1);
  const std::string prefix = retail::ForkPrefix(journal, base);
  COMPTOIR_ASSIGN_OR_RETURN(
      const auto forks,
      folding_.transaction().ReadRange(retail::kForks, prefix, retail::PrefixLimit(prefix)));
  const ForkSettled* about = nullptr;
  std::vector<ForkRow> rows;
  for (const auto& [key, bytes] : forks) {
    if (!rows.emplace_back().ParseFromString(bytes)) {
      return absl::DataLossError("a row of forks is damaged");
    }
  }
  for (const ForkRow& row : rows) {
    if (row.fork().common().hash() == first.previous_hash()) about = &row.fork();
  }
  if (about == nullptr || COMPTOIR_PLANTED(kForgetMoved)) return absl::OkStatus();  // waits
  folding_.transaction().Erase(retail::kMovedWaiting, WaitingKey(journal, {mover, last}));

  journal::Writer writer;
  COMPTOIR_ASSIGN_OR_RETURN(
      const journal::v1::Genesis genesis,
      journal::CheckGenesis(journal, about->genesis(), *sources_.verifier, &writer));
  const Head head{journal, Sequence(end.original().sequence()),
                  journal::ChainNext(HashOf(end.previous_hash()), end.entry())};
  absl::Status proof = sources_.verifier->VerifySignature(
      genesis.certificate(), journal::HeadToSign(head), end.signature());
  if (genesis.scope() != run.mover->scope || genesis.shop() != run.mover->shop) {
    proof = absl::InvalidArgumentError("it stands in another scope than what it moves");
  }
  if (!proof.ok()) {
    NoteVerdict(*fact, Unproven(std::string(proof.message())));
    return absl::OkStatus();
  }
  MovedRow shared;
  shared.set_base(base.value());
  shared.set_branch(retail::MovedPlace(OriginalOf(first)).value());
  shared.set_scope(genesis.scope());
  shared.set_shop(genesis.shop());
  shared.set_series(genesis.series());
  shared.set_coop(writer.coop);
  shared.set_node(writer.node);
  shared.set_writer_shop(writer.shop);
  shared.set_hub(writer.hub);
  shared.set_may_edit_catalogue(writer.may_edit_catalogue);
  uint64_t receipts = about->receipts();
  uint64_t at = last.value() - run.parts.size();
  for (const Moved* part : run.parts) {
    COMPTOIR_RETURN_IF_ERROR(
        FoldMovedEntry(run, *part, {mover, Sequence(++at)}, &shared, &receipts));
  }
  return absl::OkStatus();
}

absl::Status EntryFolder::FoldMovedEntry(const Run& /*run*/, const Moved& moved,
                                         FactPlaceOfMove from, MovedRow* shared,
                                         uint64_t* receipts) {
  store::Transaction& transaction = folding_.transaction();
  const Reference original = OriginalOf(moved);
  const JournalId place = retail::MovedPlace(original);
  google::protobuf::Arena arena;
  const retail::JournalContext context = ContextOf(place, *shared, sources_.release);
  auto judged = JudgeMoved(moved, *shared, context, &arena);
  if (!judged.ok()) return absl::OkStatus();  // the transport gate let none such in
  const bool prints = retail::TakesReceiptNumber(judged->fact, judged->verdict);
  judged->fact.receipt_ordinal = prints ? ++*receipts : 0;

  COMPTOIR_ASSIGN_OR_RETURN(auto held, retail::ReadMoved(transaction, place, original.sequence));
  MovedRow row = held.value_or(*shared);
  const bool lower = !held.has_value() || std::pair(from.journal.value(), from.sequence.value()) <
                                              std::pair(row.journal(), row.sequence());
  if (!lower) return absl::OkStatus();
  *row.mutable_original() = moved.original();
  row.set_journal(from.journal.value());
  row.set_sequence(from.sequence.value());
  row.set_receipt_ordinal(judged->fact.receipt_ordinal);
  transaction.Put(retail::kMoved, retail::MovedKey(place, original.sequence),
                  row.SerializeAsString());
  if (held.has_value()) return absl::OkStatus();

  std::string sequence;
  AppendBigEndian64(original.sequence.value(), &sequence);
  transaction.Put(retail::kMovedNames,
                  retail::MovedNamePrefix(retail::MovedBy::kSequence, original.journal,
                                          original.sequence.value()) +
                      JournalKey(place),
                  sequence);
  if (prints) {
    transaction.Put(retail::kMovedNames,
                    retail::MovedNamePrefix(retail::MovedBy::kReceipt, original.journal,
                                            judged->fact.receipt_ordinal) +
                        JournalKey(place),
                    sequence);
  }
  if (!judged->verdict.admitted()) {
    NoteVerdict(judged->fact, judged->verdict);
    return absl::OkStatus();
  }
  return FoldAdmitted(judged->fact);
}

}  // namespace comptoir::ledger
