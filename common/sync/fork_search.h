// Where the branches of a forked journal part, by halving: at most 41 questions a journal,
// one at a time. Both sides look for themselves, and then show each other one segment of
// their branch from there on, which a ledger takes for proof (Forks).
//
// Invariant: at `low` both hold the same, at `high` they don't.
//
// Pure.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "common/sync/journal_table.h"
#include "common/sync/session.h"

namespace comptoir::sync {

class ForkSearch {
 public:
  // `table` is borrowed.
  explicit ForkSearch(JournalTable* table) : table_(table) {}

  // Asks what there is to ask. Call after everything that may have made it possible.
  void Advance(Effects* effects);
  // The peer's answer. INVALID_ARGUMENT where nothing such was asked.
  absl::Status OnHashIs(const Head& head);
  // An answer to ReadHash; false where it is not ours.
  bool OnOwnHash(const Head& head);

  bool waits_for_peer() const { return asked_.has_value() && !theirs_.has_value(); }

 private:
  void Begin(const Fork& fork);
  // Both answers are there.
  void Compare();

  JournalTable* const table_;
  std::optional<JournalId> journal_;  // being looked at
  Head low_;
  Sequence high_;
  std::optional<Sequence> asked_;
  std::optional<Head> ours_;
  std::optional<Head> theirs_;
};

}  // namespace comptoir::sync
