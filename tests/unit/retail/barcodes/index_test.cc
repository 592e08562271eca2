#include "common/retail/barcodes/index.h"

#include <gtest/gtest.h>

namespace comptoir::retail {
namespace {

using Codes = std::set<std::string>;

TEST(BarcodesOfTest, EqualNumbersAreSpelledAlike) {
  constexpr int kGtin = v1::ProductEdited::kGtinFieldNumber;
  constexpr int kItem = v1::ProductEdited::kItemFieldNumber;
  EXPECT_EQ(BarcodesOf(kGtin, "5449000000996"), Codes({"05449000000996"}));
  EXPECT_EQ(BarcodesOf(kGtin, "05449000000996"), Codes({"05449000000996"}));
  EXPECT_EQ(BarcodesOf(kGtin, "96385074 5449000000996"),
            Codes({"00000096385074", "05449000000996"}));
  EXPECT_EQ(BarcodesOf(kGtin, ""), Codes());
  EXPECT_EQ(BarcodesOf(kItem, "42"), Codes({"000042"}));
  EXPECT_EQ(BarcodesOf(kItem, "00042"), Codes({"000042"}));
  EXPECT_EQ(BarcodesOf(kItem, ""), Codes());
  EXPECT_EQ(BarcodesOf(v1::ProductEdited::kNameFieldNumber, "42"), Codes());
}

}  // namespace
}  // namespace comptoir::retail
