// A request that two siblings took counts once (R11): whether a replica counted
// the losing fact first and took it back, or knew from the start, must not show.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "common/retail/tables.h"
#include "comptoir/retail/v1/registers.pb.h"
#include "tests/laws/fact_history.h"

namespace comptoir::laws {
namespace {

Said DrawGoods(const retail::JournalContext&, const WriteFrame& frame) {
  return DrawGoodsFact(frame);
}

// The same history, three ways, for a drawn part of its facts that lose.
struct ThreeWays {
  Journals<FoldOperation> counted_and_taken_back;
  Journals<FoldOperation> known_as_duplicates;
  Journals<FoldOperation> never_heard_of;
};

ThreeWays Draw(FactHistory& history, bool counts_may_lose) {
  ThreeWays ways;
  for (const auto& operations : history.Draw(DrawGoods)) {
    auto& taken_back = ways.counted_and_taken_back.emplace_back();
    auto& duplicates = ways.known_as_duplicates.emplace_back();
    auto& unheard = ways.never_heard_of.emplace_back();
    std::vector<FoldOperation> to_take_back;
    for (const FoldOperation& operation : operations) {
      taken_back.push_back(operation);
      const bool may_lose = counts_may_lose || operation.fact.kind != retail::v1::FACT_KIND_COUNTED;
      if (!may_lose || *rc::gen::arbitrary<bool>()) {
        duplicates.push_back(operation);
        unheard.push_back(operation);
        continue;
      }
      to_take_back.push_back({operation.fact, Step::kUncount});
      duplicates.push_back({operation.fact, Step::kDuplicate});
      if (*rc::gen::arbitrary<bool>()) {
        taken_back.push_back(to_take_back.back());
        to_take_back.pop_back();
      }
    }
    taken_back.insert(taken_back.end(), to_take_back.begin(), to_take_back.end());
  }
  return ways;
}

Rows Folded(const Journals<FoldOperation>& journals) {
  return DumpAfter(FoldLaw(), DrawOrder(journals));
}

// Without counters that stand at zero and receipts that are duplicates.
Rows WithoutTraces(const Rows& rows) {
  Rows kept;
  for (const auto& [place, bytes] : rows) {
    if (place.first == retail::kReceipts) {
      retail::v1::ReceiptRow row;
      RC_ASSERT(row.ParseFromString(bytes));
      if (row.duplicate()) continue;
    } else if (place.first == retail::kMovements) {
      retail::v1::MovementRow row;
      RC_ASSERT(row.ParseFromString(bytes));
      if (!row.counted()) continue;
    } else if (place.first == retail::kCounts) {
      retail::v1::CountsRow row;
      RC_ASSERT(row.ParseFromString(bytes));
      retail::v1::CountsRow counting;
      for (const auto& count : row.counts()) {
        if (count.counted()) *counting.add_counts() = count;
      }
      if (counting.counts().empty()) continue;
      kept.emplace(place, counting.SerializeAsString());
      continue;
    } else if (place.first == retail::kUncounted) {
      continue;
    } else if (place.first == retail::kCountHeads || place.first == retail::kCountHorizons) {
      continue;  // where to look, not what counts
    } else if (place.first != retail::kLots && place.first != retail::kAdjustments &&
               place.first != retail::kReturns && place.first != retail::kTrace) {
      const auto sums = store::DecodeCounters(bytes);
      RC_ASSERT(sums.ok());
      std::vector<int64_t> told = *sums;
      while (!told.empty() && told.back() == 0) told.pop_back();
      if (told.empty()) continue;
      kept.emplace(place, store::EncodeCounters(told));
      continue;
    }
    kept.emplace(place, bytes);
  }
  return kept;
}

// A store leaves its receipts numbered as they were, so a fact that was never
// heard of keeps its ordinal free: ordinals come with the operations.
RC_GTEST_PROP(UncountLaw, LeavesWhatAKnownDuplicateLeaves, ()) {
  FactHistory history(FactHistory::ShopWriters());
  const ThreeWays ways = Draw(history, /*counts_may_lose=*/true);
  RC_ASSERT(Folded(ways.counted_and_taken_back) == Folded(ways.known_as_duplicates));
}

// A count that lost still tells what its author had seen, so it leaves a trace.
RC_GTEST_PROP(UncountLaw, CountsNothing, ()) {
  FactHistory history(FactHistory::ShopWriters());
  const ThreeWays ways = Draw(history, /*counts_may_lose=*/false);
  const Rows expected = WithoutTraces(Folded(ways.never_heard_of));
  RC_ASSERT(WithoutTraces(Folded(ways.counted_and_taken_back)) == expected);
  RC_ASSERT(WithoutTraces(Folded(ways.known_as_duplicates)) == expected);
}

// Recalls, lifts and confirmations of whoever; each names some other.
RC_GTEST_PROP(UncountLaw, LeavesWhatAKnownDuplicateOfRecallsLeaves, ()) {
  FactHistory history(RecallWriters());
  Journals<FoldOperation> taken_back;
  Journals<FoldOperation> duplicates;
  for (const auto& operations : history.Draw(&DrawRecallFact)) {
    auto& back = taken_back.emplace_back();
    auto& known = duplicates.emplace_back();
    for (const FoldOperation& operation : operations) {
      const bool loses = *rc::gen::arbitrary<bool>();
      back.push_back(operation);
      if (loses) back.push_back({operation.fact, Step::kUncount});
      known.push_back(loses ? FoldOperation{operation.fact, Step::kDuplicate} : operation);
    }
  }
  RC_ASSERT(Folded(taken_back) == Folded(duplicates));
}

// An edit taken twice is one edit said twice: each way of folding it is the same.
RC_GTEST_PROP(UncountLaw, LeavesEditsAlone, ()) {
  FactHistory history(FactHistory::CoopWriters());
  const auto drawn = history.Draw([](const auto&, const WriteFrame&) -> Said {
    auto set = std::make_unique<retail::v1::VatSet>();
    set->set_product(DrawProduct());
    set->mutable_basis_points()->set_value(*rc::gen::element(600, 2'100));
    return {retail::v1::FACT_KIND_VAT_SET, std::move(set)};
  });
  Journals<FoldOperation> taken_back;
  Journals<FoldOperation> duplicates;
  for (const auto& operations : drawn) {
    taken_back.emplace_back();
    duplicates.emplace_back();
    for (const FoldOperation& operation : operations) {
      taken_back.back().push_back(operation);
      taken_back.back().push_back({operation.fact, Step::kUncount});
      duplicates.back().push_back({operation.fact, Step::kDuplicate});
    }
  }
  const Rows expected = Folded(drawn);
  RC_ASSERT(Folded(taken_back) == expected);
  RC_ASSERT(Folded(duplicates) == expected);
}

}  // namespace
}  // namespace comptoir::laws
