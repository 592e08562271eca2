// Reads a ledger's entries one after the other, from a cursor on, for one who watches.
//
// Invariants: an entry is given once, in its journal's order, after it is durable
// (only durable heads are looked at, R5); the cursor moves past what the filter leaves
// out; what is in memory is one message and one small record per journal.
//
// One thread.
#pragma once

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/daemon/fact_positions.h"
#include "common/ledger/ledger.h"
#include "comptoir/admin/v1/admin.pb.h"

namespace comptoir::daemon {

class FactReader {
 public:
  // Entries that are passed over in one step, at most.
  static constexpr size_t kPassedOverMax = 512;

  // The ledger must outlive it. INVALID_ARGUMENT for a cursor, kind or shop that
  // cannot be.
  static absl::StatusOr<FactReader> Open(const ledger::Ledger& ledger,
                                         const admin::v1::WatchFactsRequest& request);

  enum class Next {
    kStep,  // there may be more at once
    kLook,  // what it looked at is read: look at the ledger anew
    kWait,  // level, and that was said: nothing until the ledger grows
  };
  struct Step {
    std::optional<admin::v1::WatchFactsResponse> message;
    Next next = Next::kStep;
  };
  // One message, or a bounded stretch of what the filter leaves out. `look`: may look
  // at the ledger's heads, which costs as much as there are journals.
  // RESOURCE_EXHAUSTED where a cursor would be too long.
  absl::StatusOr<Step> ReadOn(bool look);

 private:
  struct Filter {
    std::set<int> kinds;
    std::string shop;
  };
  FactReader(const ledger::Ledger& ledger, Filter filter, FactPositions positions)
      : ledger_(&ledger), filter_(std::move(filter)), positions_(std::move(positions)) {}

  void Look();
  void SkipAll();
  void NoteMissing(size_t behind);
  // The entry as it is shown; nullopt where the filter leaves it out.
  absl::StatusOr<std::optional<admin::v1::WatchedFact>> Read(JournalId journal, Sequence sequence);
  absl::StatusOr<admin::v1::WatchFactsResponse> Message();

  const ledger::Ledger* ledger_;
  Filter filter_;
  FactPositions positions_;
  std::deque<std::pair<JournalId, Sequence>> unread_;  // and how far it is held
  std::set<JournalId> unreadable_;                     // damaged: the others go on (R6)
  std::vector<std::string> notes_;                     // not yet sent
  std::string missing_note_;                           // as last said
  bool said_level_ = false;
};

// As the service shows it. Its `fact` is left unset where none of its fields is of
// that message.
admin::v1::WatchedFact ShowFact(const ledger::ReadEntry& entry);

}  // namespace comptoir::daemon
