#include "common/ledger/folding.h"

#include <optional>

#include "absl/strings/str_cat.h"
#include "common/base/limits.h"
#include "common/base/status.h"
#include "common/ledger/requests.h"
#include "common/ledger/tables.h"
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
  if (entry.fact().size() > kFactBytesMax) {
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

absl::Status Uncount(const RequestTaker& taker, const FoldSources& sources,
                     store::Transaction& transaction) {
  const retail::JournalContext* context = sources.journal(taker.journal);
  if (context == nullptr) return absl::DataLossError("a request's journal is not held");
  COMPTOIR_ASSIGN_OR_RETURN(const std::string row,
                            ReadEntryRow(*sources.entries, taker.journal, taker.sequence));
  COMPTOIR_ASSIGN_OR_RETURN(const StoredEntry stored, ParseStoredEntry(row));
  google::protobuf::Arena arena;
  COMPTOIR_ASSIGN_OR_RETURN(JudgedEntry judged,
                            Judge(stored.bytes, *context, taker.sequence, stored.hash, &arena));
  judged.fact.receipt_ordinal = taker.receipt_ordinal;
  return retail::Fold(judged.fact, retail::Direction::kUncount, transaction);
}

// R11: of those with one content, the lowest counts, whichever arrived first.
absl::Status FoldRequest(JudgedEntry& judged, const FoldSources& sources,
                         store::Transaction& transaction) {
  const retail::Fact& fact = judged.fact;
  const RequestTaker ours{fact.journal->journal, fact.reference.sequence,
                          static_cast<uint32_t>(fact.receipt_ordinal), fact.hybrid_time,
                          judged.request_digest};
  COMPTOIR_ASSIGN_OR_RETURN(
      const std::optional<RequestTaker> counted,
      TakeRequest(RequestKey(fact.journal->writer.shop, judged.request_id, judged.request_index),
                  ours, transaction));
  if (counted.has_value() && *counted < ours) return retail::FoldDuplicate(fact, transaction);
  if (counted.has_value()) COMPTOIR_RETURN_IF_ERROR(Uncount(*counted, sources, transaction));
  return retail::Fold(fact, retail::Direction::kCount, transaction);
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
  judged.request_id = entry->request_id();
  judged.request_digest = entry->request_digest();
  judged.request_index = entry->request_index();
  judged.verdict = retail::ParseFact(*entry, arena, &judged.fact);
  if (judged.verdict.admitted()) judged.verdict = CheckTimes(judged.fact);
  if (judged.verdict.admitted()) judged.verdict = retail::Admit(judged.fact);
  return judged;
}

absl::Status FoldEntry(JudgedEntry& judged, const FoldSources& sources, uint64_t* receipts,
                       store::Transaction& transaction) {
  retail::Fact& fact = judged.fact;
  if (!judged.verdict.admitted()) {
    journal::v1::VerdictRow row;
    row.set_fold_version(retail::kFoldVersion);
    row.set_kind(static_cast<uint32_t>(judged.verdict.kind));
    row.set_detail(judged.verdict.detail);
    transaction.Put(kVerdicts, EntryKey(fact.journal->journal, fact.reference.sequence),
                    row.SerializeAsString());
    return absl::OkStatus();
  }
  if (retail::PrintsReceipt(fact.kind)) fact.receipt_ordinal = ++*receipts;
  if (!judged.request_id.empty()) return FoldRequest(judged, sources, transaction);
  return retail::Fold(fact, retail::Direction::kCount, transaction);
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

}  // namespace comptoir::ledger
