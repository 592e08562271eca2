#include "cli/sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace comptoir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<SheetRow> rows;
SheetReading Read(std::string_view csv, const std::vector<SheetColumn>& columns = StockColumns()) {
  rows.clear();
  return ReadSheet(csv, columns, [](const SheetRow& row) {
    rows.push_back(row);
    return absl::OkStatus();
  });
}

TEST(Sheet, CellsStandByColumn) {
  const SheetReading reading = Read("QTÉ; Produit ;Prix_d'achat;rayon\n1,5; lait ;;A\n");
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_THAT(reading.unused_columns, ElementsAre("rayon"));
  ASSERT_EQ(rows.size(), 1u);
  EXPECT_EQ(rows[0].line, 2u);
  EXPECT_EQ(rows[0].Cell(kStockProduct), "lait");
  EXPECT_EQ(rows[0].Cell(kStockQuantity), "1,5");
  EXPECT_EQ(rows[0].Cell(kStockUnitCost), "");
  EXPECT_FALSE(rows[0].cells.contains(kStockUnitCost));
}

TEST(Sheet, AColumnThatMustBeThereIsNamed) {
  EXPECT_THAT(Read("produit;lot\nlait;1\n").problems[0].why,
              HasSubstr("no column is called quantity, quantite, qty or qte"));
  EXPECT_THAT(Read("quantité\n1\n").problems[0].why,
              HasSubstr("no column is called product, produit, code or article"));
}

TEST(Sheet, AColumnStandsOnce) {
  EXPECT_THAT(Read("produit;quantité;qty\nlait;1;2\n").problems[0].why, HasSubstr("mean the same"));
}

TEST(Sheet, ColumnsOfNoUseAreKnownAllTheSame) {
  const SheetReading reading = Read("produit;nom;quantité\nlait;Lait;1\n");
  EXPECT_THAT(reading.unused_columns, IsEmpty());
  EXPECT_FALSE(rows[0].cells.contains(kStockName));
}

TEST(Sheet, ARefusedRowIsAProblemOfItsLine) {
  const SheetReading reading =
      ReadSheet("code\na\n\nb\n", ProducerColumns(), [](const SheetRow& row) {
        return row.Cell(kProducerCode) == "b" ? absl::InvalidArgumentError("not b")
                                              : absl::OkStatus();
      });
  ASSERT_EQ(reading.problems.size(), 1u);
  EXPECT_EQ(reading.problems[0].line, 4u);
  EXPECT_EQ(reading.problems[0].why, "not b");
}

TEST(Sheet, RowsOfSeparatorsAloneAreBlank) {
  const SheetReading reading = Read("produit;quantité\n;\nlait;1\n ; \n");
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_EQ(rows.size(), 1u);
}

// A title that meant two columns would make a file unreadable.
TEST(Sheet, EveryTitleMeansOneColumn) {
  for (const auto* columns : {&ProductColumns(), &ProducerColumns(), &StockColumns()}) {
    for (const bool french : {false, true}) {
      std::string titles;
      std::string cells;
      for (const SheetColumn& column : *columns) {
        titles += std::string(french ? column.french : column.english) + ";";
        cells += "x;";
      }
      const SheetReading reading = Read(titles + "\n" + cells + "\n", *columns);
      EXPECT_THAT(reading.problems, IsEmpty()) << titles;
      EXPECT_THAT(reading.unused_columns, ElementsAre("")) << titles;
    }
  }
}

}  // namespace
}  // namespace comptoir::cli
