// From an entry that has its number to its effects: the one path that append,
// ingest, rebuild and verify share.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/ledger/journal_book.h"
#include "common/retail/fact.h"
#include "common/store/store.h"

namespace comptoir::ledger {

// An entry, parsed and judged once. Points into its arena and its journal's context.
struct JudgedEntry {
  retail::Fact fact;
  retail::Verdict verdict;
  std::string request_id;  // empty for none
  uint32_t request_digest = 0;
  uint32_t request_index = 0;
};

// INVALID_ARGUMENT for bytes that are no Entry or break its limits: the
// transport gate's business. What is wrong with the fact is in the verdict.
absl::StatusOr<JudgedEntry> Judge(std::string_view entry_bytes,
                                  const retail::JournalContext& journal, Sequence sequence,
                                  const Hash& hash, google::protobuf::Arena* arena);

// What folding must look up besides the transaction.
struct FoldSources {
  // Rows of the entries table: the transaction itself, or where entries stand
  // elsewhere, that store.
  const store::Reader* entries = nullptr;
  // Null for a journal that is not held.
  std::function<const retail::JournalContext*(JournalId)> journal;
};

// Writes the effects of an entry: verdict, request row, views. `*receipts` counts
// the journal's receipts. Not OK only when the store fails or is damaged.
absl::Status FoldEntry(JudgedEntry& judged, const FoldSources& sources, uint64_t* receipts,
                       store::Transaction& transaction);

// Value of an entries row.
struct StoredEntry {
  Hash hash;
  std::string_view bytes;
};
absl::StatusOr<StoredEntry> ParseStoredEntry(std::string_view row);

// NOT_FOUND where there is none.
absl::StatusOr<std::string> ReadEntryRow(const store::Reader& reader, JournalId journal,
                                         Sequence sequence);

}  // namespace comptoir::ledger
