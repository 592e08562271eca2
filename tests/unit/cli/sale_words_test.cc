#include "cli/sale_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

TEST(AddArticle, ReadsWhatIsTakenOffBehindTheRest) {
  shop::v1::RecordSaleRequest sale;
  for (const char* word :
       {"pain-gris", "carottes=1,250@2.40:-10%", "savon:-0,50", "a-10=2:-7,5 %"}) {
    ASSERT_TRUE(AddArticle(word, false, &sale).ok()) << word;
  }
  ASSERT_EQ(sale.lines_size(), 4);
  EXPECT_EQ(sale.lines(0).product(), "pain-gris");
  EXPECT_EQ(sale.lines(0).discount_cents(), 0);
  EXPECT_EQ(sale.lines(0).discount_basis_points(), 0u);
  EXPECT_EQ(sale.lines(1).quantity_milli(), 1'250);
  EXPECT_EQ(sale.lines(1).unit_price_cents(), 240);
  EXPECT_EQ(sale.lines(1).discount_basis_points(), 1'000u);
  EXPECT_EQ(sale.lines(2).discount_cents(), 50);
  EXPECT_EQ(sale.lines(2).discount_basis_points(), 0u);
  EXPECT_EQ(sale.lines(3).product(), "a-10");
  EXPECT_EQ(sale.lines(3).discount_basis_points(), 750u);
}

TEST(AddArticle, SaysWhatIsWrong) {
  shop::v1::RecordSaleRequest sale;
  const auto why = [&](const std::string& word) {
    return std::string(AddArticle(word, false, &sale).message());
  };
  EXPECT_THAT(why("pain:-"), HasSubstr("is not a discount"));
  EXPECT_THAT(why("pain:-0"), HasSubstr("is not a discount"));
  EXPECT_THAT(why("pain:--1"), HasSubstr("is not a discount"));
  EXPECT_THAT(why("pain:10%"), HasSubstr("is not a code"));
  EXPECT_THAT(why("Pain:-10%"), HasSubstr("is not a code"));
  EXPECT_THAT(why("pain=4000000"), HasSubstr("--force"));
  EXPECT_TRUE(sale.lines().empty());
  EXPECT_TRUE(AddArticle("pain=4000000", true, &sale).ok());
  while (sale.lines_size() < 1'000) ASSERT_TRUE(AddArticle("pain", false, &sale).ok());
  EXPECT_THAT(why("pain"), HasSubstr("more than 1000 articles"));
}

TEST(AddEmpties, ReadsPiecesAndWhatOneIsGivenBackFor) {
  shop::v1::RecordSaleRequest sale;
  for (const char* word : {"biere", "biere=12", "casier=1@2,10"}) {
    ASSERT_TRUE(AddEmpties(word, false, &sale).ok()) << word;
  }
  EXPECT_EQ(sale.empties(0).pieces(), 1);
  EXPECT_EQ(sale.empties(1).pieces(), 12);
  EXPECT_FALSE(sale.empties(1).has_deposit_cents());
  EXPECT_EQ(sale.empties(2).deposit_cents(), 210);
}

TEST(AddEmpties, SaysWhatIsWrong) {
  shop::v1::RecordSaleRequest sale;
  const auto why = [&](const std::string& word) {
    return std::string(AddEmpties(word, false, &sale).message());
  };
  EXPECT_THAT(why("biere=1.5"), HasSubstr("come in whole pieces"));
  EXPECT_THAT(why("biere=0"), HasSubstr("is not a quantity"));
  EXPECT_THAT(why("Bière"), HasSubstr("is not a code"));
  EXPECT_THAT(why("biere=5410188006711"), HasSubstr("is not a quantity"));
  EXPECT_THAT(why("biere=100001"), HasSubstr("--force"));
  EXPECT_TRUE(sale.empties().empty());
  EXPECT_TRUE(AddEmpties("biere=100001", true, &sale).ok());
  EXPECT_EQ(sale.empties(0).pieces(), 100'001);
  EXPECT_TRUE(AddEmpties("biere=100000", false, &sale).ok());
  while (sale.empties_size() < 1'000) ASSERT_TRUE(AddEmpties("biere", false, &sale).ok());
  EXPECT_THAT(why("biere"), HasSubstr("more than 1000"));
}

TEST(AddArticle, TakesBarcodesInAProductsPlace) {
  shop::v1::RecordSaleRequest sale;
  for (const char* word : {"ean:5449000000996=3", "ean:2100042012509:-10%", "5449000000996"}) {
    ASSERT_TRUE(AddArticle(word, false, &sale).ok()) << word;
  }
  EXPECT_EQ(sale.lines(0).barcode(), "5449000000996");
  EXPECT_EQ(sale.lines(0).product(), "");
  EXPECT_EQ(sale.lines(0).quantity_milli(), 3'000);
  EXPECT_EQ(sale.lines(1).barcode(), "2100042012509");
  EXPECT_FALSE(sale.lines(1).has_quantity_milli());
  EXPECT_EQ(sale.lines(1).discount_basis_points(), 1'000u);
  EXPECT_EQ(sale.lines(2).barcode(), "");
  EXPECT_EQ(sale.lines(2).product(), "5449000000996");
  EXPECT_FALSE(AddArticle("ean:", false, &sale).ok());
}

}  // namespace
}  // namespace comptoir::cli
