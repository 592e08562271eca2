// The entries of one journal, read so that damage hides no more than itself.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "common/base/ids.h"
#include "common/ledger/folding.h"
#include "common/store/store.h"

namespace comptoir::ledger {

// Every number from `first` to `last` in order, once each: what stands there, or why
// it cannot be read. Scans; where a scan breaks off (an engine that finds a bad block
// can go no further, even where its rows were written anew elsewhere), goes on by key.
//
// One thread; views are good until the next call.
class EntryRows {
 public:
  // `snapshot` must outlive it.
  EntryRows(const store::Snapshot& snapshot, JournalId journal, Sequence first, Sequence last);

  bool Valid() const { return sequence_ <= last_; }
  void Next();
  Sequence sequence() const { return sequence_; }
  // DATA_LOSS: the row is gone or cannot be read. Another error: the store failed.
  // Whether it fits its chain is the caller's to check.
  const absl::StatusOr<StoredEntry>& entry() const { return entry_; }

 private:
  void Load();
  // False when the scan has broken off, or says nothing more.
  bool LoadFromScan();
  void LoadByKey();

  const store::Snapshot& snapshot_;
  const JournalId journal_;
  const Sequence last_;
  Sequence sequence_;
  std::unique_ptr<store::Iterator> scan_;  // null: reading by key
  size_t by_key_left_ = 0;                 // before a scan is tried again
  std::string row_;                        // read by key
  absl::StatusOr<StoredEntry> entry_;
};

}  // namespace comptoir::ledger
