#include "cli/json.h"

#include <gtest/gtest.h>

#include "comptoir/shop/v1/shop.pb.h"

namespace comptoir::cli {
namespace {

TEST(Json, PrintsZerosAndLongIntegersOnOneLine) {
  shop::v1::StockRow row;
  row.set_shop("herstal");
  row.set_quantity_milli(-1250);
  EXPECT_EQ(MessageJson(row),
            R"({"shop":"herstal","product":"","name":"","unit":"UNIT_UNSPECIFIED","lot":"",)"
            R"("quantityMilli":"-1250","producer":"","useByDay":0,"bestBeforeDay":0,)"
            R"("inTransitMilli":"0","recalls":[]})");
}

TEST(Json, LeavesOutOptionalFieldsThatAreAbsent) {
  shop::v1::SaleLine line;
  EXPECT_EQ(MessageJson(line),
            R"({"product":"","lot":"","discountCents":"0","discountBasisPoints":0,"barcode":""})");
  line.set_unit_price_cents(0);
  EXPECT_EQ(MessageJson(line),
            R"({"product":"","lot":"","discountCents":"0","discountBasisPoints":0,"barcode":"",)"
            R"("unitPriceCents":"0"})");
}

TEST(Json, EscapesStrings) {
  EXPECT_EQ(JsonString("a \"b\" \\ c\n\x01é"), "\"a \\\"b\\\" \\\\ c\\u000a\\u0001é\"");
  EXPECT_EQ(JsonString("\xff"), "\"\\ufffd\"");
}

}  // namespace
}  // namespace comptoir::cli
