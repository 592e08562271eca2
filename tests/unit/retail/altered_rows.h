// Rows of views that say what no fold wrote.
#pragma once

#include <string>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {

// Changes what the last row of `table` says; it must have one.
template <typename Row, typename Change>
void AlterLastRow(RetailWorld& world, store::TableId table, Change change) {
  const auto last = Must(world.Snapshot()->Last(table, "", ""));
  ASSERT_TRUE(last.has_value());
  Row row;
  ASSERT_TRUE(row.ParseFromString(last->second));
  change(row);
  const auto batch = world.Begin();
  batch->Put(table, last->first, row.SerializeAsString());
  world.Commit(batch);
}

// The same for a time: `check` is called while it says so.
template <typename Row, typename Change, typename Check>
void WithLastRowAltered(RetailWorld& world, store::TableId table, Change change, Check check) {
  const auto last = Must(world.Snapshot()->Last(table, "", ""));
  AlterLastRow<Row>(world, table, change);
  check();
  const auto batch = world.Begin();
  batch->Put(table, last->first, last->second);
  world.Commit(batch);
}

}  // namespace comptoir::retail
