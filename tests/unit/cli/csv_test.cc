#include "cli/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace comptoir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Fields = std::vector<std::string>;

TEST(Csv, ReadsRecordsWithTheirLines) {
  const CsvTable table = ParseCsv("a;b\n1;2\n\n3;4\n");
  EXPECT_THAT(table.problems, IsEmpty());
  EXPECT_EQ(table.separator, ';');
  ASSERT_THAT(table.records, SizeIs(3));
  EXPECT_EQ(table.records[0].fields, (Fields{"a", "b"}));
  EXPECT_EQ(table.records[2].fields, (Fields{"3", "4"}));
  EXPECT_EQ(table.records[2].line, 4u);
}

TEST(Csv, FindsTheSeparator) {
  EXPECT_EQ(ParseCsv("code,nom,prix\n").separator, ',');
  EXPECT_EQ(ParseCsv("code;nom;\"prix, en euros, ttc, tvac\"\n").separator, ';');
  EXPECT_EQ(ParseCsv("code\n").separator, ';');
  EXPECT_EQ(ParseCsv("code\tnom; prénom\tprix\n").separator, '\t');
}

TEST(Csv, TakesEveryLineEndAndNoneAtTheEnd) {
  for (const char* text : {"a,b\nc,d", "a,b\r\nc,d\r\n", "a,b\rc,d\r",
                           "\xef\xbb\xbf"
                           "a,b\nc,d\n"}) {
    const CsvTable table = ParseCsv(text);
    ASSERT_THAT(table.records, SizeIs(2)) << text;
    EXPECT_EQ(table.records[0].fields, (Fields{"a", "b"}));
    EXPECT_EQ(table.records[1].fields, (Fields{"c", "d"}));
    EXPECT_EQ(table.records[1].line, 2u);
  }
}

TEST(Csv, ReadsQuotedFields) {
  const CsvTable table = ParseCsv("\"a;b\";\"say \"\"oui\"\"\";\"\"\n\"two\r\nlines\";x;y\nz;;\n");
  EXPECT_THAT(table.problems, IsEmpty());
  ASSERT_THAT(table.records, SizeIs(3));
  EXPECT_EQ(table.records[0].fields, (Fields{"a;b", "say \"oui\"", ""}));
  EXPECT_EQ(table.records[1].fields, (Fields{"two\nlines", "x", "y"}));
  EXPECT_EQ(table.records[2].line, 4u);
  EXPECT_EQ(table.records[2].fields, (Fields{"z", "", ""}));
}

TEST(Csv, KeepsEmptyLastFields) {
  EXPECT_EQ(ParseCsv("a,b,\n").records[0].fields, (Fields{"a", "b", ""}));
  EXPECT_EQ(ParseCsv("a,b,").records[0].fields, (Fields{"a", "b", ""}));
}

TEST(Csv, NamesEachBadLine) {
  const CsvTable table = ParseCsv("a;b\n1;x\"y\n\"2\"z;3\n4;5\n");
  ASSERT_THAT(table.problems, SizeIs(2));
  EXPECT_EQ(table.problems[0].line, 2u);
  EXPECT_THAT(table.problems[0].why, HasSubstr("must itself stand in quotes"));
  EXPECT_EQ(table.problems[1].line, 3u);
  EXPECT_THAT(table.problems[1].why, HasSubstr("after the closing quote"));
}

TEST(Csv, NamesTheLineWhereAQuoteOpens) {
  const CsvTable table = ParseCsv("a;b\n1;\"never\nclosed\n");
  ASSERT_THAT(table.problems, SizeIs(1));
  EXPECT_EQ(table.problems[0].line, 2u);
  EXPECT_THAT(table.problems[0].why, HasSubstr("never closed"));
}

TEST(Csv, RefusesOtherEncodingsByLine) {
  const CsvTable table = ParseCsv("code;nom\npate;P\xe2t\xe9\npain;Pain\nthe;Th\xe9\n");
  ASSERT_THAT(table.problems, SizeIs(2));
  EXPECT_EQ(table.problems[0].line, 2u);
  EXPECT_THAT(table.problems[0].why, HasSubstr("not UTF-8"));
  EXPECT_EQ(table.problems[1].line, 4u);
}

TEST(Csv, RefusesControlCharacters) {
  const CsvTable table = ParseCsv(std::string_view("a;b\nc;\0d\n", 9));
  ASSERT_THAT(table.problems, SizeIs(1));
  EXPECT_EQ(table.problems[0].line, 2u);
  EXPECT_THAT(table.problems[0].why, HasSubstr("control character"));
}

TEST(Csv, HasLimits) {
  const std::string long_field(kCsvRecordBytesMax, 'x');
  EXPECT_THAT(ParseCsv("a;b\n" + long_field + ";y\n").problems[0].why, HasSubstr("64 KiB"));
  EXPECT_THAT(ParseCsv("a;b\n\"" + long_field + "x\";y\n").problems[0].why, HasSubstr("64 KiB"));

  std::string rows = "a;b\n";
  for (size_t i = 0; i < kCsvRowsMax; ++i) rows += "1;2\n";
  EXPECT_THAT(ParseCsv(rows + "\n\n").problems, IsEmpty());
  const CsvTable too_many = ParseCsv(rows + "1;2\n");
  ASSERT_THAT(too_many.problems, SizeIs(1));
  EXPECT_EQ(too_many.problems[0].line, kCsvRowsMax + 2);

  const CsvTable too_large = ParseCsv(std::string(kCsvFileBytesMax + 1, '\n'));
  ASSERT_THAT(too_large.problems, SizeIs(1));
  EXPECT_THAT(too_large.problems[0].why, HasSubstr("64 MiB"));
}

TEST(Csv, StopsAtTheMostProblemsItTells) {
  std::string text = "a;b\n";
  for (size_t i = 0; i < 3 * kCsvProblemsMax; ++i) text += "x\"y;z\n";
  EXPECT_THAT(ParseCsv(text).problems, SizeIs(kCsvProblemsMax));
}

TEST(Csv, OfNothingIsNothing) {
  EXPECT_THAT(ParseCsv("").records, IsEmpty());
  EXPECT_THAT(ParseCsv("\xef\xbb\xbf\r\n\n").records, IsEmpty());
}

TEST(Csv, HalfAFileIsSaidToBeOne) {
  const CsvTable table = ParseCsv("code;nom\npain;\"Pain gris\nlait;Lait\n");
  ASSERT_EQ(table.problems.size(), 1u);
  EXPECT_EQ(table.problems[0].line, 2u);
  EXPECT_THAT(table.problems[0].why, HasSubstr("never closed: is this the whole file?"));
}

TEST(Csv, PastAQuoteThatRunsOnNothingIsRead) {
  std::string text = "code;nom\npain;\"Pain gris\n";
  while (text.size() < 3 * kCsvRecordBytesMax) text += "lait;Lait\n";
  const CsvTable table = ParseCsv(text);
  ASSERT_EQ(table.problems.size(), 1u);
  EXPECT_EQ(table.problems[0].line, 2u);
  EXPECT_THAT(table.problems[0].why, HasSubstr("is a quote opened here"));
}

}  // namespace
}  // namespace comptoir::cli
