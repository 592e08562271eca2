#include "common/retail/catalogue/standing.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StandingTest : public ::testing::Test {
 protected:
  absl::StatusOr<shop::v1::CatalogueEntry> Find(shop::v1::Subject subject,
                                                const std::string& code) {
    shop::v1::GetCatalogueEntryRequest request;
    request.set_subject(subject);
    request.set_code(code);
    return FindEntry(*world_.Snapshot(), kMonday, request);
  }
  void SetProducer(const JournalContext& journal, const std::string& code,
                   const std::string& name) {
    v1::ProducerEdited edited;
    edited.set_producer(code);
    edited.mutable_name()->set_value(name);
    edited.mutable_place()->set_value("Dalhem");
    world_.Write(journal, v1::FACT_KIND_PRODUCER_EDITED, edited);
  }
  void SetShop(const std::string& code) {
    v1::ShopEdited edited;
    edited.set_shop(code);
    edited.mutable_name()->set_value(code);
    world_.Write(hub_, v1::FACT_KIND_SHOP_EDITED, edited);
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext other_ = CoopJournal(2);
  const JournalContext shop_ = ShopJournal("outremeuse", 3);
  RetailWorld world_;
};

TEST_F(StandingTest, AnEntryHasAllItsRegisters) {
  world_.SetProduct(hub_, "carottes", "Carottes", v1::UNIT_KILOGRAM);
  world_.SetProduct(hub_, "carottes-bio", "Not these");
  world_.SetPrice(hub_, "carottes", 240);
  world_.SetPrice(hub_, "carottes", 260, Day(kMonday.value() + 7));
  world_.SetPrice(shop_, "carottes", 250);
  world_.SetVat(hub_, "carottes", 600);
  const auto entry = Must(Find(shop::v1::SUBJECT_PRODUCT, "carottes"));
  EXPECT_EQ(entry.today(), kMonday.value());
  std::vector<std::string> fields;
  for (const auto& field : entry.fields()) {
    fields.push_back(shop::v1::CatalogueField_Name(field.field()).substr(16) + " " + field.shop() +
                     " " + std::to_string(field.first_day()));
    EXPECT_EQ(field.writes_size(), 1);
    EXPECT_FALSE(field.conflict());
  }
  EXPECT_THAT(fields, ElementsAre("NAME  0", "UNIT  0", "PRICE  20780", "PRICE  20787",
                                  "PRICE outremeuse 20780", "VAT  20780"));
}

TEST_F(StandingTest, ConcurrentValuesStandWinnerFirst) {
  world_.SetPrice(hub_, "carottes", 240);
  world_.SetPrice(other_, "carottes", 260);
  const auto entry = Must(Find(shop::v1::SUBJECT_PRODUCT, "carottes"));
  ASSERT_EQ(entry.fields_size(), 1);
  const auto& price = entry.fields(0);
  EXPECT_TRUE(price.conflict());
  ASSERT_EQ(price.writes_size(), 2);
  EXPECT_EQ(price.writes(0).number(), 260);
  EXPECT_EQ(price.writes(0).reference().journal(), 2u);
  EXPECT_EQ(price.writes(1).number(), 240);
}

TEST_F(StandingTest, WhatNobodyWroteIsUnknown) {
  EXPECT_EQ(ReasonOf(Find(shop::v1::SUBJECT_PRODUCT, "panais").status()), kUnknownProduct);
  EXPECT_EQ(ReasonOf(Find(shop::v1::SUBJECT_PRODUCER, "panais").status()), kUnknownProducer);
  EXPECT_EQ(ReasonOf(Find(shop::v1::SUBJECT_SHOP, "panais").status()), kUnknownShop);
  EXPECT_EQ(Find(shop::v1::SUBJECT_SHOP, "panais").status().code(), absl::StatusCode::kNotFound);
  ExpectRefused(Find(shop::v1::SUBJECT_PRODUCT, "Panais").status(), kBadCode);
  ExpectRefused(Find(shop::v1::SUBJECT_UNSPECIFIED, "panais").status(), kBadSubject);
}

TEST_F(StandingTest, ListsNamesByPages) {
  for (const char* code : {"ferme", "moulin", "ruche"}) SetProducer(hub_, code, code);
  SetProducer(other_, "moulin", "Le Moulin");
  SetShop("outremeuse");
  shop::v1::ListNamesRequest request;
  request.set_subject(shop::v1::SUBJECT_PRODUCER);
  request.set_page_size(2);
  const auto first = Must(ListNames(*world_.Snapshot(), request));
  ASSERT_EQ(first.names_size(), 2);
  EXPECT_EQ(first.names(0).code(), "ferme");
  EXPECT_EQ(first.names(0).place(), "Dalhem");
  EXPECT_FALSE(first.names(0).conflict());
  EXPECT_EQ(first.names(1).name(), "Le Moulin");
  EXPECT_TRUE(first.names(1).conflict());
  request.set_cursor(first.next_cursor());
  const auto second = Must(ListNames(*world_.Snapshot(), request));
  ASSERT_EQ(second.names_size(), 1);
  EXPECT_EQ(second.names(0).code(), "ruche");
  EXPECT_EQ(second.next_cursor(), "");
  request.set_subject(shop::v1::SUBJECT_SHOP);
  ExpectRefused(ListNames(*world_.Snapshot(), request).status(), kBadCursor);
  request.clear_cursor();
  EXPECT_EQ(Must(ListNames(*world_.Snapshot(), request)).names_size(), 1);
  request.set_page_size(kNamesPageMax + 1);
  ExpectRefused(ListNames(*world_.Snapshot(), request).status(), kBadPageSize);
  request.set_subject(shop::v1::SUBJECT_PRODUCT);
  ExpectRefused(ListNames(*world_.Snapshot(), request).status(), kBadSubject);
}

TEST_F(StandingTest, ListsConflictsUntilTheyAreWrittenOver) {
  EXPECT_THAT(Must(ListConflicts(*world_.Snapshot(), {})).conflicts(), IsEmpty());
  world_.SetPrice(hub_, "carottes", 240);
  world_.SetPrice(other_, "carottes", 260);
  world_.SetVat(hub_, "carottes", 600);
  world_.SetVat(other_, "carottes", 600);  // the same: no conflict
  SetProducer(hub_, "moulin", "Le Moulin");
  SetProducer(other_, "moulin", "La Meunerie");
  shop::v1::ListConflictsRequest request;
  request.set_page_size(1);
  const auto first = Must(ListConflicts(*world_.Snapshot(), request));
  ASSERT_EQ(first.conflicts_size(), 1);
  EXPECT_EQ(first.conflicts(0).subject(), shop::v1::SUBJECT_PRODUCT);
  EXPECT_EQ(first.conflicts(0).code(), "carottes");
  EXPECT_EQ(first.conflicts(0).field().field(), shop::v1::CATALOGUE_FIELD_PRICE);
  EXPECT_EQ(first.conflicts(0).field().first_day(), kMonday.value());
  EXPECT_EQ(first.conflicts(0).field().writes_size(), 2);
  request.set_cursor(first.next_cursor());
  const auto second = Must(ListConflicts(*world_.Snapshot(), request));
  ASSERT_EQ(second.conflicts_size(), 1);
  EXPECT_EQ(second.conflicts(0).subject(), shop::v1::SUBJECT_PRODUCER);
  EXPECT_EQ(second.conflicts(0).field().field(), shop::v1::CATALOGUE_FIELD_NAME);
  EXPECT_EQ(second.next_cursor(), "");

  v1::PriceSet set;
  set.set_product("carottes");
  set.set_first_day(kMonday.value());
  set.mutable_price_cents()->set_value(240);
  for (const auto& write : first.conflicts(0).field().writes()) {
    *set.mutable_price_cents()->add_replaces() = write.reference();
  }
  world_.Write(hub_, v1::FACT_KIND_PRICE_SET, set);
  EXPECT_EQ(Must(ListConflicts(*world_.Snapshot(), {})).conflicts_size(), 1);
}

TEST_F(StandingTest, AProducerIsKnownByItsNameOrByAProduct) {
  EXPECT_FALSE(Must(IsKnownProducer(*world_.Snapshot(), "moulin", "pain")));
  v1::ProductEdited edited;
  edited.set_product("pain");
  edited.mutable_producer()->set_value("moulin");
  world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  EXPECT_TRUE(Must(IsKnownProducer(*world_.Snapshot(), "moulin", "pain")));
  EXPECT_FALSE(Must(IsKnownProducer(*world_.Snapshot(), "moulin", "lait")));
  SetProducer(hub_, "ferme", "La Ferme");
  EXPECT_TRUE(Must(IsKnownProducer(*world_.Snapshot(), "ferme", "lait")));
}

}  // namespace
}  // namespace comptoir::retail
