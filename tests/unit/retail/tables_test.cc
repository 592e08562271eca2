#include "common/retail/tables.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace comptoir::retail {
namespace {

TEST(TablesTest, EachHasItsOwnNumberAndName) {
  std::set<store::TableId> ids;
  std::set<std::string> names;
  for (const store::TableSpec& table : ViewTables()) {
    EXPECT_GE(table.id, 16) << "below are the ledger's";
    ids.insert(table.id);
    names.insert(table.name);
  }
  for (const store::TableSpec& table : CopyTables()) {
    EXPECT_GE(table.id, 64) << "below are the views'";
    ids.insert(table.id);
    names.insert(table.name);
  }
  EXPECT_EQ(ids.size(), ViewTables().size() + CopyTables().size());
  EXPECT_EQ(names.size(), ViewTables().size() + CopyTables().size());
}

TEST(TablesTest, SumsAreCounters) {
  for (const store::TableSpec& table : ViewTables()) {
    const bool sums = table.id == kBalances || table.id == kSales || table.id == kReceiptDays ||
                      table.id == kEdits || table.id == kWaste;
    EXPECT_EQ(table.kind == store::TableKind::kCounters, sums) << table.name;
  }
}

}  // namespace
}  // namespace comptoir::retail
