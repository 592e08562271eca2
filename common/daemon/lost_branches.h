// Entries of branches that were not kept, as closings of days cover them.
//
// A closing names them by their places (retail/days/coverage.h). One that was made in such a
// branch, before it was known to be one, names them where they stood: there the kept branch has
// others. The chain's hash says which branch it means, and each entry of that leads to the one
// before it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "common/ledger/ledger.h"
#include "comptoir/retail/v1/days.pb.h"
#include "comptoir/retail/v1/registers.pb.h"

namespace comptoir::daemon {

// Of one snapshot, which must outlive it.
class LostBranches {
 public:
  using Ranges = google::protobuf::RepeatedPtrField<retail::v1::ClosedRange>;
  using Entries = std::map<JournalId, retail::v1::MovedRow>;  // by place

  // Of journals that nodes of `shop` wrote there. Reads a row for each fork, and for each entry
  // that was moved.
  static absl::StatusOr<LostBranches> Read(const ledger::Ledger& ledger,
                                           const store::Snapshot& snapshot, std::string_view shop);

  const Entries& entries() const { return entries_; }
  // What an earlier closing means may be this one, which a damaged one hides: who knows whether it
  // is covered?
  bool IsUnclear(const retail::v1::MovedRow& entry) const;

  // Makes of what a closing says what it covers of what stands here: of a lost branch, what it
  // shares with the kept one, and the places of what was moved.
  void Resolve(Ranges* ranges);

 private:
  // Of one journal.
  using Forks = std::map<std::pair<Sequence, Hash>, Sequence>;  // head not kept → last in common

  explicit LostBranches(const store::Snapshot& snapshot) : snapshot_(&snapshot) {}
  absl::Status ReadEntries(std::string_view shop);
  bool StandsHere(const retail::v1::ClosedRange& range) const;
  // Adds the places of what `range` has past what it shares with the kept branch. The last that
  // it shares.
  Sequence AddMoved(const Forks& forks, const retail::v1::ClosedRange& range, Ranges* places);

  const store::Snapshot* snapshot_;
  std::map<JournalId, Forks> forks_;
  Entries entries_;
  std::map<JournalId, Sequence> unclear_;  // up to there
};

}  // namespace comptoir::daemon
