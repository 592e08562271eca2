// A history folded over a store in memory as a ledger folds it: judged, written,
// folded, one batch for all.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/store/memory_store.h"
#include "google/protobuf/arena.h"
#include "tests/support/samples.h"

namespace comptoir::testing {

// An entry with its place in its journal.
struct Placed {
  size_t journal = 0;
  Sequence sequence;
  Hash hash;
  std::string entry;
};
// What passes the transport gate gets its number; the rest is left out.
std::vector<Placed> Place(const std::vector<Written>& history);
// What the fact gate has against an entry; empty for nothing.
std::string RefusalOf(const Placed& placed);
// What it says, onto `arena`, without its receipt_ordinal; nullopt where it is refused.
std::optional<retail::Fact> FactOf(const Placed& placed, google::protobuf::Arena* arena);

// By journal, how many receipts it printed.
using ReceiptCounts = std::array<uint64_t, 8>;

struct FoldResult {
  absl::Status status;
  // Reads of entries that found them damaged: a fold goes on without those, and looks at
  // one behind them as it stands.
  int damaged = 0;
};
// Writes an entry into `batch` and folds it there, as if it came just now.
FoldResult FoldInto(store::Transaction& batch, const Placed& placed, ReceiptCounts* receipts);

// Folds in this order; each journal's own order must be kept.
std::unique_ptr<store::MemoryStore> FoldAll(const std::vector<Placed>& entries);

// For queries that read entries beside the views: here there are none.
class NoFacts final : public retail::FactSource {
 public:
  absl::StatusOr<retail::Fact> Read(JournalId, Sequence, google::protobuf::Arena*) const override {
    return absl::NotFoundError("no entries here");
  }
};
// And here there are those that FoldAll wrote.
class StoredFacts final : public retail::FactSource {
 public:
  // Must outlive it.
  explicit StoredFacts(const store::Snapshot& snapshot) : snapshot_(snapshot) {}
  absl::StatusOr<retail::Fact> Read(JournalId journal, Sequence sequence,
                                    google::protobuf::Arena* arena) const override;

 private:
  const store::Snapshot& snapshot_;
};

// Every row that folds write, by table and key.
using Rows = std::map<std::pair<store::TableId, std::string>, std::string>;
Rows DumpFolded(store::Store& store);

}  // namespace comptoir::testing
