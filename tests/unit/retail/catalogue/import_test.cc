#include "common/retail/catalogue/import.h"

#include <string>

#include "common/retail/calendar.h"
#include "common/retail/catalogue/queries.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() {
    coop::v1::ProductSpec* spec = request_.add_products();
    spec->set_product("carottes");
    spec->set_name("Carottes");
    spec->set_unit(v1::UNIT_KILOGRAM);
    spec->set_producer("moulin");
    spec->set_producer_name("Le Moulin");
    spec->set_gtin("5449000000996");
    spec->set_price_cents(240);
    spec->set_vat_basis_points(600);
  }

  coop::v1::ProductSpec& spec(int i = 0) { return *request_.mutable_products(i); }
  coop::v1::ProductSpec& AddSpec(const std::string& product) {
    coop::v1::ProductSpec* added = request_.add_products();
    added->set_product(product);
    added->set_unit(v1::UNIT_PIECE);
    return *added;
  }
  absl::StatusOr<CatalogueEdits> Build() {
    return BuildCatalogueEdits(*world_.Snapshot(), request_, kMonday);
  }
  // Writes what the request comes to, each fact past the gate.
  CatalogueEdits Import(const JournalContext& journal) {
    const CatalogueEdits edits = Must(Build());
    for (const auto& [kind, bytes] : edits.facts) WriteBytes(journal, kind, bytes);
    return edits;
  }
  void WriteBytes(const JournalContext& journal, v1::FactKind kind, const std::string& bytes) {
    google::protobuf::Arena arena;
    journal::v1::Entry entry;
    entry.set_fold_version(kFoldVersion);
    entry.set_kind(kind);
    entry.set_fact(bytes);
    Fact fact;
    ASSERT_TRUE(ParseFact(entry, &arena, &fact).admitted());
    world_.Write(journal, kind, *fact.fact);
  }
  shop::v1::Product Product(const std::string& product, Day day = kMonday) {
    return Must(FindProduct(*world_.Snapshot(), "", day, product));
  }
  void ExpectAtLine(int line, std::string_view reason) {
    const absl::Status status = Build().status();
    ExpectRefused(status, reason);
    EXPECT_EQ(status.message().find("line " + std::to_string(line) + ": "), 0u) << status;
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext other_hub_ = CoopJournal(2);
  const JournalContext third_hub_ = CoopJournal(3);
  RetailWorld world_;
  coop::v1::ImportProductsRequest request_;
};

TEST_F(ImportTest, CreatesAProductWithAllThatIsSaid) {
  const CatalogueEdits edits = Import(hub_);
  EXPECT_EQ(edits.created, 1u);
  EXPECT_EQ(edits.changed, 0u);
  EXPECT_EQ(edits.unchanged, 0u);
  EXPECT_EQ(edits.facts.size(), 4u);  // product, producer, price, VAT
  const shop::v1::Product product = Product("carottes");
  EXPECT_EQ(product.name(), "Carottes");
  EXPECT_EQ(product.unit(), v1::UNIT_KILOGRAM);
  EXPECT_EQ(product.producer(), "moulin");
  EXPECT_EQ(product.gtin(), "5449000000996");
  EXPECT_EQ(product.price_cents(), 240);
  EXPECT_EQ(product.vat_basis_points(), 600u);
  EXPECT_EQ(Must(ProducerName(*world_.Snapshot(), "moulin")), "Le Moulin");
}

TEST_F(ImportTest, WhatStandsAsSaidIsNotWritten) {
  Import(hub_);
  const CatalogueEdits again = Must(Build());
  EXPECT_TRUE(again.facts.empty());
  EXPECT_EQ(again.unchanged, 1u);
  EXPECT_EQ(again.created + again.changed, 0u);
}

TEST_F(ImportTest, ThePriceOfLastWeekIsNotSetAnew) {
  request_.set_first_day(kMonday.value() - 7);
  Import(hub_);
  request_.set_first_day(0);
  EXPECT_TRUE(Must(Build()).facts.empty());
}

TEST_F(ImportTest, OnlyTheFieldThatDiffersIsWritten) {
  Import(hub_);
  spec().set_name("Carottes en botte");
  const CatalogueEdits edits = Must(Build());
  EXPECT_EQ(edits.changed, 1u);
  ASSERT_EQ(edits.facts.size(), 1u);
  v1::ProductEdited edited;
  ASSERT_TRUE(edited.ParseFromString(edits.facts[0].second));
  EXPECT_TRUE(edited.has_name());
  EXPECT_FALSE(edited.has_unit() || edited.has_producer() || edited.has_gtin());
  ASSERT_EQ(edited.name().replaces_size(), 1) << "what it was shown";
  EXPECT_EQ(edited.name().replaces(0).journal(), 1u);
}

TEST_F(ImportTest, FieldsThatAreNotSaidAreLeftAlone) {
  Import(hub_);
  request_.clear_products();
  request_.add_products()->set_product("carottes");
  const CatalogueEdits edits = Must(Build());
  EXPECT_TRUE(edits.facts.empty());
  EXPECT_EQ(edits.unchanged, 1u);
}

TEST_F(ImportTest, APriceBeginsOnTheRequestsFirstDay) {
  Import(hub_);
  spec().set_price_cents(260);
  request_.set_first_day(kMonday.value() + 2);
  EXPECT_EQ(Import(hub_).facts.size(), 1u);
  EXPECT_EQ(Product("carottes").price_cents(), 240);
  EXPECT_EQ(Product("carottes", Day(kMonday.value() + 2)).price_cents(), 260);
}

TEST_F(ImportTest, APriceOfTheSameDayIsReplaced) {
  Import(hub_);
  spec().set_price_cents(260);
  const CatalogueEdits edits = Must(Build());
  v1::PriceSet set;
  ASSERT_EQ(edits.facts.size(), 1u);
  ASSERT_TRUE(set.ParseFromString(edits.facts[0].second));
  EXPECT_EQ(set.price_cents().replaces_size(), 1);
  Import(other_hub_);
  EXPECT_EQ(Product("carottes").price_cents(), 260);
  EXPECT_FALSE(Product("carottes").conflict());
}

TEST_F(ImportTest, AConflictIsSettledThoughTheWinnerSaysSo) {
  Import(hub_);
  world_.SetProduct(other_hub_, "carottes", "Carottes", v1::UNIT_KILOGRAM);  // agrees
  world_.SetProduct(third_hub_, "carottes", "Wortelen", v1::UNIT_KILOGRAM);
  world_.SetVat(other_hub_, "carottes", 2'100);
  ASSERT_TRUE(Product("carottes").conflict());
  EXPECT_EQ(Must(Build()).changed, 1u);
  Import(hub_);
  EXPECT_FALSE(Product("carottes").conflict());
  EXPECT_EQ(Product("carottes").name(), "Carottes");
  EXPECT_EQ(Product("carottes").vat_basis_points(), 600u);
}

TEST_F(ImportTest, AProducerIsWrittenOnce) {
  AddSpec("pommes").set_producer("moulin");
  spec(1).set_producer_name("Le Moulin");
  size_t producers = 0;
  for (const auto& [kind, bytes] : Must(Build()).facts) {
    if (kind == v1::FACT_KIND_PRODUCER_EDITED) ++producers;
  }
  EXPECT_EQ(producers, 1u);
}

TEST_F(ImportTest, AProducerHasOneName) {
  AddSpec("pommes").set_producer("moulin");
  spec(1).set_producer_name("La Meunerie");
  ExpectAtLine(2, kTwice);
}

TEST_F(ImportTest, AProducersNameNeedsItsCode) {
  AddSpec("pommes").set_producer_name("La Meunerie");
  ExpectAtLine(2, kBadCode);
}

TEST_F(ImportTest, EachCodeStandsOnce) {
  AddSpec("carottes");
  ExpectAtLine(2, kTwice);
}

TEST_F(ImportTest, ANewProductHasAUnit) {
  AddSpec("pommes").clear_unit();
  ExpectAtLine(2, kNoUnit);
}

TEST_F(ImportTest, EveryFieldIsChecked) {
  AddSpec("Pommes");
  ExpectAtLine(2, kBadCode);
  spec(1).set_product("pommes");
  spec(1).set_name("a\nb");
  ExpectAtLine(2, kBadText);
  spec(1).set_name("Pommes");
  spec(1).set_unit(static_cast<v1::Unit>(9));
  ExpectAtLine(2, kBadUnit);
  spec(1).set_unit(v1::UNIT_PIECE);
  spec(1).set_producer("Le Moulin");
  ExpectAtLine(2, kBadCode);
  spec(1).set_producer("moulin");
  spec(1).set_producer_name("a\nb");
  spec(0).clear_producer_name();
  ExpectAtLine(2, kBadText);
  spec(1).clear_producer_name();
  spec(1).set_gtin("1");
  ExpectAtLine(2, kBadGtin);
  spec(1).clear_gtin();
  spec(1).set_price_cents(-1);
  ExpectAtLine(2, kBadPrice);
  spec(1).set_price_cents(kMoneyCentsMax + 1);
  ExpectAtLine(2, kBadPrice);
  spec(1).set_price_cents(0);
  spec(1).set_vat_basis_points(10'001);
  ExpectAtLine(2, kBadVat);
  spec(1).set_vat_basis_points(600);
  EXPECT_TRUE(Build().ok());
}

TEST_F(ImportTest, TheFirstDayIsADay) {
  request_.set_first_day(-1);
  ExpectRefused(Build().status(), kBadDay);
  request_.set_first_day(kDayMax.value() + 1);
  ExpectRefused(Build().status(), kBadDay);
}

TEST_F(ImportTest, TakesOneTo20000Products) {
  request_.clear_products();
  ExpectRefused(Build().status(), kBadLines);
  for (size_t i = 0; i < kImportProductsMax; ++i) AddSpec("p" + std::to_string(i));
  EXPECT_EQ(Must(Build()).created, kImportProductsMax);
  AddSpec("one-more");
  ExpectRefused(Build().status(), kBadLines);
}

TEST_F(ImportTest, Deposits) {
  AddSpec("biere").set_deposit_cents(10);
  AddSpec("sac").set_deposit_cents(0);
  Import(hub_);
  EXPECT_EQ(Product("biere").deposit_cents(), 10);
  EXPECT_EQ(Product("sac").deposit_cents(), 0);
  EXPECT_EQ(Import(hub_).facts.size(), 0u);
  spec(1).set_deposit_cents(0);
  spec(1).clear_unit();
  EXPECT_EQ(Import(hub_).changed, 1u);
  EXPECT_EQ(Product("biere").deposit_cents(), 0);
  spec(0).set_deposit_cents(10);
  ExpectAtLine(1, kBadDeposit);
  spec(0).clear_unit();
  ExpectAtLine(1, kBadDeposit);
}

TEST_F(ImportTest, TheUnitDoesNotChangeUnderADeposit) {
  AddSpec("biere").set_deposit_cents(10);
  Import(hub_);
  spec(1).clear_deposit_cents();
  EXPECT_TRUE(Import(hub_).facts.empty());
  spec(1).set_unit(v1::UNIT_LITRE);
  ExpectAtLine(2, kBadDeposit);
  spec(1).set_deposit_cents(0);
  EXPECT_EQ(Import(hub_).changed, 1u);
  EXPECT_EQ(Product("biere").unit(), v1::UNIT_LITRE);
  EXPECT_EQ(Product("biere").deposit_cents(), 0);
}

TEST_F(ImportTest, ANumberOfAnotherProductIsRefusedWithItsName) {
  spec().set_item("42");
  Import(hub_);
  request_.clear_products();
  AddSpec("panais").set_gtin("4006381333931");
  AddSpec("pommes").set_gtin("4012345678901 5449000000996");
  ExpectAtLine(2, kTwice);
  EXPECT_NE(Build().status().message().find("product carottes, \"Carottes\","), std::string::npos);
  spec(1).set_gtin("4012345678901");
  spec(1).set_item("00042");
  ExpectAtLine(2, kTwice);
  spec(1).set_item("43");
  EXPECT_TRUE(Build().ok());
}

TEST_F(ImportTest, OneNumberOnTwoLinesIsRefusedWithBoth) {
  AddSpec("panais").set_gtin("4006381333931");
  AddSpec("pommes").set_gtin("05449000000996");
  const absl::Status status = Build().status();
  ExpectRefused(status, kTwice);
  EXPECT_EQ(status.message().find("line 1: line 3: the GTIN \"5449000000996\" is of carottes on"),
            0u)
      << status;
  spec(2).clear_gtin();
  spec(1).set_item("7");
  spec(2).set_item("000007");
  ExpectAtLine(2, kTwice);
  EXPECT_NE(Build().status().message().find("line 3: the item number \"7\" is of panais on"),
            std::string::npos);
}

// Beside a line that keeps it, too: whoever has it first, two would have it after.
TEST_F(ImportTest, ANumberBesideALineThatKeepsItIsRefused) {
  Import(hub_);
  AddSpec("pommes").set_gtin("5449000000996");
  ExpectAtLine(2, kTwice);
  EXPECT_NE(Build().status().message().find("line 2: line 1: "), std::string::npos);
}

TEST_F(ImportTest, NumbersMayGoFromOneToAnother) {
  AddSpec("pommes").set_gtin("4006381333931");
  Import(hub_);
  spec(0).set_gtin("4006381333931");
  spec(1).set_gtin("5449000000996");
  EXPECT_EQ(Import(hub_).changed, 2u);
  EXPECT_EQ(Product("carottes").gtin(), "4006381333931");
  EXPECT_EQ(Product("pommes").gtin(), "5449000000996");
  EXPECT_TRUE(Import(hub_).facts.empty());
}

// As they were exported.
TEST_F(ImportTest, WhereTwoHaveANumberEachKeepsIt) {
  AddSpec("pommes");
  Import(hub_);
  v1::ProductEdited edited;
  edited.set_product("pommes");
  edited.mutable_gtin()->set_value("5449000000996");
  world_.Write(other_hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  spec(1).set_gtin("5449000000996");
  EXPECT_TRUE(Import(hub_).facts.empty());
  for (int i = 0; i < 2; ++i) spec(i).set_name("Renamed");
  EXPECT_EQ(Import(hub_).changed, 2u);
}

}  // namespace
}  // namespace comptoir::retail
