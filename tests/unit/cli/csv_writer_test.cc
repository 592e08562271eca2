#include "cli/csv_writer.h"

#include <gtest/gtest.h>

#include <sstream>

#include "cli/csv.h"

namespace comptoir::cli {
namespace {

TEST(CsvWriter, QuotesWhatMustBe) {
  std::ostringstream out;
  CsvWriter csv(out, {';', ',', true});
  csv.Row({"a", "b;c", "d\"e", "f,g", "", "h\ni"});
  EXPECT_EQ(out.str(), "a;\"b;c\";\"d\"\"e\";f,g;;\"h\ni\"\n");
}

TEST(CsvWriter, WritesWhatParseCsvReads) {
  const std::vector<std::string> cells = {"a", "b;c", "d\"e", "f,g", "", "h\ni", " ", "é\tx", "y"};
  for (const char separator : {';', ',', '\t'}) {
    std::ostringstream out;
    CsvWriter csv(out, {separator, '.', false});
    csv.Row(cells);
    const CsvTable table = ParseCsv(out.str());
    ASSERT_EQ(table.records.size(), 1u) << out.str();
    EXPECT_EQ(table.records[0].fields, cells);
  }
}

TEST(CsvWriter, AByteOrderMarkInTheFirstCellStays) {
  std::ostringstream out;
  CsvWriter csv(out, {});
  csv.Row({"\xef\xbb\xbfx", "y"});
  const CsvTable table = ParseCsv(out.str());
  ASSERT_EQ(table.records.size(), 1u);
  EXPECT_EQ(table.records[0].fields, (std::vector<std::string>{"\xef\xbb\xbfx", "y"}));
}

TEST(CsvWriter, NumbersHaveTheDecimalSign) {
  std::ostringstream out;
  const CsvWriter comma(out, {';', ',', true});
  EXPECT_EQ(comma.Quantity(1'250, retail::v1::UNIT_KILOGRAM), "1,250");
  EXPECT_EQ(comma.Quantity(-2'000, retail::v1::UNIT_PIECE), "-2");
  EXPECT_EQ(comma.Money(-5), "-0,05");
  EXPECT_EQ(comma.Percent(550), "5,5");
  const CsvWriter point(out, {});
  EXPECT_EQ(point.Money(240), "2.40");
  EXPECT_EQ(point.Percent(600), "6");
}

}  // namespace
}  // namespace comptoir::cli
