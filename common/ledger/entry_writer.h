// Writes numbered entries with their effects into a batch: what append and
// ingest do alike. Used under the ledger's lock.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/ledger/damage.h"
#include "common/ledger/folding.h"
#include "common/ledger/journal_book.h"
#include "common/ledger/time_line.h"
#include "common/store/store.h"

namespace comptoir::ledger {

// What `entry` takes in a segment, with the length before it, in bytes.
uint64_t RawBytes(std::string_view entry);

// An entry with its times and fold version; the fact is the caller's.
journal::v1::Entry MakeEntry(const Stamp& stamp);

class EntryWriter {
 public:
  EntryWriter(const JournalBook& book, const journal::Verifier& verifier,
              store::Transaction& transaction);
  EntryWriter(const EntryWriter&) = delete;
  EntryWriter& operator=(const EntryWriter&) = delete;

  // Writes the next entry of `journal`, already judged, and advances its pending
  // head. Not OK only when the store fails: the batch is then half made.
  absl::Status Write(Journal& journal, std::string_view bytes, const Hash& hash,
                     JudgedEntry& judged);
  // The same for an entry not judged yet.
  absl::Status WriteOne(Journal& journal, std::string_view bytes);
  // After the last entry of a batch.
  void WriteHead(const Journal& journal);

  // Entries that a fold looked back at and could not read: the views are marked as
  // stale in the same batch.
  const std::vector<DamagedRange>& damaged() const { return damaged_; }

 private:
  void OnDamage(JournalId journal, Sequence sequence);

  store::Transaction& transaction_;
  std::vector<DamagedRange> damaged_;
  EntryFolder folder_;
  std::string row_;  // reused
};

}  // namespace comptoir::ledger
