#include "common/retail/deliveries/import.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

using ::testing::ElementsAre;

class StockImportTest : public ::testing::Test {
 protected:
  StockImportTest() {
    world_.SetProduct(hub_, "carottes", "Carottes", v1::UNIT_KILOGRAM);
    world_.SetProduct(hub_, "pain", "Pain");
    v1::ProductEdited edited;
    edited.set_product("pain");
    edited.mutable_producer()->set_value("moulin");
    world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  }
  shop::v1::StockLine& Add(const std::string& product, const std::string& producer,
                           int64_t milli = 1'000) {
    shop::v1::StockLine* line = request_.add_lines();
    line->set_product(product);
    line->set_producer(producer);
    line->set_quantity_milli(milli);
    return *line;
  }
  absl::StatusOr<StockImport> Build() { return BuildStockImport(*world_.Snapshot(), request_); }
  std::vector<v1::GoodsReceived> Deliveries() {
    std::vector<v1::GoodsReceived> deliveries;
    for (const std::string& bytes : Must(Build()).facts) {
      EXPECT_TRUE(deliveries.emplace_back().ParseFromString(bytes));
    }
    return deliveries;
  }
  void ExpectAtLine(int line, std::string_view reason) {
    const absl::Status status = Build().status();
    EXPECT_EQ(ReasonOf(status), reason) << status;
    const std::string place = "line " + std::to_string(line) + ": ";
    EXPECT_EQ(status.message().find(place), 0u) << status;
    EXPECT_EQ(status.message().find("line ", 1), absl::string_view::npos) << status;
  }

  const JournalContext hub_ = CoopJournal(1);
  RetailWorld world_;
  shop::v1::ImportStockRequest request_;
};

TEST_F(StockImportTest, MakesADeliveryPerProducer) {
  shop::v1::StockLine& line = Add("carottes", "ferme", 40'000);
  line.set_lot("L47");
  line.set_use_by_day(20'792);
  line.set_best_before_day(20'795);
  line.set_unit_cost_cents(110);
  line.set_unit(v1::UNIT_KILOGRAM);
  Add("pain", "moulin", 12'000);
  Add("carottes", "ferme", 5'000);
  request_.set_document("BL 12");
  const auto deliveries = Deliveries();
  ASSERT_EQ(deliveries.size(), 2u);
  EXPECT_EQ(deliveries[0].producer(), "ferme");
  EXPECT_EQ(deliveries[0].document(), "BL 12");
  ASSERT_EQ(deliveries[0].lines_size(), 2);
  EXPECT_EQ(deliveries[0].lines(0).unit(), v1::UNIT_KILOGRAM);
  EXPECT_EQ(deliveries[0].lines(0).quantity_milli(), 40'000);
  EXPECT_EQ(deliveries[0].lines(0).lot(), "L47");
  EXPECT_EQ(deliveries[0].lines(0).use_by_day(), 20'792);
  EXPECT_EQ(deliveries[0].lines(0).best_before_day(), 20'795);
  EXPECT_EQ(deliveries[0].lines(0).unit_cost_cents(), 110);
  EXPECT_EQ(deliveries[0].lines(1).quantity_milli(), 5'000);
  EXPECT_EQ(deliveries[1].producer(), "moulin");
  EXPECT_EQ(Must(Build()).producers, 2u);
  EXPECT_THAT(Must(Build()).unknown_producers, ElementsAre("ferme"));
}

TEST_F(StockImportTest, TheCatalogueSaysWhoseProductItIs) {
  Add("pain", "");
  EXPECT_EQ(Deliveries()[0].producer(), "moulin");
  Add("carottes", "");
  ExpectAtLine(2, kNoProducer);
}

TEST_F(StockImportTest, ALargeDeliveryIsCut) {
  for (size_t i = 0; i < 2 * kLinesMax + 1; ++i) Add("pain", "moulin");
  const auto deliveries = Deliveries();
  ASSERT_EQ(deliveries.size(), 3u);
  EXPECT_EQ(deliveries[0].lines_size(), static_cast<int>(kLinesMax));
  EXPECT_EQ(deliveries[2].lines_size(), 1);
  EXPECT_EQ(Must(Build()).producers, 1u);
}

TEST_F(StockImportTest, NamesTheLineThatIsWrong) {
  Add("pain", "moulin");
  Add("panais", "ferme");
  ExpectAtLine(2, kUnknownProduct);
  request_.mutable_lines(1)->set_product("Pain");
  ExpectAtLine(2, kBadCode);
  request_.mutable_lines(1)->set_product("pain");
  request_.mutable_lines(1)->set_producer("La Ferme");
  ExpectAtLine(2, kBadCode);
  request_.mutable_lines(1)->set_producer("ferme");
  request_.mutable_lines(1)->set_quantity_milli(0);
  ExpectAtLine(2, kBadQuantity);
  request_.mutable_lines(1)->set_quantity_milli(1'000);
  request_.mutable_lines(1)->set_unit(v1::UNIT_KILOGRAM);
  ExpectAtLine(2, kBadUnit);
  request_.mutable_lines(1)->clear_unit();
  request_.mutable_lines(1)->set_lot("a\nb");
  ExpectAtLine(2, kBadLot);
  request_.mutable_lines(1)->clear_lot();
  EXPECT_TRUE(Build().ok());
}

TEST_F(StockImportTest, TakesOneTo20000Lines) {
  ExpectRefused(Build().status(), kBadLines);
  for (size_t i = 0; i < kImportStockLinesMax; ++i) Add("pain", "moulin");
  EXPECT_EQ(Must(Build()).facts.size(), 20u);
  Add("pain", "moulin");
  ExpectRefused(Build().status(), kBadLines);
}

TEST_F(StockImportTest, AllOfADeliveryMustFitTogether) {
  Add("pain", "moulin", kQuantityMilliMax);
  Add("pain", "moulin", 1);
  ExpectRefused(Build().status(), kBadQuantity);
}

}  // namespace
}  // namespace comptoir::retail
