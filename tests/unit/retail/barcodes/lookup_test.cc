#include "common/retail/barcodes/lookup.h"

#include <cstdint>
#include <string>
#include <vector>

#include "common/retail/sales/admit.h"
#include "common/retail/sales/build.h"
#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

class LookupTest : public ::testing::Test {
 protected:
  LookupTest() {
    world_.SetProduct(hub_, "gruyere", "Gruyère", v1::UNIT_KILOGRAM);
    world_.SetPrice(hub_, "gruyere", 2'000);
    SetItem(hub_, "gruyere", "42");
    world_.SetProduct(hub_, "cola", "Cola");
    world_.SetPrice(hub_, "cola", 150);
    SetGtin(hub_, "cola", "5449000000996 96385074");
  }
  static journal::v1::Reference NameOf(const Fact& fact) {
    journal::v1::Reference reference;
    reference.set_journal(fact.reference.journal.value());
    reference.set_sequence(fact.reference.sequence.value());
    reference.set_hash_prefix(fact.reference.hash_prefix);
    return reference;
  }
  Fact SetGtin(const JournalContext& journal, const std::string& product, const std::string& gtin,
               const Fact* replaced = nullptr) {
    v1::ProductEdited edited;
    edited.set_product(product);
    edited.mutable_gtin()->set_value(gtin);
    if (replaced != nullptr) *edited.mutable_gtin()->add_replaces() = NameOf(*replaced);
    return world_.Write(journal, v1::FACT_KIND_PRODUCT_EDITED, edited);
  }
  void SetItem(const JournalContext& journal, const std::string& product, const std::string& item) {
    v1::ProductEdited edited;
    edited.set_product(product);
    edited.mutable_item()->set_value(item);
    world_.Write(journal, v1::FACT_KIND_PRODUCT_EDITED, edited);
  }
  absl::StatusOr<Scanned> Find(const std::string& barcode) {
    return FindBarcode(*world_.Snapshot(), rules_, barcode);
  }
  absl::StatusOr<shop::v1::LookUpBarcodeResponse> LookUp(const std::string& barcode) {
    return LookUpBarcode(*world_.Snapshot(), rules_, "herstal", kMonday, barcode);
  }

  const JournalContext hub_ = CoopJournal(1);
  const JournalContext other_ = CoopJournal(2);
  RetailWorld world_;
  BarcodeRules rules_ = Must(ParseBarcodeRules(kUsualBarcodeRules));
};

TEST_F(LookupTest, AnyOfItsGtinsFindsAProductHoweverLong) {
  for (const char* barcode : {"5449000000996", "05449000000996", "96385074"}) {
    EXPECT_EQ(Must(Find(barcode)).product, "cola") << barcode;
    EXPECT_FALSE(Must(Find(barcode)).label.has_value());
  }
  EXPECT_EQ(ReasonOf(Find("4006381333931").status()), kUnknownBarcode);
  EXPECT_EQ(Find("4006381333931").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(LookupTest, WhatWasMisreadIsRefused) {
  for (const char* barcode : {"", "5449000000997", "2100042012500", "abc", "54490000009960"}) {
    ExpectRefused(Find(barcode).status(), kBadBarcode);
  }
}

TEST_F(LookupTest, LabelsFindByTheirItem) {
  const Scanned scanned = Must(Find("2100042012509"));
  EXPECT_EQ(scanned.product, "gruyere");
  EXPECT_EQ(scanned.label->grams, 1'250);
  EXPECT_EQ(ReasonOf(Find("2100043012508").status()), kUnknownBarcode);
}

TEST_F(LookupTest, WhatNoRuleReadsMayBeAGtin) {
  world_.SetProduct(hub_, "panier", "Panier");
  SetGtin(hub_, "panier", "2200042012506");
  EXPECT_EQ(Must(Find("2200042012506")).product, "panier");
  rules_.clear();
  EXPECT_EQ(ReasonOf(Find("2100042012509").status()), kUnknownBarcode);
}

// Suppliers print numbers that a scale could: a rule that fits is not yet a label of ours.
TEST_F(LookupTest, WhatARuleReadsOfNoProductMayBeAGtin) {
  world_.SetProduct(hub_, "panier", "Panier");
  world_.SetPrice(hub_, "panier", 1'200);
  SetGtin(hub_, "panier", "2100043012508");
  const Scanned scanned = Must(Find("2100043012508"));
  EXPECT_EQ(scanned.product, "panier");
  EXPECT_FALSE(scanned.label.has_value());
  const auto shown = Must(LookUp("2100043012508"));
  EXPECT_EQ(shown.rule(), "");
  EXPECT_FALSE(shown.has_quantity_milli());
  const absl::Status unknown = Find("2100044012507").status();
  EXPECT_EQ(ReasonOf(unknown), kUnknownBarcode);
  EXPECT_NE(unknown.message().find("item number or the GTIN"), std::string::npos) << unknown;
}

TEST_F(LookupTest, ALabelOfOneThatIsTheGtinOfAnotherIsRefusedAndBothNamed) {
  world_.SetProduct(hub_, "panier", "Panier");
  SetGtin(hub_, "panier", "2100042012509");
  const absl::Status status = Find("2100042012509").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), kAmbiguous);
  for (const char* said : {"gruyere", "panier", "21IIIIIWWWWWC"}) {
    EXPECT_NE(status.message().find(said), std::string::npos) << status;
  }
  EXPECT_EQ(Must(Find("2100042000001")).product, "gruyere") << "another weight of it";
}

TEST_F(LookupTest, ALabelThatIsItsOwnProductsGtinIsALabel) {
  SetGtin(hub_, "gruyere", "2100042012509");
  EXPECT_EQ(Must(Find("2100042012509")).label->grams, 1'250);
}

TEST_F(LookupTest, WhatSeveralHaveIsRefusedAndNamed) {
  world_.SetProduct(hub_, "cola-light", "Cola light");
  const Fact first = SetGtin(hub_, "cola-light", "96385074");
  const absl::Status status = Find("96385074").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(ReasonOf(status), kAmbiguous);
  EXPECT_NE(status.message().find("cola and cola-light"), std::string::npos) << status;
  SetGtin(hub_, "cola-light", "", &first);
  EXPECT_EQ(Must(Find("96385074")).product, "cola");
}

// Two that did not know of each other: one wins, and the other's number is nobody's.
TEST_F(LookupTest, OnlyTheWinnersNumbersCount) {
  world_.SetProduct(hub_, "limonade", "Limonade");
  SetGtin(hub_, "limonade", "4006381333931");
  EXPECT_EQ(Must(Find("4006381333931")).product, "limonade");
  SetGtin(other_, "limonade", "4012345678901");
  EXPECT_EQ(Must(Find("4012345678901")).product, "limonade");
  EXPECT_EQ(ReasonOf(Find("4006381333931").status()), kUnknownBarcode);
}

TEST_F(LookupTest, QuantitiesOfLabels) {
  SaleTerms kilogram{v1::UNIT_KILOGRAM, 2'000, 600, 0};
  SaleTerms piece{v1::UNIT_PIECE, 2'000, 600, 0};
  Label weight{"000042", 1'250, std::nullopt, ""};
  Label price{"000042", std::nullopt, 345, ""};
  EXPECT_EQ(Must(QuantityOfLabel(weight, kilogram)), 1'250);
  EXPECT_EQ(ReasonOf(QuantityOfLabel(weight, piece).status()), kBadUnit);
  EXPECT_EQ(Must(QuantityOfLabel(price, kilogram)), 173);  // 172.5 g
  EXPECT_EQ(Must(QuantityOfLabel(price, piece)), 1'000);
  price.cents = 1;
  kilogram.price_cents = kMoneyCentsMax;
  EXPECT_EQ(Must(QuantityOfLabel(price, kilogram)), 1);
  kilogram.price_cents = INT64_MAX;
  EXPECT_EQ(Must(QuantityOfLabel(price, kilogram)), 1);
  for (const int64_t cents : {int64_t{0}, int64_t{-1}, INT64_MIN}) {
    kilogram.price_cents = cents;
    EXPECT_EQ(ReasonOf(QuantityOfLabel(price, kilogram).status()), kNoPrice) << cents;
  }
  kilogram.price_cents.reset();
  EXPECT_EQ(ReasonOf(QuantityOfLabel(price, kilogram).status()), kNoPrice);
  for (const int64_t nothing : {int64_t{0}, int64_t{-1}, INT64_MIN}) {
    price.cents = nothing;
    ExpectRefused(QuantityOfLabel(price, piece).status(), kBadBarcode);
    weight.grams = nothing;
    ExpectRefused(QuantityOfLabel(weight, kilogram).status(), kBadBarcode);
  }
}

TEST_F(LookupTest, SaysAllThatATillShows) {
  const auto label = Must(LookUp("2300042003457"));
  EXPECT_EQ(label.product().name(), "Gruyère");
  EXPECT_EQ(label.product().price_cents(), 2'000);
  EXPECT_EQ(label.quantity_milli(), 173);
  EXPECT_EQ(label.label_cents(), 345);
  EXPECT_EQ(label.rule(), "23IIIIIPPPPPC");
  const auto cola = Must(LookUp("96385074"));
  EXPECT_EQ(cola.product().product(), "cola");
  EXPECT_FALSE(cola.has_quantity_milli());
  EXPECT_EQ(cola.rule(), "");
  EXPECT_FALSE(LookUp("96385075").ok());
}

// Barcodes on the lines of a sale.
class SoldByBarcodeTest : public ::testing::Test {
 protected:
  SoldByBarcodeTest() {
    world_.SetProduct(hub_, "carottes", "Carottes", v1::UNIT_KILOGRAM);
    world_.SetPrice(hub_, "carottes", 240);
    world_.SetProduct(hub_, "pain", "Pain");
    world_.SetPrice(hub_, "pain", 251);
    v1::ProductEdited edited;
    edited.set_product("carottes");
    edited.mutable_item()->set_value("42");
    world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
    edited.set_product("pain");
    edited.mutable_item()->set_value("43");
    edited.mutable_gtin()->set_value("5449000000996");
    world_.Write(hub_, v1::FACT_KIND_PRODUCT_EDITED, edited);
  }
  shop::v1::SaleLine& Scan(const std::string& barcode) {
    shop::v1::SaleLine* line = request_.add_lines();
    line->set_barcode(barcode);
    return *line;
  }
  absl::StatusOr<v1::Sold> BuildScanned() {
    auto sold = BuildSold(*world_.Snapshot(), memory_, "herstal", kMonday, request_, rules_);
    if (sold.ok()) {
      EXPECT_TRUE(CheckSold(*sold).ok()) << CheckSold(*sold);
    }
    return sold;
  }

  const JournalContext hub_ = CoopJournal(1);
  RetailWorld world_;
  TillMemory memory_;
  shop::v1::RecordSaleRequest request_;
  const BarcodeRules rules_ = Must(ParseBarcodeRules(kUsualBarcodeRules));
};

TEST_F(SoldByBarcodeTest, GtinsWeightsAndPrices) {
  Scan("5449000000996").set_quantity_milli(3'000);
  Scan("2100042012509");
  Scan("2300042003457");
  const v1::Sold sold = Must(BuildScanned());
  EXPECT_EQ(sold.lines(0).product(), "pain");
  EXPECT_EQ(sold.lines(0).quantity_milli(), 3'000);
  EXPECT_FALSE(sold.lines(0).has_label_cents());
  EXPECT_EQ(sold.lines(1).product(), "carottes");
  EXPECT_EQ(sold.lines(1).quantity_milli(), 1'250);
  EXPECT_FALSE(sold.lines(1).has_label_cents());
  EXPECT_EQ(sold.lines(2).quantity_milli(), 1'438);  // 3.45 at 2.40: 1,437.5 g
  EXPECT_EQ(sold.lines(2).label_cents(), 345);
  EXPECT_EQ(TotalOf(sold), Cents(753 + 300 + 345));
}

TEST_F(SoldByBarcodeTest, ThePriceOfALabelIsWhatIsPaidAndADisagreementIsSaid) {
  world_.SetPrice(hub_, "carottes", 7'777);
  Scan("2300042003457");
  const v1::Sold sold = Must(BuildScanned());
  EXPECT_EQ(sold.lines(0).quantity_milli(), 44);
  EXPECT_EQ(ReckonedOf(sold.lines(0)), Cents(342));
  EXPECT_EQ(TotalOf(sold), Cents(345));
}

TEST_F(SoldByBarcodeTest, DiscountsAreTakenOffALabel) {
  Scan("2300042003457").set_discount_basis_points(1'000);
  EXPECT_EQ(TotalOf(Must(BuildScanned())), Cents(310));  // 0.345 off
  request_.mutable_lines(0)->clear_discount_basis_points();
  request_.mutable_lines(0)->set_discount_cents(346);
  ExpectRefused(BuildScanned().status(), kBadDiscount);
}

TEST_F(SoldByBarcodeTest, WhatCannotBeIsSaidWithItsLine) {
  const auto expect = [&](absl::StatusCode code, std::string_view reason) {
    const absl::Status status = BuildScanned().status();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_EQ(status.message().find("line 2: "), 0u) << status;
  };
  Scan("5449000000996");
  shop::v1::SaleLine& line = Scan("5449000000996");
  line.set_product("pain");
  expect(absl::StatusCode::kInvalidArgument, kBadBarcode);
  line.clear_product();
  line.set_barcode("5449000000997");
  expect(absl::StatusCode::kInvalidArgument, kBadBarcode);
  line.set_barcode("4006381333931");
  expect(absl::StatusCode::kNotFound, kUnknownBarcode);
  line.set_barcode("2100043012508");  // a weight of bread, which is sold by the piece
  expect(absl::StatusCode::kFailedPrecondition, kBadUnit);
  line.set_barcode("2100042012509");
  line.set_quantity_milli(1'000);
  expect(absl::StatusCode::kInvalidArgument, kBadBarcode);
}

// Whatever number a till sends: of two prices that disagree, nobody could say which is paid.
TEST_F(SoldByBarcodeTest, NoPriceStandsBesideThatOfALabel) {
  for (const int64_t cents : {INT64_MIN, int64_t{-1}, int64_t{0}, int64_t{240}, INT64_MAX}) {
    request_.clear_lines();
    Scan("2300042003457").set_unit_price_cents(cents);
    const absl::Status status = BuildScanned().status();
    ExpectRefused(status, kBadBarcode);
    EXPECT_NE(status.message().find("leave the price out"), std::string::npos) << status;
  }
  // A label of the bread is of one piece, at what it says.
  Scan("2300043003456");
  request_.mutable_lines()->DeleteSubrange(0, 1);
  EXPECT_EQ(TotalOf(Must(BuildScanned())), Cents(345));
  request_.mutable_lines(0)->set_unit_price_cents(345);
  ExpectRefused(BuildScanned().status(), kBadBarcode);
}

TEST_F(SoldByBarcodeTest, APriceBesideAWeightIsOfAKilogram) {
  Scan("2100042012509").set_unit_price_cents(100);
  EXPECT_EQ(TotalOf(Must(BuildScanned())), Cents(125));
  for (const int64_t cents : {INT64_MIN, int64_t{-1}, INT64_MAX}) {
    request_.mutable_lines(0)->set_unit_price_cents(cents);
    ExpectRefused(BuildScanned().status(), kBadPrice);
  }
}

// Lines of numbers that no till means, the same in every run.
TEST_F(SoldByBarcodeTest, AnyNumbersAreSoldOrRefused) {
  uint32_t step = 1;
  const auto next = [&step](size_t count) {
    step = step * 1'103'515'245u + 12'345u;
    return step / 65'536 % count;
  };
  const std::vector<int64_t> numbers = {
      INT64_MIN, INT64_MIN + 1,  -1'000,        -1,       0, 1, 250,
      10'000,    kMoneyCentsMax, INT64_MAX - 1, INT64_MAX};
  const std::vector<std::string> barcodes = {"5449000000996", "2100042012509", "2300042003457",
                                             "2300043003456", "2300042000005", "2300042999996"};
  size_t sold = 0;
  for (int round = 0; round < 20'000; ++round) {
    request_.clear_lines();
    shop::v1::SaleLine& line = Scan(barcodes[next(barcodes.size())]);
    if (next(4) == 0) line.set_quantity_milli(numbers[next(numbers.size())]);
    if (next(4) == 0) line.set_unit_price_cents(numbers[next(numbers.size())]);
    if (next(4) == 0) line.set_discount_cents(numbers[next(numbers.size())]);
    if (next(4) == 0) line.set_discount_basis_points(static_cast<uint32_t>(next(10'100)));
    const auto built = BuildScanned();
    if (built.ok()) {
      ++sold;
      continue;
    }
    EXPECT_FALSE(ReasonOf(built.status()).empty()) << built.status();
  }
  EXPECT_GT(sold, 2'000u);
}

}  // namespace
}  // namespace comptoir::retail
