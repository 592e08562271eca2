#include "common/retail/catalogue/edit.h"

#include <array>
#include <string>
#include <vector>

#include "common/retail/catalogue/queries.h"
#include "common/retail/catalogue/standing.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class EditTest : public ::testing::Test {
 protected:
  template <typename Edits>
  void Write(const JournalContext& journal, const Edits& edits) {
    for (const auto& [kind, bytes] : edits.facts) {
      google::protobuf::Arena arena;
      journal::v1::Entry entry;
      entry.set_fold_version(kFoldVersion);
      entry.set_kind(kind);
      entry.set_fact(bytes);
      Fact fact;
      ASSERT_TRUE(ParseFact(entry, &arena, &fact).admitted());
      world_.Write(journal, kind, *fact.fact);
    }
  }
  absl::StatusOr<HandEdits> Product(const shop::v1::EditProductRequest& request) {
    return BuildProductEdit(*world_.Snapshot(), request, kMonday);
  }
  absl::StatusOr<HandEdits> Price(const shop::v1::SetPriceRequest& request) {
    return BuildPriceSet(*world_.Snapshot(), request, kMonday);
  }
  shop::v1::FieldValues Field(shop::v1::CatalogueField wanted,
                              shop::v1::Subject subject = shop::v1::SUBJECT_PRODUCT,
                              const std::string& code = "carottes") {
    shop::v1::GetCatalogueEntryRequest request;
    request.set_subject(subject);
    request.set_code(code);
    const auto entry = Must(FindEntry(*world_.Snapshot(), kMonday, request));
    for (const auto& field : entry.fields()) {
      if (field.field() == wanted) return field;
    }
    return {};
  }
  static shop::v1::EditProductRequest Named(const std::string& name) {
    shop::v1::EditProductRequest request;
    request.set_product("carottes");
    request.mutable_name()->set_value(name);
    return request;
  }
  static shop::v1::SetPriceRequest PriceOf(int64_t cents, const std::string& shop = "") {
    shop::v1::SetPriceRequest request;
    request.set_product("carottes");
    request.set_shop(shop);
    request.mutable_price()->set_value(cents);
    return request;
  }
  // What an editor shows now, as it sends it back.
  static shop::v1::ReadWrites Shown(const shop::v1::FieldValues& field) {
    shop::v1::ReadWrites read;
    for (const auto& write : field.writes()) *read.add_writes() = write.reference();
    return read;
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext other_ = CoopJournal(2);
  const JournalContext shop_ = ShopJournal("outremeuse", 3);
  RetailWorld world_;
};

TEST_F(EditTest, AProductThatNobodyKnowsNeedsAUnit) {
  ExpectRefused(Product(Named("Carottes")).status(), kNoUnit);
  shop::v1::EditProductRequest request = Named("Carottes");
  request.mutable_unit()->set_value(v1::UNIT_KILOGRAM);
  const HandEdits edits = Must(Product(request));
  EXPECT_TRUE(edits.created);
  EXPECT_EQ(edits.facts.size(), 1u);
}

TEST_F(EditTest, WritesEveryFieldThatIsSaid) {
  shop::v1::EditProductRequest request = Named("Carottes");
  request.mutable_unit()->set_value(v1::UNIT_KILOGRAM);
  request.mutable_producer()->set_value("moulin");
  request.mutable_gtin()->set_value("5449000000996");
  request.mutable_need()->set_value("legumes");
  request.mutable_vat()->set_value(600);
  const HandEdits edits = Must(Product(request));
  EXPECT_EQ(edits.facts.size(), 2u);
  Write(hub_, edits);
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_NAME).writes(0).text(), "Carottes");
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_UNIT).writes(0).number(), v1::UNIT_KILOGRAM);
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_PRODUCER).writes(0).text(), "moulin");
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_GTIN).writes(0).text(), "5449000000996");
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_NEED).writes(0).text(), "legumes");
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_VAT).writes(0).number(), 600);
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_VAT).first_day(), kMonday.value());
  EXPECT_TRUE(Must(Product(request)).facts.empty()) << "all stands as said";
}

TEST_F(EditTest, EachFieldMayBeSaidAlone) {
  world_.SetProduct(hub_, "carottes", "Carottes", v1::UNIT_KILOGRAM);
  const auto facts = [this](auto say) {
    shop::v1::EditProductRequest request;
    request.set_product("carottes");
    say(request);
    return Must(Product(request)).facts.size();
  };
  EXPECT_EQ(facts([](auto& edit) { edit.mutable_unit()->set_value(v1::UNIT_LITRE); }), 1u);
  EXPECT_EQ(facts([](auto& edit) { edit.mutable_producer()->set_value("une-autre"); }), 1u);
  EXPECT_EQ(facts([](auto& edit) { edit.mutable_gtin()->set_value("4006381333931"); }), 1u);
  EXPECT_EQ(facts([](auto& edit) { edit.mutable_need()->set_value("racines"); }), 1u);
  EXPECT_EQ(facts([](auto& edit) { edit.mutable_vat()->set_value(2'100); }), 1u);
  shop::v1::EditShopRequest shop;
  shop.set_shop("herstal");
  ExpectRefused(BuildShopEdit(*world_.Snapshot(), shop).status(), kNothingToWrite);
  shop.mutable_place()->set_value("Herstal");
  EXPECT_EQ(Must(BuildShopEdit(*world_.Snapshot(), shop)).facts.size(), 1u);
}

TEST_F(EditTest, AFieldCanBeTakenAway) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  shop::v1::EditProductRequest request;
  request.set_product("carottes");
  request.mutable_gtin()->set_value("5449000000996");
  Write(hub_, Must(Product(request)));
  request.mutable_gtin()->clear_value();
  Write(hub_, Must(Product(request)));
  EXPECT_EQ(Must(FindProduct(*world_.Snapshot(), "", kMonday, "carottes")).gtin(), "");
}

TEST_F(EditTest, WithoutWhatItReadAWriteReplacesAllThatStands) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  world_.SetProduct(other_, "carottes", "Wortelen");
  ASSERT_TRUE(Field(shop::v1::CATALOGUE_FIELD_NAME).conflict());
  Write(hub_, Must(Product(Named("Carottes"))));
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_NAME).writes_size(), 1);
  EXPECT_FALSE(Field(shop::v1::CATALOGUE_FIELD_NAME).conflict());
}

TEST_F(EditTest, AWriteReplacesWhatItsAuthorReadAndNothingElse) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  shop::v1::EditProductRequest request = Named("Carottes en botte");
  *request.mutable_name()->mutable_read() = Shown(Field(shop::v1::CATALOGUE_FIELD_NAME));
  // While the form is open, somebody else writes over what it shows.
  Write(other_, Must(Product(Named("Wortelen"))));
  Write(hub_, Must(Product(request)));
  const auto field = Field(shop::v1::CATALOGUE_FIELD_NAME);
  EXPECT_TRUE(field.conflict());
  ASSERT_EQ(field.writes_size(), 2);
  EXPECT_EQ(field.writes(0).text(), "Carottes en botte") << "the latest wins";
  // Whoever knows both settles it.
  request = Named("Carottes");
  *request.mutable_name()->mutable_read() = Shown(field);
  Write(other_, Must(Product(request)));
  EXPECT_FALSE(Field(shop::v1::CATALOGUE_FIELD_NAME).conflict());
  EXPECT_EQ(Field(shop::v1::CATALOGUE_FIELD_NAME).writes_size(), 1);
}

TEST_F(EditTest, AFormThatShowedNothingReplacesNothing) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  shop::v1::EditProductRequest request = Named("Wortelen");
  request.mutable_name()->mutable_read();
  Write(other_, Must(Product(request)));
  EXPECT_TRUE(Field(shop::v1::CATALOGUE_FIELD_NAME).conflict());
}

TEST_F(EditTest, EveryFieldIsChecked) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  shop::v1::EditProductRequest request;
  request.set_product("Carottes");
  ExpectRefused(Product(request).status(), kBadCode);
  request.set_product("carottes");
  ExpectRefused(Product(request).status(), kNothingToWrite);
  request.mutable_gtin()->set_value("1");
  ExpectRefused(Product(request).status(), kBadGtin);
  request = Named("a\nb");
  ExpectRefused(Product(request).status(), kBadText);
  request = Named("Carottes");
  request.mutable_vat()->set_value(10'001);
  ExpectRefused(Product(request).status(), kBadVat);
  request.mutable_vat()->set_value(600);
  request.set_first_day(-1);
  ExpectRefused(Product(request).status(), kBadDay);
  request = Named("Wortelen");
  for (size_t i = 0; i <= kReplacedWritesMax; ++i) {
    auto* read = request.mutable_name()->mutable_read()->add_writes();
    read->set_journal(i + 1);
    read->set_sequence(1);
  }
  ExpectRefused(Product(request).status(), kBadReplaces);
}

TEST_F(EditTest, ProducersAndShopsHaveNamesAndPlaces) {
  shop::v1::EditProducerRequest producer;
  producer.set_producer("moulin");
  ExpectRefused(BuildProducerEdit(*world_.Snapshot(), producer).status(), kNothingToWrite);
  producer.mutable_name()->set_value("Le Moulin");
  producer.mutable_place()->set_value("Dalhem");
  EXPECT_TRUE(Must(BuildProducerEdit(*world_.Snapshot(), producer)).created);
  Write(hub_, Must(BuildProducerEdit(*world_.Snapshot(), producer)));
  EXPECT_FALSE(Must(BuildProducerEdit(*world_.Snapshot(), producer)).created);
  EXPECT_EQ(Must(ProducerName(*world_.Snapshot(), "moulin")), "Le Moulin");
  EXPECT_EQ(
      Field(shop::v1::CATALOGUE_FIELD_PLACE, shop::v1::SUBJECT_PRODUCER, "moulin").writes(0).text(),
      "Dalhem");

  shop::v1::EditShopRequest shop;
  shop.set_shop("Outremeuse");
  ExpectRefused(BuildShopEdit(*world_.Snapshot(), shop).status(), kBadCode);
  shop.set_shop("outremeuse");
  shop.mutable_name()->set_value("Outre\nmeuse");
  ExpectRefused(BuildShopEdit(*world_.Snapshot(), shop).status(), kBadText);
  shop.mutable_name()->set_value("Outremeuse");
  Write(hub_, Must(BuildShopEdit(*world_.Snapshot(), shop)));
  EXPECT_EQ(Must(ShopName(*world_.Snapshot(), "outremeuse")), "Outremeuse");
}

TEST_F(EditTest, APriceOfAProductThatNobodyKnowsIsRefused) {
  EXPECT_EQ(Price(PriceOf(240)).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(Price(PriceOf(240)).status()), kUnknownProduct);
}

TEST_F(EditTest, PricesOfTheCoopAndOfAShop) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  Write(hub_, Must(Price(PriceOf(240))));
  EXPECT_TRUE(Must(Price(PriceOf(240))).facts.empty());
  // The shop's own is its own, though the co-op's is the same today.
  Write(shop_, Must(Price(PriceOf(240, "outremeuse"))));
  Write(hub_, Must(Price(PriceOf(260))));
  const auto snapshot = world_.Snapshot();
  EXPECT_EQ(Must(FindProduct(*snapshot, "", kMonday, "carottes")).price_cents(), 260);
  EXPECT_EQ(Must(FindProduct(*snapshot, "outremeuse", kMonday, "carottes")).price_cents(), 240);
}

TEST_F(EditTest, APriceToComeLeavesTodaysAlone) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  Write(hub_, Must(Price(PriceOf(240))));
  shop::v1::SetPriceRequest next = PriceOf(240);
  next.set_first_day(kMonday.value() + 7);
  // Said of that day, whatever comes in between.
  EXPECT_EQ(Must(Price(next)).facts.size(), 1u);
  next.mutable_price()->set_value(300);
  Write(hub_, Must(Price(next)));
  const auto snapshot = world_.Snapshot();
  EXPECT_EQ(Must(FindProduct(*snapshot, "", kMonday, "carottes")).price_cents(), 240);
  EXPECT_EQ(Must(FindProduct(*snapshot, "", Day(kMonday.value() + 7), "carottes")).price_cents(),
            300);
}

TEST_F(EditTest, APriceMustBeOne) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  shop::v1::SetPriceRequest request;
  request.set_product("carottes");
  ExpectRefused(Price(request).status(), kNothingToWrite);
  ExpectRefused(Price(PriceOf(-1)).status(), kBadPrice);
  request = PriceOf(1);
  request.set_first_day(-1);
  ExpectRefused(Price(request).status(), kBadDay);
  ExpectRefused(Price(PriceOf(1, "Outremeuse")).status(), kBadCode);
}

class ImportProducersTest : public EditTest {
 protected:
  coop::v1::ProducerSpec& Add(const std::string& code, const std::string& name) {
    coop::v1::ProducerSpec* spec = request_.add_producers();
    spec->set_producer(code);
    spec->set_name(name);
    return *spec;
  }
  absl::StatusOr<CatalogueEdits> Build() {
    return BuildProducerEdits(*world_.Snapshot(), request_);
  }

  coop::v1::ImportProducersRequest request_;
};

TEST_F(ImportProducersTest, CountsWhatItCreatesChangesAndLeaves) {
  Add("moulin", "Le Moulin").set_place("Dalhem");
  Add("ferme", "La Ferme");
  Write(hub_, Must(Build()));
  request_.mutable_producers(0)->set_name("");
  request_.mutable_producers(1)->set_name("La Ferme du Bois");
  Add("ruche", "La Ruche");
  const CatalogueEdits edits = Must(Build());
  EXPECT_EQ(edits.created, 1u);
  EXPECT_EQ(edits.changed, 1u);
  EXPECT_EQ(edits.unchanged, 1u);
  EXPECT_EQ(edits.facts.size(), 2u);
}

TEST_F(ImportProducersTest, NamesTheFirstLineThatIsWrong) {
  Add("moulin", "Le Moulin");
  Add("moulin", "La Meunerie");
  const absl::Status status = Build().status();
  ExpectRefused(status, kTwice);
  EXPECT_EQ(status.message().find("line 2: "), 0u) << status;
  request_.mutable_producers(1)->set_producer("Ferme");
  ExpectRefused(Build().status(), kBadCode);
  request_.mutable_producers(1)->set_producer("ferme");
  request_.mutable_producers(1)->set_name("");
  ExpectRefused(Build().status(), kNothingToWrite);
  request_.clear_producers();
  ExpectRefused(Build().status(), kBadLines);
  for (size_t i = 0; i <= kImportProductsMax; ++i) Add("p" + std::to_string(i), "x");
  ExpectRefused(Build().status(), kBadLines);
}

TEST_F(EditTest, DepositsAreOfWhatIsSoldByThePiece) {
  world_.SetProduct(hub_, "carottes", "Carottes", v1::UNIT_KILOGRAM);
  world_.SetProduct(hub_, "biere", "Bière", v1::UNIT_PIECE);
  shop::v1::EditProductRequest request;
  request.set_product("biere");
  request.mutable_deposit()->set_value(10);
  Write(hub_, Must(Product(request)));
  const auto field = Field(shop::v1::CATALOGUE_FIELD_DEPOSIT, shop::v1::SUBJECT_PRODUCT, "biere");
  ASSERT_EQ(field.writes_size(), 1);
  EXPECT_EQ(field.writes(0).number(), 10);
  EXPECT_TRUE(Must(Product(request)).facts.empty()) << "as it stands already";
  request.mutable_deposit()->set_value(15);
  Write(hub_, Must(Product(request)));
  EXPECT_EQ(
      Field(shop::v1::CATALOGUE_FIELD_DEPOSIT, shop::v1::SUBJECT_PRODUCT, "biere").writes_size(),
      1);
  request.mutable_deposit()->set_value(-1);
  ExpectRefused(Product(request).status(), kBadDeposit);
  request.set_product("carottes");
  request.mutable_deposit()->set_value(10);
  ExpectRefused(Product(request).status(), kBadDeposit);
  request.mutable_unit()->set_value(v1::UNIT_PIECE);  // both at once
  EXPECT_TRUE(Product(request).ok());
}

TEST_F(EditTest, TheUnitDoesNotChangeUnderADeposit) {
  world_.SetProduct(hub_, "biere", "Bière", v1::UNIT_PIECE);
  shop::v1::EditProductRequest deposit;
  deposit.set_product("biere");
  deposit.mutable_deposit()->set_value(10);
  Write(hub_, Must(Product(deposit)));
  shop::v1::EditProductRequest request;
  request.set_product("biere");
  for (const v1::Unit unit : {v1::UNIT_KILOGRAM, v1::UNIT_LITRE}) {
    request.mutable_unit()->set_value(unit);
    const absl::Status status = Product(request).status();
    ExpectRefused(status, kBadDeposit);
    EXPECT_NE(status.message().find("a deposit of 0.10"), std::string::npos) << status;
  }
  request.mutable_unit()->set_value(v1::UNIT_PIECE);
  EXPECT_TRUE(Must(Product(request)).facts.empty());
  request.mutable_unit()->set_value(v1::UNIT_LITRE);
  request.mutable_deposit()->set_value(0);  // both at once
  EXPECT_TRUE(Product(request).ok());
  // One by one, as well. And what two said at the same time may be edited on.
  request.clear_deposit();
  deposit.mutable_deposit()->set_value(0);
  Write(hub_, Must(Product(deposit)));
  Write(hub_, Must(Product(request)));
  v1::ProductEdited unknowing;
  unknowing.set_product("biere");
  unknowing.mutable_deposit_cents()->set_value(10);
  world_.Write(other_, v1::FACT_KIND_PRODUCT_EDITED, unknowing);
  EXPECT_TRUE(Product(request).ok());
  request.mutable_unit()->set_value(v1::UNIT_KILOGRAM);
  ExpectRefused(Product(request).status(), kBadDeposit);
}

class NumbersTest : public EditTest {
 protected:
  NumbersTest() {
    world_.SetProduct(hub_, "cola", "Cola");
    world_.SetProduct(hub_, "limonade", "Limonade");
    Write(hub_, Must(Give("cola", "5449000000996 96385074", "42")));
  }
  absl::StatusOr<HandEdits> Give(const std::string& product, const std::string& gtin,
                                 const std::string& item) {
    shop::v1::EditProductRequest request;
    request.set_product(product);
    request.mutable_gtin()->set_value(gtin);
    request.mutable_item()->set_value(item);
    return Product(request);
  }
  // As a replica does that has not heard of the other edits.
  void GiveUnknowing(const std::string& product, const std::string& gtin) {
    v1::ProductEdited edited;
    edited.set_product(product);
    edited.mutable_gtin()->set_value(gtin);
    world_.Write(other_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  }
};

TEST_F(NumbersTest, OneThatAnotherProductHasIsRefusedByItsName) {
  for (const auto& [gtin, item, said] : std::vector<std::array<std::string, 3>>{
           {"4006381333931 05449000000996", "", "the GTIN \"05449000000996\""},
           {"96385074", "43", "the GTIN \"96385074\""},
           {"4006381333931", "0042", "the item number \"0042\""}}) {
    const absl::Status status = Give("limonade", gtin, item).status();
    ExpectRefused(status, kTwice);
    EXPECT_NE(status.message().find(said), std::string::npos) << status;
    EXPECT_NE(status.message().find("product cola, \"Cola\","), std::string::npos) << status;
  }
  EXPECT_TRUE(Give("limonade", "4006381333931", "43").ok());
}

TEST_F(NumbersTest, AProductKeepsItsOwnAndMayGiveThemUp) {
  EXPECT_TRUE(Must(Give("cola", "5449000000996 96385074", "42")).facts.empty());
  EXPECT_EQ(Must(Give("cola", "96385074 4006381333931", "000042")).facts.size(), 1u);
  Write(hub_, Must(Give("cola", "96385074", "")));
  Write(hub_, Must(Give("limonade", "5449000000996", "42")));
  ExpectRefused(Give("cola", "96385074 5449000000996", "").status(), kTwice);
}

TEST_F(NumbersTest, WhereTwoHaveItEachMayBeEdited) {
  GiveUnknowing("limonade", "96385074");
  for (const char* product : {"cola", "limonade"}) {
    EXPECT_TRUE(Give(product, "96385074 4006381333931", "").ok()) << product;
  }
  world_.SetProduct(hub_, "the", "Thé");
  ExpectRefused(Give("the", "96385074", "").status(), kTwice);
}

}  // namespace
}  // namespace comptoir::retail
