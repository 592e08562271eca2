#include "cli/notes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace comptoir::cli {
namespace {

using retail::v1::UNIT_KILOGRAM;
using retail::v1::UNIT_PIECE;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int32_t kToday = 20'780;  // 2026-11-23

shop::v1::ReceiptLine Sold(const std::string& product, int64_t milli, retail::v1::Unit unit) {
  shop::v1::ReceiptLine line;
  line.set_product(product);
  line.set_quantity_milli(milli);
  line.set_unit(unit);
  return line;
}

TEST(Notes, OfASale) {
  shop::v1::Receipt receipt;
  *receipt.add_lines() = Sold("carottes", 500, UNIT_KILOGRAM);
  *receipt.add_lines() = Sold("savon", 2'000, UNIT_PIECE);
  shop::v1::RecordSaleRequest sale;
  sale.add_lines()->set_product("carottes");  // at the price in force, whatever it is
  sale.add_lines()->set_unit_price_cents(1);
  EXPECT_THAT(NotesOf(sale, receipt), IsEmpty());
  *receipt.add_lines() = Sold("pain", 500, UNIT_PIECE);
  sale.mutable_lines(1)->set_product("savon");
  sale.mutable_lines(1)->set_unit_price_cents(0);
  EXPECT_THAT(NotesOf(sale, receipt),
              ElementsAre("0.500 of pain, which goes by the piece: is that meant?",
                          "savon at 0.00: is that meant?"));
}

TEST(Notes, OfALotThatIsPastItsDay) {
  shop::v1::Receipt receipt;
  receipt.set_day(20'792);
  shop::v1::ReceiptLine& line = *receipt.add_lines();
  line = Sold("lait", 1'000, UNIT_PIECE);
  line.set_lot("L47");
  line.set_use_by_day(20'792);
  EXPECT_THAT(NotesOf(shop::v1::RecordSaleRequest(), receipt), IsEmpty()) << "its last day";
  line.set_use_by_day(20'791);
  EXPECT_THAT(NotesOf(shop::v1::RecordSaleRequest(), receipt),
              ElementsAre("lot L47 of lait was to be used by 2026-12-04: look whether that is "
                          "what was sold"));
}

TEST(Notes, OfLotsThatTillsSoldPastTheirDay) {
  EXPECT_THAT(NotesOfPastUseBy({}), IsEmpty());
  shop::v1::LotDay lot;
  lot.set_product("lait");
  lot.set_lot("L47");
  lot.set_use_by_day(20'791);
  EXPECT_THAT(NotesOfPastUseBy({lot}),
              ElementsAre("lot L47 of lait was to be used by 2026-12-04: look whether that is "
                          "what was sold"));
}

TEST(Notes, OfLotsOfADelivery) {
  shop::v1::RecordDeliveryRequest request;
  shop::v1::DeliveryLine* line = request.add_lines();
  line->set_product("lait");
  line->set_use_by_day(kToday);
  shop::v1::RecordDeliveryResponse response;
  EXPECT_THAT(NotesOf(request, response, kToday),
              ElementsAre("the day of lait is kept and shown nowhere, since it says no lot: with "
                          "one, 'expiring' and tills heed it"));
  line->set_lot("L47");
  EXPECT_THAT(NotesOf(request, response, kToday), IsEmpty());
  shop::v1::RecalledLine* recalled = response.add_recalled();
  recalled->set_code("k7qm2w");
  recalled->set_product("lait");
  recalled->set_lot("L47");
  shop::v1::LotDay* before = response.add_other_days();
  before->set_product("lait");
  before->set_lot("L47");
  before->set_use_by_day(20'791);
  EXPECT_THAT(NotesOf(request, response, kToday),
              ElementsAre("lot L47 of lait is recalled (k7qm2w): keep it off the shelves",
                          "lot L47 of lait came before with another day, use by 2026-12-04: are "
                          "the lot and the day right?"));
}

TEST(Notes, OfWasteThatSaidNoLot) {
  shop::v1::RecordWasteRequest request;
  request.add_lines()->set_product("lait");
  shop::v1::RecordWasteResponse response;
  shop::v1::MovementLine* line = response.add_lines();
  line->set_product("lait");
  line->set_unit(UNIT_PIECE);
  line->set_quantity_milli(-2'000);
  EXPECT_THAT(NotesOf(request, response), IsEmpty());
  line->set_lot("L47");
  EXPECT_THAT(NotesOf(request, response),
              ElementsAre("2 of lait was taken from lot L47: --lot says another one"));
  request.mutable_lines(0)->set_lot("L47");
  EXPECT_THAT(NotesOf(request, response), IsEmpty());
}

TEST(Notes, OfAReturnThatIsRecalled) {
  shop::v1::RecordReturnRequest request;
  request.add_lines()->set_product("lait");
  shop::v1::Receipt refund;
  *refund.add_lines() = Sold("lait", -1'000, UNIT_PIECE);
  refund.mutable_lines(0)->set_lot("L47");
  EXPECT_THAT(NotesOf(request, refund), IsEmpty());
  refund.mutable_lines(0)->set_wasted(retail::v1::WASTE_REASON_RECALLED);
  EXPECT_THAT(NotesOf(request, refund),
              ElementsAre("lot L47 of lait is recalled: it is recorded as wasted, so keep it off "
                          "the shelves"));
}

TEST(Notes, OfAPriceThatMayLackItsPoint) {
  EXPECT_THAT(NotesOfPrice("savon", 1), IsEmpty());
  EXPECT_THAT(NotesOfPrice("savon", 100'000), IsEmpty());
  EXPECT_THAT(NotesOfPrice("savon", 100'001), ElementsAre("savon at 1000.01: is that meant?"));
  EXPECT_THAT(NotesOfPrice("savon", 0), ElementsAre("savon at 0.00: is that meant?"));
}

TEST(Notes, OfAShopBesideThoseThatAreKnown) {
  EXPECT_THAT(NotesOfShop("herstal", {}), IsEmpty()) << "there is a first one";
  EXPECT_THAT(NotesOfShop("herstal", {"guillemins", "herstal"}), IsEmpty());
  EXPECT_THAT(NotesOfShop("hestal", {"guillemins", "herstal"}),
              ElementsAre("hestal is a shop that nobody has heard of yet, beside guillemins, "
                          "herstal: is the code right?"));
  EXPECT_THAT(NotesOfShop("h", {"a", "b", "c", "d", "e", "f", "g"}),
              ElementsAre(HasSubstr("beside a, b, c, d, e, f, …:")));
}

TEST(Notes, OfADelivery) {
  shop::v1::RecordDeliveryRequest delivery;
  shop::v1::DeliveryLine& pain = *delivery.add_lines();
  pain.set_product("pain");
  pain.set_quantity_milli(24'000);
  pain.set_lot("L47");
  pain.set_use_by_day(kToday);
  shop::v1::DeliveryLine& carottes = *delivery.add_lines();
  carottes.set_lot("L48");
  carottes.set_product("carottes");
  carottes.set_quantity_milli(40'500);
  shop::v1::RecordDeliveryResponse response;
  for (const auto& line : delivery.lines()) {
    shop::v1::StockRow& row = *response.add_stock();
    row.set_product(line.product());
    row.set_unit(line.product() == "pain" ? UNIT_PIECE : UNIT_KILOGRAM);
  }
  EXPECT_THAT(NotesOf(delivery, response, kToday), IsEmpty());
  pain.set_quantity_milli(24'500);
  pain.set_use_by_day(kToday - 1);
  carottes.set_best_before_day(kToday - 2);
  EXPECT_THAT(NotesOf(delivery, response, kToday),
              ElementsAre("24.500 of pain, which goes by the piece: is that meant?",
                          "the use-by day of pain, 2026-11-22, is past",
                          "the best-before day of carottes, 2026-11-21, is past"));
}

TEST(Notes, OfWaste) {
  shop::v1::RecordWasteResponse response;
  shop::v1::StockRow& row = *response.add_stock();
  row.set_product("carottes");
  shop::v1::RecordWasteRequest waste;
  shop::v1::WasteLine& line = *waste.add_lines();
  line.set_product("carottes");
  line.set_quantity_milli(1'500);
  EXPECT_THAT(NotesOf(waste, response), IsEmpty());
  row.set_unit(UNIT_PIECE);
  EXPECT_THAT(NotesOf(waste, response),
              ElementsAre("1.500 of carottes, which goes by the piece: is that meant?"));
  row.set_unit(UNIT_KILOGRAM);
  row.set_quantity_milli(-1);
  EXPECT_THAT(NotesOf(waste, response),
              ElementsAre("more carottes went than was known to be there; "
                          "'comptoir count carottes=…' says what is left"));
}

TEST(Notes, OfALotThatIsNotKnown) {
  shop::v1::ListStockResponse by_lot;
  const auto add = [&](const char* lot, int64_t milli) {
    shop::v1::StockRow& row = *by_lot.add_rows();
    row.set_product("carottes");
    row.set_lot(lot);
    row.set_quantity_milli(milli);
  };
  add("L47", 1'000);
  add("", -1'000);
  EXPECT_THAT(NotesOfLot(by_lot, "L47"), IsEmpty());
  add("L48", -1'000);
  EXPECT_THAT(NotesOfLot(by_lot, "L47"), IsEmpty());
  EXPECT_THAT(NotesOfLot(by_lot, "L48"),
              ElementsAre(HasSubstr("less than nothing of lot L48 of carottes is left")));

  shop::v1::RecordCountResponse counted;
  shop::v1::CountedStock& line = *counted.add_lines();
  line.set_product("carottes");
  line.set_counted_milli(2'000);
  EXPECT_THAT(NotesOf(counted, retail::v1::UNIT_UNSPECIFIED), IsEmpty()) << "all lots";
  line.set_lot("L48");
  EXPECT_THAT(NotesOf(counted, retail::v1::UNIT_UNSPECIFIED),
              ElementsAre(HasSubstr("nothing of lot L48 of carottes was known")));
  line.set_counted_milli(0);
  EXPECT_THAT(NotesOf(counted, retail::v1::UNIT_UNSPECIFIED), IsEmpty());
  line.clear_lot();
  line.set_unit(UNIT_PIECE);
  line.set_counted_milli(3'500);
  EXPECT_THAT(NotesOf(counted, retail::v1::UNIT_UNSPECIFIED),
              ElementsAre("3.500 of carottes, which goes by the piece: is that meant?"));
}

TEST(Notes, OfAProductWithoutANameOrVat) {
  shop::v1::CatalogueEntry entry;
  entry.set_code("savon");
  EXPECT_THAT(NotesOfMissing(entry),
              ElementsAre("savon has no name: receipts and lists show its code",
                          "savon has no VAT, and sells at 0 %: --vat sets it"));
  shop::v1::FieldValues* vat = entry.add_fields();
  vat->set_field(shop::v1::CATALOGUE_FIELD_VAT);
  vat->add_writes()->set_number(0);
  const auto none = ElementsAre("savon has no name: receipts and lists show its code");
  EXPECT_THAT(NotesOfMissing(entry), none);
  shop::v1::FieldValues* name = entry.add_fields();
  name->set_field(shop::v1::CATALOGUE_FIELD_NAME);
  shop::v1::StandingWrite* write = name->add_writes();
  EXPECT_THAT(NotesOfMissing(entry), none) << "it was taken away";
  write->set_text("Savon");
  EXPECT_THAT(NotesOfMissing(entry), IsEmpty());
}

TEST(Notes, OfAFileOfStockNameItsLines) {
  shop::v1::ImportStockRequest request;
  shop::v1::StockLine& savon = *request.add_lines();
  savon.set_product("savon");
  savon.set_quantity_milli(1'500);  // of a unit that the file does not say
  shop::v1::StockLine& pain = *request.add_lines();
  pain.set_product("pain");
  pain.set_quantity_milli(1'500);
  pain.set_unit(UNIT_PIECE);
  pain.set_lot("L47");
  pain.set_use_by_day(kToday - 1);
  EXPECT_THAT(NotesOf(request, "f.csv", {2, 4}, {}, kToday),
              ElementsAre("f.csv:4: 1.500 of pain, which goes by the piece: is that meant?",
                          "f.csv:4: the use-by day of pain, 2026-11-22, is past"));
  shop::v1::ListProductsResponse known;
  for (const auto& [product, unit] : {std::pair("savon", UNIT_PIECE), {"pain", UNIT_KILOGRAM}}) {
    shop::v1::Product& one = *known.add_products();
    one.set_product(product);
    one.set_unit(unit);
  }
  EXPECT_THAT(NotesOf(request, "f.csv", {2, 4}, known, kToday),
              ElementsAre("f.csv:2: 1.500 of savon, which goes by the piece: is that meant?",
                          HasSubstr("f.csv:4: 1.500 of pain"), HasSubstr("f.csv:4: the use-by")));
  pain.set_use_by_day(kToday);
  pain.clear_lot();
  EXPECT_THAT(NotesOf(request, "f.csv", {2, 4}, {}, kToday),
              ElementsAre(HasSubstr("f.csv:4: 1.500 of pain"),
                          HasSubstr("f.csv:4: the day of pain is kept and shown nowhere")));
}

TEST(Notes, OfAFileOfProducts) {
  coop::v1::ImportProductsRequest request;
  const auto add = [&](const char* product, const char* producer, const char* producer_name) {
    coop::v1::ProductSpec& spec = *request.add_products();
    spec.set_product(product);
    spec.set_producer(producer);
    spec.set_producer_name(producer_name);
    return &spec;
  };
  add("carottes", "ferme", "")->set_price_cents(195);
  add("panais", "ferme", "La Ferme");  // names it for all of the file
  add("savon", "savonerie", "")->set_price_cents(0);
  add("lessive", "savonerie", "");
  add("pain", "moulin", "");
  add("sel", "", "");
  shop::v1::ListNamesResponse known;
  known.add_names()->set_code("moulin");
  EXPECT_THAT(NotesOfProducers(request, known), ElementsAre(UnknownProducerNote("savonerie")));
  EXPECT_THAT(NotesOf(request, "f.csv", {2, 3, 5, 6, 7, 8}),
              ElementsAre("f.csv:5: savon at 0.00: is that meant?"));
}

TEST(Notes, OfLinesThatMayMakeProductsWithoutVatOrName) {
  coop::v1::ImportProductsRequest request;
  request.add_products()->set_product("renamed");
  coop::v1::ProductSpec* product = request.add_products();
  product->set_product("made");
  product->set_unit(retail::v1::UNIT_KILOGRAM);
  EXPECT_THAT(NotesOf(request, "f.csv", {2, 3}),
              ElementsAre(HasSubstr("1 line says a unit and no VAT"),
                          HasSubstr("1 line says a unit and no name")));
  product->set_name("Made");
  product->set_vat_basis_points(0);
  EXPECT_THAT(NotesOf(request, "f.csv", {2, 3}), IsEmpty());
}

TEST(Notes, OfAFirstDayThatIsPast) {
  coop::v1::ImportProductsRequest request;
  coop::v1::ProductSpec* product = request.add_products();
  request.set_first_day(kToday - 1);
  EXPECT_THAT(NotesOfFirstDay(request, kToday), IsEmpty()) << "neither price nor VAT";
  product->set_price_cents(195);
  EXPECT_THAT(NotesOfFirstDay(request, kToday),
              ElementsAre(HasSubstr("prices and VAT from 2026-11-22")));
  for (const int32_t day : {0, kToday}) {
    request.set_first_day(day);
    EXPECT_THAT(NotesOfFirstDay(request, kToday), IsEmpty());
  }
}

TEST(Notes, OfStockInAnotherUnit) {
  coop::v1::ListInventoryResponse inventory;
  for (const auto unit : {UNIT_PIECE, UNIT_KILOGRAM}) {
    coop::v1::InventoryRow& row = *inventory.add_rows();
    row.set_product("pommes");
    row.set_unit(unit);
    row.add_shops()->set_shop("herstal");  // none left there
    coop::v1::ShopStock& stock = *row.add_shops();
    stock.set_shop("outremeuse");
    stock.set_quantity_milli(40'000);
  }
  EXPECT_THAT(NotesOfUnit(inventory, UNIT_KILOGRAM),
              ElementsAre("outremeuse has 40 of pommes in the unit piece: it stays listed apart "
                          "from what comes in the unit kg; 'comptoir count pommes=0 --unit "
                          "piece' there says that none is left"));
}

TEST(Notes, OfAFileThatMayHaveBeenCut) {
  EXPECT_THAT(NotesOfEnd(false, "p.csv"),
              ElementsAre("p.csv: the last line has no end: if the file was cut short, its last "
                          "value may be too"));
  EXPECT_THAT(NotesOfEnd(true, "p.csv"), IsEmpty());
}

TEST(Notes, OfPricesOfOneShop) {
  EXPECT_THAT(NotesOfOwnPrices(0), IsEmpty());
  EXPECT_THAT(NotesOfOwnPrices(2),
              ElementsAre("2 prices are this shop's own: 'import products' would set the whole "
                          "co-op's"));
}

TEST(Notes, OfPricesThatAreHidden) {
  shop::v1::CatalogueEntry entry;
  entry.set_today(100);
  const auto add = [&](const char* shop, int32_t first_day, int64_t cents) {
    shop::v1::FieldValues* field = entry.add_fields();
    field->set_field(shop::v1::CATALOGUE_FIELD_PRICE);
    field->set_shop(shop);
    field->set_first_day(first_day);
    field->add_writes()->set_number(cents);
  };
  add("", 100, 280);
  EXPECT_THAT(NotesOfHiddenPrice(entry, "", 0), IsEmpty());
  EXPECT_THAT(NotesOfHiddenPrice(entry, "", 100), IsEmpty()) << "it is the one in force";
  EXPECT_THAT(NotesOfHiddenPrice(entry, "", 99),
              ElementsAre("a later price is in force already, 2.80 from 1970-04-11"));
  EXPECT_THAT(NotesOfHiddenPrice(entry, "outremeuse", 99), IsEmpty()) << "has none of its own";
  add("outremeuse", 90, 250);
  add("outremeuse", 99, 270);
  add("herstal", 101, 300);
  EXPECT_THAT(NotesOfHiddenPrice(entry, "", 0),
              ElementsAre("outremeuse keeps its own price, 2.70"));
  EXPECT_THAT(NotesOfHiddenPrice(entry, "outremeuse", 98),
              ElementsAre("a later price is in force already, 2.70 from 1970-04-10"));
  EXPECT_THAT(NotesOfHiddenPrice(entry, "outremeuse", 0), IsEmpty());
}

TEST(Notes, ManyAreNotAllTold) {
  std::ostringstream err;
  PrintNotes({}, err);
  EXPECT_EQ(err.str(), "");
  PrintNotes({"a\x1b[31m"}, err);
  EXPECT_EQ(err.str(), "note: a\xef\xbf\xbd[31m\n");
  err.str("");
  PrintNotes(Notes(12, "slip"), err);
  std::string all;
  for (int i = 0; i < 10; ++i) all += "note: slip\n";
  EXPECT_EQ(err.str(), all + "note: and 2 more like these\n");
}

}  // namespace
}  // namespace comptoir::cli
