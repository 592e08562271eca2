// A history folded over a store in memory as a ledger folds it: judged, written,
// folded, one batch for all.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "common/retail/fact.h"
#include "common/store/memory_store.h"
#include "tests/fuzz/samples.h"

namespace comptoir::fuzz {

// An entry with its place in its journal.
struct Placed {
  size_t journal = 0;
  Sequence sequence;
  Hash hash;
  std::string entry;
};
// What passes the transport gate gets its number; the rest is left out.
std::vector<Placed> Place(const std::vector<Written>& history);

// Folds in this order; each journal's own order must be kept.
std::unique_ptr<store::MemoryStore> FoldAll(const std::vector<Placed>& entries);

// For queries that read entries beside the views: here there are none.
class NoFacts final : public retail::FactSource {
 public:
  absl::StatusOr<retail::Fact> Read(JournalId, Sequence, google::protobuf::Arena*) const override {
    return absl::NotFoundError("no entries here");
  }
};

// Every row that folds write, by table and key.
using Rows = std::map<std::pair<store::TableId, std::string>, std::string>;
Rows DumpFolded(store::Store& store);

}  // namespace comptoir::fuzz
