#include "common/retail/barcodes/rules.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/retail/retail_world.h"

namespace comptoir::retail {
namespace {

TEST(BarcodeRulesTest, TheUsualOnesReadWeightsAndPrices) {
  const BarcodeRules rules = Must(ParseBarcodeRules(kUsualBarcodeRules));
  ASSERT_EQ(rules.size(), 2u);
  const Label weight = *ReadLabel(rules, "2100042012509");
  EXPECT_EQ(weight.item, "000042");
  EXPECT_EQ(weight.grams, 1'250);
  EXPECT_FALSE(weight.cents.has_value());
  EXPECT_EQ(weight.rule, "21IIIIIWWWWWC");
  const Label price = *ReadLabel(rules, "2300042003457");
  EXPECT_EQ(price.item, "000042");
  EXPECT_EQ(price.cents, 345);
  EXPECT_FALSE(price.grams.has_value());
  EXPECT_FALSE(ReadLabel(rules, "2200042012506").has_value());
  EXPECT_FALSE(ReadLabel(rules, "5449000000996").has_value());
  EXPECT_FALSE(ReadLabel(rules, "96385074").has_value());
  EXPECT_FALSE(ReadLabel({}, "2100042012509").has_value());
}

TEST(BarcodeRulesTest, TheFirstThatFitsReads) {
  const BarcodeRules rules = Must(ParseBarcodeRules("210IIIIWWWWWC 21IIIIIPPPPPC"));
  EXPECT_EQ(ReadLabel(rules, "2100042012509")->grams, 1'250);
  EXPECT_EQ(ReadLabel(rules, "2110042012508")->cents, 1'250);
  const BarcodeRules crossed = Must(ParseBarcodeRules("21IIIIIPPPP0C 210IIIIWWWWWC"));
  EXPECT_EQ(ReadLabel(crossed, "2100042012509")->cents, 125);
  EXPECT_EQ(ReadLabel(crossed, "2100042012516")->grams, 1'251);
}

TEST(BarcodeRulesTest, ARuleThatCouldNeverReadAnythingIsRefused) {
  for (const char* later : {"21IIIIIWWWWWC", "210IIIIWWWWWC", "21IIIIIPPPP0C", "21-IIIIIWWWWC"}) {
    const std::string first = "21IIIIIPPPPPC";
    const absl::Status status = ParseBarcodeRules(first + " 23IIIIIPPPPPC " + later).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << later;
    EXPECT_NE(status.message().find(later), std::string::npos) << status;
    EXPECT_NE(status.message().find(first), std::string::npos) << status;
    // Before it, each has something to read, but for the one that fits the same.
    EXPECT_EQ(ParseBarcodeRules(std::string(later) + " " + first).ok(),
              std::string(later) != "21IIIIIWWWWWC" && std::string(later) != "21-IIIIIWWWWC")
        << later;
  }
}

TEST(BarcodeRulesTest, SignsThatSayNothingAndZerosBeforeTheRest) {
  const BarcodeRules rules = Must(ParseBarcodeRules("02III-PPPPPPC"));
  const Label label = *ReadLabel(rules, "0212390012345");
  EXPECT_EQ(label.item, "000123");
  EXPECT_EQ(label.cents, 1'234);
  EXPECT_EQ(*ReadLabel(rules, "212390012345"), label);
  EXPECT_EQ(*ReadLabel(rules, "00212390012345"), label);
  EXPECT_FALSE(ReadLabel(rules, "10212390012342").has_value());
}

TEST(BarcodeRulesTest, NoneIsNone) { EXPECT_TRUE(Must(ParseBarcodeRules("")).empty()); }

TEST(BarcodeRulesTest, OthersAreRefusedByName) {
  for (const std::string& pattern :
       {std::string("21IIIIIWWWWW"), std::string("21IIIIIWWWWWCC"), std::string("54IIIIIWWWWWC"),
        std::string("I1IIIIIWWWWWC"), std::string("21IIIIIWWWWW-"), std::string("21CIIIIWWWWWC"),
        std::string("21IIIIIWWPPPC"), std::string("21IIIII-----C"), std::string("21-----WWWWWC"),
        std::string("21IIIIIIIWWWC"), std::string("21IIIII---WWC"), std::string("2IIIIIWWWWWWC"),
        std::string("21II-IIWWWWWC"), std::string("21IIIIIWW-WWC"), std::string("21iiiiiWWWWWC"),
        std::string("21IIIWWWWWWWC"), std::string("01IIIIIWWWWWC")}) {
    const absl::Status status = ParseBarcodeRules("21IIIIIWWWWWC " + pattern).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << pattern;
    EXPECT_NE(status.message().find(pattern), std::string::npos) << status;
  }
  for (const char* text :
       {" ", " 21IIIIIWWWWWC", "21IIIIIWWWWWC ", "21IIIIIWWWWWC  21IIIIIPPPPPC"}) {
    EXPECT_FALSE(ParseBarcodeRules(text).ok()) << text;
  }
  std::string many;
  for (size_t i = 0; i < kBarcodeRulesMax; ++i) {
    many += (i == 0 ? "2" : " 2") + std::to_string(10 + i) + "IIIIWWWWWC";
  }
  EXPECT_TRUE(ParseBarcodeRules(many).ok());
  const absl::Status status = ParseBarcodeRules(many + " 29IIIIIWWWWWC").status();
  EXPECT_NE(status.message().find("at most 32"), std::string::npos) << status;
}

}  // namespace
}  // namespace comptoir::retail
