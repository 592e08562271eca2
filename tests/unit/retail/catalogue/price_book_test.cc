#include "common/retail/catalogue/price_book.h"

#include <string>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class PriceBookTest : public ::testing::Test {
 protected:
  PriceBookTest() {
    world_.SetProduct(hub_, "carottes", "Carottes", v1::UNIT_KILOGRAM);
    world_.SetPrice(hub_, "carottes", 240);
    world_.SetVat(hub_, "carottes", 600);
  }

  absl::StatusOr<SaleTerms> Find(const std::string& product, const std::string& shop = "herstal",
                                 Day today = kMonday) {
    const auto snapshot = world_.Snapshot();
    EXPECT_TRUE(book_.Open(*snapshot, shop, today).ok());
    return book_.Find(*snapshot, product);
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext herstal_ = ShopJournal("herstal", 3);
  RetailWorld world_;
  PriceBook book_;
};

TEST_F(PriceBookTest, GivesWhatASaleNeeds) {
  for (int i = 0; i < 2; ++i) {  // from the store, then from memory
    const SaleTerms terms = Must(Find("carottes"));
    EXPECT_EQ(terms.unit, v1::UNIT_KILOGRAM);
    EXPECT_EQ(terms.price_cents, 240);
    EXPECT_EQ(terms.vat_basis_points, 600u);
  }
}

TEST_F(PriceBookTest, HearsOfANewPrice) {
  EXPECT_EQ(Must(Find("carottes")).price_cents, 240);
  world_.SetPrice(hub_, "carottes", 300);
  EXPECT_EQ(Must(Find("carottes")).price_cents, 300);
  world_.SetPrice(herstal_, "carottes", 310);
  EXPECT_EQ(Must(Find("carottes")).price_cents, 310);
  world_.SetVat(hub_, "carottes", 2'100);
  EXPECT_EQ(Must(Find("carottes")).vat_basis_points, 2'100u);
}

TEST_F(PriceBookTest, TurnsWithTheDay) {
  world_.SetPrice(hub_, "carottes", 300, Day(kMonday.value() + 1));
  EXPECT_EQ(Must(Find("carottes")).price_cents, 240);
  EXPECT_EQ(Must(Find("carottes", "herstal", Day(kMonday.value() + 1))).price_cents, 300);
  EXPECT_EQ(Must(Find("carottes")).price_cents, 240);
}

TEST_F(PriceBookTest, KnowsShopsApart) {
  world_.SetPrice(herstal_, "carottes", 310);
  EXPECT_EQ(Must(Find("carottes", "herstal")).price_cents, 310);
  EXPECT_EQ(Must(Find("carottes", "outremeuse")).price_cents, 240);
}

TEST_F(PriceBookTest, ARefusalIsNotRemembered) {
  EXPECT_EQ(ReasonOf(Find("pommes").status()), kUnknownProduct);
  world_.SetProduct(hub_, "pommes", "Pommes");
  EXPECT_EQ(Must(Find("pommes")).unit, v1::UNIT_PIECE);
  ExpectRefused(Find("Pommes").status(), kBadCode);
}

TEST_F(PriceBookTest, WithoutPriceAndVat) {
  world_.SetProduct(hub_, "pommes", "Pommes");
  const SaleTerms terms = Must(Find("pommes"));
  EXPECT_FALSE(terms.price_cents.has_value());
  EXPECT_EQ(terms.vat_basis_points, 0u);
}

TEST_F(PriceBookTest, DepositsAreOfPiecesAlone) {
  const auto set_deposit = [&](const std::string& product, int64_t cents) {
    v1::ProductEdited edited;
    edited.set_product(product);
    edited.mutable_deposit_cents()->set_value(cents);
    world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  };
  world_.SetProduct(hub_, "biere", "Bière");
  EXPECT_EQ(Must(Find("biere")).deposit_cents, 0);
  set_deposit("biere", 10);
  set_deposit("carottes", 10);
  EXPECT_EQ(Must(Find("biere")).deposit_cents, 10);
  EXPECT_EQ(Must(Find("carottes")).deposit_cents, 0);
}

TEST_F(PriceBookTest, AVatRateTurnsWithItsDay) {
  const Day tuesday(kMonday.value() + 1);
  world_.SetVat(hub_, "carottes", 1'200, tuesday);
  EXPECT_EQ(Must(Find("carottes")).vat_basis_points, 600u);
  EXPECT_EQ(Must(Find("carottes", "herstal", tuesday)).vat_basis_points, 1'200u);
  EXPECT_EQ(Must(Find("carottes", "herstal", Day(tuesday.value() + 30))).vat_basis_points, 1'200u);
  EXPECT_EQ(Must(Find("carottes")).vat_basis_points, 600u);
}

}  // namespace
}  // namespace comptoir::retail
