#include "common/retail/catalogue/admit.h"

#include <string>

#include "common/retail/barcode.h"
#include "common/retail/calendar.h"
#include "common/retail/check.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

// 65 writes that another one replaces.
void ReplaceTooMany(google::protobuf::RepeatedPtrField<journal::v1::Reference>* replaces) {
  for (size_t i = 0; i <= kReplacedWritesMax; ++i) {
    journal::v1::Reference* reference = replaces->Add();
    reference->set_journal(1);
    reference->set_sequence(i + 1);
  }
}

v1::ProductEdited Product() {
  v1::ProductEdited edited;
  edited.set_product("carottes");
  edited.mutable_name()->set_value("Carottes");
  edited.mutable_unit()->set_value(v1::UNIT_KILOGRAM);
  edited.mutable_producer()->set_value("moulin");
  edited.mutable_gtin()->set_value("5449000000996");
  edited.mutable_need()->set_value("carotte");
  return edited;
}

TEST(CatalogueAdmitTest, AWholeProductIsAdmitted) {
  EXPECT_TRUE(CheckProductEdited(Product()).ok());
}

TEST(CatalogueAdmitTest, FieldsMayBeEmptied) {
  v1::ProductEdited edited = Product();
  edited.mutable_name()->set_value("");
  edited.mutable_producer()->set_value("");
  edited.mutable_gtin()->set_value("");
  edited.mutable_need()->set_value("");
  EXPECT_TRUE(CheckProductEdited(edited).ok());
}

TEST(CatalogueAdmitTest, AProductHasACode) {
  v1::ProductEdited edited = Product();
  edited.set_product("Carottes");
  ExpectRefused(CheckProductEdited(edited), kBadCode);
  edited.clear_product();
  ExpectRefused(CheckProductEdited(edited), kBadCode);
}

TEST(CatalogueAdmitTest, AnEditWritesSomething) {
  v1::ProductEdited product;
  product.set_product("carottes");
  ExpectRefused(CheckProductEdited(product), kNothingToWrite);
  v1::ProducerEdited producer;
  producer.set_producer("moulin");
  ExpectRefused(CheckProducerEdited(producer), kNothingToWrite);
  v1::ShopEdited shop;
  shop.set_shop("herstal");
  ExpectRefused(CheckShopEdited(shop), kNothingToWrite);
  v1::PriceSet price;
  price.set_product("carottes");
  ExpectRefused(CheckPriceSet(price), kNothingToWrite);
  v1::VatSet vat;
  vat.set_product("carottes");
  ExpectRefused(CheckVatSet(vat), kNothingToWrite);
}

TEST(CatalogueAdmitTest, AUnitIsOneOfThree) {
  v1::ProductEdited edited = Product();
  edited.mutable_unit()->set_value(v1::UNIT_UNSPECIFIED);
  ExpectRefused(CheckProductEdited(edited), kBadUnit);
}

TEST(CatalogueAdmitTest, NamesAreShortAndPlain) {
  v1::ProductEdited edited = Product();
  edited.mutable_name()->set_value(std::string(kTextBytesMax, 'a'));
  EXPECT_TRUE(CheckProductEdited(edited).ok());
  edited.mutable_name()->set_value(std::string(kTextBytesMax + 1, 'a'));
  ExpectRefused(CheckProductEdited(edited), kBadText);
  edited.mutable_name()->set_value("a\tb");
  ExpectRefused(CheckProductEdited(edited), kBadText);
}

TEST(CatalogueAdmitTest, ProducersAndNeedsAreCodes) {
  v1::ProductEdited edited = Product();
  edited.mutable_producer()->set_value("Le Moulin");
  ExpectRefused(CheckProductEdited(edited), kBadCode);
  edited = Product();
  edited.mutable_need()->set_value("-");
  ExpectRefused(CheckProductEdited(edited), kBadCode);
}

TEST(CatalogueAdmitTest, AGtinChecks) {
  v1::ProductEdited edited = Product();
  edited.mutable_gtin()->set_value("5449000000997");
  ExpectRefused(CheckProductEdited(edited), kBadGtin);
}

TEST(CatalogueAdmitTest, EveryWriteReplacesAtMost64) {
  v1::ProductEdited edited = Product();
  ReplaceTooMany(edited.mutable_name()->mutable_replaces());
  ExpectRefused(CheckProductEdited(edited), kBadReplaces);
  edited = Product();
  ReplaceTooMany(edited.mutable_unit()->mutable_replaces());
  ExpectRefused(CheckProductEdited(edited), kBadReplaces);
  edited = Product();
  ReplaceTooMany(edited.mutable_producer()->mutable_replaces());
  ExpectRefused(CheckProductEdited(edited), kBadReplaces);
  edited = Product();
  ReplaceTooMany(edited.mutable_gtin()->mutable_replaces());
  ExpectRefused(CheckProductEdited(edited), kBadReplaces);
  edited = Product();
  ReplaceTooMany(edited.mutable_need()->mutable_replaces());
  ExpectRefused(CheckProductEdited(edited), kBadReplaces);
}

TEST(CatalogueAdmitTest, ProducersAndShopsAreLikeProducts) {
  v1::ProducerEdited producer;
  producer.set_producer("moulin");
  producer.mutable_name()->set_value("Le Moulin");
  EXPECT_TRUE(CheckProducerEdited(producer).ok());
  producer.mutable_place()->set_value("a\nb");
  ExpectRefused(CheckProducerEdited(producer), kBadText);
  producer.clear_place();
  producer.set_producer("");
  ExpectRefused(CheckProducerEdited(producer), kBadCode);
  v1::ShopEdited shop;
  shop.set_shop("herstal");
  shop.mutable_place()->set_value("Herstal");
  EXPECT_TRUE(CheckShopEdited(shop).ok());
  shop.mutable_name()->set_value(std::string(kTextBytesMax + 1, 'a'));
  ExpectRefused(CheckShopEdited(shop), kBadText);
  shop.clear_name();
  shop.set_shop("HERSTAL");
  ExpectRefused(CheckShopEdited(shop), kBadCode);
}

v1::PriceSet Price(const std::string& shop = "") {
  v1::PriceSet set;
  set.set_product("carottes");
  set.set_shop(shop);
  set.set_first_day(kMonday.value());
  set.mutable_price_cents()->set_value(240);
  return set;
}

TEST(CatalogueAdmitTest, PricesAreWithinLimits) {
  v1::PriceSet set = Price();
  EXPECT_TRUE(CheckPriceSet(set).ok());
  set.mutable_price_cents()->set_value(kMoneyCentsMax);
  EXPECT_TRUE(CheckPriceSet(set).ok());
  set.mutable_price_cents()->set_value(kMoneyCentsMax + 1);
  ExpectRefused(CheckPriceSet(set), kBadPrice);
  set.mutable_price_cents()->set_value(-1);
  ExpectRefused(CheckPriceSet(set), kBadPrice);
}

TEST(CatalogueAdmitTest, PricesBeginOnADay) {
  v1::PriceSet set = Price();
  set.set_first_day(-1);
  ExpectRefused(CheckPriceSet(set), kBadDay);
  set.set_first_day(kDayMax.value() + 1);
  ExpectRefused(CheckPriceSet(set), kBadDay);
}

TEST(CatalogueAdmitTest, PricesNameProductAndShop) {
  v1::PriceSet set = Price("Herstal");
  ExpectRefused(CheckPriceSet(set), kBadCode);
  set = Price();
  set.set_product("");
  ExpectRefused(CheckPriceSet(set), kBadCode);
  set = Price();
  ReplaceTooMany(set.mutable_price_cents()->mutable_replaces());
  ExpectRefused(CheckPriceSet(set), kBadReplaces);
}

TEST(CatalogueAdmitTest, VatRatesAreWithinLimits) {
  v1::VatSet set;
  set.set_product("carottes");
  set.mutable_basis_points()->set_value(10'000);
  EXPECT_TRUE(CheckVatSet(set).ok());
  set.mutable_basis_points()->set_value(10'001);
  ExpectRefused(CheckVatSet(set), kBadVat);
  set.mutable_basis_points()->set_value(-1);
  ExpectRefused(CheckVatSet(set), kBadVat);
  set.mutable_basis_points()->set_value(600);
  set.set_first_day(-1);
  ExpectRefused(CheckVatSet(set), kBadDay);
  set.set_first_day(0);
  ReplaceTooMany(set.mutable_basis_points()->mutable_replaces());
  ExpectRefused(CheckVatSet(set), kBadReplaces);
  set.clear_basis_points();
  set.set_product("?");
  ExpectRefused(CheckVatSet(set), kBadCode);
}

// Every catalogue fact looks at who writes where.
class CatalogueWriterTest : public ::testing::Test {
 protected:
  CatalogueWriterTest() {
    producer_.set_producer("moulin");
    producer_.mutable_name()->set_value("Le Moulin");
    shop_.set_shop("herstal");
    shop_.mutable_name()->set_value("Herstal");
    vat_.set_product("carottes");
    vat_.mutable_basis_points()->set_value(600);
  }

  void ExpectAll(const JournalContext& journal, bool admitted) {
    const auto fact = [&](auto& message) {
      return FactIn(journal, v1::FACT_KIND_UNSPECIFIED, message);
    };
    EXPECT_EQ(AdmitProductEdited(fact(product_), product_).ok(), admitted);
    EXPECT_EQ(AdmitProducerEdited(fact(producer_), producer_).ok(), admitted);
    EXPECT_EQ(AdmitShopEdited(fact(shop_), shop_).ok(), admitted);
    EXPECT_EQ(AdmitPriceSet(fact(price_), price_).ok(), admitted);
    EXPECT_EQ(AdmitVatSet(fact(vat_), vat_).ok(), admitted);
  }

  v1::ProductEdited product_ = Product();
  v1::ProducerEdited producer_;
  v1::ShopEdited shop_;
  v1::PriceSet price_ = Price();
  v1::VatSet vat_;
};

TEST_F(CatalogueWriterTest, TheHubWritesTheCatalogue) { ExpectAll(CoopJournal(), true); }

TEST_F(CatalogueWriterTest, AShopWhoseCertificateLetsItDoesToo) {
  JournalContext journal = CoopJournal();
  journal.writer = {"essai", "herstal-1", "herstal", false, true};
  ExpectAll(journal, true);
}

TEST_F(CatalogueWriterTest, OtherShopsDoNot) {
  JournalContext journal = CoopJournal();
  journal.writer = {"essai", "herstal-1", "herstal", false, false};
  ExpectAll(journal, false);
}

TEST_F(CatalogueWriterTest, NobodyDoesInAnotherScope) {
  JournalContext journal = ShopJournal("herstal", 2);
  journal.writer.may_edit_catalogue = true;
  ExpectAll(journal, false);
  journal = CoopJournal();
  journal.scope = journal::v1::SCOPE_HUB;
  ExpectAll(journal, false);
}

absl::Status AdmitPrice(const JournalContext& journal, const std::string& shop) {
  v1::PriceSet set = Price(shop);
  return AdmitPriceSet(FactIn(journal, v1::FACT_KIND_PRICE_SET, set), set);
}

TEST(ShopPriceAdmitTest, AShopSetsItsOwn) {
  EXPECT_TRUE(AdmitPrice(ShopJournal("herstal", 2), "herstal").ok());
}

TEST(ShopPriceAdmitTest, TheHubSetsAShopsOwn) {
  JournalContext journal = ShopJournal("herstal", 2);
  journal.writer = CoopJournal().writer;
  EXPECT_TRUE(AdmitPrice(journal, "herstal").ok());
}

TEST(ShopPriceAdmitTest, NotAnotherShops) {
  ExpectRefused(AdmitPrice(ShopJournal("herstal", 2), "outremeuse"), kWrongScope);
  JournalContext journal = ShopJournal("herstal", 2);
  journal.writer.shop = "outremeuse";
  ExpectRefused(AdmitPrice(journal, "herstal"), kNotAllowed);
}

TEST(ShopPriceAdmitTest, NotWhereEveryoneReads) {
  ExpectRefused(AdmitPrice(CoopJournal(), "herstal"), kWrongScope);
}

TEST(ShopPriceAdmitTest, TheCoopsNotInAShop) {
  ExpectRefused(AdmitPrice(ShopJournal("herstal", 2), ""), kWrongScope);
}

TEST(CatalogueAdmitTest, Deposits) {
  v1::ProductEdited edited;
  edited.set_product("biere");
  for (const int64_t cents : {int64_t{0}, int64_t{10}, kMoneyCentsMax}) {
    edited.mutable_deposit_cents()->set_value(cents);
    EXPECT_TRUE(CheckProductEdited(edited).ok()) << cents;
  }
  for (const int64_t cents : {int64_t{-1}, kMoneyCentsMax + 1, INT64_MIN}) {
    edited.mutable_deposit_cents()->set_value(cents);
    ExpectRefused(CheckProductEdited(edited), kBadDeposit);
  }
  edited.mutable_deposit_cents()->set_value(10);
  ReplaceTooMany(edited.mutable_deposit_cents()->mutable_replaces());
  ExpectRefused(CheckProductEdited(edited), kBadReplaces);
}

TEST(CatalogueAdmitTest, SeveralGtinsAndAnItem) {
  v1::ProductEdited edited;
  edited.set_product("cola");
  edited.mutable_gtin()->set_value("5449000000996 96385074");
  edited.mutable_item()->set_value("000042");
  EXPECT_TRUE(CheckProductEdited(edited).ok());
  for (const char* gtin : {" ", "5449000000996 ", "5449000000996  96385074",
                           "5449000000996,96385074", "5449000000996 96385075"}) {
    edited.mutable_gtin()->set_value(gtin);
    ExpectRefused(CheckProductEdited(edited), kBadGtin);
  }
  std::string many = "96385074";
  for (size_t i = 1; i < kGtinsMax; ++i) many += " 96385074";
  edited.mutable_gtin()->set_value(many);
  EXPECT_TRUE(CheckProductEdited(edited).ok());
  edited.mutable_gtin()->set_value(many + " 96385074");
  ExpectRefused(CheckProductEdited(edited), kBadGtin);
  edited.clear_gtin();
  for (const char* item : {"1234567", "4a", "-1", " 1", "4.2"}) {
    edited.mutable_item()->set_value(item);
    ExpectRefused(CheckProductEdited(edited), kBadItem);
  }
  edited.mutable_item()->set_value("");
  EXPECT_TRUE(CheckProductEdited(edited).ok());
}

}  // namespace
}  // namespace comptoir::retail
