#include "common/ledger/folding.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/planted.h"
#include "common/base/status.h"
#include "common/journal/chain.h"
#include "common/ledger/tables.h"
#include "common/retail/corrections/fold.h"
#include "common/retail/forks/moved.h"
#include "google/protobuf/arena.h"

namespace comptoir::ledger {
namespace {

constexpr int kUtcOffsetMinutesMax = 18 * 60;
// Wall instants a fact may claim: 1970 to the year 9999.
constexpr int64_t kWallMillisMax = 253'402'300'799'000;

absl::Status CheckEnvelope(const journal::v1::Entry& entry) {
  if (!entry.request_id().empty() && entry.request_id().size() != kRequestIdBytes) {
    return absl::InvalidArgumentError("an entry's request id is not 16 bytes");
  }
  if (entry.fact().size() > retail::FactBytesMax(entry.kind())) {
    return absl::InvalidArgumentError("an entry's fact is over 256 KiB");
  }
  return absl::OkStatus();
}

// What a writer may get wrong without the entry being unreadable: the fact gate's.
retail::Verdict CheckTimes(const retail::Fact& fact) {
  if (fact.wall_ms < 0 || fact.wall_ms > kWallMillisMax) {
    return {retail::Verdict::Kind::kBad, "its wall instant is outside the years 1970 to 9999"};
  }
  if (fact.hybrid_time.millis() > kWallMillisMax) {
    return {retail::Verdict::Kind::kBad, "its hybrid time is past the year 9999"};
  }
  if (fact.utc_offset_minutes > kUtcOffsetMinutesMax ||
      fact.utc_offset_minutes < -kUtcOffsetMinutesMax) {
    return {retail::Verdict::Kind::kBad, "its offset from UTC is over 18 hours"};
  }
  return {};
}

}  // namespace

absl::StatusOr<JudgedEntry> Judge(std::string_view entry_bytes,
                                  const retail::JournalContext& journal, Sequence sequence,
                                  const Hash& hash, google::protobuf::Arena* arena) {
  auto* entry = google::protobuf::Arena::CreateMessage<journal::v1::Entry>(arena);
  if (!entry->ParseFromArray(entry_bytes.data(), static_cast<int>(entry_bytes.size()))) {
    return absl::InvalidArgumentError("an entry cannot be parsed");
  }
  COMPTOIR_RETURN_IF_ERROR(CheckEnvelope(*entry));
  JudgedEntry judged;
  judged.fact.journal = &journal;
  judged.fact.reference = {journal.journal, sequence, hash.prefix()};
  judged.fact.hybrid_time = HybridTime(entry->hybrid_time());
  judged.fact.wall_ms =
      static_cast<int64_t>(static_cast<uint64_t>(judged.fact.hybrid_time.millis()) +
                           static_cast<uint64_t>(entry->wall_offset_ms()));
  judged.fact.utc_offset_minutes = entry->utc_offset_minutes();
  judged.fact.doubtful = entry->doubtful();
  judged.fact.request_id = entry->request_id();
  judged.fact.request_digest = entry->request_digest();
  judged.fact.request_index = entry->request_index();
  judged.fact.request_facts = entry->request_facts();
  judged.fact.takes_receipt_number = entry->takes_receipt_number();
  judged.verdict = retail::ParseFact(*entry, arena, &judged.fact);
  if (judged.verdict.admitted()) judged.verdict = CheckTimes(judged.fact);
  if (judged.verdict.admitted()) judged.verdict = retail::Admit(judged.fact);
  return judged;
}

absl::Status EntryFolder::Fold(JudgedEntry& judged, uint64_t* receipts) {
  retail::Fact& fact = judged.fact;
  if (retail::TakesReceiptNumber(fact, judged.verdict)) fact.receipt_ordinal = ++*receipts;
  if (!judged.verdict.admitted()) {
    if (COMPTOIR_PLANTED(kDropVerdict)) return absl::OkStatus();
    NoteVerdict(fact, judged.verdict);
    return absl::OkStatus();
  }
  return FoldAdmitted(fact);
}

void EntryFolder::NoteVerdict(const retail::Fact& fact, const retail::Verdict& verdict) {
  journal::v1::VerdictRow row;
  row.set_fold_version(retail::kFoldVersion);
  row.set_kind(static_cast<uint32_t>(verdict.kind));
  row.set_detail(verdict.detail);
  folding_.transaction().Put(kVerdicts, EntryKey(fact.reference.journal, fact.reference.sequence),
                             row.SerializeAsString());
}

absl::Status EntryFolder::FoldAdmitted(const retail::Fact& fact) {
  if (fact.kind == retail::v1::FACT_KIND_FORK_SETTLED) return FoldForkSettled(fact);
  if (fact.kind == retail::v1::FACT_KIND_MOVED) return FoldMoved(fact);
  return fact.request_id.empty() ? FoldCounting(fact) : FoldRequest(fact);
}

// R11: of those with one content, the lowest counts, whichever arrived first.
absl::Status EntryFolder::FoldRequest(const retail::Fact& fact) {
  const RequestTaker ours{fact.journal->journal, fact.reference.sequence,
                          static_cast<uint32_t>(fact.receipt_ordinal), fact.hybrid_time,
                          fact.request_digest};
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::optional<RequestTaker> counted,
      TakeRequest(RequestKey(fact.journal->writer.shop, fact.request_id, fact.request_index), ours,
                  folding_.transaction()));
  if (COMPTOIR_PLANTED(kCountEveryTaker)) return FoldCounting(fact);
  if (counted.has_value() && *counted < ours) return FoldOne(fact, std::nullopt);
  if (counted.has_value()) COMPTOIR_RETURN_IF_ERROR(Uncount(*counted));
  return FoldCounting(fact);
}

// One that counts, unless it is corrected.
absl::Status EntryFolder::FoldCounting(const retail::Fact& fact) {
  COMPTOIR_ASSIGN_OR_RETURN(const bool corrected, IsCorrected(fact));
  if (COMPTOIR_PLANTED(kFoldTwice)) {
    COMPTOIR_RETURN_IF_ERROR(FoldOne(fact, retail::Direction::kCount));
  }
  if (corrected && !COMPTOIR_PLANTED(kIgnoreCorrection)) return FoldOne(fact, std::nullopt);
  return FoldOne(fact, retail::Direction::kCount);
}

absl::StatusOr<bool> EntryFolder::IsCorrected(const retail::Fact& fact) {
  if (!retail::MayBeCorrected(fact.kind)) return false;
  return retail::IsCorrected(folding_.transaction(), fact.journal->shop, fact.name());
}

// Without a direction, as a duplicate.
absl::Status EntryFolder::FoldOne(const retail::Fact& fact,
                                  std::optional<retail::Direction> direction) {
  if (fact.kind == retail::v1::FACT_KIND_CORRECTED) return FoldCorrection(fact, direction);
  return direction.has_value() ? retail::Fold(fact, *direction, folding_)
                               : retail::FoldDuplicate(fact, folding_);
}

// What it names stops counting with the first correction of it, and counts again
// when the last is taken back.
absl::Status EntryFolder::FoldCorrection(const retail::Fact& fact,
                                         std::optional<retail::Direction> direction) {
  const auto& corrected = static_cast<const retail::v1::Corrected&>(*fact.fact);
  const std::string& shop = fact.journal->shop;
  COMPTOIR_ASSIGN_OR_RETURN(const bool before,
                            retail::IsCorrected(folding_.transaction(), shop, corrected.fact()));
  COMPTOIR_RETURN_IF_ERROR(direction.has_value() ? retail::Fold(fact, *direction, folding_)
                                                 : retail::FoldDuplicate(fact, folding_));
  COMPTOIR_ASSIGN_OR_RETURN(const bool after,
                            retail::IsCorrected(folding_.transaction(), shop, corrected.fact()));
  if (before == after) return absl::OkStatus();
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(const std::optional<retail::Fact> named,
                            FindCorrected(corrected, shop, &arena));
  if (!named.has_value()) return absl::OkStatus();
  return retail::Fold(*named, after ? retail::Direction::kUncount : retail::Direction::kCount,
                      folding_);
}

// The fact that counts, or would, of those that a correction names; nullopt while
// none has arrived.
absl::StatusOr<std::optional<retail::Fact>> EntryFolder::FindCorrected(
    const retail::v1::Corrected& corrected, const std::string& shop,
    google::protobuf::Arena* arena) {
  const retail::v1::NamedFact& named = corrected.fact();
  RequestTaker place;
  place.journal = JournalId(named.reference().journal());
  place.sequence = Sequence(named.reference().sequence());
  if (!named.request_id().empty()) {
    COMPTOIR_ASSIGN_OR_RETURN(
        const RequestState request,
        FindRequest(folding_.transaction(),
                    RequestKey(shop, named.request_id(), named.request_index()),
                    named.request_digest()));
    if (!request.counted.has_value()) return std::nullopt;
    place = *request.counted;
  }
  auto fact = facts_.Read(place.journal, place.sequence, arena);
  if (!absl::IsNotFound(fact.status())) COMPTOIR_RETURN_IF_ERROR(fact.status());
  const uint64_t prefix = named.reference().hash_prefix();
  if (named.request_id().empty() && (!fact.ok() || fact->reference.hash_prefix != prefix)) {
    // Of a branch that was not kept, or of none that is known here.
    const JournalId moved = retail::MovedPlace({place.journal, place.sequence, prefix});
    fact = facts_.Read(moved, place.sequence, arena);
  }
  if (absl::IsNotFound(fact.status())) return std::nullopt;
  COMPTOIR_RETURN_IF_ERROR(fact.status());
  // What the fact itself would answer to (IsCorrected).
  const bool means_it = retail::MayBeCorrected(fact->kind) && fact->journal->shop == shop &&
                        (fact->request_id.empty() == named.request_id().empty());
  if (!means_it) return std::nullopt;
  fact->receipt_ordinal = place.receipt_ordinal;
  return *std::move(fact);
}

absl::Status EntryFolder::Uncount(const RequestTaker& taker) {
  google::protobuf::Arena arena;
  auto fact = facts_.Read(taker.journal, taker.sequence, &arena);
  if (absl::IsNotFound(fact.status())) {
    return absl::DataLossError("the entry that took a request is not held");
  }
  COMPTOIR_RETURN_IF_ERROR(fact.status());
  fact->receipt_ordinal = taker.receipt_ordinal;
  COMPTOIR_ASSIGN_OR_RETURN(const bool corrected, IsCorrected(*fact));
  if (corrected) return absl::OkStatus();  // it does not count as it is
  return FoldOne(*fact, retail::Direction::kUncount);
}

// As if the fact had not come yet, where what moved it has rotted.
absl::StatusOr<retail::Fact> EntryFolder::Facts::ReadMovedTo(JournalId place, Sequence sequence,
                                                             google::protobuf::Arena* arena) const {
  COMPTOIR_ASSIGN_OR_RETURN(const auto row,
                            retail::ReadMoved(folding_.transaction(), place, sequence));
  if (!row.has_value()) return absl::NotFoundError("that journal is not held here");
  auto moved = ReadMovedFact(*sources_.entries, folding_.transaction(), place, sequence,
                             sources_.release, arena);
  if (absl::IsDataLoss(moved.status()) || absl::IsNotFound(moved.status())) {
    if (sources_.on_damage) {
      sources_.on_damage(JournalId(row->journal()), Sequence(row->sequence()));
    }
    return absl::NotFoundError("what moved the entry is damaged here");
  }
  if (!moved.ok()) return moved.status();
  if (!moved->verdict.admitted()) return absl::NotFoundError("the fact was not admitted");
  return std::move(moved->fact);
}

absl::StatusOr<retail::Fact> EntryFolder::Facts::Read(JournalId journal, Sequence sequence,
                                                      google::protobuf::Arena* arena) const {
  const retail::JournalContext* context = sources_.journal(journal);
  if (context == nullptr) return ReadMovedTo(journal, sequence, arena);
  auto read = ReadSoundRow(*sources_.entries, journal, sequence);
  if (absl::IsDataLoss(read.status())) {
    // Stopping here would stop every fold behind this one (R6).
    if (sources_.on_damage) sources_.on_damage(journal, sequence);
    return absl::NotFoundError("the entry is damaged here");
  }
  COMPTOIR_ASSIGN_OR_RETURN(const std::string row, std::move(read));
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
  COMPTOIR_ASSIGN_OR_RETURN(JudgedEntry judged,
                            Judge(stored.bytes, *context, sequence, stored.hash, arena));
  if (!judged.verdict.admitted()) return absl::NotFoundError("the fact was not admitted");
  return std::move(judged.fact);
}

absl::StatusOr<StoredEntry> ParseStoredEntry(std::string_view row) {
  StoredEntry stored;
  if (row.size() <= sizeof(stored.hash.bytes)) {
    return absl::DataLossError("an entry's row is cut short");
  }
  Hash::FromView(row.substr(0, sizeof(stored.hash.bytes)), &stored.hash);
  stored.bytes = row.substr(sizeof(stored.hash.bytes));
  return stored;
}

absl::StatusOr<std::string> ReadEntryRow(const store::Reader& reader, JournalId journal,
                                         Sequence sequence) {
  COMPTOIR_ASSIGN_OR_RETURN(std::optional<std::string> row,
                            reader.Get(kEntries, EntryKey(journal, sequence)));
  if (!row.has_value()) {
    return absl::NotFoundError(absl::StrCat("entry ", sequence.value(), " is not held here"));
  }
  return *std::move(row);
}

absl::StatusOr<std::string> ReadSoundRow(const store::Reader& reader, JournalId journal,
                                         Sequence sequence) {
  COMPTOIR_ASSIGN_OR_RETURN(std::string row, ReadEntryRow(reader, journal, sequence));
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
  absl::StatusOr<Hash> before = journal::ChainStart(journal);
  if (sequence.value() > 1) {
    before = ReadEntryHash(reader, journal, Sequence(sequence.value() - 1));
  }
  // Behind one that is damaged it cannot be judged; that one is told of where it is read.
  const bool is_damaged = absl::IsDataLoss(before.status()) || absl::IsNotFound(before.status());
  if (!is_damaged) COMPTOIR_RETURN_IF_ERROR(before.status());
  const bool fits = !before.ok() || journal::ChainNext(*before, stored.bytes) == stored.hash;
  if (!fits && !COMPTOIR_PLANTED(kShowRot)) {
    return absl::DataLossError(absl::StrCat("entry ", sequence.value(), " was altered"));
  }
  return row;
}

absl::StatusOr<Hash> ReadEntryHash(const store::Reader& reader, JournalId journal,
                                   Sequence sequence) {
  COMPTOIR_ASSIGN_OR_RETURN(const std::string row, ReadEntryRow(reader, journal, sequence));
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
  return stored.hash;
}

}  // namespace comptoir::ledger
