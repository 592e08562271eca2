#include "common/retail/catalogue/queries.h"

#include <string>
#include <vector>

#include "common/retail/calendar.h"
#include "common/retail/cursor.h"
#include "common/retail/keys.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class CatalogueQueriesTest : public ::testing::Test {
 protected:
  shop::v1::ListProductsResponse Page(uint32_t page_size, const std::string& cursor) {
    shop::v1::ListProductsRequest request;
    request.set_page_size(page_size);
    request.set_cursor(cursor);
    return Must(ListProducts(*world_.Snapshot(), "herstal", kMonday, request));
  }
  absl::Status ListStatus(uint32_t page_size, const std::string& cursor) {
    shop::v1::ListProductsRequest request;
    request.set_page_size(page_size);
    request.set_cursor(cursor);
    return ListProducts(*world_.Snapshot(), "herstal", kMonday, request).status();
  }
  // Cents, or −1 where none is in force.
  int64_t PriceAt(const std::string& shop, Day day) {
    const auto price = Must(PriceOn(*world_.Snapshot(), "carottes", shop, day));
    return price.has_value() ? price->winner()->value.number : -1;
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext other_hub_ = CoopJournal(2);
  const JournalContext herstal_ = ShopJournal("herstal", 3);
  RetailWorld world_;
};

TEST_F(CatalogueQueriesTest, AListSaysWhichPricesAreTheShopsOwn) {
  for (const char* code : {"carottes", "pain-gris"}) {
    world_.SetProduct(hub_, code, code);
    world_.SetPrice(hub_, code, 240);
  }
  world_.SetPrice(herstal_, "carottes", 210);
  const shop::v1::ListProductsResponse page = Page(10, "");
  ASSERT_EQ(page.products_size(), 2);
  EXPECT_EQ(page.products(0).price_cents(), 210);
  EXPECT_TRUE(page.products(0).own_price());
  EXPECT_EQ(page.products(1).price_cents(), 240);
  EXPECT_FALSE(page.products(1).own_price());
}

TEST_F(CatalogueQueriesTest, InForceIsTheLatestFirstDayNotAfterToday) {
  world_.SetPrice(hub_, "carottes", 200, Day(kMonday.value() - 7));
  world_.SetPrice(hub_, "carottes", 240, kMonday);
  world_.SetPrice(hub_, "carottes", 260, Day(kMonday.value() + 1));
  EXPECT_EQ(PriceAt("", Day(kMonday.value() - 8)), -1);
  EXPECT_EQ(PriceAt("", Day(kMonday.value() - 1)), 200);
  EXPECT_EQ(PriceAt("", kMonday), 240);
  EXPECT_EQ(PriceAt("", Day(kMonday.value() + 1)), 260);
  EXPECT_EQ(PriceAt("", kDayMax), 260);
  EXPECT_EQ(PriceAt("", Day(INT32_MAX)), 260);
}

TEST_F(CatalogueQueriesTest, AShopsOwnPriceGoesBeforeTheCoops) {
  world_.SetPrice(hub_, "carottes", 240, kMonday);
  world_.SetPrice(herstal_, "carottes", 250, Day(kMonday.value() - 1));
  EXPECT_EQ(PriceAt("herstal", kMonday), 250);
  EXPECT_EQ(PriceAt("outremeuse", kMonday), 240);
  EXPECT_EQ(PriceAt("herstal", Day(kMonday.value() - 2)), -1);
}

TEST_F(CatalogueQueriesTest, PricesOfOtherProductsAreNotMixedIn) {
  world_.SetPrice(hub_, "carottes-fanes", 300);
  world_.SetPrice(hub_, "carotte", 100);
  EXPECT_EQ(PriceAt("", kMonday), -1);
}

TEST_F(CatalogueQueriesTest, FindsAProductWithAllThatIsKnown) {
  v1::ProductEdited edited;
  edited.set_product("carottes");
  edited.mutable_name()->set_value("Carottes");
  edited.mutable_unit()->set_value(v1::UNIT_KILOGRAM);
  edited.mutable_producer()->set_value("moulin");
  edited.mutable_gtin()->set_value("5449000000996");
  edited.mutable_need()->set_value("carotte");
  world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  world_.SetPrice(hub_, "carottes", 240);
  world_.SetVat(hub_, "carottes", 600);
  const auto product = Must(FindProduct(*world_.Snapshot(), "herstal", kMonday, "carottes"));
  EXPECT_EQ(product.product(), "carottes");
  EXPECT_EQ(product.name(), "Carottes");
  EXPECT_EQ(product.unit(), v1::UNIT_KILOGRAM);
  EXPECT_EQ(product.producer(), "moulin");
  EXPECT_EQ(product.gtin(), "5449000000996");
  EXPECT_EQ(product.price_cents(), 240);
  EXPECT_EQ(product.vat_basis_points(), 600u);
  EXPECT_FALSE(product.conflict());
}

TEST_F(CatalogueQueriesTest, NoPriceIsNotAPriceOfZero) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  EXPECT_FALSE(
      Must(FindProduct(*world_.Snapshot(), "herstal", kMonday, "carottes")).has_price_cents());
  world_.SetPrice(hub_, "carottes", 0);
  EXPECT_TRUE(
      Must(FindProduct(*world_.Snapshot(), "herstal", kMonday, "carottes")).has_price_cents());
}

TEST_F(CatalogueQueriesTest, SaysWhereSomeValueIsContended) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  world_.SetProduct(other_hub_, "carottes", "Carottes en botte");
  world_.SetProduct(hub_, "pommes", "Pommes");
  world_.SetPrice(hub_, "pommes", 100);
  world_.SetPrice(other_hub_, "pommes", 110);
  world_.SetProduct(hub_, "pain", "Pain");
  world_.SetVat(hub_, "pain", 600);
  world_.SetVat(other_hub_, "pain", 2'100);
  world_.SetProduct(hub_, "sel", "Sel");
  const auto page = Page(0, "");
  for (const auto& product : page.products()) {
    EXPECT_EQ(product.conflict(), product.product() != "sel") << product.product();
  }
}

TEST_F(CatalogueQueriesTest, UnknownAndMalformedProducts) {
  const auto snapshot = world_.Snapshot();
  const auto unknown = FindProduct(*snapshot, "herstal", kMonday, "carottes").status();
  EXPECT_EQ(unknown.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(unknown), kUnknownProduct);
  EXPECT_EQ(unknown.message().find("unknown product \"carottes\": "), 0u) << unknown;
  ExpectRefused(FindProduct(*snapshot, "herstal", kMonday, "Carottes").status(), kBadCode);
}

TEST_F(CatalogueQueriesTest, AProductMayLackAUnit) {
  v1::ProductEdited edited;
  edited.set_product("carottes");
  edited.mutable_name()->set_value("Carottes");
  world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  const auto snapshot = world_.Snapshot();
  EXPECT_EQ(Must(ProductUnit(*snapshot, "carottes")), v1::UNIT_UNSPECIFIED);
  const absl::Status status = WithoutUnit(*snapshot, "carottes");
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), kNoUnit);
  EXPECT_EQ(WithoutUnit(*snapshot, "pommes").code(), absl::StatusCode::kNotFound);
}

TEST_F(CatalogueQueriesTest, NamesOfProductsProducersAndShops) {
  world_.SetProduct(hub_, "carottes", "Carottes");
  v1::ProducerEdited producer;
  producer.set_producer("moulin");
  producer.mutable_name()->set_value("Le Moulin");
  world_.Write(hub_, v1::FACT_KIND_PRODUCER_EDITED, producer);
  v1::ShopEdited shop;
  shop.set_shop("herstal");
  shop.mutable_name()->set_value("Herstal");
  world_.Write(hub_, v1::FACT_KIND_SHOP_EDITED, shop);
  const auto snapshot = world_.Snapshot();
  EXPECT_EQ(Must(ProductName(*snapshot, "carottes")), "Carottes");
  EXPECT_EQ(Must(ProducerName(*snapshot, "moulin")), "Le Moulin");
  EXPECT_EQ(Must(ShopName(*snapshot, "herstal")), "Herstal");
  EXPECT_EQ(Must(ShopName(*snapshot, "outremeuse")), "");
}

TEST_F(CatalogueQueriesTest, ListsByCodePageByPage) {
  const std::vector<std::string> codes = {"ail", "betterave", "carottes", "dattes", "endives"};
  for (const std::string& code : codes) world_.SetProduct(hub_, code, code);
  // Registers of other subjects are not products.
  world_.SetPrice(hub_, "fenouil", 100);
  for (const uint32_t page_size : {1u, 2u, 5u, 6u, 0u}) {
    std::vector<std::string> listed;
    std::string cursor;
    do {
      const auto page = Page(page_size, cursor);
      if (page_size != 0) {
        EXPECT_LE(static_cast<uint32_t>(page.products_size()), page_size);
      }
      for (const auto& product : page.products()) listed.push_back(product.product());
      cursor = page.next_cursor();
    } while (!cursor.empty());
    EXPECT_EQ(listed, codes) << page_size;
  }
}

TEST_F(CatalogueQueriesTest, RefusesForeignCursorsAndLongPages) {
  ExpectRefused(ListStatus(0, "zzz"), kBadCursor);
  ExpectRefused(ListStatus(0, SealCursor(List::kStockList, "ail")), kBadCursor);
  ExpectRefused(ListStatus(0, SealCursor(List::kProductsList, "A")), kBadCursor);
  ExpectRefused(ListStatus(10'001, ""), kBadPageSize);
}

TEST_F(CatalogueQueriesTest, DamagedRowsAreDataLoss) {
  const auto batch = world_.Begin();
  batch->Put(kRegisters, FieldKey(Subject::kProduct, "carottes", 2), "\xff");
  world_.Commit(batch);
  EXPECT_EQ(ListStatus(0, "").code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(ProductName(*world_.Snapshot(), "carottes").status().code(),
            absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace comptoir::retail
