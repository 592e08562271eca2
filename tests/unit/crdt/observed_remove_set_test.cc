#include "common/crdt/observed_remove_set.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace comptoir::crdt {
namespace {

using Labels = ObservedRemoveSet<std::string>;

Reference Added(uint64_t journal, uint64_t sequence) {
  return {JournalId(journal), Sequence(sequence), 7};
}

TEST(ObservedRemoveSetTest, HoldsWhatWasAdded) {
  Labels labels;
  labels.Add("bio", Added(1, 1), HybridTime(1), {});
  labels.Add("local", Added(1, 2), HybridTime(2), {});
  EXPECT_TRUE(labels.Contains("bio"));
  EXPECT_FALSE(labels.Contains("vegan"));
  EXPECT_EQ(labels.elements(), (std::vector<std::string>{"bio", "local"}));
}

TEST(ObservedRemoveSetTest, ARemovalTakesAwayWhatItObserved) {
  Labels labels;
  labels.Add("bio", Added(1, 1), HybridTime(1), {});
  labels.Remove("bio", Added(2, 1), HybridTime(2), labels.Observed("bio"));
  EXPECT_FALSE(labels.Contains("bio"));
  EXPECT_TRUE(labels.elements().empty());
}

TEST(ObservedRemoveSetTest, AnAdditionMadeMeanwhileWins) {
  Labels labels;
  labels.Add("bio", Added(1, 1), HybridTime(1), {});
  const std::vector<Reference> observed = labels.Observed("bio");
  labels.Remove("bio", Added(2, 1), HybridTime(9), observed);
  labels.Add("bio", Added(3, 1), HybridTime(2), observed);
  EXPECT_TRUE(labels.Contains("bio"));
}

TEST(ObservedRemoveSetTest, AnElementComesBack) {
  Labels labels;
  labels.Add("bio", Added(1, 1), HybridTime(1), {});
  labels.Remove("bio", Added(1, 2), HybridTime(2), labels.Observed("bio"));
  labels.Add("bio", Added(1, 3), HybridTime(3), labels.Observed("bio"));
  EXPECT_TRUE(labels.Contains("bio"));
}

TEST(ObservedRemoveSetTest, ARemovalBeforeItsAdditionArrives) {
  Labels labels;
  labels.Remove("bio", Added(2, 1), HybridTime(2), std::vector<Reference>{Added(1, 1)});
  labels.Add("bio", Added(1, 1), HybridTime(1), {});
  EXPECT_FALSE(labels.Contains("bio"));
}

TEST(ObservedRemoveSetTest, NobodyObservesAnythingOfAnUnknownElement) {
  EXPECT_TRUE(Labels().Observed("bio").empty());
}

}  // namespace
}  // namespace comptoir::crdt
