#include "common/retail/catalogue/fold.h"

#include <optional>
#include <string>

#include "common/retail/catalogue/registers.h"
#include "common/retail/keys.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

const std::string kNameKey =
    FieldKey(Subject::kProduct, "carottes", v1::ProductEdited::kNameFieldNumber);

class CatalogueFoldTest : public ::testing::Test {
 protected:
  std::optional<Register> At(const std::string& key) {
    return Must(ReadRegister(*world_.Snapshot(), key));
  }
  bool InConflict(const std::string& key) {
    return Must(world_.Snapshot()->Get(kConflicts, key)).has_value();
  }
  int64_t Edits() {
    const auto row = Must(world_.Snapshot()->Get(kEdits, kCatalogueEditsKey));
    return row.has_value() ? Must(store::DecodeCounters(*row)).front() : 0;
  }
  Fact Rename(const JournalContext& journal, const std::string& name,
              const std::string& over_key = "") {
    v1::ProductEdited edited;
    edited.set_product("carottes");
    edited.mutable_name()->set_value(name);
    if (!over_key.empty()) {
      AppendReplaced(*At(over_key), edited.mutable_name()->mutable_replaces());
    }
    return world_.Write(journal, v1::FACT_KIND_PRODUCT_EDITED, edited);
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext other_hub_ = CoopJournal(2);
  RetailWorld world_;
};

TEST_F(CatalogueFoldTest, WritesTheFieldsThatTheFactHas) {
  v1::ProductEdited edited;
  edited.set_product("carottes");
  edited.mutable_unit()->set_value(v1::UNIT_KILOGRAM);
  edited.mutable_gtin()->set_value("5449000000996");
  const Fact fact = world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  EXPECT_FALSE(At(kNameKey).has_value());
  const auto unit =
      At(FieldKey(Subject::kProduct, "carottes", v1::ProductEdited::kUnitFieldNumber));
  ASSERT_TRUE(unit.has_value());
  EXPECT_EQ(unit->winner()->value.number, v1::UNIT_KILOGRAM);
  EXPECT_EQ(unit->winner()->reference, fact.reference);
  EXPECT_EQ(unit->winner()->hybrid_time, fact.hybrid_time);
  EXPECT_EQ(Edits(), 1);
}

TEST_F(CatalogueFoldTest, AConflictIsListedUntilSomeoneWritesOverIt) {
  Rename(hub_, "Carottes");
  EXPECT_FALSE(InConflict(kNameKey));
  Rename(other_hub_, "Carottes en botte");
  EXPECT_TRUE(InConflict(kNameKey));
  Rename(hub_, "Carottes fanes", kNameKey);
  EXPECT_FALSE(InConflict(kNameKey));
  EXPECT_EQ(At(kNameKey)->winner()->value.text, "Carottes fanes");
}

TEST_F(CatalogueFoldTest, AnEditTakenTwiceIsNeitherConflictNorUndone) {
  const Fact first = Rename(hub_, "Carottes");
  Rename(other_hub_, "Carottes");
  world_.Fold(first, Direction::kUncount);
  EXPECT_FALSE(InConflict(kNameKey));
  EXPECT_EQ(At(kNameKey)->writes().size(), 2u);
}

TEST_F(CatalogueFoldTest, PricesStandByProductShopAndDay) {
  const JournalContext herstal = ShopJournal("herstal", 3);
  world_.SetPrice(hub_, "carottes", 240);
  world_.SetPrice(herstal, "carottes", 250, Day(kMonday.value() + 1));
  std::string key = PricePrefix("carottes", "");
  AppendDay(kMonday, &key);
  EXPECT_EQ(At(key)->winner()->value.number, 240);
  std::string shop_key = PricePrefix("carottes", "herstal");
  AppendDay(Day(kMonday.value() + 1), &shop_key);
  EXPECT_EQ(At(shop_key)->winner()->value.number, 250);
  EXPECT_EQ(Edits(), 2);
}

TEST_F(CatalogueFoldTest, VatRatesStandByProductAndDay) {
  world_.SetVat(hub_, "carottes", 600);
  std::string key = SubjectPrefix(Subject::kVat, "carottes");
  AppendDay(kMonday, &key);
  EXPECT_EQ(At(key)->winner()->value.number, 600);
}

TEST_F(CatalogueFoldTest, ProducersAndShopsHaveNameAndPlace) {
  v1::ProducerEdited producer;
  producer.set_producer("moulin");
  producer.mutable_name()->set_value("Le Moulin");
  producer.mutable_place()->set_value("Aywaille");
  world_.Write(hub_, v1::FACT_KIND_PRODUCER_EDITED, producer);
  v1::ShopEdited shop;
  shop.set_shop("herstal");
  shop.mutable_name()->set_value("Herstal");
  shop.mutable_place()->set_value("rue Large Voie");
  world_.Write(hub_, v1::FACT_KIND_SHOP_EDITED, shop);
  const auto text = [&](Subject subject, const std::string& code, int field) {
    return At(FieldKey(subject, code, field))->winner()->value.text;
  };
  EXPECT_EQ(text(Subject::kProducer, "moulin", v1::ProducerEdited::kNameFieldNumber), "Le Moulin");
  EXPECT_EQ(text(Subject::kProducer, "moulin", v1::ProducerEdited::kPlaceFieldNumber), "Aywaille");
  EXPECT_EQ(text(Subject::kShop, "herstal", v1::ShopEdited::kNameFieldNumber), "Herstal");
  EXPECT_EQ(text(Subject::kShop, "herstal", v1::ShopEdited::kPlaceFieldNumber), "rue Large Voie");
}

TEST_F(CatalogueFoldTest, ADamagedRowIsNotWrittenOver) {
  const auto batch = world_.Begin();
  batch->Put(kRegisters, kNameKey, "\xff");
  world_.Commit(batch);
  v1::ProductEdited edited;
  edited.set_product("carottes");
  edited.mutable_name()->set_value("Carottes");
  const Fact fact = FactIn(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  const auto next = world_.Begin();
  EXPECT_EQ(FoldProductEdited(fact, edited, Effect::kCount, *next).code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace comptoir::retail
