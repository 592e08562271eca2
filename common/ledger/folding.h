// From an entry that has its number to its effects: the one path that append,
// ingest, rebuild and verify share.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/ledger/journal_book.h"
#include "common/ledger/requests.h"
#include "common/retail/fact.h"
#include "common/store/store.h"

namespace comptoir::ledger {

// An entry, parsed and judged once. Points into its arena and its journal's context.
struct JudgedEntry {
  retail::Fact fact;
  retail::Verdict verdict;
};

// INVALID_ARGUMENT for bytes that are no Entry or break its limits: the
// transport gate's business. What is wrong with the fact is in the verdict.
absl::StatusOr<JudgedEntry> Judge(std::string_view entry_bytes,
                                  const retail::JournalContext& journal, Sequence sequence,
                                  const Hash& hash, google::protobuf::Arena* arena);

// The Moved of one branch that end at `last` of journal `mover`, an admitted one: in the
// order of the branch, onto `arena`. DATA_LOSS or NOT_FOUND where one of them, or the entry in
// front of them, cannot be read: `*unread` is that one.
absl::StatusOr<std::vector<retail::v1::Moved*>> ReadMovedRun(const store::Reader& entries,
                                                             JournalId mover, Sequence last,
                                                             google::protobuf::Arena* arena,
                                                             Sequence* unread);
// Of 32 bytes.
Hash HashOf(const std::string& bytes);
// A head as a fact that passed the fact gate names it.
Head ToHead(const journal::v1::Head& head);

// Where a Moved stands.
struct FactPlaceOfMove {
  JournalId journal;
  Sequence sequence;
};

// What folding must look up besides the transaction.
struct FoldSources {
  // Rows of the entries table: the transaction itself, or where entries stand
  // elsewhere, that store.
  const store::Reader* entries = nullptr;
  // Null for a journal that is not held.
  std::function<const retail::JournalContext*(JournalId)> journal;
  // Says whether forks and what they move are proven.
  const journal::Verifier* verifier = nullptr;
  const retail::Release* release = nullptr;  // as in retail::JournalContext
  // A fold looked back at an entry that cannot be read: it went on as if that one had
  // not come yet, and what it wrote must be folded anew once it can. May be empty.
  std::function<void(JournalId, Sequence)> on_damage = nullptr;
};

// Folds entries into batches, one after the other. Not thread safe; while it is
// used, nobody else folds (retail::Folding).
class EntryFolder {
 public:
  EntryFolder(FoldSources sources, store::Transaction& transaction)
      : sources_(std::move(sources)), facts_(sources_, folding_), folding_(transaction, facts_) {}
  EntryFolder(const EntryFolder&) = delete;
  EntryFolder& operator=(const EntryFolder&) = delete;

  // Writes the effects of an entry: verdict, request row, views. `*receipts` counts
  // the journal's receipts. Not OK only when the store fails or is damaged.
  absl::Status Fold(JudgedEntry& judged, uint64_t* receipts);
  // Goes on in a batch that reads what the one before wrote.
  void GoOn(store::Transaction& transaction) { folding_.GoOn(transaction); }

 private:
  class Facts final : public retail::FactSource {
   public:
    Facts(const FoldSources& sources, retail::Folding& folding)
        : sources_(sources), folding_(folding) {}
    absl::StatusOr<retail::Fact> Read(JournalId journal, Sequence sequence,
                                      google::protobuf::Arena* arena) const override;

   private:
    absl::StatusOr<retail::Fact> ReadMovedTo(JournalId place, Sequence sequence,
                                             google::protobuf::Arena* arena) const;

    const FoldSources& sources_;
    retail::Folding& folding_;  // what was moved is found by its rows
  };

  void NoteVerdict(const retail::Fact& fact, const retail::Verdict& verdict);
  absl::Status FoldAdmitted(const retail::Fact& fact);
  // ---- forks, folding_forks.cc ----
  struct Run;
  absl::Status FoldForkSettled(const retail::Fact& fact);
  absl::Status FoldMoved(const retail::Fact& fact);
  absl::Status FoldRun(JournalId mover, Sequence last);
  absl::Status FoldMovedEntry(const Run& run, const retail::v1::Moved& moved, FactPlaceOfMove from,
                              retail::v1::MovedRow* shared, uint64_t* receipts);

  absl::Status FoldRequest(const retail::Fact& fact);
  absl::Status FoldCounting(const retail::Fact& fact);
  absl::Status FoldOne(const retail::Fact& fact, std::optional<retail::Direction> direction);
  absl::Status FoldCorrection(const retail::Fact& fact, std::optional<retail::Direction> direction);
  absl::StatusOr<bool> IsCorrected(const retail::Fact& fact);
  absl::Status Uncount(const RequestTaker& taker);
  absl::StatusOr<std::optional<retail::Fact>> FindCorrected(const retail::v1::Corrected& corrected,
                                                            const std::string& shop,
                                                            google::protobuf::Arena* arena);

  const FoldSources sources_;
  const Facts facts_;
  retail::Folding folding_;
};

// The fact of an entry that was moved, onto `arena`, whatever its verdict; `entries`
// has the rows of entries, `views` those of moved. NOT_FOUND where nothing was moved to
// `place`.
absl::StatusOr<JudgedEntry> ReadMovedFact(const store::Reader& entries, const store::Reader& views,
                                          JournalId place, Sequence sequence,
                                          const retail::Release* release,
                                          google::protobuf::Arena* arena);

// Hashes of the chain of its branch around an entry that was moved; `row` is its own. DATA_LOSS or
// NOT_FOUND where what moved it cannot be read.
struct MovedHashes {
  Hash before;  // after the entry in front of it
  Hash own;
};
absl::StatusOr<MovedHashes> ReadMovedHashes(const store::Reader& entries,
                                            const retail::v1::MovedRow& row);

// Value of an entries row.
struct StoredEntry {
  Hash hash;
  std::string_view bytes;
};
absl::StatusOr<StoredEntry> ParseStoredEntry(std::string_view row);

// NOT_FOUND where there is none.
absl::StatusOr<std::string> ReadEntryRow(const store::Reader& reader, JournalId journal,
                                         Sequence sequence);
// The same, held against the hash of the one before: DATA_LOSS for bytes that its writer did
// not write. Behind one that cannot be read it is taken as it stands.
absl::StatusOr<std::string> ReadSoundRow(const store::Reader& reader, JournalId journal,
                                         Sequence sequence);
// Of an entry that is held; the same errors.
absl::StatusOr<Hash> ReadEntryHash(const store::Reader& reader, JournalId journal,
                                   Sequence sequence);

}  // namespace comptoir::ledger
