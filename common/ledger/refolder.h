// Folds journals again, one after the other, into another store or this one: for
// rebuild, verify, and the views of a replica whose journal was cut back.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "common/ledger/folding.h"
#include "common/ledger/journal_book.h"
#include "common/store/store.h"

namespace comptoir::ledger {

// In about the order in which they were written, so that a fold that looks back at
// what came after it finds little.
std::vector<JournalId> ByAge(const std::map<JournalId, Journal>& journals);

// One thread.
class Refolder {
 public:
  // Entries of journals are read from `source`; what a fold looks up, from `sources`.
  // All must outlive it.
  Refolder(const store::Snapshot& source, store::Store& target, FoldSources sources);

  // How far a journal was folded.
  struct Outcome {
    Hash hash;
    uint64_t entries = 0;
    uint64_t receipts = 0;
    uint64_t broken_at = 0;  // first number that cannot be read, or whose hash does not
                             // fit; 0 for none. What comes after it is not folded
  };
  static Outcome Begin(JournalId journal);

  // Folds what comes after `outcome`, up to `last`, and moves it on. CANCELLED where
  // `progress` says false.
  absl::Status Fold(const retail::JournalContext& journal, Sequence last,
                    const std::function<bool()>& progress, Outcome* outcome);
  // Folds an entry that is not in the source. DATA_LOSS where it is none.
  absl::Status FoldOne(const retail::JournalContext& journal, std::string_view bytes,
                       Outcome* outcome);

  store::Transaction& batch() { return *batch_; }
  // Commits what was folded so far.
  absl::Status Write();

 private:
  const store::Snapshot& source_;
  store::Store& target_;
  std::shared_ptr<store::Transaction> batch_;
  EntryFolder folder_;
};

// Writes into `batch` the rows of views by which `fresh` differs from `held`: with it,
// what is held becomes what is fresh. Nothing may be open that adds to them.
absl::Status ReplaceViews(const store::Snapshot& held, const store::Snapshot& fresh,
                          store::Transaction& batch);

}  // namespace comptoir::ledger
