#include "cli/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace comptoir::cli {
namespace {

using ::testing::HasSubstr;

std::string Why(const absl::Status& status) { return std::string(status.message()); }

TEST(ParseQuantity, ReadsPointAndComma) {
  EXPECT_EQ(*ParseQuantityMilli("3"), 3000);
  EXPECT_EQ(*ParseQuantityMilli("1.250"), 1250);
  EXPECT_EQ(*ParseQuantityMilli("1,25"), 1250);
  EXPECT_EQ(*ParseQuantityMilli(" 0.001 "), 1);
  EXPECT_EQ(*ParseQuantityMilli("1000000000"), 1'000'000'000'000);
}

TEST(ParseQuantity, SaysWhatIsWrong) {
  for (const char* text : {"", "x", "1.2345", "1.", ".5", "1.2.3", "1e3", "0x10", "1 2", "--1"}) {
    EXPECT_THAT(Why(ParseQuantityMilli(text).status()), HasSubstr("is not a quantity")) << text;
  }
  EXPECT_THAT(Why(ParseQuantityMilli("0").status()), HasSubstr("above zero"));
  EXPECT_THAT(Why(ParseQuantityMilli("-1").status()), HasSubstr("above zero"));
  EXPECT_THAT(Why(ParseQuantityMilli("1000000000.001").status()), HasSubstr("over 1000000000"));
}

TEST(ParseQuantity, HugeNumbersDoNotWrapAround) {
  EXPECT_FALSE(ParseQuantityMilli("18446744073709551617").ok());
  EXPECT_FALSE(ParseQuantityMilli("9223372036854775808").ok());
  EXPECT_FALSE(ParseQuantityMilli(std::string(400, '9')).ok());
}

TEST(ParsePrice, ReadsEuros) {
  EXPECT_EQ(*ParsePriceCents("2.40"), 240);
  EXPECT_EQ(*ParsePriceCents("2,4"), 240);
  EXPECT_EQ(*ParsePriceCents("2"), 200);
  EXPECT_EQ(*ParsePriceCents("2,40 €"), 240);
  EXPECT_EQ(*ParsePriceCents("€2.40"), 240);
  EXPECT_EQ(*ParsePriceCents("0"), 0);
  EXPECT_EQ(*ParsePriceCents("10000000000"), 1'000'000'000'000);
}

TEST(ParsePrice, RefusesOddOnes) {
  EXPECT_THAT(Why(ParsePriceCents("2.405").status()), HasSubstr("two decimals"));
  EXPECT_THAT(Why(ParsePriceCents("1.234,50").status()), HasSubstr("is not a price"));
  EXPECT_THAT(Why(ParsePriceCents("-1").status()), HasSubstr("below zero"));
  EXPECT_THAT(Why(ParsePriceCents("10000000000.01").status()), HasSubstr("over 10000000000"));
  EXPECT_FALSE(ParsePriceCents("€").ok());
}

TEST(ParseVat, AFractionIsNotTakenForPerCent) {
  EXPECT_THAT(Why(ParseVatBasisPoints("0,06").status()), HasSubstr("6 for 6 %"));
  EXPECT_EQ(*ParseVatBasisPoints("0"), 0u);
  EXPECT_EQ(*ParseVatBasisPoints("1"), 100u);
}

TEST(ParseVat, ReadsPerCent) {
  EXPECT_EQ(*ParseVatBasisPoints("6"), 600u);
  EXPECT_EQ(*ParseVatBasisPoints("21 %"), 2100u);
  EXPECT_EQ(*ParseVatBasisPoints("5,5"), 550u);
  EXPECT_EQ(*ParseVatBasisPoints("0"), 0u);
  EXPECT_EQ(*ParseVatBasisPoints("100"), 10'000u);
  EXPECT_FALSE(ParseVatBasisPoints("100.01").ok());
  EXPECT_FALSE(ParseVatBasisPoints("-6").ok());
  EXPECT_FALSE(ParseVatBasisPoints("").ok());
}

TEST(ParseDay, ReadsIsoDays) {
  EXPECT_EQ(*ParseDay("1970-01-01"), 0);
  EXPECT_EQ(*ParseDay("2026-11-23"), 20780);
  EXPECT_EQ(*ParseDay("1969-12-31"), -1);
  EXPECT_EQ(*ParseDay("2024-02-29"), 19782);
}

TEST(ParseDay, RefusesDaysThatDoNotExist) {
  EXPECT_THAT(Why(ParseDay("2026-02-29").status()), HasSubstr("no such day"));
  EXPECT_THAT(Why(ParseDay("2026-13-01").status()), HasSubstr("no such day"));
  EXPECT_THAT(Why(ParseDay("2026-00-10").status()), HasSubstr("no such day"));
  for (const char* text : {"", "23/11/2026", "2026-1-1", "2026-11-23T10:00", "2026-11-2x"}) {
    EXPECT_THAT(Why(ParseDay(text).status()), HasSubstr("write it like 2026-11-23")) << text;
  }
}

TEST(ParseUnit, KnowsFrenchAndEnglish) {
  EXPECT_EQ(*ParseUnit("Pièce"), retail::v1::UNIT_PIECE);
  EXPECT_EQ(*ParseUnit("unité"), retail::v1::UNIT_PIECE);
  EXPECT_EQ(*ParseUnit("KG"), retail::v1::UNIT_KILOGRAM);
  EXPECT_EQ(*ParseUnit(" litre "), retail::v1::UNIT_LITRE);
  EXPECT_THAT(Why(ParseUnit("sac").status()), HasSubstr("piece, kg or litre"));
}

TEST(ParseWasteReason, KnowsFrenchAndEnglish) {
  EXPECT_EQ(*ParseWasteReason("expired"), retail::v1::WASTE_REASON_EXPIRED);
  EXPECT_EQ(*ParseWasteReason(" Périmé "), retail::v1::WASTE_REASON_EXPIRED);
  EXPECT_EQ(*ParseWasteReason("DON"), retail::v1::WASTE_REASON_DONATED);
  EXPECT_EQ(*ParseWasteReason("vol"), retail::v1::WASTE_REASON_THEFT);
  EXPECT_EQ(*ParseWasteReason("rappel"), retail::v1::WASTE_REASON_RECALLED);
  EXPECT_THAT(Why(ParseWasteReason("lost").status()), HasSubstr("donated, tasting"));
}

TEST(ParseSeconds, KnowsItsSuffixes) {
  EXPECT_EQ(ParseSeconds("90")->count(), 90);
  EXPECT_EQ(ParseSeconds("90s")->count(), 90);
  EXPECT_EQ(ParseSeconds("30m")->count(), 1800);
  EXPECT_EQ(ParseSeconds("1h")->count(), 3600);
  EXPECT_EQ(ParseSeconds("7d")->count(), 604'800);
  EXPECT_EQ(ParseSeconds("366d")->count(), 31'622'400);
  for (const char* text : {"", "0", "-1", "1.5h", "h", "1w", "367d", "99999999999999999d"}) {
    EXPECT_FALSE(ParseSeconds(text).ok()) << text;
  }
}

TEST(ParseWhole, ReadsTensWhateverStandsInFront) {
  EXPECT_EQ(*ParseWhole("0", 10), 0u);
  EXPECT_EQ(*ParseWhole("10", 10), 10u);
  EXPECT_EQ(*ParseWhole("010", 10), 10u);
  for (const char* text : {"", "11", "-1", "1.5", "0x1", "ten", "99999999999999999999"}) {
    EXPECT_FALSE(ParseWhole(text, 10).ok()) << text;
  }
}

TEST(ParseItem, ReadsProductQuantityAndPrice) {
  const Item plain = *ParseItem("pain-gris");
  EXPECT_EQ(plain.product, "pain-gris");
  EXPECT_FALSE(plain.quantity_milli.has_value());
  EXPECT_FALSE(plain.unit_price_cents.has_value());
  const Item whole = *ParseItem("carottes=1,250@2.40");
  EXPECT_EQ(whole.product, "carottes");
  EXPECT_EQ(whole.quantity_milli, 1250);
  EXPECT_EQ(whole.unit_price_cents, 240);
  EXPECT_EQ(ParseItem("pommes@0,99")->unit_price_cents, 99);
}

TEST(ParseItem, SaysWhichPartIsWrong) {
  EXPECT_THAT(Why(ParseItem("Pain Gris").status()), HasSubstr("is not a code"));
  EXPECT_THAT(Why(ParseItem("=2").status()), HasSubstr("is not a code"));
  EXPECT_THAT(Why(ParseItem("pain=").status()), HasSubstr("is not a quantity"));
  EXPECT_THAT(Why(ParseItem("pain=1@").status()), HasSubstr("is not a price"));
  EXPECT_THAT(Why(ParseItem("pain=1=2").status()), HasSubstr("is not a quantity"));
}

TEST(ParseDiscount, ReadsPartsAndAmounts) {
  EXPECT_EQ(ParseDiscount("10%")->basis_points, 1'000u);
  EXPECT_EQ(ParseDiscount("10%")->cents, 0);
  EXPECT_EQ(ParseDiscount(" 7,25 % ")->basis_points, 725u);
  EXPECT_EQ(ParseDiscount("100%")->basis_points, 10'000u);
  EXPECT_EQ(ParseDiscount("0.50")->cents, 50);
  EXPECT_EQ(ParseDiscount("2 €")->cents, 200);
  EXPECT_EQ(ParseDiscount("2")->basis_points, 0u);
  for (const char* text : {"", "%", "0%", "-1%", "100.01%", "7.255%", "0", "-1", "1.005", "x"}) {
    EXPECT_THAT(Why(ParseDiscount(text).status()), HasSubstr("is not a discount")) << text;
  }
}

TEST(ParsePayment, ReadsMethodAndPart) {
  EXPECT_EQ(ParsePayment("card")->method(), retail::v1::PAYMENT_METHOD_CARD);
  EXPECT_FALSE(ParsePayment("card")->has_amount_cents());
  EXPECT_EQ(ParsePayment("cash=10")->amount_cents(), 1000);
  EXPECT_EQ(ParsePayment("voucher")->method(), retail::v1::PAYMENT_METHOD_VOUCHER);
  EXPECT_THAT(Why(ParsePayment("cheque").status()), HasSubstr("cash, card or voucher"));
  EXPECT_THAT(Why(ParsePayment("cash=x").status()), HasSubstr("is not a price"));
}

TEST(Parse, ShowsOddBytesHarmlessly) {
  EXPECT_EQ(Why(ParseQuantityMilli("\033[2J").status()).find('\033'), std::string::npos);
}

TEST(CheckUsualQuantity, TellsSlips) {
  EXPECT_TRUE(CheckUsualQuantity(kUsualQuantityMilliMax).ok());
  EXPECT_FALSE(CheckUsualQuantity(kUsualQuantityMilliMax + 1).ok());
}

TEST(ParseCountedItem, ReadsACodeAndAQuantityThatMayBeZero) {
  EXPECT_EQ(ParseCountedItem("carottes=1,250")->quantity_milli, 1'250);
  const auto none = ParseCountedItem(" carottes =0,0");
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(none->product, "carottes");
  EXPECT_EQ(none->quantity_milli, 0);
  for (const char* text : {"", "carottes", "carottes=", "carottes=-1", "carottes=1@2", "=0",
                           "Not A Code=0", "carottes@2=0"}) {
    EXPECT_EQ(ParseCountedItem(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_THAT(std::string(ParseCountedItem("carottes=-1").status().message()),
              ::testing::HasSubstr("zero or more"));
}

TEST(Parse, DaySpans) {
  const auto span = [](const char* first, const char* last) {
    const auto days = ParseDaySpan(first, last);
    return days.ok() ? std::to_string(days->first) + "-" + std::to_string(days->last) : "none";
  };
  EXPECT_EQ(span("", ""), "0-0");
  EXPECT_EQ(span("2026-11-23", ""), "20780-20780");
  EXPECT_EQ(span("2026-11-23", "2026-11-23"), "20780-20780");
  EXPECT_EQ(span("2026-11-23", "2036-11-30"), "20780-24440");
  EXPECT_EQ(span("2026-11-23", "2036-12-01"), "none");
  EXPECT_EQ(span("2026-11-23", "2026-11-22"), "none");
  EXPECT_THAT(Why(ParseDaySpan("2026-11-23", "2026-11-22").status()),
              HasSubstr("is before the first, 2026-11-23"));
  EXPECT_EQ(span("", "2026-11-23"), "none");
  EXPECT_EQ(span("2026-11-23", "tomorrow"), "none");
}

}  // namespace
}  // namespace comptoir::cli
