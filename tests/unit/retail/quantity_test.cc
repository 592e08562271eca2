#include "common/retail/quantity.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>

#include "common/base/limits.h"

namespace comptoir::retail {
namespace {

TEST(QuantityTest, LineTotalsRoundHalfAwayFromZero) {
  EXPECT_EQ(LineTotal(Quantity(1'250), Cents(240)), Cents(300));
  EXPECT_EQ(LineTotal(Quantity(500), Cents(1)), Cents(1));    // 0.5
  EXPECT_EQ(LineTotal(Quantity(499), Cents(1)), Cents(0));    // 0.499
  EXPECT_EQ(LineTotal(Quantity(1'500), Cents(1)), Cents(2));  // 1.5
  EXPECT_EQ(LineTotal(Quantity(2'500), Cents(1)), Cents(3));  // 2.5: not to even
  EXPECT_EQ(LineTotal(Quantity(-500), Cents(1)), Cents(-1));
  EXPECT_EQ(LineTotal(Quantity(-499), Cents(1)), Cents(0));
  EXPECT_EQ(LineTotal(Quantity(333), Cents(299)), Cents(100));  // 99.567
  EXPECT_EQ(LineTotal(Quantity(1'000), Cents(0)), Cents(0));
}

TEST(QuantityTest, LineTotalsPast64BitsAreSeen) {
  // 10^12 thousandths at 10^12 cents pass 64 bits before the division.
  EXPECT_EQ(LineTotal(Quantity(kQuantityMilliMax), Cents(kMoneyCentsMax)), std::nullopt);
  EXPECT_EQ(LineTotal(Quantity(-kQuantityMilliMax), Cents(kMoneyCentsMax)), std::nullopt);
  EXPECT_EQ(LineTotal(Quantity(kQuantityMilliMax), Cents(1'000)), Cents(kMoneyCentsMax));
  EXPECT_EQ(LineTotal(Quantity(kQuantityMilliMax), Cents(1'001)), std::nullopt);
  EXPECT_EQ(LineTotal(Quantity(INT64_MAX), Cents(INT64_MAX)), std::nullopt);
}

TEST(QuantityTest, CashIsRoundedToFiveCents) {
  const int64_t expected[] = {0, -1, -2, 2, 1};
  for (int64_t cents = 0; cents < 20; ++cents) {
    EXPECT_EQ(CashRounding(Cents(cents)), Cents(expected[cents % 5])) << cents;
    EXPECT_EQ((cents + CashRounding(Cents(cents)).value()) % 5, 0) << cents;
  }
  EXPECT_EQ(CashRounding(Cents(-1)), Cents(1));
  EXPECT_EQ(CashRounding(Cents(-3)), Cents(-2));
}

TEST(QuantityTest, VatIsTakenOutOfTheTotal) {
  EXPECT_EQ(VatIn(Cents(106), 600), Cents(6));
  EXPECT_EQ(VatIn(Cents(121), 2'100), Cents(21));
  EXPECT_EQ(VatIn(Cents(100), 600), Cents(6));   // 5.66
  EXPECT_EQ(VatIn(Cents(9), 600), Cents(1));     // 0.509
  EXPECT_EQ(VatIn(Cents(1), 10'000), Cents(1));  // 0.5
  EXPECT_EQ(VatIn(Cents(-1), 10'000), Cents(-1));
  EXPECT_EQ(VatIn(Cents(100), 0), Cents(0));
  EXPECT_EQ(VatIn(Cents(kMoneyCentsMax), 10'000), Cents(kMoneyCentsMax / 2));
}

TEST(QuantityTest, VatIsOnEachRatesSum) {
  VatBreakdown vat;
  vat.Add(2'100, Cents(121));
  // Three times 0.28 of VAT is 0.85, not three times 0.28 rounded.
  for (int i = 0; i < 3; ++i) vat.Add(600, Cents(500));
  EXPECT_EQ(vat.parts(),
            (std::vector<VatPart>{{600, Cents(1'500), Cents(85)}, {2'100, Cents(121), Cents(21)}}));
  EXPECT_TRUE(VatBreakdown().parts().empty());
}

TEST(QuantityTest, ReadsQuantitiesAsPeopleWriteThem) {
  EXPECT_EQ(*ParseQuantity("3"), Quantity(3'000));
  EXPECT_EQ(*ParseQuantity("1.250"), Quantity(1'250));
  EXPECT_EQ(*ParseQuantity("1,25"), Quantity(1'250));
  EXPECT_EQ(*ParseQuantity("0.001"), Quantity(1));
  EXPECT_EQ(*ParseQuantity("-0.5"), Quantity(-500));
  EXPECT_EQ(*ParseQuantity("1000000000"), Quantity(kQuantityMilliMax));
}

TEST(QuantityTest, RefusesOtherQuantities) {
  for (const char* text : {"", "-", ".", ".5", "1.", "1.2345", "1.2.3", "1 000", "+1", "1e3", "x",
                           "1000000001", "1000000000.001", "99999999999999999999999"}) {
    EXPECT_EQ(ParseQuantity(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(QuantityTest, ReadsAmounts) {
  EXPECT_EQ(*ParseCents("2"), Cents(200));
  EXPECT_EQ(*ParseCents("2.40"), Cents(240));
  EXPECT_EQ(*ParseCents("2,4"), Cents(240));
  EXPECT_EQ(*ParseCents("-0,05"), Cents(-5));
  EXPECT_FALSE(ParseCents("2.405").ok());
  EXPECT_FALSE(ParseCents("10000000000.01").ok());
}

TEST(QuantityTest, WritesWhatItReads) {
  EXPECT_EQ(FormatQuantity(Quantity(3'000)), "3");
  EXPECT_EQ(FormatQuantity(Quantity(1'250)), "1.250");
  EXPECT_EQ(FormatQuantity(Quantity(-5)), "-0.005");
  EXPECT_EQ(FormatQuantity(Quantity(INT64_MIN)), "-9223372036854775.808");
  EXPECT_EQ(FormatCents(Cents(240)), "2.40");
  EXPECT_EQ(FormatCents(Cents(-5)), "-0.05");
  EXPECT_EQ(FormatCents(Cents(INT64_MIN)), "-92233720368547758.08");
  for (const int64_t value : {0, 1, 999, 1'000, 123'456, -1, -123'456}) {
    EXPECT_EQ(*ParseQuantity(FormatQuantity(Quantity(value))), Quantity(value));
    EXPECT_EQ(*ParseCents(FormatCents(Cents(value))), Cents(value));
  }
}

TEST(QuantityTest, APartIsRoundedHalfAwayFromZero) {
  EXPECT_EQ(PartOf(Cents(100), 1, 3), Cents(33));
  EXPECT_EQ(PartOf(Cents(1), 1, 2), Cents(1));
  EXPECT_EQ(PartOf(Cents(-1), 1, 2), Cents(-1));
  EXPECT_EQ(PartOf(Cents(99), 0, 5), Cents(0));
  EXPECT_EQ(PartOf(Cents(kMoneyCentsMax), kQuantityMilliMax, kQuantityMilliMax),
            Cents(kMoneyCentsMax));
}

std::vector<Cents> Spread(int64_t amount, const std::vector<int64_t>& weights) {
  std::vector<Cents> cents;
  for (const int64_t weight : weights) cents.emplace_back(weight);
  return SpreadCents(Cents(amount), cents);
}
std::vector<Cents> AllCents(const std::vector<int64_t>& amounts) {
  return std::vector<Cents>(amounts.begin(), amounts.end());
}

TEST(QuantityTest, WhatIsSpreadComesToTheWhole) {
  EXPECT_EQ(Spread(10, {100, 100}), AllCents({5, 5}));
  EXPECT_EQ(Spread(0, {100, 100}), AllCents({0, 0}));
  EXPECT_EQ(Spread(0, {}), AllCents({}));
  EXPECT_EQ(Spread(0, {0, 0}), AllCents({0, 0}));
  EXPECT_EQ(Spread(200, {150, 0, 50}), AllCents({150, 0, 50}));
  const int64_t most = kMoneyCentsMax;
  EXPECT_EQ(Spread(most, {most / 2, most / 2}), AllCents({most / 2, most / 2}));
}

TEST(QuantityTest, CentsThatAreLeftGoToWhoLostMostAndOfEqualsToTheFirst) {
  EXPECT_EQ(Spread(10, {100, 100, 100}), AllCents({4, 3, 3}));
  EXPECT_EQ(Spread(2, {100, 100, 100}), AllCents({1, 1, 0}));
  // 7.5, 1.66 and 0.83 of 10: who lost 0.83 is given to before who lost 0.66 and 0.5.
  EXPECT_EQ(Spread(10, {900, 200, 100}), AllCents({7, 2, 1}));
}

}  // namespace
}  // namespace comptoir::retail
