// Generated histories of facts, folded over a store in memory: the state that
// the order law is about.
#pragma once

#include <rapidcheck.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/retail/fact.h"
#include "common/store/memory_store.h"
#include "comptoir/retail/v1/recalls.pb.h"
#include "google/protobuf/arena.h"
#include "tests/laws/order_law.h"
#include "tests/laws/references.h"

namespace comptoir::laws {

// 2026-11-23 10:00:00 UTC.
inline constexpr int64_t kMondayMs = 1'795'428'000'000;

enum class Step { kCount, kUncount, kDuplicate };

struct FoldOperation {
  retail::Fact fact;  // on the history's arena
  Step step = Step::kCount;
};

// What a fact of a history says; drawn anew for each.
struct Said {
  retail::v1::FactKind kind = retail::v1::FACT_KIND_UNSPECIFIED;
  std::unique_ptr<google::protobuf::Message> message;
};
using Source = std::function<Said(const retail::JournalContext&, const WriteFrame&)>;

// Journals of up to four writers and the facts in them. Owns what the facts point to.
class FactHistory {
 public:
  // COOP journals: two runs of the hub, and two shops that may edit the catalogue.
  static std::vector<retail::JournalContext> CoopWriters();
  // SHOP journals: two nodes of outremeuse, two runs of one of herstal.
  static std::vector<retail::JournalContext> ShopWriters();

  explicit FactHistory(std::vector<retail::JournalContext> writers)
      : writers_(std::move(writers)) {}

  // Facts that the gate admitted; receipts are numbered per journal.
  Journals<FoldOperation> Draw(const Source& source);

 private:
  FoldOperation Make(const retail::JournalContext& writer, const WriteFrame& frame,
                     const Said& said, uint64_t* receipts);

  const std::vector<retail::JournalContext> writers_;
  google::protobuf::Arena arena_;
};

// Every row of the view tables, by table and key.
using Rows = std::map<std::pair<store::TableId, std::string>, std::string>;
Rows DumpViews(const store::Snapshot& snapshot);

struct FoldLaw {
  using Operation = FoldOperation;
  // Facts that were applied: none other may be looked back at.
  struct AppliedFacts final : retail::FactSource {
    absl::StatusOr<retail::Fact> Read(JournalId journal, Sequence sequence,
                                      google::protobuf::Arena* arena) const override;
    std::map<std::pair<JournalId, Sequence>, retail::Fact> facts;
  };
  struct State {
    std::unique_ptr<store::MemoryStore> store;
    std::unique_ptr<AppliedFacts> applied;
    std::shared_ptr<store::Transaction> open;
    std::unique_ptr<retail::Folding> folding;
  };
  static constexpr bool kIdempotent = false;  // exactly once is the ledger's

  // RC_ASSERTs a snapshot against what a naive model says of the facts folded.
  std::function<void(const std::vector<FoldOperation>&, const store::Snapshot&)> model;

  State Start() const;
  void Apply(const FoldOperation& operation, State& state) const;
  // Commits, and goes on in a new batch that reads what was committed.
  void Settle(State& state) const;
  Rows Dump(const State& state) const;
  void CheckModel(const std::vector<FoldOperation>& applied, const State& state) const;

 private:
  static void Open(State& state);
};

// ---- drawing facts ----

// A fact about goods as a shop writes it: a sale or a delivery of a few products.
Said DrawSold();
Said DrawGoodsReceived();
Said DrawWasted();
// Takes back parts of sales, of which some are the same.
Said DrawReturned();
// Looks at a few products, whole or some lots; has seen what it likes.
Said DrawCounted(const WriteFrame& frame);
// One of the above.
Said DrawGoodsFact(const WriteFrame& frame);
std::string DrawProduct();

// Journals of who may write of recalls: the hub in COOP and for outremeuse, and nodes of
// outremeuse and herstal.
std::vector<retail::JournalContext> RecallWriters();
// A recall, a lift or, of a node, a confirmation, as its journal may hold it. The latter two
// name whatever the frame replaces, or something of nobody's.
Said DrawRecallFact(const retail::JournalContext& writer, const WriteFrame& frame);

}  // namespace comptoir::laws
