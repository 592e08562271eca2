#include "cli/render_coop_stock.h"

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "cli/format.h"

namespace comptoir::cli {
namespace {

std::string Rendered(const std::string& text, const std::string& product = "") {
  shop::v1::ListCoopStockResponse response;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &response));
  std::ostringstream out;
  RenderCoopStock(response, product, out);
  return out.str();
}

TEST(RenderCoopStock, HasAColumnForEachShopAndSaysHowOldItIs) {
  EXPECT_EQ(Rendered(R"(
      rows { product: "riz" name: "Riz" unit: UNIT_KILOGRAM
             shops { shop: "herstal" quantity_milli: 1000 }
             shops { shop: "outremeuse" quantity_milli: -750 } }
      rows { product: "sac" name: "Sac" unit: UNIT_PIECE
             shops { shop: "herstal" quantity_milli: 4000 } }
      shops { shop: "herstal" as_of_ms: 1795435200000 }
      shops { shop: "outremeuse" own: true as_of_ms: 1795435300000 }
      shops { shop: "seraing" as_of_ms: 1795435200000 offline_since_ms: 1795435200001 }
      shops { shop: "visé" })"),
            "product  name  unit   herstal  outremeuse  seraing  visé\n"
            "riz      Riz   kg       1.000      -0.750\n"
            "sac      Sac   piece        4\n"
            "herstal: as of " +
                FormatLocalInstant(1'795'435'200'000) +
                "\n"
                "outremeuse: this shop, now\n"
                "seraing: as of " +
                FormatLocalInstant(1'795'435'200'000) + ", offline since " +
                FormatLocalInstant(1'795'435'200'001) +
                "\n"
                "visé: as of a time that is not known\n");
}

TEST(RenderCoopStock, SaysWhenNothingIsKnown) {
  EXPECT_EQ(
      Rendered(R"(shops { shop: "outremeuse" own: true })"),
      "nothing has moved in any shop that is known here\n"
      "outremeuse: this shop, now\n"
      "the hub has told of no other shop yet; 'comptoir status' says whether it is reached\n");
  EXPECT_EQ(Rendered(R"(shops { shop: "herstal" as_of_ms: 1795435200000 }
                        shops { shop: "outremeuse" own: true })",
                     "savon"),
            "nothing of savon has moved in any shop that is known here\nherstal: as of " +
                FormatLocalInstant(1'795'435'200'000) + "\noutremeuse: this shop, now\n");
}

}  // namespace
}  // namespace comptoir::cli
