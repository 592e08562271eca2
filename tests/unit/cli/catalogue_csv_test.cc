#include "cli/catalogue_csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "cli/csv_writer.h"
#include "cli/export.h"

namespace comptoir::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

TEST(Catalogue, ReadsFrenchTitlesAndDecimalCommas) {
  const CatalogueReading reading = ReadCatalogue(
      "\xef\xbb\xbf"
      "Code;NOM;Unité;Producteur;Nom du producteur;Code-barres;Prix TVAC;TVA;Vidange\r\n"
      "carottes;Carottes;kg;ferme;La Ferme;5400141001815;1,95;6;0,10\r\n");
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_THAT(reading.unused_columns, IsEmpty());
  ASSERT_EQ(reading.request.products_size(), 1);
  const coop::v1::ProductSpec& product = reading.request.products(0);
  EXPECT_EQ(product.product(), "carottes");
  EXPECT_EQ(product.name(), "Carottes");
  EXPECT_EQ(product.unit(), retail::v1::UNIT_KILOGRAM);
  EXPECT_EQ(product.producer(), "ferme");
  EXPECT_EQ(product.producer_name(), "La Ferme");
  EXPECT_EQ(product.gtin(), "5400141001815");
  EXPECT_EQ(product.price_cents(), 195);
  EXPECT_EQ(product.vat_basis_points(), 600u);
  EXPECT_EQ(product.deposit_cents(), 10);
}

TEST(Catalogue, ReadsEnglishTitlesInAnyOrder) {
  const CatalogueReading reading = ReadCatalogue(
      "price,producer_name,Product,VAT,unit,producer\n2.40,The Mill,flour,6%,kg,mill\n");
  EXPECT_THAT(reading.problems, IsEmpty());
  ASSERT_EQ(reading.request.products_size(), 1);
  EXPECT_EQ(reading.request.products(0).product(), "flour");
  EXPECT_EQ(reading.request.products(0).producer_name(), "The Mill");
  EXPECT_EQ(reading.request.products(0).price_cents(), 240);
}

TEST(Catalogue, LeavesEmptyCellsAlone) {
  const CatalogueReading reading = ReadCatalogue("code;nom;prix;tva\npain;;;\n");
  ASSERT_EQ(reading.request.products_size(), 1);
  EXPECT_FALSE(reading.request.products(0).has_price_cents());
  EXPECT_FALSE(reading.request.products(0).has_vat_basis_points());
  EXPECT_FALSE(reading.request.products(0).has_deposit_cents());
  EXPECT_EQ(reading.request.products(0).unit(), retail::v1::UNIT_UNSPECIFIED);
}

TEST(Catalogue, KeepsAPriceOfZero) {
  const CatalogueReading reading = ReadCatalogue("code;prix\nsac;0\n");
  EXPECT_TRUE(reading.request.products(0).has_price_cents());
}

TEST(Catalogue, NamesColumnsThatItDoesNotUse) {
  const CatalogueReading reading = ReadCatalogue("code;rayon;nom;prx\npain;B;Pain;1\n");
  EXPECT_THAT(reading.problems, IsEmpty());
  EXPECT_THAT(reading.unused_columns, ElementsAre("rayon", "prx"));
}

TEST(Catalogue, NamesEveryBadLineAndWhy) {
  const CatalogueReading reading = ReadCatalogue(
      "code;nom;prix;tva;unité\n"
      "Pain Gris;x;1;6;kg\n"
      "pain;x;un euro;6;kg\n"
      "pain;x;1;106;kg\n"
      "pain;x;1;6;sac\n"
      "pain;x;1\n"
      ";x;1;6;kg\n"
      "lait;x;1;6;litre\n"
      "lait;y;1;6;litre\n"
      "riz;\"a\nb\";1;6;kg\n");
  std::string all;
  for (const CsvProblem& problem : reading.problems) {
    all += std::to_string(problem.line) + ": " + problem.why + "\n";
  }
  ASSERT_THAT(reading.problems, SizeIs(8)) << all;
  EXPECT_THAT(all, HasSubstr("2: product \"Pain Gris\" is not a code"));
  EXPECT_THAT(all, HasSubstr("3: \"un euro\" is not a price"));
  EXPECT_THAT(all, HasSubstr("4: \"106\" is not a VAT rate"));
  EXPECT_THAT(all, HasSubstr("5: \"sac\" is not a unit"));
  EXPECT_THAT(all, HasSubstr("6: there are 3 fields and the first row names 5 columns"));
  EXPECT_THAT(all, HasSubstr("7: the product's code is missing"));
  EXPECT_THAT(all, HasSubstr("9: \"lait\" is already in line 8"));
  EXPECT_THAT(all, HasSubstr("10: there is a line break in the name"));
}

TEST(Catalogue, NeedsTitles) {
  EXPECT_THAT(ReadCatalogue("").problems[0].why, HasSubstr("empty"));
  EXPECT_THAT(ReadCatalogue("nom;prix\nx;1\n").problems[0].why, HasSubstr("no column is called"));
  EXPECT_THAT(ReadCatalogue("code;nom;name\nx;y;z\n").problems[0].why, HasSubstr("mean the same"));
  EXPECT_THAT(ReadCatalogue("code;nom\n").problems[0].why, HasSubstr("no rows"));
}

TEST(Catalogue, AProducerNeedsItsCode) {
  EXPECT_THAT(ReadCatalogue("code;nom du producteur\nx;La Ferme\n").problems[0].why,
              HasSubstr("name but no code"));
}

TEST(Catalogue, PassesOnWhatTheCsvIsBadAt) {
  EXPECT_THAT(ReadCatalogue("code;nom\nx;\xff\n").problems[0].why, HasSubstr("not UTF-8"));
}

TEST(Catalogue, TellsAtMostSoManyProblems) {
  std::string text = "code;prix\n";
  for (size_t i = 0; i < 2 * kCsvProblemsMax; ++i) text += "pain;x\n";
  EXPECT_THAT(ReadCatalogue(text).problems, SizeIs(kCsvProblemsMax));
}

TEST(Producers, ReadsNamesAndPlaces) {
  const ProducersReading reading =
      ReadProducers("Producteur;Nom du producteur;Localité\nferme;La Ferme;Visé\nruche;;Liège\n");
  EXPECT_THAT(reading.problems, IsEmpty());
  ASSERT_EQ(reading.request.producers_size(), 2);
  EXPECT_EQ(reading.request.producers(0).producer(), "ferme");
  EXPECT_EQ(reading.request.producers(0).name(), "La Ferme");
  EXPECT_EQ(reading.request.producers(0).place(), "Visé");
  EXPECT_EQ(reading.request.producers(1).name(), "");
  EXPECT_THAT(reading.lines, ElementsAre(2u, 3u));
}

TEST(Producers, NamesEveryBadLineAndWhy) {
  const ProducersReading reading =
      ReadProducers("code;nom;lieu\nLa Ferme;x;y\nferme;;\n;x;y\nferme;x;\nferme;y;\n");
  ASSERT_THAT(reading.problems, SizeIs(4));
  EXPECT_THAT(reading.problems[0].why, HasSubstr("producer \"La Ferme\" is not a code"));
  EXPECT_THAT(reading.problems[1].why, HasSubstr("neither a name nor a place"));
  EXPECT_THAT(reading.problems[2].why, HasSubstr("the producer's code is missing"));
  EXPECT_THAT(reading.problems[3].why, HasSubstr("\"ferme\" is already in line 5"));
}

TEST(Stock, ReadsEveryColumn) {
  const StockReading reading = ReadStock(
      "produit,quantité,unité,producteur,lot,dlc,ddm,prix d'achat\n"
      "carottes,\"40,5\",kg,ferme,L47,2026-12-05,2026-12-08,\"1,10\"\n"
      "carottes,1,,,,,,\n",
      false);
  EXPECT_THAT(reading.problems, IsEmpty());
  ASSERT_EQ(reading.request.lines_size(), 2) << "one product may be delivered twice";
  const shop::v1::StockLine& line = reading.request.lines(0);
  EXPECT_EQ(line.product(), "carottes");
  EXPECT_EQ(line.quantity_milli(), 40'500);
  EXPECT_EQ(line.unit(), retail::v1::UNIT_KILOGRAM);
  EXPECT_EQ(line.producer(), "ferme");
  EXPECT_EQ(line.lot(), "L47");
  EXPECT_EQ(line.use_by_day(), 20'792);
  EXPECT_EQ(line.best_before_day(), 20'795);
  EXPECT_EQ(line.unit_cost_cents(), 110);
  EXPECT_EQ(reading.request.lines(1).use_by_day(), 0);
}

TEST(Stock, NamesEveryBadLineAndWhy) {
  const std::string csv =
      "produit;quantité;unité;dlc;ddm;prix d'achat\n"
      "x;1;sac;;;\nx;1;;demain;;\nx;1;;;2026-02-30;\nx;1;;;;beaucoup\n;1;;;;\nx;200000;;;;\n";
  const StockReading reading = ReadStock(csv, false);
  ASSERT_THAT(reading.problems, SizeIs(6));
  EXPECT_THAT(reading.problems[0].why, HasSubstr("is not a unit"));
  EXPECT_THAT(reading.problems[1].why, HasSubstr("is not a day"));
  EXPECT_THAT(reading.problems[2].why, HasSubstr("there is no such day"));
  EXPECT_THAT(reading.problems[3].why, HasSubstr("is not a price"));
  EXPECT_THAT(reading.problems[4].why, HasSubstr("the product's code is missing"));
  EXPECT_THAT(reading.problems[5].why, HasSubstr("over 100000"));
  EXPECT_THAT(ReadStock(csv, true).problems, SizeIs(5));
}

TEST(Catalogue, ReadsWhatIsExportedButForDepositsThatCannotBe) {
  shop::v1::Product product;
  product.set_product("biere");
  product.set_name("Bière");
  product.set_unit(retail::v1::UNIT_PIECE);
  product.set_producer("brasserie");
  product.set_gtin("5449000000996 96385074");
  product.set_price_cents(150);
  product.set_vat_basis_points(2'100);
  product.set_deposit_cents(10);
  product.set_item("42");
  for (const bool by_piece : {true, false}) {
    if (!by_piece) product.set_unit(retail::v1::UNIT_LITRE);
    std::ostringstream out;
    CsvWriter csv(out, {';', ',', true});
    std::vector<std::string> titles;
    for (const SheetColumn& column : ProductColumns()) titles.emplace_back(column.french);
    csv.Row(titles);
    csv.Row(ProductCells(product, "La Brasserie", csv));
    const CatalogueReading reading = ReadCatalogue(out.str());
    ASSERT_THAT(reading.problems, IsEmpty());
    ASSERT_EQ(reading.request.products_size(), 1);
    const coop::v1::ProductSpec& read = reading.request.products(0);
    EXPECT_EQ(read.product(), "biere");
    EXPECT_EQ(read.unit(), product.unit());
    EXPECT_EQ(read.producer_name(), "La Brasserie");
    EXPECT_EQ(read.gtin(), product.gtin());
    EXPECT_EQ(read.price_cents(), 150);
    EXPECT_EQ(read.vat_basis_points(), 2'100u);
    EXPECT_EQ(read.has_deposit_cents(), by_piece);
    EXPECT_EQ(read.deposit_cents(), by_piece ? 10 : 0);
    EXPECT_EQ(read.item(), "42");
  }
}

}  // namespace
}  // namespace comptoir::cli
