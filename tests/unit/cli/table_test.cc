#include "cli/table.h"

#include <gtest/gtest.h>

#include <sstream>

namespace comptoir::cli {
namespace {

TEST(Table, AlignsByColumnsOfTheTerminal) {
  Table table({{"product", Table::Align::kLeft},
               {"stock", Table::Align::kRight},
               {"unit", Table::Align::kLeft}});
  table.AddRow({"Crème fraîche", "9", "piece"});
  table.AddRow({"Porc", "1.250", "kg"});
  table.AddRule();
  table.AddRow({"all", "", ""});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "product        stock  unit\n"
            "Crème fraîche      9  piece\n"
            "Porc           1.250  kg\n"
            "-------------  -----  -----\n"
            "all\n");
}

TEST(Table, WithoutRowsHasItsTitles) {
  const Table table({{"a", Table::Align::kLeft}, {"b", Table::Align::kLeft}});
  EXPECT_TRUE(table.empty());
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(), "a  b\n");
}

TEST(Table, CellsCannotBreakIt) {
  Table table({{"name", Table::Align::kLeft}});
  table.AddRow({"a\nb"});
  std::ostringstream out;
  table.Print(out);
  EXPECT_EQ(out.str(),
            "name\na\xef\xbf\xbd"
            "b\n");
}

TEST(TableDeathTest, RowsHaveAsManyCellsAsColumns) {
  Table table({{"name", Table::Align::kLeft}});
  EXPECT_DEATH(table.AddRow({"a", "b"}), "check failed");
}

}  // namespace
}  // namespace comptoir::cli
