#include "cli/render_shop.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

namespace comptoir::cli {
namespace {

template <typename Message>
Message MakeShop(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

TEST(RenderStock, ByProduct) {
  const auto response = MakeShop<shop::v1::ListStockResponse>(R"(
      rows { product: "carottes" name: "Carottes" unit: UNIT_KILOGRAM quantity_milli: 38750 }
      rows { product: "pain-gris" name: "Pain gris" unit: UNIT_PIECE quantity_milli: -2000 })");
  std::ostringstream out;
  RenderStock(response, false, out);
  EXPECT_EQ(out.str(),
            "product    name       on shelf  unit\n"
            "carottes   Carottes     38.750  kg\n"
            "pain-gris  Pain gris        -2  piece\n");
}

TEST(RenderStock, ByLot) {
  const auto response = MakeShop<shop::v1::ListStockResponse>(R"(
      rows { product: "lait" unit: UNIT_LITRE lot: "L47" quantity_milli: 1500
             use_by_day: 20792 best_before_day: 20800 }
      rows { product: "lait" unit: UNIT_LITRE quantity_milli: 500 })");
  std::ostringstream out;
  RenderStock(response, true, out);
  EXPECT_EQ(out.str(),
            "product  name  lot      expires            on shelf  unit\n"
            "lait           L47      use by 2026-12-05     1.500  litre\n"
            "lait           unknown                        0.500  litre\n");
}

TEST(RenderExpiring, ByDay) {
  auto response = MakeShop<shop::v1::ListStockResponse>(R"(
      today: 20791
      rows { product: "lait" name: "Lait" unit: UNIT_LITRE lot: "A" quantity_milli: 1500
             producer: "ferme" use_by_day: 20792 }
      rows { product: "lait" name: "Lait" unit: UNIT_LITRE lot: "B" quantity_milli: 500
             use_by_day: 20800 best_before_day: 20790 }
      rows { product: "pain" unit: UNIT_PIECE lot: "C" quantity_milli: 2000 use_by_day: 20791 }
      rows { product: "miel" unit: UNIT_PIECE lot: "D" quantity_milli: 1000 best_before_day: 20793 })");
  SortByExpiry(&response);
  std::ostringstream out;
  RenderExpiring(response, out);
  EXPECT_EQ(out.str(),
            "expires                            product  name  lot  on shelf  unit   producer\n"
            "best before 2026-12-03  past       lait     Lait  B       0.500  litre\n"
            "use by 2026-12-04       today      pain           C           2  piece\n"
            "use by 2026-12-05       tomorrow   lait     Lait  A       1.500  litre  ferme\n"
            "best before 2026-12-06  in 2 days  miel           D           1  piece\n");
}

constexpr char kReceipt[] = R"(
    number: "outremeuse-261123-k7qm2w-0412" shop: "outremeuse" till: "c1"
    wall_ms: 1795435200000 utc_offset_minutes: 60 total_cents: 883
    lines { product: "carottes" name: "Carottes" unit: UNIT_KILOGRAM quantity_milli: 1250
            unit_price_cents: 195 total_cents: 243 vat_basis_points: 600 }
    lines { product: "pain-gris" unit: UNIT_PIECE quantity_milli: 2000
            unit_price_cents: 320 total_cents: 640 vat_basis_points: 600 }
    payments { method: PAYMENT_METHOD_VOUCHER amount_cents: 500 }
    payments { method: PAYMENT_METHOD_CASH amount_cents: 385 }
    vat { basis_points: 600 total_cents: 883 vat_cents: 50 }
    cash_rounding_cents: 2)";

TEST(RenderReceipt, AsTheTillPrintsIt) {
  std::ostringstream out;
  RenderReceipt(MakeShop<shop::v1::Receipt>(kReceipt), out);
  EXPECT_EQ(out.str(),
            "outremeuse-261123-k7qm2w-0412\n"
            "2026-11-23 13:00:00, till c1\n"
            "\n"
            "article    quantity  price  VAT  total\n"
            "Carottes   1.250 kg   1.95  6 %   2.43\n"
            "pain-gris         2   3.20  6 %   6.40\n"
            "\n"
            "total                8.83\n"
            "voucher              5.00\n"
            "cash                 3.85\n"
            "rounding to 5 cents  0.02\n"
            "VAT 6 % in 8.83      0.50\n");
}

TEST(RenderReceipt, LotsOfOneArticleAreOneLine) {
  std::ostringstream out;
  RenderReceipt(MakeShop<shop::v1::Receipt>(R"(
      number: "outremeuse-261123-k7qm2w-0412" wall_ms: 1795435200000 total_cents: 500
      lines { product: "lait" unit: UNIT_PIECE quantity_milli: 2000 lot: "A"
              unit_price_cents: 100 total_cents: 200 vat_basis_points: 600 }
      lines { product: "lait" unit: UNIT_PIECE quantity_milli: 1000 lot: "B"
              unit_price_cents: 100 total_cents: 100 vat_basis_points: 600 }
      lines { product: "lait" unit: UNIT_PIECE quantity_milli: 1000 lot: "C"
              unit_price_cents: 200 total_cents: 200 vat_basis_points: 600 }
      payments { method: PAYMENT_METHOD_CARD amount_cents: 500 })"),
                out);
  EXPECT_THAT(out.str(), ::testing::HasSubstr("lait            3   1.00  6 %   3.00\n"
                                              "lait            1   2.00  6 %   2.00\n"));
}

TEST(RenderReceipt, DiscountsStandBelowWhatTheyAreTakenOff) {
  std::ostringstream out;
  RenderReceipt(MakeShop<shop::v1::Receipt>(R"(
      number: "outremeuse-261123-k7qm2w-0412" wall_ms: 1795435200000 total_cents: 450
      discount_cents: 50
      lines { product: "lait" unit: UNIT_PIECE quantity_milli: 2000 lot: "A" unit_price_cents: 100
              total_cents: 162 discount_cents: 20 receipt_discount_cents: 18 }
      lines { product: "lait" unit: UNIT_PIECE quantity_milli: 1000 lot: "B" unit_price_cents: 100
              total_cents: 80 discount_cents: 11 receipt_discount_cents: 9 }
      lines { product: "pain" unit: UNIT_PIECE quantity_milli: 1000 unit_price_cents: 231
              total_cents: 208 receipt_discount_cents: 23 }
      payments { method: PAYMENT_METHOD_CARD amount_cents: 450 })"),
                out);
  EXPECT_THAT(out.str(), ::testing::HasSubstr("article     quantity  price  VAT  total\n"
                                              "lait               3   1.00  0 %   3.00\n"
                                              "  discount                        -0.31\n"
                                              "pain               1   2.31  0 %   2.31\n"
                                              "\n"
                                              "discount  -0.50\n"
                                              "total      4.50\n"
                                              "card       4.50\n"));
}

TEST(RenderReceipt, DepositsStandApart) {
  std::ostringstream out;
  RenderReceipt(MakeShop<shop::v1::Receipt>(R"(
      number: "outremeuse-261123-k7qm2w-0412" wall_ms: 1795435200000 total_cents: 420
      deposit_cents: -180
      lines { product: "biere" unit: UNIT_PIECE quantity_milli: 6000 unit_price_cents: 100
              total_cents: 600 vat_basis_points: 2100 deposit_cents: 60 }
      empties { product: "biere" name: "Bière" pieces: 24 deposit_cents: 10 total_cents: -240 }
      vat { basis_points: 2100 total_cents: 600 vat_cents: 104 }
      payments { method: PAYMENT_METHOD_CARD amount_cents: 420 })"),
                out);
  EXPECT_THAT(out.str(), ::testing::HasSubstr("article           quantity  price   VAT  total\n"
                                              "biere                    6   1.00  21 %   6.00\n"
                                              "  deposit                                 0.60\n"
                                              "empties of Bière        24  -0.10        -2.40\n"
                                              "\n"
                                              "total                   4.20\n"
                                              "card                    4.20\n"
                                              "VAT 21 % in 6.00        1.04\n"
                                              "deposits, without VAT  -1.80\n"));
}

TEST(RenderReceipts, OneLineEachWithItsMarks) {
  shop::v1::ListReceiptsResponse response;
  *response.add_receipts() = MakeShop<shop::v1::Receipt>(kReceipt);
  shop::v1::Receipt& second = *response.add_receipts();
  second = MakeShop<shop::v1::Receipt>(
      R"(number: "outremeuse-261123-k7qm2w-0413" wall_ms: 1795435201000 total_cents: 100
         payments { method: PAYMENT_METHOD_CARD amount_cents: 100 }
         duplicate: true doubtful: true)");
  std::ostringstream out;
  RenderReceipts(response, out);
  EXPECT_EQ(
      out.str(),
      "receipt                        time                 lines  total  paid by\n"
      "outremeuse-261123-k7qm2w-0412  2026-11-23 13:00:00      2   8.83  voucher 5.00 + cash 3.85\n"
      "outremeuse-261123-k7qm2w-0413  2026-11-23 12:00:01      0   1.00  card"
      "                      duplicate, does not count; clock doubtful\n");
  std::ostringstream none;
  RenderReceipts(shop::v1::ListReceiptsResponse(), none);
  EXPECT_EQ(none.str(), "no receipts that day\n");
}

TEST(RenderSales, ByDayWithATotal) {
  const auto response = MakeShop<shop::v1::ListSalesResponse>(R"(
      rows { shop: "guillemins" day: 20780 total_cents: 1000 receipts: 3 }
      rows { shop: "herstal" day: 20780 total_cents: 250 receipts: 1 })");
  std::ostringstream out;
  RenderSales(response, false, out);
  EXPECT_EQ(out.str(),
            "day         shop        receipts  total\n"
            "2026-11-23  guillemins         3  10.00\n"
            "2026-11-23  herstal            1   2.50\n"
            "----------  ----------  --------  -----\n"
            "all                            4  12.50\n");
}

TEST(RenderSales, ByProduct) {
  const auto response = MakeShop<shop::v1::ListSalesResponse>(R"(
      rows { shop: "herstal" day: 20780 product: "riz" name: "Riz" unit: UNIT_KILOGRAM
             quantity_milli: 750 total_cents: 259 })");
  std::ostringstream out;
  RenderSales(response, true, out);
  EXPECT_EQ(out.str(),
            "day         shop     product  name  quantity  unit  total\n"
            "2026-11-23  herstal  riz      Riz      0.750  kg     2.59\n"
            "----------  -------  -------  ----  --------  ----  -----\n"
            "all                                                  2.59\n");
  std::ostringstream none;
  RenderSales(shop::v1::ListSalesResponse(), true, none);
  EXPECT_EQ(none.str(), "no sales in that time\n");
}

TEST(RenderProducts, WithPricesAndConflicts) {
  const auto response = MakeShop<shop::v1::ListProductsResponse>(R"(
      products { product: "riz" name: "Riz" unit: UNIT_KILOGRAM producer: "meuse"
                 price_cents: 345 vat_basis_points: 600 }
      products { product: "sac" unit: UNIT_PIECE vat_basis_points: 2100 conflict: true })");
  std::ostringstream out;
  RenderProducts(response, out);
  EXPECT_EQ(out.str(),
            "product  name  unit   price   VAT  producer\n"
            "riz      Riz   kg      3.45   6 %  meuse\n"
            "sac            piece   none  21 %            conflict\n");
  std::ostringstream none;
  RenderProducts(shop::v1::ListProductsResponse(), none);
  EXPECT_EQ(none.str(), "no products are known here yet\n");
}

TEST(RenderReceipt, SaysWhereALabelDiffers) {
  std::ostringstream out;
  RenderReceipt(MakeShop<shop::v1::Receipt>(R"(
      number: "outremeuse-261123-k7qm2w-0412" wall_ms: 1795435200000 total_cents: 345
      lines { product: "gruyere" unit: UNIT_KILOGRAM quantity_milli: 44 unit_price_cents: 7777
              total_cents: 345 by_label: true label_differs: true }
      payments { method: PAYMENT_METHOD_CARD amount_cents: 345 })"),
                out);
  EXPECT_THAT(out.str(), ::testing::HasSubstr("  costs what its label says\n"));
}

TEST(RenderBarcode, SaysWhatATillShows) {
  std::ostringstream out;
  RenderBarcode(MakeShop<shop::v1::LookUpBarcodeResponse>(R"(
      product { product: "gruyere" name: "Gruyère" unit: UNIT_KILOGRAM price_cents: 2000 }
      quantity_milli: 173 label_cents: 345 rule: "23IIIIIPPPPPC")"),
                out);
  EXPECT_THAT(out.str(), ::testing::StartsWith("product   gruyere\n"));
  EXPECT_THAT(out.str(), ::testing::HasSubstr("quantity  0.173 kg\n"));
  EXPECT_THAT(out.str(), ::testing::HasSubstr("costs     3.45\n"));
  EXPECT_THAT(out.str(), ::testing::HasSubstr("price     20.00 a kg\n"));
  EXPECT_THAT(out.str(), ::testing::HasSubstr("read by   rule 23IIIIIPPPPPC\n"));
}

}  // namespace
}  // namespace comptoir::cli
