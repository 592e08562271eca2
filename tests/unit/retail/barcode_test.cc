#include "common/retail/barcode.h"

#include <gtest/gtest.h>

namespace comptoir::retail {
namespace {

TEST(BarcodeTest, TakesEachLength) {
  EXPECT_TRUE(IsGtin("96385074"));        // 8
  EXPECT_TRUE(IsGtin("036000291452"));    // 12
  EXPECT_TRUE(IsGtin("5449000000996"));   // 13
  EXPECT_TRUE(IsGtin("10614141000415"));  // 14
}

TEST(BarcodeTest, RefusesAWrongCheckDigit) {
  EXPECT_FALSE(IsGtin("96385075"));
  EXPECT_FALSE(IsGtin("036000291453"));
  EXPECT_FALSE(IsGtin("5449000000990"));
  EXPECT_FALSE(IsGtin("10614141000416"));
}

TEST(BarcodeTest, RefusesTwoDigitsSwapped) { EXPECT_FALSE(IsGtin("4549000000996")); }

TEST(BarcodeTest, RefusesOtherLengthsAndSigns) {
  EXPECT_FALSE(IsGtin(""));
  EXPECT_FALSE(IsGtin("0"));
  EXPECT_FALSE(IsGtin("000000000"));        // 9
  EXPECT_FALSE(IsGtin("00000000000"));      // 11
  EXPECT_FALSE(IsGtin("000000000000000"));  // 15
  EXPECT_FALSE(IsGtin("544900000099x"));
  EXPECT_FALSE(IsGtin("5449 00000996"));
}

}  // namespace
}  // namespace comptoir::retail
