#include "cli/render_coop.h"

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "cli/format.h"

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

template <typename Message>
Message MakeCoop(const std::string& text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message));
  return message;
}

TEST(RenderInventory, HasAColumnForEachShop) {
  const auto response = MakeCoop<coop::v1::ListInventoryResponse>(R"(
      rows { product: "riz" name: "Riz" unit: UNIT_KILOGRAM total_milli: 1750
             shops { shop: "herstal" quantity_milli: 1000 }
             shops { shop: "guillemins" quantity_milli: 750 } }
      rows { product: "sac" name: "Sac" unit: UNIT_PIECE total_milli: 4000
             shops { shop: "herstal" quantity_milli: 4000 } })");
  std::ostringstream out;
  RenderInventory(response, out);
  EXPECT_EQ(out.str(),
            "product  name  unit   guillemins  herstal  total\n"
            "riz      Riz   kg          0.750    1.000  1.750\n"
            "sac      Sac   piece                    4      4\n");
}

TEST(RenderShops, SaysWhoIsOfflineSinceWhen) {
  const auto response = MakeCoop<coop::v1::ListShopsResponse>(R"(
      shops { shop: "herstal" entries: 12 as_of_ms: 1795435200000
              nodes { node: "herstal-1" online: true clock_offset_ms: 3 software: "0.1.0" }
              nodes { node: "herstal-2" last_seen_ms: 1795435200000 waiting_entries: 7 } 
              nodes { node: "herstal-3" } }
      shops { shop: "outremeuse" })");
  std::ostringstream out;
  RenderShops(response, out);
  const std::string noon = FormatLocalInstant(1'795'435'200'000);
  EXPECT_THAT(out.str(), HasSubstr("herstal     herstal-1  online"));
  EXPECT_THAT(out.str(), HasSubstr("herstal-2  offline since " + noon));
  EXPECT_THAT(out.str(), HasSubstr("      7     0 ms            12  " + noon));
  EXPECT_THAT(out.str(),
              HasSubstr("herstal-3  not seen since the hub started         unknown  unknown "));
  EXPECT_THAT(out.str(), HasSubstr("outremeuse  none"));
  std::ostringstream none;
  RenderShops(coop::v1::ListShopsResponse(), none);
  EXPECT_THAT(none.str(), HasSubstr("no shop has enrolled yet"));
}

TEST(RenderImport, SaysWhetherItWrote) {
  const auto response =
      MakeCoop<coop::v1::ImportProductsResponse>("created: 2 changed: 1 unchanged: 5 facts: 9");
  std::ostringstream written;
  RenderImport(response, false, written);
  EXPECT_EQ(written.str(), "2 products created, 1 changed, 5 left as they were; 9 facts written\n");
  std::ostringstream dry;
  RenderImport(response, true, dry);
  EXPECT_EQ(
      dry.str(),
      "2 products created, 1 changed, 5 left as they were; nothing written, 9 facts would be\n");
}

}  // namespace
}  // namespace comptoir::cli
