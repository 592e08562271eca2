#include "common/store/table_set.h"

#include <gtest/gtest.h>

namespace comptoir::store {
namespace {

TEST(TableSet, FindsEachTable) {
  const TableSet set({{255, "last", TableKind::kLookups}, {0, "first", TableKind::kCounters}});
  EXPECT_EQ(set.position(255), 0u);
  EXPECT_EQ(set.position(0), 1u);
  EXPECT_EQ(set.kind(255), TableKind::kLookups);
  EXPECT_EQ(set.kind(0), TableKind::kCounters);
}

TEST(TableSetDeathTest, TablesThatClashStopTheProcess) {
  const TableSet set({{1, "a", TableKind::kRows}});
  EXPECT_DEATH((void)set.position(2), "check failed");
  EXPECT_DEATH(TableSet({{1, "a", TableKind::kRows}, {1, "b", TableKind::kRows}}), "check failed");
  EXPECT_DEATH(TableSet({{1, "a", TableKind::kRows}, {2, "a", TableKind::kRows}}), "check failed");
  EXPECT_DEATH(TableSet({{1, "", TableKind::kRows}}), "check failed");
}

}  // namespace
}  // namespace comptoir::store
