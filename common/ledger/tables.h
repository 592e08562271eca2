// The ledger's own tables and their keys; the views' are in common/retail/tables.h.
// Numbers in keys are big-endian.
//
//   meta        name                             → bytes
//   journals    journal(8)                       → bytes of entry 1
//   heads       journal(8)                       → HeadRow
//   entries     journal(8) sequence(8)           → chain hash(32) ‖ entry bytes, verbatim (R4)
//   signatures  journal(8) sequence(8)           → signature over the head there (R3)
//   verdicts    journal(8) sequence(8)           → VerdictRow, of entries that fold to nothing
//   requests    shop 0 request(16) index(4)      → who took it (R11): see requests.h
//   local       name                             → bytes; what a daemon keeps beside the ledger
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/bytes.h"
#include "common/base/ids.h"
#include "common/store/store.h"

namespace comptoir::ledger {

inline constexpr store::TableId kMeta = 0;
inline constexpr store::TableId kJournals = 1;
inline constexpr store::TableId kHeads = 2;
inline constexpr store::TableId kEntries = 3;
inline constexpr store::TableId kSignatures = 4;
inline constexpr store::TableId kVerdicts = 5;
inline constexpr store::TableId kRequests = 6;
inline constexpr store::TableId kLocal = 7;

// In kMeta while the views may not be those of the journals: entries were lost, or rows
// of views were damaged or folded while an entry was. The next start folds anew.
inline constexpr std::string_view kViewsStaleName = "views_stale";

// Every table a ledger's store must have, the views' included.
std::vector<store::TableSpec> AllTables();
// Those that are folded from entries, and emptied before they are folded anew.
std::vector<store::TableSpec> FoldedTables();

inline std::string JournalKey(JournalId journal) {
  std::string key;
  AppendBigEndian64(journal.value(), &key);
  return key;
}
inline std::string EntryKey(JournalId journal, Sequence sequence) {
  std::string key;
  key.reserve(16);
  AppendBigEndian64(journal.value(), &key);
  AppendBigEndian64(sequence.value(), &key);
  return key;
}
// First key after every entry of `journal`; empty (the table's end) after the last id.
inline std::string JournalLimit(JournalId journal) {
  return journal.value() == UINT64_MAX ? std::string() : JournalKey(JournalId(journal.value() + 1));
}
std::string RequestKey(std::string_view shop, std::string_view request_id, uint32_t index);

}  // namespace comptoir::ledger
