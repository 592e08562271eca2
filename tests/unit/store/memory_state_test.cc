#include "common/store/memory_state.h"

#include <gtest/gtest.h>

namespace comptoir::store {
namespace {

constexpr TableId kTable = 1;
constexpr uint64_t kNewest = MemoryState::kNewest;

class MemoryStateTest : public ::testing::Test {
 protected:
  void Put(std::string_view key, std::string_view value) {
    BatchRows rows;
    rows.Put(kTable, key, value);
    state_.Apply(rows);
  }
  void Erase(std::string_view key) {
    BatchRows rows;
    rows.Erase(kTable, key);
    state_.Apply(rows);
  }
  std::string At(std::string_view key, uint64_t number) {
    return state_.Get(kTable, key, number)->value_or("none");
  }

  MemoryState state_{{{kTable, "rows", TableKind::kRows}}};
};

TEST_F(MemoryStateTest, EachPinSeesItsOwnState) {
  const uint64_t nothing = state_.Pin();
  Put("a", "1");
  const uint64_t one = state_.Pin();
  Erase("a");
  const uint64_t erased = state_.Pin();
  Put("a", "2");
  state_.Sync();
  EXPECT_EQ(At("a", nothing), "none");
  EXPECT_EQ(At("a", one), "1");
  EXPECT_EQ(At("a", erased), "none");
  EXPECT_EQ(At("a", kNewest), "2");
  state_.Unpin(nothing);
  EXPECT_EQ(At("a", one), "1");
  state_.Unpin(one);
  EXPECT_EQ(At("a", erased), "none");
  state_.Unpin(erased);
  EXPECT_EQ(At("a", kNewest), "2");
}

TEST_F(MemoryStateTest, VersionsThatNobodySeesAreForgotten) {
  for (int i = 0; i < 10; ++i) Put("a", std::to_string(i));
  EXPECT_EQ(state_.versions(), 10u);
  state_.Sync();
  EXPECT_EQ(state_.versions(), 1u);
  const uint64_t pinned = state_.Pin();
  Put("a", "later");
  Put("b", "later");
  Erase("b");
  state_.Sync();
  state_.Unpin(pinned);
  EXPECT_EQ(state_.versions(), 1u);
  Erase("a");
  state_.Sync();
  EXPECT_EQ(state_.versions(), 0u);
}

TEST_F(MemoryStateTest, UnsyncedWritesAreLostInWhateverTheyDid) {
  Put("changed", "before");
  Put("erased", "before");
  state_.Sync();
  Put("changed", "after");
  Put("changed", "after that");
  Erase("erased");
  Put("new", "after");
  Put("new and gone", "after");
  Erase("new and gone");
  state_.LoseUnsynced(/*kept=*/0);
  EXPECT_EQ(At("changed", kNewest), "before");
  EXPECT_EQ(At("erased", kNewest), "before");
  EXPECT_EQ(At("new", kNewest), "none");
  EXPECT_EQ(At("new and gone", kNewest), "none");
  EXPECT_EQ(state_.versions(), 2u);
}

}  // namespace
}  // namespace comptoir::store
